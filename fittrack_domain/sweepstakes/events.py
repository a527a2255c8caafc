"""What happened in sweepstakes that others act on."""

from datetime import datetime

import attrs

from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId


@attrs.frozen
class DrawingCompleted(Event):
    """There are winners, and the result is public."""

    drawing_id: DrawingId
    name: str
    tickets: int
    completed_at: datetime


@attrs.frozen
class DrawingCancelled(Event):
    """The drawing was called off, or nobody had a ticket. Paid entries are refunded."""

    drawing_id: DrawingId
    name: str
    reason: str


@attrs.frozen
class RefundsDue(Event):
    """Paid entries with ids after this one still await their refund."""

    drawing_id: DrawingId
    after: EntryId | None


@attrs.frozen
class WinnerDrawn(Event):
    """A prize unit has a winner: by the draw itself, or as the alternate after a forfeit."""

    drawing_id: DrawingId
    draw_no: int
    member_id: MemberId
    ticket_number: int
    prize_id: PrizeId
