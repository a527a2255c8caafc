import gzip
import json
import time
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import stamina
from structlog.testing import capture_logs

from fittrack_adapters.beacon.drand import ANSWER_BYTES_MAX, PASSES, DrandBeacon
from fittrack_adapters.beacon.errors import BeaconUnreachable
from fittrack_domain.shared.errors import Unavailable
from fittrack_domain.sweepstakes.draw.terms import QUICKNET, checked_terms, time_of_round

Behaviour = Callable[[BaseHTTPRequestHandler], None]
PATH = f"/{QUICKNET['chain_hash']}/public/1000"
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
OF_ROUND_123 = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"
# A genuine point and a fitting hash, but nobody signed the round with it: the negative of the signature.
INVENTED = "94" + SIGNATURE[2:]


def randomness(signature: str) -> str:
    return sha256(bytes.fromhex(signature)).hexdigest()


def answer(**changes: Any) -> bytes:
    genuine = {"round": 1000, "randomness": randomness(SIGNATURE), "signature": SIGNATURE}
    return json.dumps({**genuine, **changes}).encode()


def signed(signature: str) -> bytes:
    return answer(signature=signature, randomness=randomness(signature))


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def raw(text: bytes) -> Behaviour:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)

    return send


def says(body: bytes) -> Behaviour:
    return status(200, body)


def hang_up(_handler: BaseHTTPRequestHandler) -> None:
    """Closes the connection without a word."""


def stay_silent(handler: BaseHTTPRequestHandler) -> None:
    handler.server.over.wait()  # type: ignore[attr-defined]


def drip(start: bytes) -> Behaviour:
    """Sends a byte now and then, for ever."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        while not handler.server.over.wait(0.02):  # type: ignore[attr-defined]
            handler.wfile.write(b"x")

    return send


def flood(handler: BaseHTTPRequestHandler) -> None:
    """A body without end, as fast as it is taken."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.over.is_set():  # type: ignore[attr-defined]
        handler.wfile.write(bytes(65536))


HONEST = says(answer())
NOT_OUT_YET = {
    "not found": status(404),
    "too early": status(425, b"round not available yet"),
    "broken": status(500, answer()),
    "no content": status(204),
    "partial": status(206, answer()),
}
OF_NO_USE = {
    "another round": says(answer(round=999)),
    "a round in words": says(answer(round="1000")),
    "the round as a fraction": says(answer(round=1000.0)),
    "the signature of another round": says(signed(OF_ROUND_123)),
    "the whole answer of another round": says(
        answer(round=123, signature=OF_ROUND_123, randomness=randomness(OF_ROUND_123))
    ),
    "randomness that is not of the signature": says(answer(randomness=randomness(OF_ROUND_123))),
    "an invented signature": says(signed(INVENTED)),
    "no point at all": says(signed(48 * "ff")),
    "infinity": says(signed("c0" + 47 * "00")),
    "another chain of drand, 96 bytes": says(signed(96 * "8d")),
    "upper case": says(answer(signature=SIGNATURE.upper())),
    "randomness in upper case": says(answer(randomness=randomness(SIGNATURE).upper())),
    "no signature": says(json.dumps({"round": 1000, "randomness": randomness(SIGNATURE)}).encode()),
    "null": says(answer(signature=None)),
    "a repeated key": says(answer()[:-1] + b', "round": 1000}'),
    "a list": says(b"[]"),
    "deep nesting": says(2000 * b"[" + 2000 * b"]"),
    "not a number": says(b"NaN"),
    "no JSON": says(b"<html>"),
    "nothing": says(b""),
    "not UTF-8": says(b'"\xff"'),
    "compressed": status(200, gzip.compress(answer()), Content_Encoding="gzip"),
    "a little too long": says(answer() + b" " * ANSWER_BYTES_MAX),
    "a flood": flood,
    "an early end": status(200, answer()[:50], Content_Length="200"),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "endless headers": raw(b"HTTP/1.1 200 OK\r\n" + 200 * (b"X: " + 1000 * b"x" + b"\r\n")),
    "hanging up": hang_up,
    "silence": stay_silent,
    "dripping headers": drip(b"HTTP/1.1 200 OK\r\nX: "),
    "a dripping body": drip(b"HTTP/1.1 200 OK\r\n\r\n"),
}


def test_an_honest_relay_is_believed(start: Any) -> None:
    relay = start(HONEST)
    assert SIGNATURE == DrandBeacon([relay.url]).signature(1000)
    assert [PATH] == relay.asked


def test_further_members_of_the_answer_do_no_harm(start: Any) -> None:
    assert SIGNATURE == DrandBeacon([start(says(answer(previous_signature=""))).url]).signature(1000)


def test_a_relay_may_have_a_path(start: Any) -> None:
    relay = start(HONEST)
    assert SIGNATURE == DrandBeacon([relay.url + "/mirror/"]).signature(1000)
    assert ["/mirror" + PATH] == relay.asked


def test_the_second_relay_is_left_alone_when_the_first_answers(start: Any) -> None:
    first, second = start(HONEST), start(HONEST)
    DrandBeacon([first.url, second.url]).signature(1000)
    assert [] == second.asked


def test_compressed_answers_are_not_asked_for(start: Any) -> None:
    relay = start(HONEST)
    DrandBeacon([relay.url]).signature(1000)
    assert ["identity"] == [headers["accept-encoding"] for headers in map(lowered, relay.headers)]


@pytest.mark.parametrize("behaviour", NOT_OUT_YET.values(), ids=NOT_OUT_YET)
def test_any_other_status_means_not_yet(start: Any, behaviour: Behaviour) -> None:
    relay = start(behaviour)
    assert DrandBeacon([relay.url]).signature(1000) is None
    assert 1 == len(relay.asked)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_redirects_are_not_followed(start: Any, code: int) -> None:
    target = start(HONEST)
    assert DrandBeacon([start(status(code, Location=target.url + PATH)).url]).signature(1000) is None
    assert [] == target.asked


@pytest.mark.parametrize("behaviour", OF_NO_USE.values(), ids=OF_NO_USE)
def test_a_relay_of_no_use_is_refused(start: Any, behaviour: Behaviour) -> None:
    with pytest.raises(BeaconUnreachable):
        DrandBeacon([start(behaviour).url], answer_seconds=0.2).signature(1000)


def test_one_honest_relay_after_all_others_is_enough(start: Any, nobody: str) -> None:
    others = [start(behaviour) for behaviour in (*OF_NO_USE.values(), *NOT_OUT_YET.values())]
    beacon = DrandBeacon([nobody, *(other.url for other in others), start(HONEST).url], answer_seconds=1)
    assert SIGNATURE == beacon.signature(1000)
    assert all([PATH] == other.asked for other in others)


@pytest.mark.parametrize("behaviour", ["silence", "dripping headers", "a dripping body", "a flood"])
def test_a_relay_costs_no_more_than_its_time(start: Any, behaviour: str) -> None:
    beacon = DrandBeacon([start(OF_NO_USE[behaviour]).url], answer_seconds=0.2)
    began = time.monotonic()
    with pytest.raises(BeaconUnreachable):
        beacon.signature(1000)
    assert time.monotonic() - began < 2


def test_a_relay_that_says_not_yet_outweighs_those_that_say_nothing(start: Any, nobody: str) -> None:
    assert DrandBeacon([nobody, start(status(425)).url, start(hang_up).url]).signature(1000) is None


def test_without_any_usable_answer_it_says_what_is_wrong_and_what_to_do(start: Any, nobody: str) -> None:
    with pytest.raises(Unavailable) as refused:
        DrandBeacon([nobody, start(says(signed(INVENTED))).url]).signature(1000)
    assert isinstance(refused.value, BeaconUnreachable)
    assert 1000 == refused.value.round_no
    assert "beacon_unreachable" == refused.value.code
    down, lying = refused.value.reasons
    assert "127.0.0.1: ConnectError" in down
    assert "not that of quicknet" in lying
    assert "round 1000" in str(refused.value)
    assert "FITTRACK_BEACON_RELAYS" in str(refused.value)


def test_what_a_relay_sends_cannot_write_to_a_terminal(start: Any) -> None:
    with pytest.raises(BeaconUnreachable) as refused:
        DrandBeacon([start(says(b'{"\\u001b[2J": 99999999999999999}')).url]).signature(1000)
    assert str(refused.value).isprintable()


def test_a_lie_is_logged(start: Any) -> None:
    liar = start(OF_NO_USE["an invented signature"])
    with capture_logs() as logs:
        DrandBeacon([liar.url, start(HONEST).url]).signature(1000)
    assert [("warning", 1000)] == [(line["log_level"], line["round_no"]) for line in logs]
    assert "127.0.0.1: Malformed(pointer='/signature'" in logs[0]["reason"]


def test_when_all_relays_fail_they_are_asked_again(start: Any) -> None:
    def fail_once(handler: BaseHTTPRequestHandler) -> None:
        if len(relay.asked) > 1:
            HONEST(handler)

    relay = start(fail_once)
    with stamina.set_testing(True, attempts=PASSES):
        assert SIGNATURE == DrandBeacon([relay.url]).signature(1000)
    assert 2 == len(relay.asked)


def test_they_are_not_asked_for_ever(start: Any) -> None:
    relay = start(hang_up)
    with stamina.set_testing(True, attempts=100, cap=True), pytest.raises(BeaconUnreachable):
        DrandBeacon([relay.url]).signature(1000)
    assert PASSES == len(relay.asked)


@pytest.mark.parametrize("at", [0, 1692803367, 1692803368, 1692806364, 1692806365, 1772496000])
def test_the_terms_name_the_first_round_not_before_the_drawing(at: int) -> None:
    beacon = DrandBeacon(["https://relay.example"]).terms(at)
    assert {**QUICKNET, "round": beacon["round"], "retry_rounds": 1200} == beacon
    assert time_of_round(beacon["round"]) >= at
    assert beacon["round"] == 1 or time_of_round(beacon["round"] - 1) < at


def test_the_terms_pass_the_check_of_the_protocol() -> None:
    prize = {"rank": 1, "quantity": 1, "prize_id": "019c0000-0000-7000-8000-000000000001", "title": "Prize"}
    checked_terms(
        {
            "protocol": "fittrack-draw-1",
            "drawing_id": "019c0000-0000-7000-8000-000000000002",
            "title": "Daily",
            "sales_open_at": 1772400000,
            "sales_close_at": 1772495700,
            "draw_at": 1772496000,
            "prizes": [prize],
            "alternates": 1,
            "max_wins_per_holder": 1,
            "seed_commitment": 64 * "0",
            "beacon": DrandBeacon(["https://relay.example"]).terms(1772496000),
        }
    )


@pytest.mark.parametrize(
    "relays",
    [
        [],
        [""],
        ["relay.example"],
        ["ftp://relay.example"],
        ["https://"],
        ["https://relay.example", "https://relay.example:port"],
        ["https://relay.example/?chain=1"],
        ["https://relay.example/#chain"],
    ],
)
def test_what_is_no_address_is_refused_at_once(relays: list[str]) -> None:
    with pytest.raises(ValueError, match="relay"):
        DrandBeacon(relays)


def lowered(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
