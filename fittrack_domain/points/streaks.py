"""Runs of active days, and on which of them the bonus for every seventh day falls (rules.md, chapter 6)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta

import attrs

ACTIVE_MINUTES = 30
"""A day with at least as many active minutes is an active day."""

DAYS_PER_BONUS = 7
DAY = timedelta(days=1)


@attrs.frozen
class Streak:
    """Where a day stands in its run of active days (0: not active), and whether a bonus of the run falls on it."""

    length: int
    bonus: bool

    @classmethod
    def on_day(cls, length: int) -> "Streak":
        """The `length`-th day of a run of which nothing was paid out of order."""
        return cls(length, length > 0 and length % DAYS_PER_BONUS == 0)


NO_STREAK = Streak(0, bonus=False)


def streaks(active_days: Iterable[date], paid_days: Collection[date]) -> Mapping[date, Streak]:
    """Where each active day stands. `active_days` hold whole runs; a bonus was paid before on `paid_days`.

    Late days move positions: a bonus paid on a day that is no multiple of seven any more stays there and counts for
    one that is due, so that a run never has more than one for every seven of its days, however it came about.
    """
    placed = {}
    for run in _runs(active_days):
        bonus_days = _bonus_days(run, paid_days)
        placed.update({day: Streak(n, day in bonus_days) for n, day in enumerate(run, start=1)})
    return placed


def _runs(days: Iterable[date]) -> Iterator[list[date]]:
    run: list[date] = []
    for day in sorted(days):
        if run and day - run[-1] != DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _bonus_days(run: list[date], paid_days: Collection[date]) -> set[date]:
    due = run[DAYS_PER_BONUS - 1 :: DAYS_PER_BONUS]
    kept = [day for day in run if day in paid_days][: len(due)]
    still_open = [day for day in due if day not in kept]
    return {*kept, *still_open[len(kept) - len(due) + len(still_open) :]}
