"""The ledger and the scores of days in the store."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import attrs

from fittrack_adapters.store.rows import Before, Rows, Since, UpTo, between
from fittrack_adapters.store.tables import Table
from fittrack_domain.points.errors import HoldNotFound, TransactionNotFound
from fittrack_domain.points.model import Hold, HoldState, Transfer, TransferType, Wallet
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId
from fittrack_domain.shared.paging import Page, Paging

WALLETS = Table("wallets", Wallet, what="wallet", key=("user_id",))
TRANSFERS = Table(
    "point_transactions",
    Transfer,
    what="transfer",
    unique=(("user_id", "wallet_seq"), ("user_id", "idempotency_key")),
    index=(("user_id",),),
)
HOLDS = Table("point_holds", Hold, what="hold", index=(("state",),))
DAY_SCORES = Table(
    "day_scores", ScoredDay, what="day's score", unique=(("user_id", "activity_day"),), index=(("user_id",),)
)

NOT_OPENED = 0
"""The version of a wallet that has no row yet."""


@attrs.frozen
class WalletRows:
    """`Wallets` over rows."""

    rows: Rows[Wallet]

    def of(self, member_id: MemberId) -> Wallet:
        return self.rows.get(member_id) or Wallet(member_id, version=NOT_OPENED)

    def locked(self, member_id: MemberId) -> Wallet:
        for wallet in self.rows.locked(user_id=member_id):
            return wallet
        return Wallet(member_id, version=NOT_OPENED)

    def save(self, wallet: Wallet) -> Wallet:
        if wallet.version != NOT_OPENED:
            return self.rows.save(wallet)
        opened = attrs.evolve(wallet, version=1)
        self.rows.add(opened)
        return opened

    def each(self) -> Iterator[Wallet]:
        return self.rows.each(order=("user_id",))


@attrs.frozen
class TransferRows:
    """`Transfers` over rows."""

    rows: Rows[Transfer]

    def get(self, transfer_id: TransferId) -> Transfer:
        transfer = self.rows.get(transfer_id)
        if transfer is None:
            raise TransactionNotFound(transfer_id)
        return transfer

    def with_key(self, member_id: MemberId, idempotency_key: str) -> Transfer | None:
        return self.rows.first(user_id=member_id, idempotency_key=idempotency_key)

    def add_all(self, transfers: Iterable[Transfer]) -> None:
        self.rows.add_all(transfers)

    def page(
        self,
        member_id: MemberId | None,
        paging: Paging,
        *,
        transaction_type: TransferType | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
    ) -> Page[Transfer]:
        window = tuple(end for end in (since and Since(since), before and Before(before)) if end)
        wanted: dict[str, Any] = {} if member_id is None else {"user_id": member_id}
        if window:
            wanted["created_at"] = window
        if transaction_type:
            wanted["transaction_type"] = transaction_type
        newest = "-id" if member_id is None else "-wallet_seq"
        items = self.rows.where(order=(newest,), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))

    def each(self) -> Iterator[Transfer]:
        return self.rows.each(order=("user_id", "wallet_seq"))

    def newest(self) -> Transfer | None:
        return self.rows.first(order=("-id",))  # ids of version 7 follow time, and have an index


@attrs.frozen
class HoldRows:
    """`Holds` over rows."""

    rows: Rows[Hold]

    def get(self, hold_id: HoldId) -> Hold:
        hold = self.rows.get(hold_id)
        if hold is None:
            raise HoldNotFound(hold_id)
        return hold

    def add(self, hold: Hold) -> None:
        self.rows.add(hold)

    def save(self, hold: Hold) -> Hold:
        return self.rows.save(hold)

    def due(self, now: datetime, limit: int) -> Sequence[Hold]:
        return self.rows.where(state=HoldState.PENDING, expires_at=UpTo(now), order=("expires_at",), limit=limit)

    def pending(self) -> Iterator[Hold]:
        return self.rows.each(state=HoldState.PENDING, order=("user_id",))


@attrs.frozen
class DayScoreRows:
    """`DayScores` over rows."""

    rows: Rows[ScoredDay]

    def on(self, member_id: MemberId, day: date) -> ScoredDay | None:
        return self.rows.first(user_id=member_id, activity_day=day)

    def of(self, member_id: MemberId, first: date, last: date | None) -> Sequence[ScoredDay]:
        return self.rows.where(user_id=member_id, activity_day=between(first, last), order=("activity_day",))

    def each(self, member_id: MemberId | None, first: date | None, last: date | None) -> Iterator[ScoredDay]:
        wanted = {"user_id": member_id, "activity_day": between(first, last)}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return self.rows.each(order=("user_id", "activity_day"), **wanted)

    def add_all(self, days: Iterable[ScoredDay]) -> None:
        self.rows.add_all(days)

    def save_all(self, days: Iterable[ScoredDay]) -> None:
        self.rows.save_all(days)
