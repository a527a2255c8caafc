"""The usual price and time of each type of drawing (rules, chapter 9)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from fittrack_domain.shared.calendar import platform_day, platform_instant
from fittrack_domain.sweepstakes.model import DrawingType

DRAWING_CLOCK_TIME: Final = time(21)
SALES_CLOSE_BEFORE_DRAWING: Final = timedelta(minutes=5)
TICKET_COST_POINTS: Final[Mapping[DrawingType, int]] = {
    DrawingType.DAILY: 100,
    DrawingType.WEEKLY: 500,
    DrawingType.MONTHLY: 2_000,
    DrawingType.ANNUAL: 10_000,
}
_SUNDAY: Final = 6


def next_drawing_time(drawing_type: DrawingType, now: datetime) -> datetime:
    """The next usual time of such a drawing whose ticket sales are still ahead of `now`."""
    day = drawing_day(drawing_type, platform_day(now))
    at = platform_instant(day, DRAWING_CLOCK_TIME)
    if sales_close(at) > now:
        return at
    return platform_instant(drawing_day(drawing_type, day + timedelta(days=1)), DRAWING_CLOCK_TIME)


def sales_close(drawing_time: datetime) -> datetime:
    """When ticket sales close for a drawing at this time."""
    return drawing_time - SALES_CLOSE_BEFORE_DRAWING


def drawing_day(drawing_type: DrawingType, day: date) -> date:
    """The first usual day of such a drawing that is not before `day`."""
    match drawing_type:
        case DrawingType.DAILY:
            return day
        case DrawingType.WEEKLY:
            return day + timedelta(days=_SUNDAY - day.weekday())
        case DrawingType.MONTHLY:
            return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        case _:
            return date(day.year, 12, 31)
