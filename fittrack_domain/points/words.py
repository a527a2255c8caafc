"""A day's score told in words: every rule, what went in, its rate, and what the day's maximum cut."""

from collections.abc import Iterator

import attrs

from fittrack_domain.points.rates import Line, RateCard, Rule
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.points.streaks import ACTIVE_MINUTES, DAYS_PER_BONUS


@attrs.frozen
class Explanation:
    """A scored day, and what made it so, a sentence for each rule."""

    day: ScoredDay
    sentences: tuple[str, ...]


def explained(day: ScoredDay, card: RateCard) -> Explanation:
    """Tells the day's score in words."""
    return Explanation(day, (*(_told(line, card) for line in day.breakdown), *_closing(day, card)))


def _told(line: Line, card: RateCard) -> str:
    cut = f", {line.cut:,} of them over the day's maximum" if line.cut else ""
    return f"{_measured(line, card)}: {_points(line.points)}{cut}."


def _measured(line: Line, card: RateCard) -> str:
    match line.rule:
        case Rule.STEPS:
            limit = f" (at most {card.steps_daily_max:,} count)" if line.input > card.steps_daily_max else ""
            times = f"{line.counted:,} × {card.steps_per_unit:,} at {_points(line.rate)} each"
            return f"{line.input:,} steps{limit}, {times}"
        case Rule.STEP_GOAL:
            reached = "reached" if line.counted else "not reached"
            return f"Goal of {card.step_goal_steps:,} steps {reached}"
        case Rule.WORKOUTS:
            limit = f", {line.counted} of which count" if line.counted < line.input else ""
            return f"{line.input:,} workouts of {card.workout_minutes_min} minutes or more{limit}, {_each(line)}"
        case Rule.STREAK:
            return _streak(line)
        case _:
            limit = f" ({line.counted:,} of which count)" if line.counted < line.input else ""
            return f"{line.input:,} {line.rule.value.replace('_', ' ')}{limit}, {_each(line)}"


def _streak(line: Line) -> str:
    if not line.input:
        return f"Not an active day (under {ACTIVE_MINUTES} active minutes), no streak"
    if line.counted:
        return f"Bonus for {DAYS_PER_BONUS} active days in a row (day {line.input} of the run)"
    return f"Day {line.input} of a run of active days, without a bonus"


def _closing(day: ScoredDay, card: RateCard) -> Iterator[str]:
    if cut := sum(line.cut for line in day.breakdown):
        yield f"A day gives at most {_points(card.day_points_max)}: {cut:,} are forfeited."
    yield f"Score of the day: {_points(day.score)}."
    if day.awarded > day.score:
        yield f"{_points(day.awarded).capitalize()} were awarded before a correction; nothing is taken back."


def _each(line: Line) -> str:
    return f"{_points(line.rate)} each"


def _points(number: int) -> str:
    return f"{number:,} point{'' if number == 1 else 's'}"
