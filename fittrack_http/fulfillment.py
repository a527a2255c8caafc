"""Won prizes over HTTP, for their winners."""

from datetime import datetime
from typing import Annotated, Final

import attrs
from annotated_types import Len

from fittrack_domain.app import FitTrack
from fittrack_domain.fulfillment.address import LINE_LENGTH_MAX, Address
from fittrack_domain.fulfillment.errors import ClaimExpired, FulfillmentNotFound, IllegalTransition, NotForThisPrize
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import DrawingId, FulfillmentId, PrizeId
from fittrack_domain.sweepstakes.model import FulfillmentType
from fittrack_http.auth import Caller
from fittrack_http.authentication import State
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Route
from fittrack_http.structuring import Pattern

TAG: Final = "Prizes"
AddressLine = Annotated[str, Len(1, LINE_LENGTH_MAX)]


@attrs.frozen(kw_only=True)
class PostalAddress:
    """Where to send a prize, in the United States."""

    recipient: AddressLine
    line1: AddressLine
    line2: AddressLine | None = None
    city: AddressLine
    state: State
    postal_code: Annotated[str, Pattern("[0-9]{5}(-[0-9]{4})?", "a ZIP code such as 94103 or 94103-1234")]

    @property
    def address(self) -> Address:
        return Address(**attrs.asdict(self))


@attrs.frozen
class WonPrize:
    """A prize on its way to you. `forfeitAt` is until when an address is waited for."""

    fulfillment_id: FulfillmentId
    drawing_id: DrawingId
    drawing_name: str
    prize_id: PrizeId
    prize_name: str
    winning_number: int
    fulfillment_type: FulfillmentType
    status: FulfillmentStatus
    won_at: datetime
    forfeit_at: datetime | None
    address_confirmed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    carrier: str | None
    tracking_number: str | None
    reference: str | None

    @classmethod
    def of(cls, fulfillment: Fulfillment) -> "WonPrize":
        return cls(
            fulfillment_id=fulfillment.id,
            drawing_id=fulfillment.drawing_id,
            drawing_name=fulfillment.drawing_name,
            prize_id=fulfillment.prize_id,
            prize_name=fulfillment.prize_name,
            winning_number=fulfillment.ticket_number,
            fulfillment_type=fulfillment.fulfillment_type,
            status=fulfillment.status,
            won_at=fulfillment.created_at,
            forfeit_at=fulfillment.forfeit_at,
            address_confirmed_at=fulfillment.address_confirmed_at,
            shipped_at=fulfillment.shipped_at,
            delivered_at=fulfillment.delivered_at,
            carrier=fulfillment.carrier,
            tracking_number=fulfillment.tracking_number,
            reference=fulfillment.reference,
        )


def my_wins(fittrack: FitTrack, caller: Caller, query: PageQuery) -> Listed[WonPrize]:
    """List your won prizes.

    Sorted by when they were won, the latest first.
    """
    return Listed.of(fittrack.fulfillments.page(query.paging, member_id=caller.member_id).map(WonPrize.of))


def confirm_address(fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId, body: PostalAddress) -> WonPrize:
    """Say where to send a prize of yours."""
    confirmed = fittrack.fulfillments.confirm_address(caller.member_id, fulfillment_id, body.address)
    return WonPrize.of(confirmed)


ROUTES: Final = (
    Route("GET", "/api/v1/drawings/my-wins", my_wins, Access.MEMBER, TAG),
    Route(
        "POST",
        "/api/v1/fulfillments/{fulfillment_id}/confirm-address",
        confirm_address,
        Access.MEMBER,
        TAG,
        problems=(FulfillmentNotFound, IllegalTransition, NotForThisPrize, ClaimExpired, StaleVersion),
    ),
)
