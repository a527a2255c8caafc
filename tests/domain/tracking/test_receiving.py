"""What becomes of reports that come once, again, newer, older, in any order, and of deletions."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.tracking import service
from fittrack_domain.tracking.errors import ConnectionNotFound, Disconnected
from fittrack_domain.tracking.intake import Change, Deletion, Delivery
from fittrack_domain.tracking.model import ActivityReport, ActivityState, Intensity, Provider, Reason
from tests.domain.tracking.world import NOON, World, a_workout, a_world

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)


def steps(number: int, order: int = 0) -> ActivityReport:
    return ActivityReport.of_steps(TODAY, number, source_order=order)


def test_a_new_report_is_stored_and_its_day_told(world: World) -> None:
    member = world.a_member()
    receipt = world.deliver(world.a_tracker(member), steps(4_000))
    assert [Change.NEW] == [outcome.change for outcome in receipt.outcomes]
    assert [4_000] == [activity.steps for activity in world.activities(member)]
    assert [(member, (TODAY,))] == world.changed_days()


def test_the_same_id_again_is_an_update(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(4_000, 1))
    receipt = world.deliver(tracker, steps(6_500, 2))
    assert 1 == receipt.total(Change.UPDATED)
    assert [6_500] == [activity.steps for activity in world.activities(member)]
    assert 2 == len(world.changed_days())


def test_a_repeated_report_changes_nothing(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(4_000, 1))
    before = world.activities(member)
    assert 1 == world.deliver(tracker, steps(4_000, 1)).total(Change.REPEATED)
    assert before == world.activities(member)
    assert 1 == len(world.changed_days())


def test_an_older_payload_never_overwrites(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(6_500, 2))
    assert 1 == world.deliver(tracker, steps(4_000, 1)).total(Change.OUTDATED)
    assert [6_500] == [activity.steps for activity in world.activities(member)]


def test_a_newer_copy_of_the_same_content_shuts_out_what_lies_between(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    for report in (steps(4_000, 1), steps(4_000, 3), steps(5_000, 2)):
        world.deliver(tracker, report)
    assert [4_000] == [activity.steps for activity in world.activities(member)]
    assert 1 == len(world.changed_days())


def test_a_late_correction_past_the_age_limit_leaves_what_is_stored(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(4_000))
    world.clock.advance(timedelta(days=40))
    assert 1 == world.deliver(tracker, steps(9_000, 1)).total(Change.OUTDATED)
    assert [4_000] == [activity.steps for activity in world.activities(member)]


def test_what_was_in_the_future_counts_once_it_has_happened(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    run = a_workout("run", NOON + timedelta(hours=1))
    world.deliver(tracker, run)
    assert [] == world.counting(member)
    world.clock.advance(timedelta(hours=2))
    world.deliver(tracker, run)
    assert ["run"] == world.counting(member)


def test_an_update_may_become_implausible_and_recover(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    states = []
    for report in (steps(4_000, 1), steps(400_000, 2), steps(5_000, 3)):
        world.deliver(tracker, report)
        states.append(world.activities(member)[0].state)
    assert [ActivityState.ACCEPTED, ActivityState.REJECTED, ActivityState.ACCEPTED] == states
    assert 3 == len(world.changed_days())


def test_a_workout_moved_to_another_day_changes_both(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    day = timedelta(days=1)
    world.deliver(tracker, a_workout("run", NOON - 9 * day))
    world.deliver(tracker, a_workout("run", NOON - day))
    assert 1 == len(world.activities(member))
    assert (member, (TODAY - 9 * day, YESTERDAY)) == world.changed_days()[-1]


def test_a_deletion_removes_the_activity_and_tells_its_day(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(4_000, 1))
    world.delete(tracker, f"steps:{TODAY}", 2)
    [activity] = world.activities(member)
    assert (ActivityState.DELETED, Reason.DELETED_BY_PROVIDER) == (activity.state, activity.reason)
    assert 2 == len(world.changed_days())


def test_an_old_report_does_not_revive_what_was_deleted_but_a_newer_one_does(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(4_000, 1))
    world.delete(tracker, f"steps:{TODAY}", 3)
    world.deliver(tracker, steps(4_000, 2))
    assert [] == world.counting(member)
    world.deliver(tracker, steps(4_000, 4))
    assert [f"steps:{TODAY}"] == world.counting(member)


def test_deletions_of_unknown_or_newer_activities_say_nothing(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.deliver(tracker, steps(4_000, 5))
    world.delete(tracker, "unheard-of", 9)
    world.delete(tracker, f"steps:{TODAY}", 4)
    assert [f"steps:{TODAY}"] == world.counting(member)
    assert 1 == len(world.changed_days())


def test_a_batch_of_many_members_tells_each_members_days_once(world: World) -> None:
    members = [world.a_member() for _ in range(3)]
    reports = (
        steps(4_000),
        ActivityReport.of_steps(YESTERDAY, 1),
        ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 9),
    )
    world.tracking.receive([Delivery(world.a_tracker(member), reports) for member in members])
    assert sorted((member, (YESTERDAY, TODAY)) for member in members) == sorted(world.changed_days())


def test_the_same_report_twice_in_one_batch_counts_once(world: World) -> None:
    member = world.a_member()
    receipt = world.deliver(world.a_tracker(member), steps(4_000), steps(4_000), steps(5_000))
    assert [Change.NEW, Change.REPEATED, Change.UPDATED] == [outcome.change for outcome in receipt.outcomes]
    assert [5_000] == [activity.steps for activity in world.activities(member)]


def test_more_than_a_day_can_hold_in_sum_is_not_believed_until_corrected(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    light = ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 1_000)
    world.deliver(tracker, light, steps(5_000))
    world.deliver(tracker, ActivityReport.of_minutes(TODAY, Intensity.MODERATE, 441))
    assert [f"steps:{TODAY}"] == world.counting(member)
    assert Reason.DAY_OVERFULL in {activity.reason for activity in world.activities(member)}
    world.deliver(tracker, ActivityReport.of_minutes(TODAY, Intensity.MODERATE, 440, source_order=1))
    assert 3 == len(world.counting(member))


def test_an_unknown_connection_stores_nothing(world: World) -> None:
    member = world.a_member()
    known = world.a_tracker(member)
    unknown = world.a_tracker(world.a_member())
    missing = attrs.evolve(Delivery(known), connection_id=type(unknown)(int=5))  # type: ignore[call-arg]
    with pytest.raises(ConnectionNotFound):
        world.tracking.receive([Delivery(known, (steps(1),)), missing])
    assert [] == world.activities(member)


def test_nothing_is_received_through_a_disconnected_tracker(world: World) -> None:
    member = world.a_member()
    tracker = world.a_tracker(member)
    world.tracking.disconnect(member, tracker)
    with pytest.raises(Disconnected):
        world.deliver(tracker, steps(1))


def test_a_batch_is_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "REPORTS_PER_BATCH_MAX", 2)
    tracker = world.a_tracker(world.a_member())
    with pytest.raises(InvalidInput):
        world.tracking.receive([Delivery(tracker, (steps(1), steps(2)), (Deletion("x", 1),))])


def test_an_empty_delivery_only_notes_the_sync(world: World) -> None:
    member = world.a_member()
    world.deliver(world.a_tracker(member))
    [connection] = world.tracking.connections(member)
    assert NOON == connection.last_sync_at
    assert [] == world.changed_days()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_neither_order_nor_repetition_of_deliveries_matters(data: st.DataObject) -> None:
    """One tracker per kind of preference: the primary's reports win whenever they come."""
    orders = st.integers(0, 6)
    amounts = st.integers(0, 120_000)
    sent = data.draw(
        st.lists(st.tuples(st.booleans(), st.integers(0, 2), orders, amounts), max_size=8, unique_by=lambda s: s[:3])
    )
    again = data.draw(st.permutations([*sent, *sent]))

    def end(deliveries: list[tuple[bool, int, int, int]]) -> list[tuple[object, ...]]:
        world = a_world()
        member = world.a_member()
        first, second = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
        for primary, days_ago, order, amount in deliveries:
            report = ActivityReport.of_steps(TODAY - timedelta(days=days_ago), amount, source_order=order)
            world.deliver(first if primary else second, report)
        return sorted(
            (str(a.external_id), a.connection_id == first, a.steps, a.state.value, a.source_order)
            for a in world.activities(member)
        )

    assert end(sent) == end(again)
