"""What one can ask about points, and what an admin and a purchase with outside confirmation can do with them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import attrs

from fittrack_domain.audit.service import record
from fittrack_domain.points import ledger
from fittrack_domain.points.books import LedgerReport, proved
from fittrack_domain.points.errors import DayNotScored
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.points.model import Hold, Transfer, TransferType, Wallet
from fittrack_domain.points.ports import PointsTx
from fittrack_domain.points.rates import RATE_CARDS, RateCard, card_for
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.points.summary import Summary, summarised, summary_since
from fittrack_domain.points.words import Explanation, explained
from fittrack_domain.shared.calendar import platform_day, platform_instant
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import KEY_LENGTH_MAX, Request
from fittrack_domain.shared.text import line_faults

REASON_LENGTH_MAX = 255
HOLDS_EXPIRED_AT_ONCE = 500


@attrs.frozen
class Points:
    """Balances, the ledger, and scored days."""

    store: Store[PointsTx]
    clock: Clock
    ids: Ids
    cards: Sequence[RateCard] = RATE_CARDS

    def balance(self, member_id: MemberId) -> Wallet:
        """The member's wallet: `balance`, `held`, `points_earned`. Raises `MemberNotFound`."""
        with self.store.reading() as tx:
            tx.accounts.get(member_id)
            return tx.wallets.of(member_id)

    def transaction(self, transaction_id: TransferId) -> Transfer:
        """One movement of points, whoever's. Raises `TransactionNotFound`."""
        with self.store.reading() as tx:
            return tx.transfers.get(transaction_id)

    def transactions(
        self,
        member_id: MemberId | None,
        paging: Paging,
        *,
        transaction_type: TransferType | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> Page[Transfer]:
        """A member's movements of points, or everybody's, the newest first; the days are in platform time."""
        since = platform_instant(first) if first else None
        before = platform_instant(last + timedelta(days=1)) if last else None
        with self.store.reading() as tx:
            return tx.transfers.page(member_id, paging, transaction_type=transaction_type, since=since, before=before)

    def days(
        self, member_id: MemberId | None = None, first: date | None = None, last: date | None = None
    ) -> Iterator[ScoredDay]:
        """The scored days of a member or of all, by member and day, streamed."""
        with self.store.reading() as tx:
            yield from tx.day_scores.each(member_id, first, last)

    def explain(self, member_id: MemberId, day: date) -> Explanation:
        """What made the day's score. Raises `DayNotScored`."""
        with self.store.reading() as tx:
            scored = tx.day_scores.on(member_id, day)
        if scored is None:
            raise DayNotScored(member_id, day)
        return explained(scored, card_for(day, self.cards))

    def summary(self, member_id: MemberId) -> Summary:
        """Today, this week and this month, in platform time."""
        today = platform_day(self.clock.now())
        with self.store.reading() as tx:
            days = tx.day_scores.of(member_id, summary_since(today), today)
        return summarised(days, today, card_for(today, self.cards))

    def adjust(
        self,
        actor: MemberId | None,
        member_id: MemberId,
        amount: int,
        reason: str,
        idempotency_key: str,
        request: Request | None = None,
    ) -> Transfer:
        """Corrects a balance by an admin's word; audited. With the same key again, it answers the first transfer.

        The key is the movement's own, among those of its member, for good. A `request` under it also refuses the key
        for another member's points, and tells whether this was carried out before. `actor` None is the operator at the
        console.

        Raises `MemberNotFound`, `NotEnoughPoints`, `AmountOutOfRange`, `KeyReused`, and `InvalidInput` for a reason
        or key that is empty or too long.
        """
        faults = line_faults("/reason", reason, REASON_LENGTH_MAX)
        faults += line_faults("/idempotencyKey", idempotency_key, KEY_LENGTH_MAX)
        if faults:
            raise InvalidInput(tuple(faults))
        now = self.clock.now()
        purpose = Purpose("admin", str(actor or "console"), reason, f"adjust:{idempotency_key}")
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            if request and (made := request.made_before(tx, now)):
                return tx.transfers.get(TransferId(made))
            is_new = tx.transfers.with_key(member_id, f"adjust:{idempotency_key}") is None
            transfer = ledger.adjust(tx, self.ids, now, member_id, amount, purpose)
            if is_new:
                facts = {"amount": amount, "reason": reason, "transfer": str(transfer.id)}
                record(tx, now, actor, "points.adjust", "member", member_id, facts)
            if request:
                request.made(tx, now, transfer.id)
        return transfer

    def hold(self, member_id: MemberId, amount: int, purpose: Purpose, expires_at: datetime) -> Hold:
        """Sets points aside until `expires_at`, for a purchase that waits for an outside confirmation.

        Raises `MemberNotFound`, `NotEnoughPoints`, `AmountOutOfRange`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            return ledger.hold(tx, self.ids, now, member_id, amount, purpose, expires_at)

    def post_hold(self, hold_id: HoldId) -> Transfer:
        """Spends the points on hold; done again, it answers the same transfer.

        Raises `HoldNotFound`, `HoldNotPending`, `HoldExpired`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            return ledger.post_hold(tx, self.ids, now, hold_id)

    def void_hold(self, hold_id: HoldId) -> Hold:
        """Frees the points on hold. Raises `HoldNotFound`, `HoldNotPending`."""
        with self.store.transaction() as tx:
            return ledger.void_hold(tx, hold_id)

    def expire_holds(self) -> int:
        """Frees the points of holds whose time is over, and tells how many. A job; safe to run at any time."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            return ledger.expire_holds(tx, now, HOLDS_EXPIRED_AT_ONCE)

    def verify(self) -> LedgerReport:
        """Proves the books in one consistent view: sums, balances, and the chain of every wallet."""
        with self.store.reading() as tx:
            return proved(tx.wallets.each(), tx.transfers.each(), tx.holds.pending())
