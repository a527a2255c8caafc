"""What a day is worth."""

from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.points.rates import Line, RateCard, Rule, card_for, score_day
from fittrack_domain.points.streaks import NO_STREAK, Streak
from fittrack_domain.tracking.model import ActivityReport, ActivityType, Effort, Intensity
from tests.domain.points.world import MONDAY, a_real_day
from tests.domain.tracking.world import a_workout

CARD = RateCard("standard", date.min)
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LIGHT, MODERATE, VIGOROUS = Intensity
steps, minutes = ActivityReport.of_steps, ActivityReport.of_minutes


def points(*activities: Effort, streak: Streak = NO_STREAK, card: RateCard = CARD) -> int:
    return score_day(activities, streak, card).points


def workouts(*lengths: int, intensity: Intensity | None = None) -> list[ActivityReport]:
    return [a_workout(f"w{n}", AT, length, intensity=intensity) for n, length in enumerate(lengths)]


@pytest.mark.parametrize(
    ("walked", "expected"),
    [(0, 0), (999, 0), (1_000, 10), (1_999, 10), (9_999, 90), (10_000, 200), (20_000, 300), (36_019, 300)],
)
def test_steps_earn_by_full_thousands_of_the_day_and_a_goal(walked: int, expected: int) -> None:
    assert expected == points(steps(MONDAY, walked))


def test_only_the_days_total_is_rounded_down() -> None:
    assert 10 == points(steps(MONDAY, 400), steps(MONDAY, 600))


def test_minutes_earn_by_intensity() -> None:
    assert 7 + 10 + 9 == points(minutes(MONDAY, LIGHT, 7), minutes(MONDAY, MODERATE, 5), minutes(MONDAY, VIGOROUS, 3))


def test_a_workout_earns_its_minutes_and_a_bonus() -> None:
    assert 185 == points(*workouts(45, intensity=VIGOROUS))


def test_workouts_of_twenty_minutes_count_three_a_day() -> None:
    assert [0, 50, 150, 150] == [
        points(*workouts(*lengths)) for lengths in [(19,), (20,), (20, 30, 40), (20, 30, 40, 50)]
    ]


def test_of_the_days_and_the_workouts_minutes_the_larger_counts() -> None:
    run = a_workout("run", AT, 48, moderate_minutes=5, vigorous_minutes=43)
    day = a_real_day(MONDAY, 12_024, 292, 5, 43)
    assert 651 == points(*day)
    assert 701 == points(*day, run)
    assert 292 + 10 + 129 + 50 == points(run, minutes(MONDAY, LIGHT, 292))


def test_a_workouts_own_steps_are_not_added() -> None:
    assert 50 == points(a_workout("run", AT, 30, steps=5_000))


def test_minutes_of_unknown_intensity_earn_nothing() -> None:
    assert 0 == points(Effort(ActivityType.ACTIVE_MINUTES, None, MONDAY, 60, {}))


def test_light_minutes_can_be_capped_by_the_card_and_still_make_the_day_active() -> None:
    score = score_day([minutes(MONDAY, LIGHT, 292)], NO_STREAK, attrs.evolve(CARD, light_minutes_daily_cap=120))
    assert (120, 292) == (score.points, score.active_minutes)
    assert 50 == points(minutes(MONDAY, LIGHT, 50), card=attrs.evolve(CARD, light_minutes_daily_cap=120))


def test_the_breakdown_has_every_rule_in_order_and_the_cap_cuts_from_its_end() -> None:
    score = score_day([*a_real_day(MONDAY, 25_000, 100, 100, 100), *workouts(20, 20, 20, 20)], Streak.on_day(14), CARD)
    expected = (
        Line(Rule.STEPS, 25_000, 20, 10),
        Line(Rule.STEP_GOAL, 25_000, 1, 100),
        Line(Rule.LIGHT_MINUTES, 100, 100, 1),
        Line(Rule.MODERATE_MINUTES, 100, 100, 2),
        Line(Rule.VIGOROUS_MINUTES, 100, 100, 3, cut=0),
        Line(Rule.WORKOUTS, 4, 3, 50, cut=50),
        Line(Rule.STREAK, 14, 1, 250, cut=250),
    )
    assert expected == score.lines
    assert (1_000, 100, 0) == (score.points, score.lines[5].paid, score.lines[6].paid)


def test_every_seventh_day_of_a_run_has_a_bonus() -> None:
    assert [7, 14, 21] == [length for length in range(25) if points(streak=Streak.on_day(length)) == 250]


def test_the_latest_card_that_has_come_applies() -> None:
    later = attrs.evolve(CARD, name="later", applies_from=MONDAY)
    assert ["standard", "later"] == [card_for(on, (later, CARD)).name for on in (date(2026, 1, 4), MONDAY)]


@st.composite
def days(draw: st.DrawFn) -> list[ActivityReport]:
    """Any day: totals in several records, workouts with or without a split."""
    reports = [steps(MONDAY, n) for n in draw(st.lists(st.integers(0, 30_000), max_size=4))]
    some_minutes = st.tuples(st.sampled_from(Intensity), st.integers(0, 600))
    reports += [minutes(MONDAY, kind, n) for kind, n in draw(st.lists(some_minutes, max_size=5))]
    for n, (kind, length, split) in enumerate(
        draw(st.lists(st.tuples(st.sampled_from([None, *Intensity]), st.integers(0, 200), st.booleans()), max_size=5))
    ):
        metrics = {"light_minutes": length // 2, "vigorous_minutes": length // 3} if split else {}
        reports.append(a_workout(f"w{n}", AT, length, intensity=kind, **metrics))
    return reports


streak = st.builds(Streak, st.integers(0, 50), st.booleans())
cards = st.builds(attrs.evolve, st.just(CARD), light_minutes_daily_cap=st.none() | st.integers(0, 300))


@given(days(), streak, cards, st.randoms(use_true_random=False))
def test_a_score_does_not_depend_on_the_order_of_activities(
    day: list[ActivityReport], streak: Streak, card: RateCard, chance: "object"
) -> None:
    shuffled = list(day)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert score_day(day, streak, card) == score_day(shuffled, streak, card)


@given(days(), days(), streak, cards)
def test_more_activity_never_earns_less(
    day: list[ActivityReport], more: list[ActivityReport], streak: Streak, card: RateCard
) -> None:
    assert points(*day, streak=streak, card=card) <= points(*day, *more, streak=streak, card=card)


@given(days(), streak, cards)
def test_caps_hold_and_lines_add_up(day: list[ActivityReport], streak: Streak, card: RateCard) -> None:
    score = score_day(day, streak, card)
    by_rule = {line.rule: line for line in score.lines}
    assert list(Rule) == list(by_rule)
    assert (
        score.points == min(1_000, sum(line.points for line in score.lines)) == sum(line.paid for line in score.lines)
    )
    assert by_rule[Rule.STEPS].points <= 200
    assert by_rule[Rule.WORKOUTS].points <= 150
    assert all(0 <= line.cut <= line.points for line in score.lines)
    if card.light_minutes_daily_cap is not None:
        assert by_rule[Rule.LIGHT_MINUTES].points <= card.light_minutes_daily_cap
    assert not _paid_after_cut(score.lines)


def _paid_after_cut(lines: tuple[Line, ...]) -> bool:
    first_cut = next((n for n, line in enumerate(lines) if line.cut), len(lines))
    return any(line.paid for line in lines[first_cut + 1 :])


@given(st.lists(st.integers(0, 3_000), max_size=12))
def test_floors_apply_to_the_days_total_only(parts: list[int]) -> None:
    assert points(steps(MONDAY, sum(parts))) == points(*(steps(MONDAY, part) for part in parts))
