"""From a drawn ticket to a delivered prize: what the winner, the administrators and the clock do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.fulfillment import steps
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.errors import (
    EmailNotConfirmed,
    FulfillmentNotFound,
    NoAddress,
    WinnerUnderReview,
)
from fittrack_domain.fulfillment.events import (
    AddressConfirmed,
    AddressFoundInvalid,
    PrizeDelivered,
    PrizeShipped,
    PrizeWon,
)
from fittrack_domain.fulfillment.model import WARN_BEFORE, Fulfillment, FulfillmentStatus
from fittrack_domain.fulfillment.ports import FulfillmentTx
from fittrack_domain.identity.model import Account
from fittrack_domain.shared.errors import Conflict, Fault, InvalidInput
from fittrack_domain.shared.ids import FulfillmentId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Sealer, Store
from fittrack_domain.shared.text import line_faults, note_faults
from fittrack_domain.sweepstakes.catalogue import require_version
from fittrack_domain.sweepstakes.events import WinnerDrawn
from fittrack_domain.sweepstakes.model import FulfillmentType

LINE_LENGTH_MAX: Final = 100
REASON_LENGTH_MAX: Final = 500
NOTES_LENGTH_MAX: Final = 2_000
DUE_AT_ONCE: Final = 1_000
UNCLAIMED: Final = "not claimed in time"


@attrs.frozen
class Swept:
    """Whose deadline came near, and whose passed."""

    warned: Sequence[FulfillmentId]
    forfeited: Sequence[FulfillmentId]


@attrs.frozen
class Fulfillments:
    """The delivery of won prizes.

    Every step raises `FulfillmentNotFound` or `IllegalTransition` where it is not due, and then changes nothing.
    """

    store: Store[FulfillmentTx]
    clock: Clock
    ids: Ids
    sealer: Sealer

    def open(self, tx: FulfillmentTx, now: datetime, event: WinnerDrawn) -> None:
        """Reaction: a winner was drawn, or an alternate took over."""
        prize = tx.prizes.get(event.prize_id)
        fulfillment = Fulfillment(
            id=FulfillmentId(self.ids.new()),
            drawing_id=event.drawing_id,
            draw_no=event.draw_no,
            ticket_number=event.ticket_number,
            prize_id=event.prize_id,
            user_id=event.member_id,
            drawing_name=tx.drawings.get(event.drawing_id).name,
            prize_name=prize.name,
            fulfillment_type=prize.fulfillment_type,
            created_at=now,
        )
        tx.fulfillments.add(fulfillment)
        needs_address = prize.fulfillment_type is FulfillmentType.PHYSICAL
        tx.record(PrizeWon(**steps.told(fulfillment), needs_address=needs_address))

    def mark_notified(self, tx: FulfillmentTx, now: datetime, event: PrizeWon) -> None:
        """Reaction: the notice to the winner goes out in this same transaction."""
        steps.save(tx, now, None, tx.fulfillments.get(event.fulfillment_id).notified(now))

    def confirm_address(self, member_id: MemberId, fulfillment_id: FulfillmentId, address: Address) -> Fulfillment:
        """The winner says where to send the prize. Raises also `ClaimExpired`, `NotForThisPrize`."""
        now = self.clock.now()
        sealed = self.sealer.seal(address.to_bytes(), _purpose(fulfillment_id))
        with self.store.transaction() as tx:
            confirmed = _own(tx, fulfillment_id, member_id).address_confirmed(sealed, now)
            tx.record(AddressConfirmed(**steps.told(confirmed)))
            return steps.save(tx, now, member_id, confirmed)

    def reject_address(self, actor: MemberId | None, fulfillment_id: FulfillmentId, reason: str) -> Fulfillment:
        """The address does not work: the winner is asked for another, in new time. Raises also `InvalidInput`."""
        _refuse(note_faults("/reason", reason, REASON_LENGTH_MAX))
        now = self.clock.now()
        with self.store.transaction() as tx:
            rejected = tx.fulfillments.get(fulfillment_id).address_found_invalid(now)
            assert rejected.forfeit_at is not None, "a rejected address has a deadline"
            tx.record(AddressFoundInvalid(**steps.told(rejected), reason=reason, forfeit_at=rejected.forfeit_at))
            return steps.save(tx, now, actor, rejected)

    def ship(
        self, actor: MemberId | None, fulfillment_id: FulfillmentId, carrier: str, tracking_number: str
    ) -> Fulfillment:
        """Handed to a carrier. Raises also `InvalidInput`, `WinnerUnderReview`."""
        _refuse(
            [
                *line_faults("/carrier", carrier, LINE_LENGTH_MAX),
                *line_faults("/trackingNumber", tracking_number, LINE_LENGTH_MAX),
            ]
        )
        now = self.clock.now()
        with self.store.transaction() as tx:
            shipped = tx.fulfillments.get(fulfillment_id).shipped(carrier, tracking_number, now)
            _unsuspected(tx, shipped.user_id)
            tx.record(_shipped(shipped))
            return steps.save(tx, now, actor, shipped, {"carrier": carrier})

    def send(self, actor: MemberId | None, fulfillment_id: FulfillmentId, reference: str) -> Fulfillment:
        """A digital prize, sent to the winner's email.

        Raises also `NotForThisPrize`, `WinnerUnderReview`, `EmailNotConfirmed`, `InvalidInput`.
        """
        _refuse(line_faults("/reference", reference, LINE_LENGTH_MAX))
        now = self.clock.now()
        with self.store.transaction() as tx:
            sent = tx.fulfillments.get(fulfillment_id).sent(reference, now)
            if not _unsuspected(tx, sent.user_id).can_be_mailed:
                raise EmailNotConfirmed
            tx.record(_shipped(sent))
            return steps.save(tx, now, actor, sent)

    def deliver(self, actor: MemberId | None, fulfillment_id: FulfillmentId) -> Fulfillment:
        """The winner has it."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            delivered = tx.fulfillments.get(fulfillment_id).delivered(now)
            tx.record(PrizeDelivered(**steps.told(delivered)))
            return steps.save(tx, now, actor, delivered)

    def forfeit(self, actor: MemberId | None, fulfillment_id: FulfillmentId, reason: str) -> Fulfillment:
        """Passes the prize on to the next alternate. The reason becomes public. Raises also `InvalidInput`."""
        _refuse(note_faults("/reason", reason, REASON_LENGTH_MAX))
        now = self.clock.now()
        with self.store.transaction() as tx:
            return steps.forfeit(tx, now, actor, tx.fulfillments.get(fulfillment_id), reason)

    def annotate(
        self, actor: MemberId | None, fulfillment_id: FulfillmentId, notes: str | None, version: int | None = None
    ) -> Fulfillment:
        """Notes for administrators. Raises also `InvalidInput`, and `StaleVersion` when `version` is given."""
        _refuse([] if notes is None else note_faults("/notes", notes, NOTES_LENGTH_MAX))
        now = self.clock.now()
        with self.store.transaction() as tx:
            fulfillment = tx.fulfillments.get(fulfillment_id)
            require_version("fulfillment", fulfillment.version, version)
            audit(tx, now, actor, "fulfillment.annotated", "fulfillment", fulfillment_id)
            return tx.fulfillments.save(attrs.evolve(fulfillment, notes=notes))

    def sweep(self) -> Swept:
        """Does what the clock demands: forfeits after 14 days without an address, warnings after 7.

        Each in a transaction of its own; what another sweep does at the same moment is left to it.
        """
        now = self.clock.now()
        with self.store.reading() as tx:
            expired = tx.fulfillments.to_forfeit(now, DUE_AT_ONCE)
        forfeited = [each for each in expired if self._tried(each, now, _forfeit_expired)]
        with self.store.reading() as tx:
            near = tx.fulfillments.to_warn(now + WARN_BEFORE, DUE_AT_ONCE)
        return Swept([each for each in near if self._tried(each, now, steps.warn)], forfeited)

    def _tried(
        self,
        fulfillment_id: FulfillmentId,
        now: datetime,
        step: Callable[[FulfillmentTx, datetime, Fulfillment], None],
    ) -> bool:
        try:
            with self.store.transaction() as tx:
                step(tx, now, tx.fulfillments.get(fulfillment_id))
        except Conflict:
            return False
        return True

    def get(self, fulfillment_id: FulfillmentId, member_id: MemberId | None = None) -> Fulfillment:
        """One delivery; with `member_id` only that member's own."""
        with self.store.reading() as tx:
            return tx.fulfillments.get(fulfillment_id) if member_id is None else _own(tx, fulfillment_id, member_id)

    def page(
        self,
        paging: Paging,
        *,
        status: FulfillmentStatus | None = None,
        member_id: MemberId | None = None,
        overdue: bool = False,
    ) -> Page[Fulfillment]:
        """Deliveries, the latest first. Overdue: no address after half the time for giving one."""
        forfeit_by = self.clock.now() + WARN_BEFORE if overdue else None
        with self.store.reading() as tx:
            return tx.fulfillments.page(paging, status=status, member_id=member_id, forfeit_by=forfeit_by)

    def prizes_won(self, member_id: MemberId) -> int:
        """How many prizes the member has won and not forfeited."""
        with self.store.reading() as tx:
            return tx.fulfillments.prizes_won(member_id)

    def address(self, actor: MemberId, fulfillment_id: FulfillmentId) -> Address:
        """The winner's postal address, for whoever ships; audited. Raises also `NoAddress`, `SealBroken`."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            sealed = tx.fulfillments.get(fulfillment_id).shipping_address
            if sealed is None:
                raise NoAddress
            audit(tx, now, actor, "fulfillment.address_read", "fulfillment", fulfillment_id)
        return Address.of_bytes(self.sealer.unseal(sealed, _purpose(fulfillment_id)))


def _own(tx: FulfillmentTx, fulfillment_id: FulfillmentId, member_id: MemberId) -> Fulfillment:
    fulfillment = tx.fulfillments.get(fulfillment_id)
    if fulfillment.user_id != member_id:
        raise FulfillmentNotFound(fulfillment_id)
    return fulfillment


def _unsuspected(tx: FulfillmentTx, member_id: MemberId) -> Account:
    """The winner's account, locked, so that no review is opened meanwhile. Raises `WinnerUnderReview`."""
    account = tx.accounts.locked(member_id)
    if tx.reviews.flagged([member_id]):
        raise WinnerUnderReview(member_id)
    return account


def _forfeit_expired(tx: FulfillmentTx, now: datetime, fulfillment: Fulfillment) -> None:
    if fulfillment.is_expired(now):
        steps.forfeit(tx, now, None, fulfillment, UNCLAIMED)


def _shipped(fulfillment: Fulfillment) -> PrizeShipped:
    return PrizeShipped(
        **steps.told(fulfillment),
        carrier=fulfillment.carrier,
        tracking_number=fulfillment.tracking_number,
        reference=fulfillment.reference,
    )


def _purpose(fulfillment_id: FulfillmentId) -> str:
    return f"address of fulfillment {fulfillment_id}"


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidInput(tuple(faults))
