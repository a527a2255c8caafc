"""What a day is worth: rates as data, and a pure function from a day's activities to its score (rules.md, chapter 6).

Everything is rated on the day's totals, never on single records: 400 and 600 steps are 1,000 steps.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum

import attrs

from fittrack_domain.points.streaks import Streak
from fittrack_domain.tracking.model import ActivityType, Effort, Intensity


class Rule(Enum):
    """The rules that give points, in the order in which the day's maximum is filled."""

    STEPS = "steps"
    STEP_GOAL = "step_goal"
    LIGHT_MINUTES = "light_minutes"
    MODERATE_MINUTES = "moderate_minutes"
    VIGOROUS_MINUTES = "vigorous_minutes"
    WORKOUTS = "workouts"
    STREAK = "streak"


@attrs.frozen
class RateCard:
    """The rates for days from `applies_from` on, until another card applies."""

    name: str
    applies_from: date
    steps_per_unit: int = 1_000
    steps_unit_points: int = 10
    steps_daily_max: int = 20_000
    step_goal_steps: int = 10_000
    step_goal_points: int = 100
    light_minute_points: int = 1
    moderate_minute_points: int = 2
    vigorous_minute_points: int = 3
    light_minutes_daily_cap: int | None = None
    workout_minutes_min: int = 20
    workout_points: int = 50
    workouts_daily_max: int = 3
    streak_points: int = 250
    day_points_max: int = 1_000


RATE_CARDS: Sequence[RateCard] = (RateCard("standard", date.min),)


def card_for(day: date, cards: Sequence[RateCard] = RATE_CARDS) -> RateCard:
    """The card that applies on `day`: the one with the latest first day that has come."""
    return max((card for card in cards if card.applies_from <= day), key=lambda card: card.applies_from)


@attrs.frozen
class Line:
    """One rule's part: the input measured, the units of it that count, points per unit, and points cut by the cap."""

    rule: Rule
    input: int
    counted: int
    rate: int
    cut: int = 0

    @property
    def points(self) -> int:
        """Before the day's maximum."""
        return self.counted * self.rate

    @property
    def paid(self) -> int:
        return self.points - self.cut


@attrs.frozen
class DayScore:
    """What a day is worth, line by line."""

    lines: tuple[Line, ...]
    active_minutes: int

    @property
    def points(self) -> int:
        return sum(line.paid for line in self.lines)


@attrs.frozen
class DayTotals:
    """What was measured on a day. Of each intensity the larger of the day's and its workouts' minutes."""

    steps: int
    minutes: Mapping[Intensity, int]
    workouts: int

    @classmethod
    def of(cls, activities: Iterable[Effort], workout_minutes_min: int) -> "DayTotals":
        """Sums up activities that count; of workouts those of at least `workout_minutes_min`."""
        steps = workouts = 0
        of_day, of_workouts = Counter[Intensity](), Counter[Intensity]()
        for activity in activities:
            if activity.activity_type is ActivityType.STEPS:
                steps += activity.steps
            elif activity.activity_type is ActivityType.WORKOUT:
                workouts += activity.duration_minutes >= workout_minutes_min
                of_workouts.update(activity.split)
            elif activity.intensity is not None:
                of_day[activity.intensity] += activity.duration_minutes
        return cls(steps, of_day | of_workouts if of_workouts else of_day, workouts)


def score_day(activities: Iterable[Effort], streak: Streak, card: RateCard) -> DayScore:
    """The score of one day of one member. `activities` are those that count, in any order.

    Trackers' daily totals of active minutes include the workouts, so these are never added to them.
    """
    day = DayTotals.of(activities, card.workout_minutes_min)
    light, moderate, vigorous = (day.minutes.get(intensity, 0) for intensity in Intensity)
    paid_light = light if card.light_minutes_daily_cap is None else min(light, card.light_minutes_daily_cap)
    paid_steps = min(day.steps, card.steps_daily_max) // card.steps_per_unit
    lines = (
        Line(Rule.STEPS, day.steps, paid_steps, card.steps_unit_points),
        Line(Rule.STEP_GOAL, day.steps, int(day.steps >= card.step_goal_steps), card.step_goal_points),
        Line(Rule.LIGHT_MINUTES, light, paid_light, card.light_minute_points),
        Line(Rule.MODERATE_MINUTES, moderate, moderate, card.moderate_minute_points),
        Line(Rule.VIGOROUS_MINUTES, vigorous, vigorous, card.vigorous_minute_points),
        Line(Rule.WORKOUTS, day.workouts, min(day.workouts, card.workouts_daily_max), card.workout_points),
    )
    return DayScore(with_streak(lines, streak, card), light + moderate + vigorous)


def with_streak(lines: Iterable[Line], streak: Streak, card: RateCard) -> tuple[Line, ...]:
    """A day's lines with this streak in place of another, and the day's maximum applied anew."""
    others = (line for line in lines if line.rule is not Rule.STREAK)
    return tuple(_capped((*others, Line(Rule.STREAK, streak.length, int(streak.bonus), card.streak_points)), card))


def _capped(lines: Iterable[Line], card: RateCard) -> Iterator[Line]:
    left = card.day_points_max
    for line in lines:
        points = line.points
        cut = max(points - left, 0)
        left -= points - cut
        yield line if line.cut == cut else attrs.evolve(line, cut=cut)
