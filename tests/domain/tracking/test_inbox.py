"""What the gateway sends is stored if it is the gateway's, worked on once, and parked until it can be."""

from datetime import timedelta
from typing import Any

import pytest

from fittrack_adapters.store.gateway import TrackerEventRows
from fittrack_adapters.terra.signature import signed
from fittrack_adapters.testing.terra import SIGNING_SECRET, FakeTerra, a_day, a_workout
from fittrack_domain.identity.model import Preferences
from fittrack_domain.tracking.errors import NotFromGateway, UnreadableEvent
from fittrack_domain.tracking.gateway import Told
from fittrack_domain.tracking.links import Handling
from fittrack_domain.tracking.model import ActivityState, Reason, SyncStatus
from tests.domain.tracking.gated import Gated, activity, auth, daily, deauth, failing, midnight, order, reauth
from tests.domain.tracking.world import NOON

TODAY = NOON.date()


def today(steps: int, **seconds: int) -> dict[str, Any]:
    return a_day(midnight(TODAY), steps, **seconds)


def steps_of(gated: Gated, member: Any) -> list[int]:
    return [activity.steps for activity in gated.world.activities(member) if activity.counts]


def test_a_day_becomes_activities(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    event = gated.send(daily(user, today(12_024, low_intensity_seconds=17_520, vigorous_intensity_seconds=2_580)))
    assert (Handling.DONE, None, gated.now) == (event.outcome, event.detail, event.processed_at)
    found = {each.external_id: each.amount for each in gated.world.activities(member)}
    assert {"steps:2026-03-02": 12_024, "light_minutes:2026-03-02": 292, "vigorous_minutes:2026-03-02": 43} == found
    assert (SyncStatus.SUCCESS, gated.now) == (
        gated.connection(member).sync_status,
        gated.connection(member).last_sync_at,
    )
    assert [(member, (TODAY,))] == gated.world.changed_days()


def test_nothing_is_stored_that_the_gateway_did_not_sign(gated: Gated) -> None:
    body, headers = gated.terra.sent({"type": "healthcheck"}, gated.now)
    for changed in (
        (body + b" ", headers),
        (body, headers | {"terra-signature": ""}),
        (body, {name: value for name, value in headers.items() if name != "terra-signature"}),
    ):
        with pytest.raises(NotFromGateway):
            gated.inbox.take_in(*changed)
    gated.later(minutes=5, seconds=1)
    with pytest.raises(NotFromGateway, match="of another time"):
        gated.inbox.take_in(body, headers)
    gated.later(minutes=-10, seconds=-2)
    with pytest.raises(NotFromGateway, match="of another time"):
        gated.inbox.take_in(body, headers)
    assert [] == gated.events()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'{"type": 1}', b'{"kind": "daily"}', b'{"type": NaN}'])
def test_what_is_no_event_is_refused(gated: Gated, body: bytes) -> None:
    _, headers = gated.terra.sent({}, gated.now)
    with pytest.raises(UnreadableEvent, match="This is no event"):
        gated.inbox.take_in(body, headers | {"terra-signature": signed(SIGNING_SECRET, gated.now, body)})
    assert [] == gated.events()


def test_a_delivery_that_comes_again_is_acknowledged_and_ignored(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    for _ in range(2):
        gated.send(daily(user, today(5_000)), order=1_772_000_000_000)
        gated.later(minutes=1)
    assert 2 == len(gated.events())
    assert [5_000] == steps_of(gated, member)


def test_the_same_bytes_under_another_name_are_a_replay(gated: Gated) -> None:
    """Only body and time are signed: whoever catches a delivery can give it another name and a higher order."""
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.send(daily(user, today(5_000)))
    gated.send(daily(user, today(5_000)), trace_id="another name", order=order(NOON, minutes=4))
    assert 2 == len(gated.events())
    assert order(NOON) == gated.world.activities(member)[0].source_order


def test_of_two_deliveries_at_the_same_moment_one_is_stored(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    user = gated.follow(gated.world.a_member())
    gated.post(daily(user))
    with monkeypatch.context() as patched:
        patched.setattr(TrackerEventRows, "is_known", lambda *_: False)  # neither sees the other yet
        gated.post(daily(user))
    assert 2 == len(gated.events())


def test_what_is_not_acted_on_any_more_by_the_time_it_is_worked_on_is_noted(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.post(daily(gated.follow(gated.world.a_member())))
    monkeypatch.setattr(FakeTerra, "read", lambda *_: Told("daily"))
    gated.relay.drain()
    assert Handling.NOTED is gated.events()[-1].outcome


def test_an_older_total_never_overwrites_a_newer_one(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.send(daily(user, today(6_000)), order=order(NOON, hours=1))
    assert Handling.DONE is gated.send(daily(user, today(4_000)), order=order(NOON)).outcome
    assert [6_000] == steps_of(gated, member)


def test_a_deletion_counts_whether_it_comes_before_or_after(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    times = ("2026-03-02T05:00:00-05:00", "2026-03-02T06:00:00-05:00")
    made, deleted = (activity(user, a_workout("run", *times, upload_type=upload_type)) for upload_type in (1, 4))
    gated.send(deleted, order=order(NOON, minutes=2))
    gated.send(made, order=order(NOON, minutes=1))
    [run] = gated.world.activities(member)
    assert (ActivityState.DELETED, Reason.DELETED_BY_PROVIDER) == (run.state, run.reason)
    gated.later(seconds=1)
    gated.send(made, order=order(NOON, minutes=3))
    assert ["workout:run"] == gated.world.counting(member)
    gated.send(deleted, order=order(NOON, minutes=4))
    assert [] == gated.world.counting(member)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "healthcheck", "status": "success"},
        {"type": "large_request_processing", "reference": "x"},
        {"type": "large_request_sending", "expected_payloads": 43},
        {"type": "s3_payload", "url": "https://bucket.example/x", "expires_in": 300},
        {"type": "rate_limit_hit", "retrying_at": "2026-03-02T13:00:00Z"},
        {"type": "brand_new_event"},
        {"type": "Ünheard of"},
        {"type": "processing", "user": {"user_id": "1", "provider": "GARMIN"}},
    ],
)
def test_what_nothing_follows_from_is_noted_and_kept(gated: Gated, event: dict[str, Any]) -> None:
    noted = gated.send(event)
    assert (Handling.NOTED, gated.now) == (noted.outcome, noted.processed_at)
    assert noted.body is not None
    assert noted.kind in (event["type"], "strange")
    assert 0 == gated.relay.waiting()


def test_health_data_without_use_is_not_kept(gated: Gated) -> None:
    user = gated.follow(gated.world.a_member())
    noted = gated.send({"type": "sleep", "user": user, "data": [{"private": True}]})
    assert (Handling.NOTED, None) == (noted.outcome, noted.body)


@pytest.mark.parametrize("missing", ["user", "data"])
def test_a_known_kind_in_another_shape_is_kept_with_the_reason(gated: Gated, missing: str) -> None:
    event = daily(gated.follow(gated.world.a_member()), today(1))
    del event[missing]
    kept = gated.send(event)
    assert (Handling.REFUSED, gated.now) == (kept.outcome, kept.processed_at)
    assert missing in (kept.detail or "")
    assert kept.body is not None


def test_what_can_be_read_of_a_delivery_is_taken_in(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    event = gated.send(daily(user, {"metadata": {}}, today(7_000)))
    assert (Handling.DONE, "/data/0: metadata.start_time is missing") == (event.outcome, event.detail)
    assert [7_000] == steps_of(gated, member)


def test_without_any_item_the_tracker_is_in_sync_all_the_same(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    assert Handling.DONE is gated.send(daily(user)).outcome
    assert gated.now == gated.connection(member).last_sync_at


def test_data_of_a_user_not_known_yet_waits_for_the_connection(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.joined(member)
    parked = gated.send(daily(user, today(5_000)))
    assert (Handling.PARKED, None) == (parked.outcome, parked.processed_at)
    gated.send(daily(user, today(4_000)), order=order(NOON, minutes=-5))
    gated.send(auth(user))
    assert [5_000] == steps_of(gated, member)
    assert {Handling.DONE} == {event.outcome for event in gated.events()}


def test_whoever_is_unknown_may_sign_out_fail_or_be_replaced_before_they_are_connected(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.joined(member)
    for minutes, event in ((1, failing(user)), (2, reauth(None, user)), (3, deauth(user))):
        assert Handling.PARKED is gated.send(event, order=order(NOON, minutes=minutes)).outcome
    gated.send(auth(user), order=order(NOON))
    assert {Handling.DONE} == {event.outcome for event in gated.events()}
    assert SyncStatus.REVOKED is gated.connection(member).sync_status


def test_what_was_parked_while_the_connection_was_being_made_is_found_again(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.send(daily(user, today(5_000)))
    with gated.world.store.transaction() as tx:  # as if the other transaction had not seen the connection yet
        stored = tx.tracker_events.locked(gated.events()[-1].id)
        assert stored is not None
        tx.tracker_events.save(stored.worked_off(Handling.PARKED, None, gated.now))
    gated.inbox.sweep()
    gated.inbox.sweep()
    gated.relay.drain()
    assert Handling.DONE is gated.events()[-1].outcome


def test_times_without_an_offset_are_the_members_own(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.send(activity(user, a_workout("run", "2026-03-02T05:00:00", "2026-03-02T06:00:00")))
    assert NOON - timedelta(hours=2) == gated.world.activities(member)[0].start_time
    with gated.world.store.transaction() as tx:
        tx.preferences.save(Preferences(member, time_zone="America/Los_Angeles", version=0))
    gated.later(minutes=1)
    gated.send(activity(user, a_workout("walk", "2026-03-02T01:00:00", "2026-03-02T02:00:00")))
    assert NOON - timedelta(hours=3) == gated.world.activities(member)[1].start_time
