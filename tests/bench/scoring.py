"""Scoring days, against the bare sum of the same rates without a breakdown."""

import random
from collections.abc import Sequence
from datetime import date

from fittrack_domain.points.rates import card_for, score_day
from fittrack_domain.points.streaks import NO_STREAK
from fittrack_domain.tracking.model import ActivityReport, Intensity
from tests.bench.harness import seconds, tell

DAY = date(2026, 3, 4)
DAYS = 20_000
ROUNDS = 5

Reports = Sequence[ActivityReport]


def main() -> None:
    chance = random.Random(1)
    days = [_day(chance) for _ in range(DAYS)]
    card = card_for(DAY)
    assert [score_day(day, NO_STREAK, card).points for day in days] == [_bare_score(day) for day in days]
    ours = bare = 0.0
    for _ in range(ROUNDS):
        ours += seconds(lambda: [score_day(day, NO_STREAK, card) for day in days])
        bare += seconds(lambda: [_bare_score(day) for day in days])
    tell(
        f"score_day, days/s: {ROUNDS * DAYS / ours:,.0f} with the whole breakdown "
        f"(a bare loop, only the sum: {ROUNDS * DAYS / bare:,.0f}; ratio {bare / ours:.2f})"
    )


def _day(chance: random.Random) -> Reports:
    """Four reports, as a tracker sends them every day."""
    return (
        ActivityReport.of_steps(DAY, chance.randrange(25_000)),
        ActivityReport.of_minutes(DAY, Intensity.LIGHT, chance.randrange(300)),
        ActivityReport.of_minutes(DAY, Intensity.MODERATE, chance.randrange(60)),
        ActivityReport.of_minutes(DAY, Intensity.VIGOROUS, chance.randrange(60)),
    )


def _bare_score(day: Reports) -> int:
    steps = points = 0
    for report in day:
        if report.intensity is None:
            steps += report.metrics["steps"]
        elif report.intensity is Intensity.LIGHT:
            points += report.duration_minutes
        elif report.intensity is Intensity.MODERATE:
            points += 2 * report.duration_minutes
        else:
            points += 3 * report.duration_minutes
    return min(1_000, points + min(steps, 20_000) // 1_000 * 10 + (100 if steps >= 10_000 else 0))


if __name__ == "__main__":
    main()
