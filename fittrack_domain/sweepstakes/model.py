"""Drawings, their prizes and the tickets in them: what they are and what they may become (rules, chapter 9)."""

from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID, uuid5

import attrs

from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId, SponsorId, TransferId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes import errors

TICKETS_PER_PURCHASE_MAX: Final = 10_000
ALTERNATES_LEAST: Final = 10
MIN_ACCOUNT_AGE_DAYS: Final = 7
WINS_PER_HOLDER: Final = 1
GATES: Final = 16
NO_TICKETS: Final = "No tickets were sold."


class DrawingType(Enum):
    """How often such a drawing comes round; see `schedule.py` for its time and price."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ANNUAL = "annual"


class DrawingStatus(Enum):
    """Where a drawing stands. `OPEN` is never stored: the clock says it."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class SponsorStatus(Enum):
    """Whether a sponsor gives prizes at present."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class UserType(Enum):
    """Who may take part."""

    ALL = "all"
    PREMIUM = "premium"


class FulfillmentType(Enum):
    """How a prize reaches its winner."""

    PHYSICAL = "physical"
    DIGITAL = "digital"


class Route(Enum):
    """How an entry came about: bought, the member's one free ticket, or granted by an administrator."""

    POINTS = "points"
    FREE = "free"
    GRANTED = "granted"


@attrs.frozen
class Sponsor:
    """A company or person that gives prizes."""

    id: SponsorId
    name: str
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    website_url: str | None
    logo_url: str | None
    notes: str | None
    created_at: datetime
    status: SponsorStatus = SponsorStatus.ACTIVE
    version: int = 1

    def deactivated(self) -> "Sponsor":
        return attrs.evolve(self, status=SponsorStatus.INACTIVE)


@attrs.frozen
class Prize:
    """Equal units of one prize of a drawing. Rank 1 is drawn first. Without a sponsor FitTrack gives it."""

    id: PrizeId
    drawing_id: DrawingId
    sponsor_id: SponsorId | None
    prize_rank: int
    name: str
    description: str | None
    value_usd: Usd
    quantity: int
    fulfillment_type: FulfillmentType
    image_url: str | None
    created_at: datetime
    version: int = 1


@attrs.frozen
class Eligibility:
    """What a drawing asks of a member beyond what all drawings ask."""

    user_type: UserType = UserType.ALL
    min_account_age_days: int = MIN_ACCOUNT_AGE_DAYS


@attrs.frozen
class Drawing:
    """One sweepstakes event. Nothing of it changes once it is published but its status."""

    id: DrawingId
    drawing_type: DrawingType
    name: str
    description: str | None
    ticket_cost_points: int
    sales_open_at: datetime
    ticket_sales_close: datetime
    drawing_time: datetime
    eligibility: Eligibility
    max_tickets_per_member: int | None
    max_wins_per_holder: int
    alternates: int | None
    created_by: MemberId | None
    created_at: datetime
    status: DrawingStatus = DrawingStatus.DRAFT
    cancelled_reason: str | None = None
    completed_at: datetime | None = None
    version: int = 1

    def status_at(self, now: datetime) -> DrawingStatus:
        """The status that holds at `now`: the clock opens and closes sales, whether or not a job has run."""
        match self.status:
            case DrawingStatus.SCHEDULED if now >= self.ticket_sales_close:
                return DrawingStatus.CLOSED
            case DrawingStatus.SCHEDULED if now >= self.sales_open_at:
                return DrawingStatus.OPEN
            case DrawingStatus.CLOSING:
                return DrawingStatus.CLOSED
            case status:
                return status

    def alternates_for(self, prize_units: int) -> int:
        """The length of the reserve list: as set, else the larger of 10 and the number of prize units."""
        return max(ALTERNATES_LEAST, prize_units) if self.alternates is None else self.alternates

    def require_draft(self) -> None:
        """Raises `DrawingFrozen` once the drawing is published or cancelled."""
        if self.status is not DrawingStatus.DRAFT:
            raise errors.DrawingFrozen(self.status.value)

    def require_on_sale(self, now: datetime) -> None:
        """Raises `SalesNotOpen`, `SalesClosed` or `DrawingIsCancelled` when no ticket may be had at `now`."""
        match self.status_at(now):
            case DrawingStatus.OPEN:
                return
            case DrawingStatus.DRAFT:
                raise errors.SalesNotOpen(None)
            case DrawingStatus.SCHEDULED:
                raise errors.SalesNotOpen(self.sales_open_at)
            case DrawingStatus.CANCELLED:
                raise errors.DrawingIsCancelled(self.cancelled_reason)
            case _:
                raise errors.SalesClosed(self.ticket_sales_close)

    def require_room(self, held: int, quantity: int) -> None:
        """Raises `TooManyTickets` when `quantity` more tickets exceed what one member may hold."""
        if self.max_tickets_per_member is not None and held + quantity > self.max_tickets_per_member:
            raise errors.TooManyTickets(self.max_tickets_per_member, held, quantity)

    def published(self, now: datetime) -> "Drawing":
        """Scheduled for sale. Sales never open before the terms are out.

        Raises: `DrawingFrozen`, `PublishedTooLate` (after the close of sales).
        """
        self.require_draft()
        if now >= self.ticket_sales_close:
            raise errors.PublishedTooLate(self.ticket_sales_close)
        opening = max(self.sales_open_at, now.replace(microsecond=0))
        return attrs.evolve(self, status=DrawingStatus.SCHEDULED, sales_open_at=opening)

    def closing(self, now: datetime) -> "Drawing":
        """Fenced: no purchase can commit any more. Raises `TooEarly` before the close of sales."""
        if self.status is DrawingStatus.DRAFT:
            raise errors.NotPublished
        if self.status is DrawingStatus.CANCELLED:
            raise errors.DrawingIsCancelled(self.cancelled_reason)
        if now < self.ticket_sales_close:
            raise errors.TooEarly("close", self.ticket_sales_close)
        return attrs.evolve(self, status=DrawingStatus.CLOSING)

    def closed(self) -> "Drawing":
        return attrs.evolve(self, status=DrawingStatus.CLOSED)

    def require_drawing_time(self, now: datetime) -> None:
        """Raises `TooEarly` before the drawing time."""
        if now < self.drawing_time:
            raise errors.TooEarly("draw", self.drawing_time)

    def completed(self, now: datetime) -> "Drawing":
        return attrs.evolve(self, status=DrawingStatus.COMPLETED, completed_at=now)

    def ended_without_tickets(self, now: datetime) -> "Drawing":
        """Nobody could win."""
        return attrs.evolve(self, status=DrawingStatus.CANCELLED, cancelled_reason=NO_TICKETS, completed_at=now)

    def cancelled(self, reason: str) -> "Drawing":
        """Called off. Raises `NotCancellable` from the closing on: the protocol's records are final then."""
        if self.status not in (DrawingStatus.DRAFT, DrawingStatus.SCHEDULED, DrawingStatus.CLOSING):
            raise errors.NotCancellable(self.status.value)
        return attrs.evolve(self, status=DrawingStatus.CANCELLED, cancelled_reason=reason)


@attrs.frozen
class Entry:
    """One purchase, free entry or grant: `quantity` tickets of one member.

    `entry_no` counts the member's entries in the drawing from 1; it keeps two at one moment apart. `free_key` is set on
    a free entry only, the same for all attempts of the member in the drawing, and unique.
    """

    id: EntryId
    drawing_id: DrawingId
    user_id: MemberId
    entry_no: int
    quantity: int
    cost_points: int
    route: Route
    transaction_id: TransferId | None
    purchased_at: datetime
    free_key: UUID | None = None
    reason: str | None = None


def free_key(drawing_id: DrawingId, member_id: MemberId) -> UUID:
    """The one value for a member's free entry in a drawing."""
    return uuid5(drawing_id, str(member_id))


@attrs.frozen
class Gate:
    """One of the doors through which tickets of a drawing are had: counts them, and can be shut.

    Members are spread over the gates by their id: buyers seldom wait for each other, and a total is a sum of 16.
    """

    drawing_id: DrawingId
    gate_no: int
    is_open: bool = True
    tickets: int = 0
    entries: int = 0
    version: int = 1


def gate_of(member_id: MemberId) -> int:
    """The gate of a member. All entries of one member pass the same one."""
    return member_id.int % GATES


@attrs.frozen
class Held:
    """What a member has in a drawing so far."""

    tickets: int
    entries: int
