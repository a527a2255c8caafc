"""Won prizes over HTTP, for the administrators who bring them to their winners."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

import attrs
from annotated_types import Len

from fittrack_domain.app import FitTrack
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.errors import (
    EmailNotConfirmed,
    FulfillmentNotFound,
    IllegalTransition,
    NoAddress,
    NotForThisPrize,
    WinnerUnderReview,
)
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.fulfillment.service import LINE_LENGTH_MAX, NOTES_LENGTH_MAX
from fittrack_domain.shared.errors import (
    AlreadyExists,
    Fault,
    FitTrackError,
    InvalidInput,
    SealBroken,
    StaleVersion,
    StoreBusy,
)
from fittrack_domain.shared.ids import DrawingId, FulfillmentId, MemberId, PrizeId
from fittrack_domain.sweepstakes.model import FulfillmentType
from fittrack_http.admin import Reason, route, twice
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Given, Reply, Route
from fittrack_http.structuring import Told

TAG: Final = "Deliveries"
Line = Annotated[str, Told(Len(1, LINE_LENGTH_MAX))]


@attrs.frozen(kw_only=True)
class DeliveriesQuery(PageQuery):
    """Which prizes; overdue are those whose winner gave no address in 7 days."""

    status: FulfillmentStatus | None = None
    overdue: bool = False
    user_id: MemberId | None = None


@attrs.frozen(kw_only=True)
class FulfillmentOut:
    """A prize on its way to its winner. Where it goes is not in here: see its address."""

    fulfillment_id: FulfillmentId
    drawing_id: DrawingId
    drawing_name: str
    draw_no: int
    prize_id: PrizeId
    prize_name: str
    user_id: MemberId
    winning_number: int
    fulfillment_type: FulfillmentType
    status: FulfillmentStatus
    won_at: datetime
    notified_at: datetime | None
    warned_at: datetime | None
    forfeit_at: datetime | None
    address_confirmed_at: datetime | None
    address_invalid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    forfeited_at: datetime | None
    carrier: str | None
    tracking_number: str | None
    reference: str | None
    notes: str | None

    @classmethod
    def of(cls, fulfillment: Fulfillment) -> "FulfillmentOut":
        return cls(
            fulfillment_id=fulfillment.id,
            drawing_id=fulfillment.drawing_id,
            drawing_name=fulfillment.drawing_name,
            draw_no=fulfillment.draw_no,
            prize_id=fulfillment.prize_id,
            prize_name=fulfillment.prize_name,
            user_id=fulfillment.user_id,
            winning_number=fulfillment.ticket_number,
            fulfillment_type=fulfillment.fulfillment_type,
            status=fulfillment.status,
            won_at=fulfillment.created_at,
            notified_at=fulfillment.notified_at,
            warned_at=fulfillment.warned_at,
            forfeit_at=fulfillment.forfeit_at,
            address_confirmed_at=fulfillment.address_confirmed_at,
            address_invalid_at=fulfillment.address_invalid_at,
            shipped_at=fulfillment.shipped_at,
            delivered_at=fulfillment.delivered_at,
            forfeited_at=fulfillment.forfeited_at,
            carrier=fulfillment.carrier,
            tracking_number=fulfillment.tracking_number,
            reference=fulfillment.reference,
            notes=fulfillment.notes,
        )


@attrs.frozen(kw_only=True)
class NotesIn:
    """All that administrators have noted about a delivery."""

    notes: Annotated[str, Told(Len(1, NOTES_LENGTH_MAX))] | None = None


@attrs.frozen(kw_only=True)
class ShipmentIn:
    """How it is sent: with a carrier under its tracking number, or, a digital prize, under a reference."""

    carrier: Line | None = None
    tracking_number: Line | None = None
    reference: Line | None = None

    def __attrs_post_init__(self) -> None:
        needed = {"/carrier": self.carrier, "/trackingNumber": self.tracking_number}
        if self.reference is None and (missing := [name for name, value in needed.items() if value is None]):
            raise InvalidInput(tuple(Fault(name, "is required, unless a reference is given") for name in missing))
        if self.reference is not None and any(needed.values()):
            raise InvalidInput((Fault("/reference", "does not go with a carrier or a tracking number"),))


@attrs.frozen(kw_only=True)
class ReasonIn:
    """Why: the winner is told."""

    reason: Reason


@attrs.frozen(kw_only=True)
class ShippingAddress:
    """Where a prize is to be sent."""

    recipient: str
    line1: str
    line2: str | None
    city: str
    state: str
    postal_code: str

    @classmethod
    def of(cls, address: Address) -> "ShippingAddress":
        return cls(**attrs.asdict(address))


def fulfillments(fittrack: FitTrack, query: DeliveriesQuery) -> Listed[FulfillmentOut]:
    """List the won prizes.

    Sorted by when they were won, the latest first.
    """
    found = fittrack.fulfillments.page(
        query.paging, status=query.status, member_id=query.user_id, overdue=query.overdue
    )
    return Listed.of(found.map(FulfillmentOut.of))


def fulfillment(fittrack: FitTrack, fulfillment_id: FulfillmentId) -> Reply[FulfillmentOut]:
    """Show a won prize."""
    found = fittrack.fulfillments.get(fulfillment_id)
    return Reply(FulfillmentOut.of(found), version=found.version)


def annotate(
    fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId, body: NotesIn, version: int | None
) -> Reply[FulfillmentOut]:
    """Note something about a delivery, for administrators only."""
    noted = fittrack.fulfillments.annotate(caller.member_id, fulfillment_id, body.notes, version)
    return Reply(FulfillmentOut.of(noted), version=noted.version)


def ship(fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId, body: ShipmentIn) -> FulfillmentOut:
    """Record that a prize was handed to a carrier, or that a digital one was sent to the winner's email."""
    deliveries = fittrack.fulfillments
    if body.reference is not None:
        return FulfillmentOut.of(deliveries.send(caller.member_id, fulfillment_id, body.reference))
    assert body.carrier is not None
    assert body.tracking_number is not None
    return FulfillmentOut.of(deliveries.ship(caller.member_id, fulfillment_id, body.carrier, body.tracking_number))


def deliver(fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId) -> FulfillmentOut:
    """Record that the winner has the prize."""
    return FulfillmentOut.of(fittrack.fulfillments.deliver(caller.member_id, fulfillment_id))


def reject_address(fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId, body: ReasonIn) -> FulfillmentOut:
    """Record that the address does not work.

    The winner is asked for another one, and has 14 days for it.
    """
    return FulfillmentOut.of(fittrack.fulfillments.reject_address(caller.member_id, fulfillment_id, body.reason))


def forfeit(fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId, body: ReasonIn) -> FulfillmentOut:
    """Pass a prize on to the next alternate of the drawing.

    The reason becomes public: no personal data in it.
    """
    return FulfillmentOut.of(fittrack.fulfillments.forfeit(caller.member_id, fulfillment_id, body.reason))


def shipping_address(fittrack: FitTrack, caller: Caller, fulfillment_id: FulfillmentId) -> ShippingAddress:
    """Show where to send a prize.

    The audit log keeps who asked.
    """
    return ShippingAddress.of(fittrack.fulfillments.address(caller.member_id, fulfillment_id))


STEP: Final = (FulfillmentNotFound, IllegalTransition, StaleVersion)


def _step(name: str, handler: Callable[..., FulfillmentOut], *problems: type[FitTrackError]) -> Route:
    path = f"admin/fulfillments/{{fulfillment_id}}/{name}"
    return route("POST", path, handler, TAG, problems=(*STEP, *problems))


ROUTES: Final[tuple[Route, ...]] = (
    *twice("GET", "fulfillments", fulfillments, TAG),
    *twice("GET", "fulfillments/{fulfillment_id}", fulfillment, TAG, problems=(FulfillmentNotFound,)),
    *twice(
        "PUT",
        "fulfillments/{fulfillment_id}",
        annotate,
        TAG,
        if_match=Given.REQUIRED,
        problems=(FulfillmentNotFound, StaleVersion),
    ),
    _step("ship", ship, NotForThisPrize, EmailNotConfirmed, WinnerUnderReview),
    _step("deliver", deliver),
    _step("invalid-address", reject_address),
    _step("forfeit", forfeit),
    route(
        "GET",
        "admin/fulfillments/{fulfillment_id}/address",
        shipping_address,
        TAG,
        problems=(FulfillmentNotFound, NoAddress, SealBroken, AlreadyExists, StoreBusy),
    ),
)
