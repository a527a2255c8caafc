"""What analytics need of a transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from fittrack_domain.analytics.model import DayOfActivity, DayOfRegistrations, DrawingFigures
from fittrack_domain.fulfillment.model import FulfillmentStatus
from fittrack_domain.identity.model import Role, Status


class Figures(Protocol):
    """Counts and sums over everything there is."""

    def members(self) -> Mapping[tuple[Status, Role], int]:
        """How many accounts there are of each status and role; those that nobody has are left out."""
        ...

    def active_members(self, first: date, last: date) -> int:
        """How many earned points by activity of these days."""
        ...

    def points_earned(self, first: date, last: date) -> int:
        """What was awarded for activity of these days."""
        ...

    def points_outstanding(self) -> int:
        """What all wallets hold together, points on hold too."""
        ...

    def points_spent(self, since: datetime, before: datetime) -> int:
        """What was paid for tickets, but for those of cancelled drawings."""
        ...

    def on_sale(self, now: datetime) -> tuple[int, int]:
        """How many drawings are open, and how many tickets members have in them."""
        ...

    def prizes(self) -> Mapping[FulfillmentStatus, int]:
        """How many prizes were won, by how far they have come; where there is none is left out."""
        ...

    def open_reviews(self) -> int: ...

    def registrations(self, days: Sequence[date], borders: Sequence[datetime]) -> Sequence[DayOfRegistrations]:
        """One line for each of the days, which lie between the borders: there is one border more."""
        ...

    def activity(self, first: date, last: date) -> Sequence[DayOfActivity]:
        """One line for each of these activity days on which anything was done, by day."""
        ...

    def drawings(self, since: datetime, before: datetime, now: datetime, limit: int) -> Sequence[DrawingFigures]:
        """Drawings with a drawing time in this span that were published, by time, with their status at `now`."""
        ...


class AnalyticsTx(Protocol):
    """A transaction with figures."""

    @property
    def figures(self) -> Figures: ...
