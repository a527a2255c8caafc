"""How members of the demo move: a habit, the days that it makes, and what a tracker reports of such a day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

import attrs

from fittrack_domain.identity.model import Level
from fittrack_domain.shared.calendar import platform_instant
from fittrack_domain.tracking.model import ActivityReport, ActivityType, Intensity

SATURDAY: Final = 5
WAKING: Final = (time(6), time(22))
WORKOUT_STARTS: Final = (time(7, 10), time(12, 15), time(18, 20))


@attrs.frozen(kw_only=True)
class Habit:
    """What an ordinary day of somebody looks like. Chances are from 0 to 1."""

    steps: int
    weekend_steps: int
    light_minutes: int
    moderate_minutes: int
    vigorous_minutes: int
    workouts_max: int
    workout_chance: float
    rest_chance: float


LAZY: Final = Habit(
    steps=2_600,
    weekend_steps=1_900,
    light_minutes=35,
    moderate_minutes=2,
    vigorous_minutes=0,
    workouts_max=0,
    workout_chance=0,
    rest_chance=0.3,
)
WALKER: Final = Habit(
    steps=7_400,
    weekend_steps=8_300,
    light_minutes=110,
    moderate_minutes=14,
    vigorous_minutes=2,
    workouts_max=1,
    workout_chance=0.1,
    rest_chance=0.1,
)
COMMUTER: Final = Habit(
    steps=9_800,
    weekend_steps=4_200,
    light_minutes=140,
    moderate_minutes=22,
    vigorous_minutes=5,
    workouts_max=1,
    workout_chance=0.2,
    rest_chance=0.05,
)
WEEKENDER: Final = Habit(
    steps=4_800,
    weekend_steps=16_500,
    light_minutes=90,
    moderate_minutes=20,
    vigorous_minutes=12,
    workouts_max=2,
    workout_chance=0.25,
    rest_chance=0.1,
)
RUNNER: Final = Habit(
    steps=12_400,
    weekend_steps=14_800,
    light_minutes=120,
    moderate_minutes=28,
    vigorous_minutes=38,
    workouts_max=1,
    workout_chance=0.6,
    rest_chance=0.04,
)
ATHLETE: Final = Habit(
    steps=19_500,
    weekend_steps=23_000,
    light_minutes=170,
    moderate_minutes=55,
    vigorous_minutes=95,
    workouts_max=3,
    workout_chance=0.75,
    rest_chance=0.02,
)
HABITS_OF: Final[Mapping[Level, Sequence[Habit]]] = {
    Level.BEGINNER: (LAZY, WALKER, WALKER, COMMUTER),
    Level.INTERMEDIATE: (WALKER, COMMUTER, WEEKENDER, RUNNER),
    Level.ADVANCED: (COMMUTER, WEEKENDER, RUNNER, RUNNER, ATHLETE),
}


@attrs.frozen
class Workout:
    """One exercise, in minutes; the rest of it was light."""

    start: datetime
    minutes: int
    vigorous_minutes: int

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@attrs.frozen
class LivedDay:
    """A day as it was, whatever trackers make of it."""

    day: date
    steps: int
    minutes: Mapping[Intensity, int]
    workouts: Sequence[Workout]

    @classmethod
    def of(cls, habit: Habit, day: date, chance: Random) -> "LivedDay":
        """A day of somebody with this habit: some better, some worse, some spent on the sofa."""
        rested = chance.random() < habit.rest_chance
        vigor = chance.uniform(0.1, 0.25) if rested else chance.triangular(0.6, 1.5, 1)
        count = 0 if rested else sum(chance.random() < habit.workout_chance for _ in range(habit.workouts_max))
        steps = habit.weekend_steps if day.weekday() >= SATURDAY else habit.steps
        return cls(
            day,
            int(steps * vigor),
            {
                Intensity.LIGHT: int(habit.light_minutes * vigor),
                Intensity.MODERATE: int(habit.moderate_minutes * vigor),
                Intensity.VIGOROUS: int(habit.vigorous_minutes * vigor),
            },
            [_workout(day, start, chance) for start in WORKOUT_STARTS[:count]],
        )

    def reports(self, at: datetime, tracker: int) -> Iterator[ActivityReport]:
        """What the member's first tracker (0) or second one (1) has to report at an instant: totals that still grow.

        The second counts a little less, is a little behind the time, and knows less about each thing.
        """
        order = int(at.timestamp())
        share = _waking_share(self.day, at) * (1 - 0.04 * tracker)
        heart_rate = {} if tracker else {"average_heart_rate_bpm": 88}
        yield ActivityReport.of_steps(self.day, int(self.steps * share), source_order=order, **heart_rate)
        for intensity, minutes in self.minutes.items():
            yield ActivityReport.of_minutes(self.day, intensity, int(minutes * share), source_order=order, **heart_rate)
        lag = timedelta(minutes=2 * tracker)
        for number, workout in enumerate(self.workouts, start=1):
            if workout.end + lag <= at:
                yield workout_report(self.day, number, workout, lag, order)


def workout_report(day: date, number: int, workout: Workout, lag: timedelta, order: int) -> ActivityReport:
    """The day's n-th workout, split by intensity."""
    return ActivityReport(
        activity_type=ActivityType.WORKOUT,
        intensity=None,
        activity_day=day,
        duration_minutes=workout.minutes,
        metrics={
            Intensity.VIGOROUS.metric: workout.vigorous_minutes,
            Intensity.LIGHT.metric: workout.minutes - workout.vigorous_minutes,
        },
        external_id=f"workout:{day}:{number}",
        start_time=workout.start + lag,
        end_time=workout.end + lag,
        source_order=order,
    )


def _workout(day: date, start: time, chance: Random) -> Workout:
    minutes = chance.randint(15, 70)
    return Workout(platform_instant(day, start), minutes, int(minutes * chance.uniform(0.3, 0.9)))


def _waking_share(day: date, at: datetime) -> float:
    """How much of the waking day is over."""
    woke, slept = (platform_instant(day, clock_time) for clock_time in WAKING)
    return min(max((at - woke) / (slept - woke), 0.0), 1.0)
