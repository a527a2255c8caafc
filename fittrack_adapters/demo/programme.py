"""All drawings of the demo: every type and every state there is, around whatever day it is told on."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from fittrack_adapters.demo.offers import (
    CASCADE,
    CONFIRMED,
    DELIVERED,
    GREENLEAF,
    HERON,
    INVALID,
    NORTHLIGHT,
    RECEIVED,
    SENT,
    SHIPPED,
    STILLWATER,
    UNCLAIMED,
    Offer,
    Reward,
)
from fittrack_domain.shared.calendar import platform_day, platform_instant
from fittrack_domain.sweepstakes.model import DrawingType, Eligibility, UserType
from fittrack_domain.sweepstakes.schedule import DRAWING_CLOCK_TIME, drawing_day, next_drawing_time

DAILY, WEEKLY, MONTHLY, ANNUAL = DrawingType
DAY: Final = timedelta(days=1)
MORNING: Final = time(8)
LATE: Final = time(23)
EARLY_BIRD: Final = "Early bird drawing"
"""Its sales close last night, its winners are drawn on Sunday."""

LAUNCH: Final = -38
"""When the drawings that run for long are published: before anyone has points."""

PAST_DAILIES: Final[Sequence[tuple[int, Sequence[Reward]]]] = (
    (
        -21,
        (
            Reward("Trail backpack", "50.00", CASCADE, (UNCLAIMED, SHIPPED)),
            Reward("Running socks, three pairs", "30.00", HERON, (DELIVERED,)),
        ),
    ),
    (-16, (Reward("Meal kit voucher", "25.00", GREENLEAF, (RECEIVED, RECEIVED, SENT), quantity=3),)),
    (-9, (Reward("Cork yoga mat", "45.00", STILLWATER, (UNCLAIMED,)),)),
    (
        -6,
        (
            Reward("Insulated bottle", "35.00", CASCADE, (INVALID,)),
            Reward("Headlamp", "40.00", CASCADE, (SHIPPED,)),
        ),
    ),
    (
        -3,
        (
            Reward("Foam roller", "30.00", STILLWATER, (CONFIRMED,)),
            Reward("Smoothie voucher", "25.00", GREENLEAF, (SENT,), quantity=2),
        ),
    ),
    (-1, (Reward("Running cap", "28.00", HERON, (UNCLAIMED,)),)),
)
"""Drawn on these days. The backpack is forfeited to an alternate, the winner of the mat is reminded."""

PAST_WEEKLIES: Final[Sequence[Sequence[Reward]]] = (
    (
        Reward("Wireless sport headphones", "150.00", NORTHLIGHT, (CONFIRMED,)),
        Reward("Ten yoga classes", "120.00", STILLWATER, (SENT,)),
    ),
    (
        Reward("Carbon trekking poles", "180.00", CASCADE, (SHIPPED,)),
        Reward("Race entry, any distance", "95.00", HERON, (RECEIVED, SENT), quantity=2),
    ),
)
"""Drawn on the last Sunday before today, and on the one before that."""


def programme(now: datetime) -> Sequence[Offer]:
    """The drawings of the demo that is told at `now`."""
    today = platform_day(now)
    return [*_drawn(today), *_called_off(today, now), *_on_sale(now), _awaiting_the_drawing(today, now), *_to_come(now)]


def _drawn(today: date) -> Iterator[Offer]:
    for day, rewards in PAST_DAILIES:
        yield Offer(kind=DAILY, at=_nine_pm(today + day * DAY), rewards=rewards, planned_on=day - 1, appeal=0.25)
    last_sunday = drawing_day(WEEKLY, today) - 7 * DAY
    for weeks, rewards in enumerate(PAST_WEEKLIES):
        sunday = last_sunday - 7 * weeks * DAY
        planned_on = (sunday - today).days - 6
        yield Offer(kind=WEEKLY, at=_nine_pm(sunday), rewards=rewards, planned_on=planned_on, appeal=0.08)
    watch = Reward("Smart watch", "450.00", NORTHLIGHT, (DELIVERED,))
    shoes = Reward("Running shoes of your choice", "160.00", HERON, (SHIPPED, CONFIRMED), quantity=2)
    month_end = today.replace(day=1) - DAY
    yield Offer(kind=MONTHLY, at=_nine_pm(month_end), rewards=(watch, shoes), planned_on=LAUNCH, appeal=0.06)


def _called_off(today: date, now: datetime) -> Iterator[Offer]:
    yield Offer(
        kind=MONTHLY,
        name="Trail weekend in the Cascades",
        at=next_drawing_time(MONTHLY, now),
        rewards=(Reward("Guided weekend for two", "900.00", CASCADE),),
        planned_on=-16,
        appeal=0.06,
        cancelled_on=-8,
    )
    yield Offer(
        kind=DAILY,
        name="First anniversary drawing",
        at=_nine_pm(today - 12 * DAY),
        rewards=(Reward("Anniversary hoodie", "50.00", HERON),),
        planned_on=-13,
        eligibility=Eligibility(min_account_age_days=365),  # nobody is: it ends without tickets
    )


def _on_sale(now: datetime) -> Iterator[Offer]:
    tonight, sunday, month_end, new_year = (next_drawing_time(kind, now) for kind in DrawingType)
    bands = Reward("Resistance bands", "25.00", STILLWATER, quantity=2)
    yield Offer(kind=DAILY, at=tonight, rewards=(bands,), planned_on=-1, appeal=0.2)
    vest = Reward("Hydration vest", "140.00", CASCADE)
    yield Offer(kind=WEEKLY, at=sunday, rewards=(vest,), planned_on=-6, appeal=0.06)
    yield Offer(
        kind=WEEKLY,
        name="Premium members’ drawing",
        at=sunday,
        rewards=(Reward("Shelf speaker", "300.00", NORTHLIGHT),),
        planned_on=-5,
        appeal=0.1,
        eligibility=Eligibility(UserType.PREMIUM),
    )
    treadmill = Reward("Folding treadmill", "800.00", CASCADE)
    kits = Reward("Meal kits for a month", "240.00", GREENLEAF, (SENT,), quantity=2)
    yield Offer(kind=MONTHLY, at=month_end, rewards=(treadmill, kits), planned_on=-14, appeal=0.03)
    alps = Reward("Two weeks in the Alps", "6500.00", CASCADE)
    gym = Reward("Home gym", "3000.00", NORTHLIGHT)
    yield Offer(kind=ANNUAL, at=new_year, rewards=(alps, gym), planned_on=LAUNCH, appeal=0.02)


def _awaiting_the_drawing(today: date, now: datetime) -> Offer:
    return Offer(
        kind=WEEKLY,
        name=EARLY_BIRD,
        at=next_drawing_time(WEEKLY, now),
        sales_close=platform_instant(today - DAY, LATE),
        rewards=(Reward("Summit hamper", "110.00", GREENLEAF),),
        planned_on=-6,
        appeal=0.08,
    )


def _to_come(now: datetime) -> Iterator[Offer]:
    tonight, sunday, month_end, new_year = (next_drawing_time(kind, now) for kind in DrawingType)
    tomorrow = platform_day(tonight) + DAY
    yield Offer(
        kind=DAILY,
        at=_nine_pm(tomorrow),
        sales_open_at=platform_instant(tomorrow, MORNING),
        rewards=(Reward("Jump rope", "25.00", STILLWATER),),
        planned_on=-1,
    )
    yield Offer(
        kind=WEEKLY,
        at=_next_after(WEEKLY, sunday),
        sales_open_at=sunday,
        rewards=(Reward("Rain jacket", "220.00", CASCADE),),
        planned_on=-2,
    )
    bicycle, safari = Reward("Gravel bicycle", "1900.00", HERON), Reward("Safari", "9000.00", CASCADE)
    yield Offer(kind=MONTHLY, at=_next_after(MONTHLY, month_end), rewards=(bicycle,), planned_on=-1, is_draft=True)
    yield Offer(kind=ANNUAL, at=_next_after(ANNUAL, new_year), rewards=(safari,), planned_on=-1, is_draft=True)


def _next_after(kind: DrawingType, at: datetime) -> datetime:
    return _nine_pm(drawing_day(kind, platform_day(at) + DAY))


def _nine_pm(day: date) -> datetime:
    return platform_instant(day, DRAWING_CLOCK_TIME)
