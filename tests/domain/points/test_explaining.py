"""A day's score in words."""

from datetime import UTC, datetime

import attrs
import pytest

from fittrack_domain.points.errors import DayNotScored
from fittrack_domain.points.rates import RATE_CARDS
from tests.domain.points.world import PointsWorld, a_points_world, a_real_day, active, day
from tests.domain.tracking.world import a_workout


def test_every_rule_is_told_with_input_rate_and_points(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *a_real_day(day(1), 12_024, 292, 5, 43))
    assert (
        "12,024 steps, 12 × 1,000 at 10 points each: 120 points.",
        "Goal of 10,000 steps reached: 100 points.",
        "292 light minutes, 1 point each: 292 points.",
        "5 moderate minutes, 2 points each: 10 points.",
        "43 vigorous minutes, 3 points each: 129 points.",
        "0 workouts of 20 minutes or more, 50 points each: 0 points.",
        "Day 1 of a run of active days, without a bonus: 0 points.",
        "Score of the day: 651 points.",
    ) == world.points.explain(member, day(1)).sentences


def test_limits_and_what_the_days_maximum_cut_are_told() -> None:
    world = a_points_world([attrs.evolve(RATE_CARDS[0], light_minutes_daily_cap=200)])
    member, tracker = world.a_member()
    world.deliver(tracker, *(active(number) for number in range(1, 7)))
    runs = [
        attrs.evolve(a_workout("run", datetime(2026, 1, 11, hour, tzinfo=UTC), 20), external_id=str(hour))
        for hour in range(4)
    ]
    world.deliver(tracker, *a_real_day(day(7), 36_019, 300, 20, 100), *runs)
    assert (
        "36,019 steps (at most 20,000 count), 20 × 1,000 at 10 points each: 200 points.",
        "Goal of 10,000 steps reached: 100 points.",
        "300 light minutes (200 of which count), 1 point each: 200 points.",
        "20 moderate minutes, 2 points each: 40 points.",
        "100 vigorous minutes, 3 points each: 300 points.",
        "4 workouts of 20 minutes or more, 3 of which count, 50 points each: 150 points.",
        "Bonus for 7 active days in a row (day 7 of the run): 250 points, 240 of them over the day's maximum.",
        "A day gives at most 1,000 points: 240 are forfeited.",
        "Score of the day: 1,000 points.",
    ) == world.points.explain(member, day(7)).sentences


def test_a_correction_and_a_day_that_is_not_active_are_told(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, active(1, 50))
    world.deliver(tracker, active(1, 20, order=1))
    sentences = world.points.explain(member, day(1)).sentences
    assert "Goal of 10,000 steps not reached: 0 points." in sentences
    assert "Not an active day (under 30 active minutes), no streak: 0 points." in sentences
    assert "100 points were awarded before a correction; nothing is taken back." == sentences[-1]


def test_a_day_without_data_cannot_be_explained(world: PointsWorld) -> None:
    member, _ = world.a_member()
    with pytest.raises(DayNotScored, match="No activity of 2026-01-05 has been scored"):
        world.points.explain(member, day(1))


def test_days_are_listed_for_one_member_or_all_within_a_span(world: PointsWorld) -> None:
    one, tracker = world.a_member()
    two, other = world.a_member()
    world.deliver(tracker, active(1), active(2), active(3))
    world.deliver(other, active(2))
    assert [(one, 2), (one, 3), (two, 2)] == [
        (scored.user_id, scored.activity_day.day - 4) for scored in world.points.days(first=day(2))
    ]
    assert [day(1), day(2)] == [scored.activity_day for scored in world.points.days(one, last=day(2))]
    assert 4 == len(list(world.points.days()))


def test_a_member_is_told_sums_of_today_and_the_week(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.tracked.clock.set(datetime(2026, 1, 8, 18, tzinfo=UTC))
    world.deliver(tracker, active(2), active(3), active(4))
    summary = world.points.summary(member)
    assert (60, 180, 3) == (summary.today.points_earned, summary.week.points_earned, summary.streak_days)
