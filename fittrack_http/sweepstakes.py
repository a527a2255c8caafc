"""Drawings over HTTP: what is on offer, and getting tickets."""

from datetime import datetime
from typing import Annotated, Final

import attrs
from annotated_types import Ge, Le

from fittrack_domain.app import FitTrack
from fittrack_domain.points.errors import NotEnoughPoints
from fittrack_domain.shared.errors import KeyReused, StaleVersion
from fittrack_domain.shared.ids import DrawingId, EntryId, PrizeId, SponsorId, TransferId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes import errors
from fittrack_domain.sweepstakes.model import (
    TICKETS_PER_PURCHASE_MAX,
    DrawingStatus,
    DrawingType,
    FulfillmentType,
    Sponsor,
    UserType,
)
from fittrack_domain.sweepstakes.tickets import Receipt
from fittrack_domain.sweepstakes.views import DrawingView, Odds, OfferedPrize
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Given, Reply, Route

TAG: Final = "Sweepstakes"


@attrs.frozen
class TicketsQuantity:
    """How many tickets."""

    quantity: Annotated[int, Ge(1), Le(TICKETS_PER_PURCHASE_MAX)]


@attrs.frozen(kw_only=True)
class DrawingsQuery(PageQuery):
    """Which drawings."""

    status: DrawingStatus | None = None
    type: DrawingType | None = None


@attrs.frozen
class SponsorOut:
    """Who gives a prize."""

    sponsor_id: SponsorId
    name: str
    website_url: str | None
    logo_url: str | None

    @classmethod
    def of(cls, sponsor: Sponsor) -> "SponsorOut":
        return cls(sponsor.id, sponsor.name, sponsor.website_url, sponsor.logo_url)


@attrs.frozen
class PrizeOut:
    """Equal units of a prize; rank 1 is drawn first. Without a sponsor FitTrack gives it."""

    prize_id: PrizeId
    rank: int
    name: str
    description: str | None
    value_usd: Usd
    quantity: int
    fulfillment_type: FulfillmentType
    image_url: str | None
    sponsor: SponsorOut | None

    @classmethod
    def of(cls, offered: OfferedPrize) -> "PrizeOut":
        prize, sponsor = offered.prize, offered.sponsor
        return cls(
            prize_id=prize.id,
            rank=prize.prize_rank,
            name=prize.name,
            description=prize.description,
            value_usd=prize.value_usd,
            quantity=prize.quantity,
            fulfillment_type=prize.fulfillment_type,
            image_url=prize.image_url,
            sponsor=None if sponsor is None else SponsorOut.of(sponsor),
        )


@attrs.frozen
class OddsOut:
    """The chance of each draw to hit you, exactly: your tickets out of all tickets at this moment."""

    user_tickets: int
    total_tickets: int

    @classmethod
    def of(cls, odds: Odds) -> "OddsOut":
        return cls(odds.member_tickets, odds.all_tickets)


@attrs.frozen
class ObstacleOut:
    """A rule that keeps you out: its stable name, and what to tell."""

    rule: str
    detail: str


@attrs.frozen
class EligibilityOut:
    """What is asked of members beyond what all drawings ask."""

    user_type: UserType
    min_account_age_days: int


@attrs.frozen
class DrawingOut:
    """A drawing as you see it at this moment. Hashes are hex, null until the terms are published."""

    drawing_id: DrawingId
    type: DrawingType
    name: str
    description: str | None
    status: DrawingStatus
    ticket_cost_points: int
    sales_open_at: datetime
    ticket_sales_close: datetime
    drawing_time: datetime
    eligibility: EligibilityOut
    max_tickets_per_member: int | None
    max_wins_per_member: int | None
    prizes: tuple[PrizeOut, ...]
    user_tickets: int
    total_tickets: int
    odds: OddsOut
    eligible: bool
    not_eligible_because: tuple[ObstacleOut, ...]
    terms_hash: str | None
    seed_commitment: str | None
    completed_at: datetime | None
    cancelled_reason: str | None

    @classmethod
    def of(cls, view: DrawingView) -> "DrawingOut":
        drawing, asked = view.drawing, view.drawing.eligibility
        obstacles = view.obstacles or ()
        return cls(
            drawing_id=drawing.id,
            type=drawing.drawing_type,
            name=drawing.name,
            description=drawing.description,
            status=view.status,
            ticket_cost_points=drawing.ticket_cost_points,
            sales_open_at=drawing.sales_open_at,
            ticket_sales_close=drawing.ticket_sales_close,
            drawing_time=drawing.drawing_time,
            eligibility=EligibilityOut(asked.user_type, asked.min_account_age_days),
            max_tickets_per_member=drawing.max_tickets_per_member,
            max_wins_per_member=drawing.max_wins_per_holder or None,
            prizes=tuple(map(PrizeOut.of, view.prizes)),
            user_tickets=view.odds.member_tickets,
            total_tickets=view.odds.all_tickets,
            odds=OddsOut.of(view.odds),
            eligible=not obstacles,
            not_eligible_because=tuple(ObstacleOut(obstacle.rule, obstacle.detail) for obstacle in obstacles),
            terms_hash=view.terms_hash,
            seed_commitment=view.seed_commitment,
            completed_at=drawing.completed_at,
            cancelled_reason=drawing.cancelled_reason,
        )


@attrs.frozen
class TicketsReceipt:
    """What a request for tickets came to. `transactionId` is null for tickets that cost nothing.

    `logHead` is the hash over the public log of all drawings: who compares it with others' knows that they see the
    same log.
    """

    entry_id: EntryId
    transaction_id: TransferId | None
    tickets_purchased: int
    points_spent: int
    new_point_balance: int
    total_user_tickets: int
    odds: OddsOut
    log_head: str

    @classmethod
    def of(cls, receipt: Receipt) -> "TicketsReceipt":
        return cls(
            entry_id=receipt.entry_id,
            transaction_id=receipt.transaction_id,
            tickets_purchased=receipt.tickets_purchased,
            points_spent=receipt.points_spent,
            new_point_balance=receipt.new_balance,
            total_user_tickets=receipt.total_user_tickets,
            odds=OddsOut.of(receipt.odds),
            log_head=receipt.log_head,
        )


def drawings(fittrack: FitTrack, caller: Caller, query: DrawingsQuery) -> Listed[DrawingOut]:
    """List the drawings.

    With your tickets, the odds, and whether you may take part. Sorted by drawing time, the latest first.
    """
    found = fittrack.drawings.page(caller.member_id, query.paging, status=query.status, drawing_type=query.type)
    return Listed.of(found.map(DrawingOut.of))


def drawing(fittrack: FitTrack, caller: Caller, drawing_id: DrawingId) -> Reply[DrawingOut]:
    """Show a drawing; to administrators be it a draft."""
    view = fittrack.drawings.get(caller.member_id, drawing_id, drafts=caller.is_admin)
    return Reply(DrawingOut.of(view), version=view.drawing.version)


def buy_tickets(
    fittrack: FitTrack, caller: Caller, drawing_id: DrawingId, body: TicketsQuantity, request: Request
) -> TicketsReceipt:
    """Buy tickets with points.

    Final, at once, all or nothing.
    """
    receipt = fittrack.sweepstakes.buy_tickets(caller.member_id, drawing_id, body.quantity, request.key)
    request.replayed = receipt.replayed
    return TicketsReceipt.of(receipt)


def free_entry(fittrack: FitTrack, caller: Caller, drawing_id: DrawingId) -> TicketsReceipt:
    """Take your free ticket: no purchase necessary.

    One for each member and drawing, with the same chance as any other ticket.
    """
    return TicketsReceipt.of(fittrack.sweepstakes.free_entry(caller.member_id, drawing_id))


REFUSALS: Final = (
    errors.DrawingNotFound,
    errors.SalesNotOpen,
    errors.SalesClosed,
    errors.DrawingIsCancelled,
    errors.NotEligible,
    errors.TooManyTickets,
)

ROUTES: Final = (
    Route("GET", "/api/v1/drawings", drawings, Access.MEMBER, TAG, quick=True),
    Route("GET", "/api/v1/drawings/{drawing_id}", drawing, Access.MEMBER, TAG, problems=(errors.DrawingNotFound,)),
    Route(
        "POST",
        "/api/v1/drawings/{drawing_id}/tickets",
        buy_tickets,
        Access.MEMBER,
        TAG,
        status=201,
        key=Given.REQUIRED,
        problems=(*REFUSALS, NotEnoughPoints, StaleVersion, KeyReused),
    ),
    Route(
        "POST",
        "/api/v1/drawings/{drawing_id}/free-entry",
        free_entry,
        Access.MEMBER,
        TAG,
        status=201,
        problems=(*REFUSALS, errors.FreeEntryTaken),
    ),
)
