"""What a member has done today, this week and this month, from the days as they were scored."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

import attrs

from fittrack_domain.points.rates import RateCard, Rule
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.shared.calendar import Period

DAY: Final = timedelta(days=1)


@attrs.frozen
class Totals:
    """Sums over days. `workouts` are those long enough to count, `points_earned` what was awarded."""

    steps: int = 0
    active_minutes: int = 0
    workouts: int = 0
    points_earned: int = 0

    @classmethod
    def of(cls, day: ScoredDay) -> "Totals":
        """Those of one day."""
        measured = {line.rule: line.input for line in day.breakdown}
        return cls(measured.get(Rule.STEPS, 0), day.active_minutes, measured.get(Rule.WORKOUTS, 0), day.awarded)

    @classmethod
    def over(cls, days: Iterable["Totals"]) -> "Totals":
        """Those of several."""
        total = cls()
        for day in days:
            total = cls(
                total.steps + day.steps,
                total.active_minutes + day.active_minutes,
                total.workouts + day.workouts,
                total.points_earned + day.points_earned,
            )
        return total


@attrs.frozen
class Summary:
    """Sums of today and of the week and month that hold it. A streak that today can still extend is not over."""

    today: Totals
    week: Totals
    month: Totals
    points_cap: int
    streak_days: int

    @property
    def points_remaining(self) -> int:
        """What today can still bring."""
        return max(0, self.points_cap - self.today.points_earned)


def summary_since(today: date) -> date:
    """The first day that `summarised` has to know of."""
    return min(today - DAY, Period.WEEKLY.first_day(today), Period.MONTHLY.first_day(today))


def summarised(days: Iterable[ScoredDay], today: date, card: RateCard) -> Summary:
    """The summary as of `today`; `days` are the member's from `summary_since` on. Later ones do not count yet."""
    known = {day.activity_day: day for day in days if day.activity_day <= today}
    running = [known[day].streak_length for day in (today, today - DAY) if day in known and known[day].is_active]
    totals = {day: Totals.of(scored) for day, scored in known.items()}
    return Summary(
        today=Totals.over(_since(totals, today)),
        week=Totals.over(_since(totals, Period.WEEKLY.first_day(today))),
        month=Totals.over(_since(totals, Period.MONTHLY.first_day(today))),
        points_cap=card.day_points_max,
        streak_days=running[0] if running else 0,
    )


def _since(totals: Mapping[date, Totals], first: date) -> Iterable[Totals]:
    return (each for day, each in totals.items() if day >= first)
