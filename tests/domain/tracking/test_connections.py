"""Trackers are connected, preferred and taken back; activities are looked up."""

from datetime import date, timedelta

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.shared.requests import Request
from fittrack_domain.tracking.errors import (
    ActivityNotFound,
    AlreadyConnected,
    ConnectionNotFound,
    Disconnected,
    NotConnected,
    TrackerTaken,
)
from fittrack_domain.tracking.model import ActivityReport, ActivityState, ActivityType, Intensity, Provider, SyncStatus
from tests.domain.tracking.world import NOON, World, a_workout

TODAY = NOON.date()


def test_the_first_tracker_is_primary_and_connected_today(world: World) -> None:
    member = world.a_member()
    first = world.tracking.connect(member, Provider.FITBIT, "key")
    second = world.tracking.connect(member, Provider.APPLE_HEALTH)
    assert (True, False) == (first.is_primary, second.is_primary)
    assert (TODAY, SyncStatus.PENDING) == (first.connected_on, first.sync_status)
    assert [first, second] == world.tracking.connections(member)


def test_a_member_has_one_connection_per_provider(world: World) -> None:
    member = world.a_member()
    world.a_tracker(member)
    with pytest.raises(AlreadyConnected, match="fitbit is connected already"):
        world.a_tracker(member)


def test_a_tracker_account_feeds_one_member(world: World) -> None:
    world.tracking.connect(world.a_member(), Provider.FITBIT, "shared")
    world.tracking.connect(world.a_member(), Provider.APPLE_HEALTH, "shared")
    with pytest.raises(TrackerTaken, match="connected to another member"):
        world.tracking.connect(world.a_member(), Provider.FITBIT, "shared")


def test_a_tracker_account_that_is_connected_at_the_same_moment_feeds_one_member(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(world.store, MemoryStore | SqliteStore):
        return  # they let one writer in at a time
    ann, ben = world.a_member(), world.a_member()
    world.tracking.connect(ann, Provider.FITBIT, "shared")
    with world.store.reading() as tx:
        connections = type(tx.connections)
    monkeypatch.setattr(connections, "of_trackers", lambda *_: [])  # it was free when ben's request looked
    with pytest.raises(TrackerTaken):
        world.tracking.connect(ben, Provider.FITBIT, "shared")
    assert [] == world.tracking.connections(ben)


def test_nobody_unknown_is_connected(world: World) -> None:
    unknown = MemberId(world.ids.new())
    with pytest.raises(MemberNotFound):
        world.tracking.connect(unknown, Provider.FITBIT)
    with pytest.raises(MemberNotFound):
        world.tracking.record_activity(world.a_member(), unknown, ActivityReport.of_steps(TODAY, 5))


def test_another_tracker_can_be_preferred(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    assert world.tracking.make_primary(member, apple).is_primary
    assert world.tracking.make_primary(member, apple).is_primary
    assert [(fitbit, False), (apple, True)] == [(c.id, c.is_primary) for c in world.tracking.connections(member)]


def test_when_the_primary_is_disconnected_the_oldest_other_takes_over(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    gone = world.tracking.disconnect(member, fitbit)
    assert (False, SyncStatus.REVOKED) == (gone.is_primary, gone.sync_status)
    assert [apple] == [c.id for c in world.tracking.connections(member) if c.is_primary]
    with pytest.raises(Disconnected, match="Connect the tracker again"):
        world.tracking.make_primary(member, fitbit)
    with pytest.raises(Disconnected):
        world.tracking.disconnect(member, fitbit)


def test_a_disconnected_secondary_tracker_leaves_the_primary(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    world.tracking.disconnect(member, apple)
    assert [fitbit] == [c.id for c in world.tracking.connections(member) if c.is_primary]


@pytest.mark.parametrize(("key", "since"), [("same", date(2026, 2, 1)), ("other", TODAY), (None, TODAY)])
def test_connected_again_it_counts_since_its_first_day_if_it_is_the_same_account(
    world: World, key: str | None, since: date
) -> None:
    member = world.a_member()
    first = world.tracking.connect(member, Provider.FITBIT, "same", date(2026, 2, 1))
    world.tracking.disconnect(member, first.id)
    again = world.tracking.connect(member, Provider.FITBIT, key)
    assert (first.id, since, True, True) == (again.id, again.connected_on, again.is_primary, again.is_live)


def test_other_members_connections_are_not_found(world: World) -> None:
    mine = world.a_tracker(world.a_member())
    with pytest.raises(ConnectionNotFound, match=f"There is no connection {mine}"):
        world.tracking.disconnect(world.a_member(), mine)
    with pytest.raises(ConnectionNotFound):
        world.tracking.make_primary(world.a_member(), ConnectionId(world.ids.new()))


def test_live_connections_are_found_by_the_trackers_own_key(world: World) -> None:
    one = world.tracking.connect(world.a_member(), Provider.FITBIT, "1")
    two = world.tracking.connect(world.a_member(), Provider.FITBIT, "2")
    world.tracking.disconnect(two.user_id, two.id)
    assert {"1": one} == world.tracking.connections_of(Provider.FITBIT, ["1", "2", "3"])


def test_a_connection_is_found_by_its_id_and_by_its_provider(world: World) -> None:
    member = world.a_member()
    connection = world.tracking.connect(member, Provider.FITBIT)
    assert connection == world.tracking.connection(connection.id)
    assert connection == world.tracking.connection_at(member, Provider.FITBIT)
    with pytest.raises(NotConnected, match="no apple_health connection"):
        world.tracking.connection_at(member, Provider.APPLE_HEALTH)
    with pytest.raises(ConnectionNotFound):
        world.tracking.connection(ConnectionId(world.ids.new()))


def test_what_an_admin_connects_and_disconnects_is_audited_and_repeated_for_nothing(world: World) -> None:
    admin, member = world.a_member(), world.a_member()
    request = Request(admin, "createConnection", "once", {})
    made = [
        world.tracking.connect(member, Provider.FITBIT, "1", actor=admin, request=each)
        for each in (request, Request(admin, "createConnection", "once", {}))
    ]
    assert made[0] == made[1]
    world.tracking.disconnect(member, made[0].id, actor=admin)
    with world.store.reading() as tx:
        log = [(entry.actor, entry.action, entry.subject_id) for entry in tx.audit.each()]
    assert [(admin, "connection.create", str(made[0].id)), (admin, "connection.disconnect", str(made[0].id))] == log


def test_activities_are_listed_by_day_and_type_the_latest_first(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    days = [TODAY - timedelta(days=n) for n in range(4)]
    world.deliver(
        tracker, *(ActivityReport.of_steps(day, 9) for day in days), a_workout("run", NOON - timedelta(hours=2))
    )
    world.deliver(tracker, ActivityReport.of_minutes(days[1], Intensity.LIGHT, 4))

    def listed(**wanted: object) -> list[str]:
        page = world.tracking.activities(member, Paging(), **wanted)  # type: ignore[arg-type]
        assert len(page.items) == page.total
        return [activity.external_id for activity in page.items]

    assert ["run", f"steps:{TODAY}"] == listed(first=TODAY)
    assert [f"steps:{days[2]}", f"steps:{days[3]}"] == listed(last=days[2])
    assert ["run"] == listed(activity_type=ActivityType.WORKOUT)
    assert 2 == len(listed(first=days[1], last=days[1]))
    assert 6 == world.tracking.activities(member, Paging(page=2, limit=5)).total


def test_an_activity_is_shown_to_its_member_only(world: World) -> None:
    member = world.a_member()
    world.deliver(world.a_tracker(member), ActivityReport.of_steps(TODAY, 9))
    [activity] = world.activities(member)
    assert activity == world.tracking.activity(member, activity.id)
    with pytest.raises(ActivityNotFound, match=f"There is no activity {activity.id}"):
        world.tracking.activity(world.a_member(), activity.id)
    with pytest.raises(ActivityNotFound):
        world.tracking.activity(member, ActivityId(world.ids.new()))


def test_what_an_admin_records_is_audited_and_always_new(world: World) -> None:
    admin, member = world.a_member(), world.a_member()
    report = a_workout("any", NOON - timedelta(hours=1))
    one = world.tracking.record_activity(admin, member, report)
    two = world.tracking.record_activity(admin, member, report)
    bad = world.tracking.record_activity(admin, member, ActivityReport.of_steps(TODAY, 200_000))
    assert 3 == len({one.external_id, two.external_id, bad.external_id})
    assert (None, ActivityState.REJECTED) == (bad.connection_id, bad.state)
    with world.store.reading() as tx:
        log = list(tx.audit.each())
    assert [(admin, "activity.record", "accepted")] * 2 + [(admin, "activity.record", "rejected")] == [
        (entry.actor, entry.action, entry.facts["state"]) for entry in log
    ]
