"""Only what is signed with one of the secrets, within five minutes, is taken for Terra's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.terra.post import ORDERING, TRACE, TerraPost
from fittrack_adapters.terra.signature import HEADER, signature, signed, verified
from fittrack_domain.tracking.errors import NotFromGateway
from fittrack_domain.tracking.links import order_of
from tests.adapters.terra.recorded import FOLDER, deliveries, needs_recordings, signing_secret

NOW = datetime(2026, 3, 2, 12, 0, 0, 500_000, tzinfo=UTC)
BODY = b'{"type":"healthcheck"}'


@pytest.mark.parametrize(
    ("secret", "at", "body", "expected"),
    [
        ("key", "12345678", b"123", "dca55eca8f595bd4d80250ab9609c7cbecec8e581c5c3822294f7c2ee1c99377"),
        ("foo", "12345678", b"{'bar':'baz'}", "599aa529690b885a43f184327c582375068d70705b7a471af15e10682c6f5313"),
    ],
)
def test_published_vectors(secret: str, at: str, body: bytes, expected: str) -> None:
    assert expected == signature(secret, at, body)


@needs_recordings
def test_recorded_vectors_and_deliveries() -> None:
    for vector in json.loads((FOLDER / "signature_vectors.json").read_bytes()):
        assert vector["v1"] == signature(vector["secret"], vector["t"], vector["body"].encode())
    sequences = ("fitbit-growth", "fitbit-activity", "google-health", "apple", "health-connect")
    recorded = [delivery for folder in sequences for delivery in deliveries(folder)]
    assert 14 == len(recorded)
    for delivery in recorded:
        verified([signing_secret()], delivery.headers[HEADER], delivery.body, delivery.at)


def test_either_secret_will_do_while_they_are_being_changed() -> None:
    for secret in ("old", "new"):
        verified(["old", "new"], signed(secret, NOW, BODY), BODY, NOW)
    with pytest.raises(NotFromGateway):
        verified(["new"], signed("old", NOW, BODY), BODY, NOW)


def test_any_of_several_signatures_will_do() -> None:
    at = str(int(NOW.timestamp()))
    right = signature("secret", at, BODY)
    assert right == verified(["secret"], f"t={at}, v1={'0' * 64}, v1={right}, v0=x", BODY, NOW)[0]


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_five_minutes_either_way_are_tolerated(seconds: int) -> None:
    at = NOW.replace(microsecond=0) + timedelta(seconds=seconds)
    verified(["secret"], signed("secret", at, BODY), BODY, NOW.replace(microsecond=0))


@pytest.mark.parametrize("seconds", [-301, 301, 86_400, 10**10])
def test_more_is_not(seconds: int) -> None:
    at = str(int(NOW.timestamp()) + seconds)
    with pytest.raises(NotFromGateway, match="of another time"):
        verified(["secret"], f"t={at},v1={signature('secret', at, BODY)}", BODY, NOW)


RIGHT = signed("secret", NOW, BODY)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        "t=1772452800",
        RIGHT.partition(",")[2],
        f"{RIGHT},t=1772452800",
        RIGHT.replace("t=", "t=+"),
        RIGHT.replace("t=", "t="[::-1]),
        RIGHT.replace("v1=", "v2="),
        RIGHT.upper(),
        RIGHT[:-1],
        f"{RIGHT}0",
        RIGHT.replace("v1=", "v1=é"),
        RIGHT.replace("v1=", "v1=\udcff"),
        "t=99999999999999999999999,v1=0",
        "t=\uff11\uff17,v1=0",
        ",".join(["v1=0"] * 10_000) + "," + RIGHT,
    ],
)
def test_whatever_is_not_a_right_signature_is_refused(header: str | None) -> None:
    with pytest.raises(NotFromGateway):
        verified(["secret"], header, BODY, NOW)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_fits_one_body(body: bytes, other: bytes) -> None:
    header = signed("secret", NOW, body)
    verified(["secret"], header, body, NOW)
    if body != other:
        with pytest.raises(NotFromGateway):
            verified(["secret"], header, other, NOW)


# What else comes with a delivery


def opened(**headers: str) -> tuple[str, int]:
    found = TerraPost(("secret",)).opened(BODY, {HEADER: RIGHT, **headers}, NOW)
    assert found.signature in RIGHT
    return found.trace_id, found.source_order


def test_a_delivery_has_a_name_and_an_order() -> None:
    assert ("trace:chunk:1", 1_772_000_000_123) == opened(**{TRACE: "trace:chunk:1", ORDERING: "1772000000123"})


@pytest.mark.parametrize("name", ["", " ", "two words", "x" * 201, "ünnamed"])
def test_one_without_a_name_is_called_by_its_signature(name: str) -> None:
    trace_id, order = opened(**{TRACE: name})
    assert (trace_id in RIGHT, order_of(NOW.replace(microsecond=0))) == (True, order)


@pytest.mark.parametrize("ordering", ["-1", "1.5", "soon", "9" * 16])
def test_an_order_without_a_form_is_that_of_the_signature(ordering: str) -> None:
    assert order_of(NOW.replace(microsecond=0)) == opened(**{ORDERING: ordering})[1]


def test_no_order_is_believed_that_lies_ahead_of_the_signature() -> None:
    latest = order_of(NOW.replace(microsecond=0)) + 300_000
    assert latest == opened(**{ORDERING: "9" * 15})[1]


def test_secrets_are_not_shown() -> None:
    assert "secret-word" not in repr(TerraPost(("secret-word",)))
