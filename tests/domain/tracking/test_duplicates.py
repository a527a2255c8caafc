"""Of several trackers' reports of the same activity one counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_domain.tracking.model import ActivityReport, ActivityState, Intensity, Provider, Reason
from tests.domain.tracking.world import NOON, World, a_workout, a_world

TODAY = NOON.date()


def states(world: World, member: object) -> dict[tuple[str, str], ActivityState]:
    trackers = {c.id: c.provider.value for c in world.tracking.connections(member)}  # type: ignore[arg-type]
    return {
        (trackers.get(a.connection_id, "admin"), a.external_id): a.state  # type: ignore[arg-type]
        for a in world.activities(member)  # type: ignore[arg-type]
    }


@pytest.mark.parametrize("primary_first", [True, False])
def test_the_primary_trackers_steps_count_even_if_fewer_or_later(world: World, primary_first: bool) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    sent = [(fitbit, ActivityReport.of_steps(TODAY, 3_000)), (apple, ActivityReport.of_steps(TODAY, 9_000, kcal=5))]
    for tracker, report in sent if primary_first else reversed(sent):
        world.deliver(tracker, report)
    key = f"steps:{TODAY}"
    expected = {("fitbit", key): ActivityState.ACCEPTED, ("apple_health", key): ActivityState.SUPERSEDED}
    assert expected == states(world, member)
    assert {None, Reason.OTHER_TRACKER} == {a.reason for a in world.activities(member)}


def test_a_primary_tracker_that_was_not_worn_stands_back(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    world.deliver(fitbit, ActivityReport.of_steps(TODAY, 0))
    world.deliver(apple, ActivityReport.of_steps(TODAY, 9_000))
    assert [9_000] == [a.steps for a in world.activities(member) if a.counts]


def test_without_primary_the_more_detailed_counts_then_the_first_received(world: World) -> None:
    member = world.a_member()
    trackers = [world.a_tracker(member, provider) for provider in Provider]
    world.tracking.disconnect(member, trackers[0])
    for connection in world.tracking.connections(member):
        with world.store.transaction() as tx:
            tx.connections.save(tx.connections.get(connection.id).as_primary(primary=False))
    world.deliver(
        trackers[1], ActivityReport.of_steps(TODAY, 1_000), ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 7)
    )
    world.clock.advance(timedelta(minutes=1))
    world.deliver(
        trackers[2], ActivityReport.of_steps(TODAY, 2_000, kcal=1), ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 9)
    )
    assert [2_000, 7] == [
        a.amount
        for a in sorted(world.activities(member), key=lambda a: a.activity_type.value, reverse=True)
        if a.counts
    ]


def test_minutes_are_compared_by_intensity(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    world.deliver(fitbit, ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 10))
    world.deliver(apple, ActivityReport.of_minutes(TODAY, Intensity.VIGOROUS, 20))
    assert 2 == len(world.counting(member))


def test_several_totals_of_one_tracker_stand_or_fall_together(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    world.deliver(apple, ActivityReport.of_steps(TODAY, 5_000))
    morning = ActivityReport.of_steps(TODAY, 400)
    world.deliver(fitbit, morning)
    world.deliver(fitbit, ActivityReport(**{**_fields(morning), "external_id": "afternoon"}))  # type: ignore[arg-type]
    assert ["afternoon", f"steps:{TODAY}"] == world.counting(member)
    assert 800 == sum(a.steps for a in world.activities(member) if a.counts)


def _fields(report: ActivityReport) -> dict[str, object]:
    import attrs

    return attrs.asdict(report, recurse=False)


def test_overlapping_workouts_of_two_trackers_count_once(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    at = NOON - timedelta(hours=5)
    world.deliver(apple, a_workout("a1", at, 30), a_workout("a2", at + timedelta(hours=2), 30))
    world.deliver(fitbit, a_workout("f1", at + timedelta(minutes=29), 30))
    assert ["a2", "f1"] == world.counting(member)


def test_workouts_that_only_touch_or_come_from_one_tracker_all_count(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    at = NOON - timedelta(hours=5)
    world.deliver(apple, a_workout("a1", at, 30), a_workout("a2", at + timedelta(minutes=5), 20))
    world.deliver(fitbit, a_workout("f1", at + timedelta(minutes=30), 30))
    assert ["a1", "a2", "f1"] == world.counting(member)


def test_what_a_lost_workout_overlapped_counts_again(world: World) -> None:
    """The preferred ones are placed first: the one in the middle loses and hides nobody."""
    member = world.a_member()
    google = world.a_tracker(member, Provider.GOOGLE_FIT)
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    at = NOON - timedelta(hours=5)
    world.deliver(apple, a_workout("last", at + timedelta(minutes=50), 30))
    world.deliver(fitbit, a_workout("middle", at + timedelta(minutes=20), 40, kcal=9))
    assert ["middle"] == world.counting(member)
    world.deliver(google, a_workout("first", at, 30))
    assert ["first", "last"] == world.counting(member)
    world.delete(google, "first", 1)
    assert ["middle"] == world.counting(member)


def test_workouts_across_midnight_are_recognised_on_both_days(world: World) -> None:
    member = world.a_member()
    fitbit, apple = world.a_tracker(member), world.a_tracker(member, Provider.APPLE_HEALTH)
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    world.deliver(apple, a_workout("late", midnight - timedelta(minutes=10), 40))
    world.deliver(fitbit, a_workout("early", midnight + timedelta(minutes=1), 30))
    assert ["early"] == world.counting(member)
    yesterday = TODAY - timedelta(days=1)
    assert (member, (yesterday, TODAY)) == world.changed_days()[-1]
    world.deliver(apple, ActivityReport.of_steps(yesterday, 5))
    assert ["early", f"steps:{yesterday}"] == world.counting(member)


def test_what_an_admin_records_is_a_source_like_any_other(world: World) -> None:
    admin, member = world.a_member(), world.a_member()
    recorded = world.tracking.record_activity(admin, member, ActivityReport.of_steps(TODAY, 9_000))
    assert ActivityState.ACCEPTED is recorded.state
    world.deliver(world.a_tracker(member), ActivityReport.of_steps(TODAY, 3_000))
    assert [3_000] == [a.steps for a in world.activities(member) if a.counts]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Provider), st.integers(0, 300), st.integers(1, 90)), max_size=8))
def test_no_two_counting_workouts_of_different_trackers_overlap(workouts: list[tuple[Provider, int, int]]) -> None:
    world = a_world()
    member = world.a_member()
    trackers = {provider: world.a_tracker(member, provider) for provider in Provider}
    for number, (provider, start, minutes) in enumerate(workouts):
        at = NOON - timedelta(hours=9) + timedelta(minutes=start)
        world.deliver(trackers[provider], a_workout(f"w{number}", at, minutes))
    kept = [a for a in world.activities(member) if a.counts]
    lost = [a for a in world.activities(member) if not a.counts]
    assert not any(_overlap(one, other) for one in kept for other in kept)
    assert all(any(_overlap(one, other) for other in kept) for one in lost)


def _overlap(one: object, other: object) -> bool:
    from fittrack_domain.tracking.duplicates import _same_workout

    return _same_workout(one, other)  # type: ignore[arg-type]
