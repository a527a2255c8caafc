"""Four reports, as they are shown: totals, and lines by day or by drawing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import attrs

from fittrack_domain.fulfillment.model import FulfillmentStatus
from fittrack_domain.identity.model import Role, Status
from fittrack_domain.shared.calendar import platform_instant
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes.model import DrawingStatus, DrawingType

DAYS_MAX: Final = 366
DAYS_BY_DEFAULT: Final = 30
DRAWINGS_MAX: Final = 2_000
DAY: Final = timedelta(days=1)
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)


@attrs.frozen
class DayRange:
    """Platform days from `first` to `last`. Raises `InvalidInput` unless they are 1 to `DAYS_MAX` in number."""

    first: date
    last: date

    def __attrs_post_init__(self) -> None:
        faults = [
            Fault(pointer, f"must be a day from {FIRST_DAY} to {LAST_DAY}")
            for pointer, day in (("/startDate", self.first), ("/endDate", self.last))
            if not FIRST_DAY <= day <= LAST_DAY
        ]
        if not 0 <= (self.last - self.first).days < DAYS_MAX:
            faults.append(Fault("/endDate", f"must be startDate or up to {DAYS_MAX - 1} days later"))
        if faults:
            raise InvalidInput(tuple(faults))

    @classmethod
    def asked(cls, first: date | None, last: date | None, today: date) -> "DayRange":
        """What was asked for: up to today, and `DAYS_BY_DEFAULT` days, where nothing else is said."""
        last = last or (today if first is None else max(first, today))
        span = (DAYS_BY_DEFAULT - 1) * DAY
        return cls(first or max(last, FIRST_DAY + span) - span, last)

    @property
    def days(self) -> Sequence[date]:
        return [self.first + number * DAY for number in range((self.last - self.first).days + 1)]

    @property
    def borders(self) -> Sequence[datetime]:
        """The instants at which the days begin, and that at which the last one ends.

        Two of them are 23 or 25 hours apart where clocks change: the calendar says so, nothing here counts hours.
        """
        return [platform_instant(day) for day in (*self.days, self.last + DAY)]


@attrs.frozen(kw_only=True)
class Overview:
    """The platform as it is now, and points and activity of the days asked for.

    Attributes:
        members_by_status: How many accounts there are.
        members_by_role: Without those of members who left.
        active_7_days: Members who earned points by activity within the 7 days up to the last one asked for.
        active_30_days: Likewise within 30 days.
        points_earned: By activity of the days asked for.
        points_spent: On tickets bought on the days asked for, but for those of cancelled drawings: they are refunded.
        points_outstanding: What all wallets hold together.
        open_drawings: How many drawings are on sale.
        tickets: How many tickets of those drawings members have.
        prizes: How many prizes were won, by how far they have come.
        open_reviews: How many reviews wait for a decision, appeals among them.
    """

    members_by_status: Mapping[Status, int]
    members_by_role: Mapping[Role, int]
    active_7_days: int
    active_30_days: int
    points_earned: int
    points_spent: int
    points_outstanding: int
    open_drawings: int
    tickets: int
    prizes: Mapping[FulfillmentStatus, int]
    open_reviews: int

    @property
    def lines(self) -> Iterator[tuple[str, str | None, int]]:
        """Every figure: its name, of what within that (a status, a role) if it is one of a group, and the number."""
        for field in attrs.fields(Overview):
            value = getattr(self, field.name)
            if isinstance(value, int):
                yield field.name, None, value
            else:
                yield from ((field.name, member.value, number) for member, number in value.items())


@attrs.frozen
class DayOfRegistrations:
    """How many registered, verified their email, and left, on a platform day."""

    day: date
    registered: int
    verified: int
    left: int


@attrs.frozen
class DayOfActivity:
    """What members did on an activity day. Active are those who earned points; workouts have 20 minutes or more."""

    day: date
    active_members: int
    steps: int
    active_minutes: int
    workouts: int
    points_earned: int


@attrs.frozen
class DrawingFigures:
    """What a drawing brought: entries, members and tickets, free ones too; points as paid, refunded or not."""

    drawing_id: DrawingId
    name: str
    type: DrawingType
    drawing_time: datetime
    status: DrawingStatus
    entries: int
    members: int
    tickets: int
    points_spent: int
    prize_value_usd: Decimal
