"""Days and periods in platform time: drawing times, period borders and ages (rules, chapter 1)."""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

PLATFORM_ZONE = ZoneInfo("America/New_York")


def platform_day(instant: datetime) -> date:
    """The calendar date of `instant` in platform time."""
    return instant.astimezone(PLATFORM_ZONE).date()


def platform_instant(day: date, at: time = time.min) -> datetime:
    """The instant, in UTC, at which platform clocks show `at` on `day`. Of a repeated hour the first."""
    return datetime.combine(day, at, PLATFORM_ZONE).astimezone(UTC)


def age_on(birth: date, day: date) -> int:
    """Full years on `day`. Who was born on 29 February has the birthday on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


class Period(Enum):
    """The four spans that leaderboards cover. A period is named by its first day."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ALLTIME = "alltime"

    def first_day(self, day: date) -> date:
        """The first day of the period that holds `day`; all-time starts at `date.min`."""
        match self:
            case Period.DAILY:
                return day
            case Period.WEEKLY:
                return day - timedelta(days=day.weekday())
            case Period.MONTHLY:
                return day.replace(day=1)
            case _:
                return date.min

    def next_first_day(self, first_day: date) -> date | None:
        """The first day of the following period; None for all-time, which never ends."""
        match self:
            case Period.DAILY:
                return first_day + timedelta(days=1)
            case Period.WEEKLY:
                return first_day + timedelta(days=7)
            case Period.MONTHLY:
                return (first_day + timedelta(days=31)).replace(day=1)
            case _:
                return None

    def ends_at(self, first_day: date) -> datetime | None:
        """The instant at which the period starting on `first_day` is over (the leaderboard's reset)."""
        following = self.next_first_day(first_day)
        return None if following is None else platform_instant(following)
