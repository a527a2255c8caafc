"""Getting tickets: bought with points, free, or granted by an administrator."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.identity.model import Account
from fittrack_domain.points import ledger
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, TransferId
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.shared.text import note_faults
from fittrack_domain.sweepstakes.eligibility import require_eligible
from fittrack_domain.sweepstakes.errors import FreeEntryTaken, QuantityOutOfRange, SalesClosed
from fittrack_domain.sweepstakes.model import TICKETS_PER_PURCHASE_MAX, Drawing, Entry, Held, Route, free_key
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import log_head
from fittrack_domain.sweepstakes.views import Odds

REASON_LENGTH_MAX: Final = 500


@attrs.frozen
class Receipt:
    """What a request for tickets came to.

    Attributes:
        entry_id: The new entry.
        transaction_id: Of the points spent; None for tickets that cost none.
        tickets_purchased: In this entry.
        points_spent: On this entry.
        new_balance: Points left to spend.
        total_user_tickets: Of the member in this drawing, these included.
        odds: Tickets of the member and of all, at this moment.
        log_head: Hash over the public log of drawings: members who compare it know that they see the same log.
        replayed: Whether this is the answer to an earlier request with the same key.
    """

    entry_id: EntryId
    transaction_id: TransferId | None
    tickets_purchased: int
    points_spent: int
    new_balance: int
    total_user_tickets: int
    odds: Odds
    log_head: str
    replayed: bool = False

    def as_answer(self) -> Mapping[str, Any]:
        """The receipt in JSON values, to be kept."""
        return attrs.asdict(self) | {
            "entry_id": str(self.entry_id),
            "transaction_id": self.transaction_id and str(self.transaction_id),
        }

    @classmethod
    def again(cls, answer: Mapping[str, Any]) -> "Receipt":
        """The receipt that was kept."""
        return cls(
            **{
                **answer,
                "entry_id": EntryId(UUID(answer["entry_id"])),
                "transaction_id": answer["transaction_id"] and TransferId(UUID(answer["transaction_id"])),
                "odds": Odds(**answer["odds"]),
                "replayed": True,
            }
        )


@attrs.frozen
class Sweepstakes:
    """How members come to tickets."""

    store: Store[SweepstakesTx]
    clock: Clock
    ids: Ids

    def buy_tickets(self, buyer: MemberId, drawing_id: DrawingId, quantity: int, key: str | None = None) -> Receipt:
        """Buys tickets with points: final, at once, all or nothing.

        Args:
            buyer: Who pays and plays.
            drawing_id: On sale.
            quantity: 1 to `TICKETS_PER_PURCHASE_MAX`.
            key: Makes the request repeatable: the same key gives the same receipt for 24 hours and buys nothing more.

        Raises:
            QuantityOutOfRange, DrawingNotFound, SalesNotOpen, SalesClosed, DrawingIsCancelled, NotEligible,
            TooManyTickets, NotEnoughPoints, KeyReused; StaleVersion when the wallet moved at the same moment.
        """
        _require_quantity(quantity)
        now = self.clock.now()
        request = _request(buyer, "buy_tickets", key, drawing_id, quantity)
        with self.store.transaction() as tx:
            account = tx.accounts.locked(buyer)
            if request and (earlier := request.answered_before(tx, now)):
                return Receipt.again(earlier)
            drawing = tx.drawings.get(drawing_id)
            held = _admitted(tx, now, account, drawing, quantity)
            entry_id = EntryId(self.ids.new())
            cost = quantity * drawing.ticket_cost_points
            purpose = Purpose("entry", entry_id, f"Tickets: {drawing.name}")
            transfer = ledger.spend(tx, self.ids, now, buyer, cost, purpose)
            entry = _entry(entry_id, buyer, drawing, held, quantity, now, Route.POINTS, transfer.id, cost)
            receipt = _entered(tx, entry, held)
            if request:
                request.answer(tx, now, receipt.as_answer())
            return receipt

    def free_entry(self, member_id: MemberId, drawing_id: DrawingId) -> Receipt:
        """The member's one free ticket in a drawing: no purchase necessary, the same chance as any other ticket.

        Raises: as `buy_tickets`, and `FreeEntryTaken`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            account = tx.accounts.locked(member_id)
            drawing = tx.drawings.get(drawing_id)
            held = _admitted(tx, now, account, drawing, quantity=1)
            if tx.entries.has_free(drawing_id, member_id):
                raise FreeEntryTaken
            entry = _entry(EntryId(self.ids.new()), member_id, drawing, held, 1, now, Route.FREE)
            return _entered(tx, attrs.evolve(entry, free_key=free_key(drawing_id, member_id)), held)

    def grant_tickets(
        self,
        actor: MemberId,
        member_id: MemberId,
        drawing_id: DrawingId,
        reason: str,
        quantity: int = 1,
        key: str | None = None,
    ) -> Receipt:
        """Gives a member tickets without points, for a stated reason; audited.

        Raises: as `buy_tickets`, and `InvalidInput` for the reason.
        """
        _require_quantity(quantity)
        if faults := note_faults("/reason", reason, REASON_LENGTH_MAX):
            raise InvalidInput(tuple(faults))
        now = self.clock.now()
        request = _request(actor, "grant_tickets", key, drawing_id, quantity, member_id, reason)
        with self.store.transaction() as tx:
            account = tx.accounts.locked(member_id)
            if request and (earlier := request.answered_before(tx, now)):
                return Receipt.again(earlier)
            drawing = tx.drawings.get(drawing_id)
            held = _admitted(tx, now, account, drawing, quantity)
            entry = _entry(EntryId(self.ids.new()), member_id, drawing, held, quantity, now, Route.GRANTED)
            receipt = _entered(tx, attrs.evolve(entry, reason=reason), held)
            audit(tx, now, actor, "tickets.granted", "entry", entry.id, {"quantity": quantity, "reason": reason})
            if request:
                request.answer(tx, now, receipt.as_answer())
            return receipt


def _require_quantity(quantity: int) -> None:
    if not 1 <= quantity <= TICKETS_PER_PURCHASE_MAX:
        raise QuantityOutOfRange(quantity, TICKETS_PER_PURCHASE_MAX)


def _request(principal: MemberId, operation: str, key: str | None, *arguments: object) -> Request | None:
    return None if key is None else Request(principal, operation, key, {"arguments": [str(each) for each in arguments]})


def _admitted(tx: SweepstakesTx, now: datetime, account: Account, drawing: Drawing, quantity: int) -> Held:
    """Passes the member through the gate, and answers what they held before.

    Their account is locked: it keeps a second request of theirs waiting until this one is over, so that what is read
    here still holds when the entry is written.
    """
    drawing.require_on_sale(now)
    require_eligible(drawing.eligibility, account, tx.profiles.get(account.id), now)
    if not tx.gates.admit(drawing.id, account.id, quantity):
        raise SalesClosed(drawing.ticket_sales_close)
    held = tx.entries.held(drawing.id, account.id)
    drawing.require_room(held.tickets, quantity)
    return held


def _entry(  # noqa: PLR0913, PLR0917  # an entry has these parts
    entry_id: EntryId,
    member_id: MemberId,
    drawing: Drawing,
    held: Held,
    quantity: int,
    now: datetime,
    route: Route,
    transaction_id: TransferId | None = None,
    cost_points: int = 0,
) -> Entry:
    return Entry(
        id=entry_id,
        drawing_id=drawing.id,
        user_id=member_id,
        entry_no=held.entries + 1,
        quantity=quantity,
        cost_points=cost_points,
        route=route,
        transaction_id=transaction_id,
        purchased_at=now,
    )


def _entered(tx: SweepstakesTx, entry: Entry, held: Held) -> Receipt:
    tx.entries.add(entry)
    total = held.tickets + entry.quantity
    return Receipt(
        entry_id=entry.id,
        transaction_id=entry.transaction_id,
        tickets_purchased=entry.quantity,
        points_spent=entry.cost_points,
        new_balance=tx.wallets.of(entry.user_id).balance,
        total_user_tickets=total,
        odds=Odds(total, tx.gates.tickets(entry.drawing_id)),
        log_head=log_head(tx),
    )
