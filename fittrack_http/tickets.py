"""Everybody's tickets over HTTP, for administrators."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import attrs
from annotated_types import Ge, Le

from fittrack_domain.app import FitTrack
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId, TransferId
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes import model
from fittrack_domain.sweepstakes.errors import EntryNotFound, TicketNotFound
from fittrack_domain.sweepstakes.model import TICKETS_PER_PURCHASE_MAX
from fittrack_domain.sweepstakes.results import EntryView, TicketView
from fittrack_http.admin import Reason, route
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.results import TicketWon
from fittrack_http.routes import Given
from fittrack_http.structuring import UUID_FORM, Pattern
from fittrack_http.sweepstakes import REFUSALS, TicketsReceipt

TAG: Final = "Tickets"

TicketId: TypeAlias = Annotated[
    str, Pattern(f"{UUID_FORM.pattern}:[1-9][0-9]{{0,4}}", "an entry's id, a colon, and the place of the ticket in it")
]


@attrs.frozen(kw_only=True)
class EntriesQuery(PageQuery):
    """Whose entries, and in which drawing."""

    drawing_id: DrawingId | None = None
    user_id: MemberId | None = None


@attrs.frozen
class EntryRow:
    """Tickets that a member got at once. The ids of the single ones are `entryId:1`, `entryId:2` and so on."""

    entry_id: EntryId
    drawing_id: DrawingId
    drawing_name: str
    user_id: MemberId
    tickets: int
    points_spent: int
    route: model.Route
    reason: str | None
    purchase_transaction_id: TransferId | None
    purchased_at: datetime
    first_ticket: int | None
    last_ticket: int | None
    won: tuple[TicketWon, ...]

    @classmethod
    def of(cls, view: EntryView) -> "EntryRow":
        entry = view.entry
        return cls(
            entry_id=entry.id,
            drawing_id=entry.drawing_id,
            drawing_name=view.drawing.name,
            user_id=entry.user_id,
            tickets=entry.quantity,
            points_spent=entry.cost_points,
            route=entry.route,
            reason=entry.reason,
            purchase_transaction_id=entry.transaction_id,
            purchased_at=entry.purchased_at,
            first_ticket=view.first_ticket,
            last_ticket=view.last_ticket,
            won=tuple(TicketWon(number, prize_id) for number, prize_id in sorted(view.prizes.items())),
        )


@attrs.frozen
class TicketOut:
    """One ticket. It has a number from the closing of its drawing on."""

    ticket_id: str
    drawing_id: DrawingId
    user_id: MemberId
    ticket_number: int | None
    purchase_transaction_id: TransferId | None
    is_winner: bool
    prize_id: PrizeId | None

    @classmethod
    def of(cls, view: TicketView) -> "TicketOut":
        entry = view.entry
        return cls(
            ticket_id=f"{entry.id}:{view.place}",
            drawing_id=entry.drawing_id,
            user_id=entry.user_id,
            ticket_number=view.number,
            purchase_transaction_id=entry.transaction_id,
            is_winner=view.prize_id is not None,
            prize_id=view.prize_id,
        )


@attrs.frozen(kw_only=True)
class Grant:
    """Tickets for a member that cost nothing, and why."""

    drawing_id: DrawingId
    user_id: MemberId
    quantity: Annotated[int, Ge(1), Le(TICKETS_PER_PURCHASE_MAX)] = 1
    reason: Reason


def tickets(fittrack: FitTrack, query: EntriesQuery) -> Listed[EntryRow]:
    """List the members' tickets, those that came together as one entry.

    Sorted by when they were got, the latest first.
    """
    found = fittrack.results.entries(query.paging, drawing_id=query.drawing_id, member_id=query.user_id)
    return Listed.of(found.map(EntryRow.of))


def ticket(fittrack: FitTrack, ticket_id: TicketId) -> TicketOut:
    """Show a single ticket."""
    entry_id, _, place = ticket_id.partition(":")
    return TicketOut.of(fittrack.results.ticket(EntryId(UUID(entry_id)), int(place)))


def grant_tickets(fittrack: FitTrack, caller: Caller, body: Grant, request: Request | None) -> TicketsReceipt:
    """Give a member tickets that cost no points, for a stated reason.

    Everything else is as with tickets that are bought: who may take part, how many, and until when.
    """
    key = None if request is None else request.key
    grant = fittrack.sweepstakes.grant_tickets
    receipt = grant(caller.member_id, body.user_id, body.drawing_id, body.reason, body.quantity, key)
    if request is not None:
        request.replayed = receipt.replayed
    return TicketsReceipt.of(receipt)


ROUTES: Final = (
    route("GET", "tickets", tickets, TAG),
    route("GET", "tickets/{ticket_id}", ticket, TAG, problems=(EntryNotFound, TicketNotFound)),
    route(
        "POST",
        "tickets",
        grant_tickets,
        TAG,
        status=201,
        key=Given.OPTIONAL,
        problems=(*REFUSALS, MemberNotFound, StaleVersion),
    ),
)
