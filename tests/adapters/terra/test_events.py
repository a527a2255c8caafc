"""Terra's events, in the domain's words."""

import json
from datetime import UTC, date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.terra.activities import ITEMS_MAX
from fittrack_adapters.terra.events import read
from fittrack_adapters.terra.names import PROVIDERS
from fittrack_domain.tracking.errors import UnreadableEvent
from fittrack_domain.tracking.gateway import (
    Brought,
    Failing,
    Garbled,
    SignedIn,
    SignedInAgain,
    SignedOut,
    Told,
    TrackerUser,
    Unwanted,
)
from fittrack_domain.tracking.model import Origin, Provider
from tests.adapters.terra.recorded import content, needs_recordings

ORDER = 1_460_553_900_000
USER = {"user_id": "092b9487", "provider": "FITBIT", "reference_id": "262e517a", "active": True}
KNOWN = TrackerUser("092b9487", Provider.FITBIT, "262e517a")


def told(event: Any) -> Told:
    return read(json.dumps(event).encode(), ORDER, UTC)


def brought(event: Any) -> Brought:
    found = told(event)
    assert isinstance(found, Brought), found
    return found


def test_who_is_meant_is_told_in_our_words() -> None:
    assert SignedIn("auth", KNOWN) == told({"type": "auth", "status": "success", "user": USER})
    assert SignedOut("deauth", KNOWN) == told({"type": "deauth", "user": USER})
    assert SignedOut("access_revoked", KNOWN) == told({"type": "access_revoked", "user": USER})
    assert Failing("connection_error", KNOWN) == told({"type": "connection_error", "user": USER})
    former = TrackerUser("old", Provider.FITBIT, None)
    assert SignedInAgain("user_reauth", KNOWN, former) == told(
        {"type": "user_reauth", "new_user": USER, "old_user": {"user_id": "old", "provider": "GOOGLE_HEALTH"}}
    )
    assert SignedInAgain("user_reauth", KNOWN, None) == told({"type": "user_reauth", "new_user": USER})
    assert Unwanted("sleep", KNOWN) == told({"type": "sleep", "user": USER})
    assert Told("healthcheck") == told({"type": "healthcheck"})
    assert Told("rate_limit_hit", KNOWN) == told({"type": "rate_limit_hit", "user": USER})
    assert Told("auth", KNOWN) == told({"type": "auth", "status": "error", "user": USER})


@pytest.mark.parametrize(("name", "provider"), [*PROVIDERS.items(), ("fitbit", Provider.FITBIT), ("GARMIN", None)])
def test_the_names_of_providers_are_a_table(name: str, provider: Provider | None) -> None:
    found = told({"type": "deauth", "user": USER | {"provider": name}})
    assert found.user is not None
    assert provider is found.user.provider


@pytest.mark.parametrize(
    "user",
    [None, {}, {"user_id": 1, "provider": "FITBIT"}, {"user_id": "", "provider": "FITBIT"}, {"user_id": "x"}, "x"],
)
def test_an_event_about_nobody_is_garbled(user: Any) -> None:
    found = told({"type": "deauth", "user": user})
    assert isinstance(found, Garbled)
    assert found.user is None
    assert "user" in found.reason


@pytest.mark.parametrize("data", [None, {}, "x", [None] * (ITEMS_MAX + 1)])
def test_data_that_is_no_list_is_garbled(data: Any) -> None:
    found = told({"type": "daily", "user": USER, "data": data})
    assert (Garbled, KNOWN) == (type(found), found.user)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
KINDS = st.sampled_from(["auth", "user_reauth", "deauth", "connection_error", "daily", "activity", "sleep", "x"])


@given(
    KINDS,
    st.fixed_dictionaries({}, optional=dict.fromkeys(("user", "new_user", "old_user", "data", "status"), JSON)),
)
def test_whatever_comes_is_read_without_a_surprise(kind: str, parts: dict[str, Any]) -> None:
    try:
        assert isinstance(told({"type": kind, **parts}), Told)
    except UnreadableEvent:
        raise AssertionError("it has a type") from None


@needs_recordings
def test_the_official_examples_are_read() -> None:
    kinds = {
        "auth": SignedIn,
        "deauth": SignedOut,
        "user_reauth": SignedInAgain,
        "connection_error": Failing,
        "daily": Brought,
        "activity": Brought,
        "large_request_processing": Told,
        "s3_upload": Told,
    }
    for name, kind in kinds.items():
        found = read(content(f"official/{name}.json"), ORDER, UTC)
        assert kind is type(found), name
    [steps] = brought(json.loads(content("official/daily.json"))).reports
    assert (11_894, date(2026, 7, 1)) == (steps.amount, steps.activity_day)
    [run] = brought(json.loads(content("official/activity.json"))).reports
    assert (48, Origin.MEASURED) == (run.duration_minutes, run.origin)


@needs_recordings
def test_the_recorded_news_is_read() -> None:
    assert Brought is type(read(content("derived/misc/empty_data.json"), ORDER, UTC))
    for name in ("google_no_datasource", "healthcheck", "rate_limit_hit", "unknown_event"):
        assert Told is type(read(content(f"derived/misc/{name}.json"), ORDER, UTC)), name
