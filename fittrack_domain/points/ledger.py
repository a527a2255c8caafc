"""Moving points, inside the caller's transaction. Every movement is one row from a debit to a credit account.

With an idempotency key the same movement again answers the first one's row and moves nothing; another movement under
the same key is refused. Movements of one wallet wait for each other. Should two meet all the same, one fails with
`StaleVersion`, and is not tried again by itself.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import attrs

from fittrack_domain.points.errors import AmountOutOfRange
from fittrack_domain.points.model import AMOUNT_MAX, Hold, Transfer, TransferType, Wallet, wallet_account
from fittrack_domain.points.ports import PointsTx
from fittrack_domain.shared.errors import KeyReused
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId
from fittrack_domain.shared.ports import Ids


@attrs.frozen
class Purpose:
    """Why points are moved: what they are for, a description for the member, and the key that makes it happen once."""

    reference_type: str
    reference_id: str = attrs.field(converter=str)
    description: str
    idempotency_key: str | None = None


@attrs.frozen
class Movement:
    """What is to be moved. `amount` is signed as the member sees it."""

    transaction_type: TransferType
    amount: int
    purpose: Purpose
    activity_day: date | None = None

    def transfer(self, transfer_id: TransferId, now: datetime, before: Wallet, after: Wallet) -> Transfer:
        """The row that says so."""
        wallet, house = wallet_account(before.user_id), self.transaction_type.house_account
        debit, credit = (house, wallet) if self.amount > 0 else (wallet, house)
        return Transfer(
            id=transfer_id,
            user_id=before.user_id,
            wallet_seq=after.transfers,
            transaction_type=self.transaction_type,
            amount=self.amount,
            balance_before=before.total,
            balance_after=after.total,
            debit_account=debit,
            credit_account=credit,
            reference_type=self.purpose.reference_type,
            reference_id=self.purpose.reference_id,
            description=self.purpose.description,
            idempotency_key=self.purpose.idempotency_key or f"transfer:{transfer_id}",
            activity_day=self.activity_day,
            created_at=now,
        )

    def is_what_moved(self, transfer: Transfer) -> bool:
        """Whether a row under the same key is this movement."""
        return (self.transaction_type, self.amount, self.purpose) == (
            transfer.transaction_type,
            transfer.amount,
            Purpose(transfer.reference_type, transfer.reference_id, transfer.description, transfer.idempotency_key),
        )


@attrs.frozen
class Moved:
    """A wallet after movements, and the rows that say how it came to that."""

    wallet: Wallet
    transfers: tuple[Transfer, ...]


def spending(amount: int, purpose: Purpose) -> Movement:
    """The movement that takes points from a member. Raises `AmountOutOfRange`."""
    return Movement(TransferType.SPEND, -_positive(amount), purpose)


def moved(ids: Ids, now: datetime, wallet: Wallet, movements: Iterable[Movement]) -> Moved:
    """What movements on one wallet, one after the other, come to. Nothing is stored.

    Raises `NotEnoughPoints`, `AmountOutOfRange`.
    """
    transfers = []
    for movement in movements:
        after = wallet.moved(movement.amount, movement.transaction_type)
        transfers.append(movement.transfer(TransferId(ids.new()), now, wallet, after))
        wallet = after
    return Moved(wallet, tuple(transfers))


def spend(tx: PointsTx, ids: Ids, now: datetime, member_id: MemberId, amount: int, purpose: Purpose) -> Transfer:
    """Takes points from a member. Raises `NotEnoughPoints`, `AmountOutOfRange`, `KeyReused`."""
    return _once(tx, ids, now, member_id, spending(amount, purpose))


def refund(tx: PointsTx, ids: Ids, now: datetime, member_id: MemberId, amount: int, purpose: Purpose) -> Transfer:
    """Gives points back that were spent. Raises `AmountOutOfRange`, `KeyReused`."""
    return _once(tx, ids, now, member_id, Movement(TransferType.REFUND, _positive(amount), purpose))


def bonus(tx: PointsTx, ids: Ids, now: datetime, member_id: MemberId, amount: int, purpose: Purpose) -> Transfer:
    """Grants points that can be spent but do not rank. Raises `AmountOutOfRange`, `KeyReused`."""
    return _once(tx, ids, now, member_id, Movement(TransferType.BONUS, _positive(amount), purpose))


def adjust(tx: PointsTx, ids: Ids, now: datetime, member_id: MemberId, amount: int, purpose: Purpose) -> Transfer:
    """Corrects a balance up or down. Raises `NotEnoughPoints`, `AmountOutOfRange`, `KeyReused`."""
    return _once(tx, ids, now, member_id, Movement(TransferType.ADJUST, amount, purpose))


def _once(tx: PointsTx, ids: Ids, now: datetime, member_id: MemberId, movement: Movement) -> Transfer:
    """Moves unless this was moved before under the same key."""
    wallet = tx.wallets.locked(member_id)
    key = movement.purpose.idempotency_key
    before = tx.transfers.with_key(member_id, key) if key else None
    if before is None:
        return move_all(tx, ids, now, wallet, [movement])[0]
    if not movement.is_what_moved(before):
        raise KeyReused(before.idempotency_key)
    return before


def move_all(
    tx: PointsTx, ids: Ids, now: datetime, wallet: Wallet, movements: Iterable[Movement]
) -> Sequence[Transfer]:
    """Moves one after the other on one wallet, and saves it once."""
    done = moved(ids, now, wallet, movements)
    tx.wallets.save(done.wallet)
    tx.transfers.add_all(done.transfers)
    return done.transfers


def hold(
    tx: PointsTx, ids: Ids, now: datetime, member_id: MemberId, amount: int, purpose: Purpose, expires_at: datetime
) -> Hold:
    """Sets points aside until `expires_at`. Raises `NotEnoughPoints`, `AmountOutOfRange`."""
    tx.wallets.save(tx.wallets.locked(member_id).holding(amount))
    held = Hold(
        id=HoldId(ids.new()),
        user_id=member_id,
        amount=amount,
        reference_type=purpose.reference_type,
        reference_id=purpose.reference_id,
        description=purpose.description,
        expires_at=expires_at,
        created_at=now,
    )
    tx.holds.add(held)
    return held


def post_hold(tx: PointsTx, ids: Ids, now: datetime, hold_id: HoldId) -> Transfer:
    """Spends the points on hold. Posted again, it answers the same transfer.

    Raises `HoldNotFound`, `HoldNotPending`, `HoldExpired`.
    """
    held = tx.holds.get(hold_id)
    wallet = tx.wallets.locked(held.user_id)
    key = f"hold:{hold_id}"
    if (before := tx.transfers.with_key(held.user_id, key)) is not None:
        return before
    tx.holds.save(held.posted(now))
    purpose = Purpose(held.reference_type, held.reference_id, held.description, key)
    return move_all(tx, ids, now, wallet.released(held), [Movement(TransferType.SPEND, -held.amount, purpose)])[0]


def void_hold(tx: PointsTx, hold_id: HoldId) -> Hold:
    """Frees the points on hold. Raises `HoldNotFound`, `HoldNotPending`."""
    held = tx.holds.get(hold_id)
    voided = tx.holds.save(held.voided())
    tx.wallets.save(tx.wallets.locked(held.user_id).released(held))
    return voided


def expire_holds(tx: PointsTx, now: datetime, limit: int) -> int:
    """Frees the points of up to `limit` holds that nobody answered in time, and tells how many."""
    due = tx.holds.due(now, limit)
    for held in due:
        tx.holds.save(held.expired())
        tx.wallets.save(tx.wallets.locked(held.user_id).released(held))
    return len(due)


def _positive(amount: int) -> int:
    if not 1 <= amount <= AMOUNT_MAX:
        raise AmountOutOfRange(amount, AMOUNT_MAX)
    return amount
