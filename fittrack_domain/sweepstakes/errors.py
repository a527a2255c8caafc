"""How sweepstakes say no."""

from datetime import datetime

import attrs

from fittrack_domain.shared.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from fittrack_domain.shared.ids import DrawingId, EntryId, PrizeId, SponsorId


@attrs.frozen
class SponsorNotFound(NotFound):
    """No sponsor has this id."""

    sponsor_id: SponsorId
    code = "sponsor_not_found"

    def __str__(self) -> str:
        return f"There is no sponsor {self.sponsor_id}."


@attrs.frozen
class PrizeNotFound(NotFound):
    """No prize has this id."""

    prize_id: PrizeId
    code = "prize_not_found"

    def __str__(self) -> str:
        return f"There is no prize {self.prize_id}."


@attrs.frozen
class DrawingNotFound(NotFound):
    """No drawing has this id, or it is not published yet."""

    drawing_id: DrawingId
    code = "drawing_not_found"

    def __str__(self) -> str:
        return f"There is no drawing {self.drawing_id}."


@attrs.frozen
class EntryNotFound(NotFound):
    """No entry has this id, or it is another member's."""

    entry_id: EntryId
    code = "entry_not_found"

    def __str__(self) -> str:
        return f"There is no entry {self.entry_id} of yours."


@attrs.frozen
class TicketNotFound(NotFound):
    """The entry has no ticket at this place."""

    entry_id: EntryId
    place: int
    code = "ticket_not_found"

    def __str__(self) -> str:
        return f"Entry {self.entry_id} has no ticket {self.place}."


@attrs.frozen
class RecordNotFound(NotFound):
    """The drawing has not come to this public record yet."""

    kind: str
    code = "draw_record_not_found"

    def __str__(self) -> str:
        return f"The drawing has no {self.kind} yet."


@attrs.frozen
class SponsorInactive(Conflict):
    """The sponsor gives no prizes at present."""

    sponsor_id: SponsorId
    code = "sponsor_inactive"

    def __str__(self) -> str:
        return f"Sponsor {self.sponsor_id} is inactive. Choose an active one."


@attrs.frozen
class QuantityOutOfRange(Invalid):
    """Not a number of tickets that one request can ask for."""

    quantity: int
    most: int
    code = "quantity_out_of_range"

    def __str__(self) -> str:
        return f"{self.quantity} is no possible number of tickets: ask for 1 to {self.most}."


@attrs.frozen
class DrawingFrozen(Conflict):
    """Only drafts change: the terms were published for good."""

    status: str
    code = "drawing_frozen"

    def __str__(self) -> str:
        return f"The drawing is {self.status}, and only a draft can be edited or published. Create another drawing."


@attrs.frozen
class NoPrizes(Conflict):
    """A drawing needs something to win."""

    code = "drawing_without_prizes"

    def __str__(self) -> str:
        return "The drawing has no prize. Add at least one before publishing it."


@attrs.frozen
class PublishedTooLate(Conflict):
    """Its sales would have been over before they began."""

    sales_close_at: datetime
    code = "published_too_late"

    def __str__(self) -> str:
        return f"Ticket sales would have closed at {self.sales_close_at.isoformat()}. Give the drawing a later time."


@attrs.frozen
class NotPublished(Conflict):
    """A draft has no terms, so it can be neither closed nor drawn."""

    code = "drawing_not_published"

    def __str__(self) -> str:
        return "The drawing is a draft. Publish it first."


@attrs.frozen
class DrawingIsCancelled(Conflict):
    """It was called off."""

    reason: str | None
    code = "drawing_cancelled"

    def __str__(self) -> str:
        return f"The drawing was cancelled: {self.reason}"


@attrs.frozen
class NotCancellable(Conflict):
    """The closing is public, and what follows from it stands."""

    status: str
    code = "drawing_not_cancellable"

    def __str__(self) -> str:
        return f"The drawing is {self.status}: it can be cancelled only until its tickets are frozen in the closing."


@attrs.frozen
class SalesNotOpen(Conflict):
    """Tickets cannot be had yet."""

    opens_at: datetime | None
    code = "sales_not_open"

    def __str__(self) -> str:
        if self.opens_at is None:
            return "Tickets for this drawing are not on sale."
        return f"Ticket sales open at {self.opens_at.isoformat()}."


@attrs.frozen
class SalesClosed(Conflict):
    """Tickets cannot be had any more."""

    closed_at: datetime
    code = "sales_closed"

    def __str__(self) -> str:
        return f"Ticket sales closed at {self.closed_at.isoformat()}."


@attrs.frozen
class TooManyTickets(Conflict):
    """More than one member may hold in this drawing."""

    limit: int
    held: int
    quantity: int
    code = "too_many_tickets"

    def __str__(self) -> str:
        return f"One member may hold {self.limit} tickets in this drawing: you hold {self.held}, so ask for fewer."


@attrs.frozen
class FreeEntryTaken(Conflict):
    """The member's free ticket in this drawing was taken before."""

    code = "free_entry_taken"

    def __str__(self) -> str:
        return "You already have your free ticket in this drawing: there is one a member."


@attrs.frozen
class Obstacle:
    """One rule that keeps a member out of a drawing: its stable name, and what to tell the member."""

    rule: str
    detail: str


@attrs.frozen
class NotEligible(Refused):
    """The member may not take part; every rule that stands in the way is named."""

    obstacles: tuple[Obstacle, ...]
    code = "not_eligible"

    def __str__(self) -> str:
        return "You cannot take part in this drawing: " + "; ".join(found.detail for found in self.obstacles) + "."


@attrs.frozen
class TooEarly(Conflict):
    """The moment for closing or drawing has not come."""

    step: str
    allowed_at: datetime
    code = "too_early"

    def __str__(self) -> str:
        return f"It is too early to {self.step} the drawing: wait until {self.allowed_at.isoformat()}."


@attrs.frozen
class BeaconNotReady(Unavailable):
    """The deciding round of the beacon has not been published."""

    round: int
    due_at: datetime
    code = "beacon_not_ready"

    def __str__(self) -> str:
        return f"Round {self.round} of the beacon, due at {self.due_at.isoformat()}, is not out yet. Try again then."


@attrs.frozen
class DrawDiffers(Conflict):
    """Alarm: what was published does not follow from what is stored. Nothing is overwritten."""

    drawing_id: DrawingId
    record: str
    code = "draw_differs"

    def __str__(self) -> str:
        return (
            f"The {self.record} of drawing {self.drawing_id} does not follow from its stored tickets and records. "
            "Stop, keep the database as it is, and investigate."
        )
