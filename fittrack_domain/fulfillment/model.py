"""The delivery of one won prize unit to one winner, and the only ways it can go (rules, chapter 10)."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import attrs

from fittrack_domain.fulfillment.errors import ClaimExpired, IllegalTransition, NotForThisPrize
from fittrack_domain.shared.ids import DrawingId, FulfillmentId, MemberId, PrizeId
from fittrack_domain.sweepstakes.model import FulfillmentType

CLAIM_WITHIN: Final = timedelta(days=14)
WARN_BEFORE: Final = timedelta(days=7)


class FulfillmentStatus(Enum):
    """Where a delivery stands."""

    PENDING = "pending"
    WINNER_NOTIFIED = "winner_notified"
    ADDRESS_CONFIRMED = "address_confirmed"
    ADDRESS_INVALID = "address_invalid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    FORFEITED = "forfeited"


@attrs.frozen
class Fulfillment:
    """One delivery. `forfeit_at` is the deadline while an address is waited for, and None otherwise.

    The names are those of the publication, which never change. The address lies sealed in `shipping_address`;
    `reference` is what a digital prize was sent under.
    """

    id: FulfillmentId
    drawing_id: DrawingId
    draw_no: int
    ticket_number: int
    prize_id: PrizeId
    user_id: MemberId
    drawing_name: str
    prize_name: str
    fulfillment_type: FulfillmentType
    created_at: datetime
    status: FulfillmentStatus = FulfillmentStatus.PENDING
    shipping_address: bytes | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    reference: str | None = None
    notes: str | None = None
    notified_at: datetime | None = None
    warned_at: datetime | None = None
    address_confirmed_at: datetime | None = None
    address_invalid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    forfeit_at: datetime | None = None
    forfeited_at: datetime | None = None
    version: int = 1

    def notified(self, now: datetime) -> "Fulfillment":
        """The winner knows. From now on the time for giving an address runs, where one is needed."""
        self._require("notified", FulfillmentStatus.PENDING)
        deadline = now + CLAIM_WITHIN if self._needs_address else None
        return attrs.evolve(self, status=FulfillmentStatus.WINNER_NOTIFIED, notified_at=now, forfeit_at=deadline)

    def address_confirmed(self, sealed_address: bytes, now: datetime) -> "Fulfillment":
        """The winner said where to send it.

        Raises: `IllegalTransition`, `NotForThisPrize`, `ClaimExpired` (the clock decides, whether or not a sweep ran).
        """
        if not self._needs_address:
            raise NotForThisPrize(self.fulfillment_type.value, "sent to an address")
        self._require("given an address", FulfillmentStatus.WINNER_NOTIFIED, FulfillmentStatus.ADDRESS_INVALID)
        if self.is_expired(now):
            raise ClaimExpired(self.forfeit_at or now)
        return attrs.evolve(
            self,
            status=FulfillmentStatus.ADDRESS_CONFIRMED,
            shipping_address=sealed_address,
            address_confirmed_at=now,
            forfeit_at=None,
        )

    def address_found_invalid(self, now: datetime) -> "Fulfillment":
        """The address does not work. The winner gets the whole time for another one."""
        self._require("found to have an invalid address", FulfillmentStatus.ADDRESS_CONFIRMED)
        return attrs.evolve(
            self,
            status=FulfillmentStatus.ADDRESS_INVALID,
            address_invalid_at=now,
            forfeit_at=now + CLAIM_WITHIN,
            warned_at=None,
        )

    def shipped(self, carrier: str, tracking_number: str, now: datetime) -> "Fulfillment":
        """On its way to the address."""
        self._require("shipped", FulfillmentStatus.ADDRESS_CONFIRMED)
        return attrs.evolve(
            self,
            status=FulfillmentStatus.SHIPPED,
            carrier=carrier,
            tracking_number=tracking_number,
            shipped_at=now,
        )

    def sent(self, reference: str, now: datetime) -> "Fulfillment":
        """A digital prize, sent to the winner's email under this reference."""
        if self._needs_address:
            raise NotForThisPrize(self.fulfillment_type.value, "sent without an address")
        self._require("sent", FulfillmentStatus.WINNER_NOTIFIED)
        return attrs.evolve(self, status=FulfillmentStatus.SHIPPED, reference=reference, shipped_at=now)

    def delivered(self, now: datetime) -> "Fulfillment":
        """The winner has it."""
        self._require("delivered", FulfillmentStatus.SHIPPED)
        return attrs.evolve(self, status=FulfillmentStatus.DELIVERED, delivered_at=now)

    def forfeited(self, now: datetime) -> "Fulfillment":
        """The prize passes on."""
        self._require("forfeited", FulfillmentStatus.WINNER_NOTIFIED, FulfillmentStatus.ADDRESS_INVALID)
        return attrs.evolve(self, status=FulfillmentStatus.FORFEITED, forfeited_at=now, forfeit_at=None)

    def warned(self, now: datetime) -> "Fulfillment":
        """The winner was reminded of the deadline."""
        return attrs.evolve(self, warned_at=now)

    def erased(self) -> "Fulfillment":
        """Without address and notes."""
        return attrs.evolve(self, shipping_address=None, notes=None)

    def is_expired(self, now: datetime) -> bool:
        """Whether the time for an address is over."""
        return self.forfeit_at is not None and now >= self.forfeit_at

    def is_to_be_warned(self, now: datetime) -> bool:
        """Whether half the time is over and the winner has not been reminded."""
        return self.forfeit_at is not None and self.warned_at is None and now >= self.forfeit_at - WARN_BEFORE

    @property
    def _needs_address(self) -> bool:
        return self.fulfillment_type is FulfillmentType.PHYSICAL

    def _require(self, step: str, *starts: FulfillmentStatus) -> None:
        if self.status not in starts:
            raise IllegalTransition(self.status.value, step)
