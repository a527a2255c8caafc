"""Getting tickets: bought with points, free, or granted by an administrator."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.points import ledger
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.points.model import Wallet
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, TransferId
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.shared.text import note_faults
from fittrack_domain.sweepstakes.box_office import Grounds
from fittrack_domain.sweepstakes.eligibility import require_eligible
from fittrack_domain.sweepstakes.errors import DrawingNotFound, FreeEntryTaken, QuantityOutOfRange, SalesClosed
from fittrack_domain.sweepstakes.model import TICKETS_PER_PURCHASE_MAX, Drawing, Entry, Route, free_key
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
            grounds = tx.box_office.grounds(buyer, drawing_id, request)
            if request and (earlier := request.still_answered(tx, grounds.answered, now)):
                return Receipt.again(earlier)
            drawing = _admitting(grounds, now, drawing_id, quantity)
            entry_id = EntryId(self.ids.new())
            cost = quantity * drawing.ticket_cost_points
            spending = ledger.spending(cost, Purpose("entry", entry_id, f"Tickets: {drawing.name}"))
            moved = ledger.moved(self.ids, now, grounds.wallet, [spending])
            (transfer,) = moved.transfers
            entry = _entry(entry_id, grounds, drawing, quantity, now, Route.POINTS, transfer.id, cost)
            receipt = _receipt(grounds, entry, moved.wallet)
            answered = request.answered(now, receipt.as_answer()) if request else None
            tx.box_office.issue(entry, drawing, moved, answered)
            return receipt

    def free_entry(self, member_id: MemberId, drawing_id: DrawingId) -> Receipt:
        """The member's one free ticket in a drawing: no purchase necessary, the same chance as any other ticket.

        Raises: as `buy_tickets`, and `FreeEntryTaken`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            grounds = tx.box_office.grounds(member_id, drawing_id, None)
            drawing = _admitting(grounds, now, drawing_id, quantity=1)
            if grounds.has_free:
                raise FreeEntryTaken
            entry = _entry(EntryId(self.ids.new()), grounds, drawing, 1, now, Route.FREE)
            tx.box_office.issue(attrs.evolve(entry, free_key=free_key(drawing_id, member_id)), drawing)
            return _receipt(grounds, entry, grounds.wallet)

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
            grounds = tx.box_office.grounds(member_id, drawing_id, request)
            if request and (earlier := request.still_answered(tx, grounds.answered, now)):
                return Receipt.again(earlier)
            drawing = _admitting(grounds, now, drawing_id, quantity)
            entry = _entry(EntryId(self.ids.new()), grounds, drawing, quantity, now, Route.GRANTED)
            receipt = _receipt(grounds, entry, grounds.wallet)
            answered = request.answered(now, receipt.as_answer()) if request else None
            tx.box_office.issue(attrs.evolve(entry, reason=reason), drawing, answered=answered)
            audit(tx, now, actor, "tickets.granted", "entry", entry.id, {"quantity": quantity, "reason": reason})
            return receipt


def _require_quantity(quantity: int) -> None:
    if not 1 <= quantity <= TICKETS_PER_PURCHASE_MAX:
        raise QuantityOutOfRange(quantity, TICKETS_PER_PURCHASE_MAX)


def _request(principal: MemberId, operation: str, key: str | None, *arguments: object) -> Request | None:
    return None if key is None else Request(principal, operation, key, {"arguments": [str(each) for each in arguments]})


def _admitting(grounds: Grounds, now: datetime, drawing_id: DrawingId, quantity: int) -> Drawing:
    """The drawing, which lets the member in."""
    drawing = grounds.drawing
    if drawing is None:
        raise DrawingNotFound(drawing_id)
    drawing.require_on_sale(now)
    require_eligible(drawing.eligibility, grounds.account, grounds.profile, now)
    if grounds.gate is None or not grounds.gate.is_open:
        raise SalesClosed(drawing.ticket_sales_close)
    drawing.require_room(grounds.held.tickets, quantity)
    return drawing


def _entry(
    entry_id: EntryId,
    grounds: Grounds,
    drawing: Drawing,
    quantity: int,
    now: datetime,
    route: Route,
    transaction_id: TransferId | None = None,
    cost_points: int = 0,
) -> Entry:
    return Entry(
        id=entry_id,
        drawing_id=drawing.id,
        user_id=grounds.account.id,
        entry_no=grounds.held.entries + 1,
        quantity=quantity,
        cost_points=cost_points,
        route=route,
        transaction_id=transaction_id,
        purchased_at=now,
    )


def _receipt(grounds: Grounds, entry: Entry, wallet: Wallet) -> Receipt:
    own = grounds.held.tickets + entry.quantity
    return Receipt(
        entry_id=entry.id,
        transaction_id=entry.transaction_id,
        tickets_purchased=entry.quantity,
        points_spent=entry.cost_points,
        new_balance=wallet.balance,
        total_user_tickets=own,
        odds=Odds(own, grounds.tickets + entry.quantity),
        log_head=log_head(grounds.log_head),
    )
