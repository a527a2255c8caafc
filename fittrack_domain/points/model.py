"""The ledger's things: wallets whose totals only grow, transfers that never change, holds that wait for an answer."""

from datetime import date, datetime
from enum import Enum

import attrs

from fittrack_domain.points.errors import AmountOutOfRange, HoldExpired, HoldNotPending, NotEnoughPoints
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId

AMOUNT_MAX = 1_000_000_000
"""Points of one movement: far above any purchase, far below what a column holds."""


class TransferType(Enum):
    """What a movement of points is for."""

    EARN = "earn"
    SPEND = "spend"
    ADJUST = "adjust"
    BONUS = "bonus"
    REFUND = "refund"
    EXPIRE = "expire"

    @property
    def house_account(self) -> str:
        """The account on the other side of the member's wallet."""
        return _HOUSE_ACCOUNTS[self]


_HOUSE_ACCOUNTS = {
    TransferType.EARN: "issuance",
    TransferType.SPEND: "sweepstakes",
    TransferType.REFUND: "sweepstakes",
    TransferType.ADJUST: "adjustment",
    TransferType.BONUS: "bonus",
    TransferType.EXPIRE: "forfeit",
}


def wallet_account(member_id: MemberId) -> str:
    """The name of a member's wallet as an account."""
    return f"member:{member_id}"


@attrs.frozen
class Transfer:
    """One movement of points between a member's wallet and a house account. Immutable.

    `amount` is signed as the member sees it. The balances before and after are credits less debits: points on hold
    are still in them. `wallet_seq` counts the wallet's transfers from 1.
    """

    id: TransferId
    user_id: MemberId
    wallet_seq: int
    transaction_type: TransferType
    amount: int
    balance_before: int
    balance_after: int
    debit_account: str
    credit_account: str
    reference_type: str
    reference_id: str
    description: str
    idempotency_key: str
    activity_day: date | None
    created_at: datetime


@attrs.frozen
class Wallet:
    """A member's points. `credits` and `debits` only grow; `transfers` is the number of the last one.

    Invariant: `balance` is never negative. `points_earned` ranks leaderboards and never decreases.
    """

    user_id: MemberId
    credits: int = 0
    debits: int = 0
    held: int = 0
    points_earned: int = 0
    transfers: int = 0
    version: int = 1

    @property
    def total(self) -> int:
        """All points in the wallet, those on hold too."""
        return self.credits - self.debits

    @property
    def balance(self) -> int:
        """The points that can be spent."""
        return self.total - self.held

    def moved(self, amount: int, transaction_type: TransferType) -> "Wallet":
        """After a movement of `amount`, signed as the member sees it.

        Raises `AmountOutOfRange`, `NotEnoughPoints`.
        """
        if not 1 <= abs(amount) <= AMOUNT_MAX:
            raise AmountOutOfRange(amount, AMOUNT_MAX)
        if self.balance + amount < 0:
            raise NotEnoughPoints(balance=self.balance, needed=-amount)
        return attrs.evolve(
            self,
            credits=self.credits + max(amount, 0),
            debits=self.debits + max(-amount, 0),
            points_earned=self.points_earned + (amount if transaction_type is TransferType.EARN else 0),
            transfers=self.transfers + 1,
        )

    def holding(self, amount: int) -> "Wallet":
        """With `amount` more points on hold. Raises `AmountOutOfRange`, `NotEnoughPoints`."""
        if not 1 <= amount <= AMOUNT_MAX:
            raise AmountOutOfRange(amount, AMOUNT_MAX)
        if self.balance < amount:
            raise NotEnoughPoints(balance=self.balance, needed=amount)
        return attrs.evolve(self, held=self.held + amount)

    def released(self, hold: "Hold") -> "Wallet":
        """With the points of a hold free again."""
        return attrs.evolve(self, held=self.held - hold.amount)


class HoldState(Enum):
    """Where a two-phase movement stands."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


@attrs.frozen
class Hold:
    """Points set aside for a purchase that waits for a word from outside: posted, voided, or expired without one."""

    id: HoldId
    user_id: MemberId
    amount: int
    reference_type: str
    reference_id: str
    description: str
    expires_at: datetime
    created_at: datetime
    state: HoldState = HoldState.PENDING
    version: int = 1

    def posted(self, now: datetime) -> "Hold":
        """Raises `HoldNotPending`, and `HoldExpired`: the clock decides, not the state."""
        self._check_pending()
        if now >= self.expires_at:
            raise HoldExpired(self.id, self.expires_at)
        return attrs.evolve(self, state=HoldState.POSTED)

    def voided(self) -> "Hold":
        """Raises `HoldNotPending`."""
        self._check_pending()
        return attrs.evolve(self, state=HoldState.VOIDED)

    def expired(self) -> "Hold":
        """Raises `HoldNotPending`."""
        self._check_pending()
        return attrs.evolve(self, state=HoldState.EXPIRED)

    def _check_pending(self) -> None:
        if self.state is not HoldState.PENDING:
            raise HoldNotPending(self.id, self.state.value)
