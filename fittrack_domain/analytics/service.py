"""What one can ask of the platform's figures."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import attrs

from fittrack_domain.analytics.model import (
    DAY,
    DRAWINGS_MAX,
    DayOfActivity,
    DayOfRegistrations,
    DayRange,
    DrawingFigures,
    Overview,
)
from fittrack_domain.analytics.ports import AnalyticsTx
from fittrack_domain.fulfillment.model import FulfillmentStatus
from fittrack_domain.identity.model import Role, Status
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ports import Clock, Store


@attrs.frozen
class Analytics:
    """Reports over days in platform time. Each raises `InvalidInput` for a range without a day, or of too many."""

    store: Store[AnalyticsTx]
    clock: Clock

    def overview(self, first: date | None = None, last: date | None = None) -> Overview:
        """The platform at a glance."""
        now = self.clock.now()
        asked = self._range(first, last)
        with self.store.reading() as tx:
            figures = tx.figures
            accounts = figures.members()
            by_status, by_role = Counter[Status](), Counter[Role]()
            for (status, role), number in accounts.items():
                by_status[status] += number
                by_role[role] += number if status is not Status.DELETED else 0
            prizes = figures.prizes()
            open_drawings, tickets = figures.on_sale(now)
            return Overview(
                members_by_status={status: by_status[status] for status in Status},
                members_by_role={role: by_role[role] for role in Role},
                active_7_days=figures.active_members(asked.last - 6 * DAY, asked.last),
                active_30_days=figures.active_members(asked.last - 29 * DAY, asked.last),
                points_earned=figures.points_earned(asked.first, asked.last),
                points_spent=figures.points_spent(asked.borders[0], asked.borders[-1]),
                points_outstanding=figures.points_outstanding(),
                open_drawings=open_drawings,
                tickets=tickets,
                prizes={status: prizes.get(status, 0) for status in FulfillmentStatus},
                open_reviews=figures.open_reviews(),
            )

    def registrations(self, first: date | None = None, last: date | None = None) -> Sequence[DayOfRegistrations]:
        """Who came and went, a line for each day."""
        asked = self._range(first, last)
        with self.store.reading() as tx:
            return tx.figures.registrations(asked.days, asked.borders)

    def activity(self, first: date | None = None, last: date | None = None) -> Sequence[DayOfActivity]:
        """What was done, a line for each activity day: a day as members' trackers report it."""
        asked = self._range(first, last)
        with self.store.reading() as tx:
            found = {day.day: day for day in tx.figures.activity(asked.first, asked.last)}
        return [found.get(day, DayOfActivity(day, 0, 0, 0, 0, 0)) for day in asked.days]

    def drawings(self, first: date | None = None, last: date | None = None) -> Sequence[DrawingFigures]:
        """The drawings of these days, whether they are over or still to come, by drawing time.

        Raises also `InvalidInput` where they are more than `DRAWINGS_MAX`.
        """
        now = self.clock.now()
        asked = self._range(first, last)
        with self.store.reading() as tx:
            found = tx.figures.drawings(asked.borders[0], asked.borders[-1], now, DRAWINGS_MAX + 1)
        if len(found) > DRAWINGS_MAX:
            raise InvalidInput((Fault("/endDate", f"must end the range before drawing {DRAWINGS_MAX + 1}"),))
        return found

    def _range(self, first: date | None, last: date | None) -> DayRange:
        return DayRange.asked(first, last, platform_day(self.clock.now()))
