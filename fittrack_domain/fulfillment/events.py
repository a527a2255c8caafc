"""What happened to won prizes that winners and others are told of."""

from datetime import datetime

import attrs

from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import FulfillmentId, MemberId, PrizeId, SponsorId


@attrs.frozen
class FulfillmentEvent(Event):
    """What all have in common: the delivery, its winner, and the names to tell it with."""

    fulfillment_id: FulfillmentId
    member_id: MemberId
    drawing_name: str
    prize_name: str


@attrs.frozen
class PrizeWon(FulfillmentEvent):
    """A member has won. With an address needed, it must be given in time."""

    needs_address: bool


@attrs.frozen
class ClaimWarned(FulfillmentEvent):
    """No address yet: the prize is forfeited at `forfeit_at`."""

    forfeit_at: datetime


@attrs.frozen
class AddressConfirmed(FulfillmentEvent):
    """The winner gave an address."""


@attrs.frozen
class AddressFoundInvalid(FulfillmentEvent):
    """The address does not work; another one is needed before `forfeit_at`."""

    reason: str
    forfeit_at: datetime


@attrs.frozen
class PrizeShipped(FulfillmentEvent):
    """On its way: with a carrier under a tracking number, or a digital prize under a reference."""

    carrier: str | None
    tracking_number: str | None
    reference: str | None


@attrs.frozen
class PrizeDelivered(FulfillmentEvent):
    """The winner has it."""


@attrs.frozen
class PrizeForfeited(FulfillmentEvent):
    """The winner has lost it."""

    reason: str


@attrs.frozen
class PrizeReturned(Event):
    """A forfeited prize unit found no other winner and goes back to its sponsor (None: to FitTrack)."""

    prize_id: PrizeId
    prize_name: str
    drawing_name: str
    sponsor_id: SponsorId | None
