"""What points need of a transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from fittrack_domain.points.model import Hold, Transfer, TransferType, Wallet
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.tracking.ports import TrackingTx


class Wallets(Protocol):
    """One wallet a member, opened by its first movement."""

    def of(self, member_id: MemberId) -> Wallet:
        """The member's wallet; an empty one where nothing was moved yet."""
        ...

    def locked(self, member_id: MemberId) -> Wallet:
        """As `of`, and nobody else changes it until the transaction is over: for whoever moves points."""
        ...

    def save(self, wallet: Wallet) -> Wallet:
        """Raises `StaleVersion` (`AlreadyExists` for the very first movement) when another one came first."""
        ...

    def each(self) -> Iterator[Wallet]:
        """All, by member id, streamed."""
        ...


class Transfers(Protocol):
    """The rows of the ledger: only ever added. No two of a wallet share key or number."""

    def get(self, transfer_id: TransferId) -> Transfer:
        """Raises `TransactionNotFound`."""
        ...

    def with_key(self, member_id: MemberId, idempotency_key: str) -> Transfer | None: ...

    def add_all(self, transfers: Iterable[Transfer]) -> None:
        """Raises `AlreadyExists` for a key or number that is taken."""
        ...

    def page(
        self,
        member_id: MemberId | None,
        paging: Paging,
        *,
        transaction_type: TransferType | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
    ) -> Page[Transfer]:
        """A member's, or everybody's; the newest first."""
        ...

    def each(self) -> Iterator[Transfer]:
        """All, by member id and number, streamed."""
        ...

    def newest(self) -> Transfer | None:
        """The last one of all."""
        ...


class Holds(Protocol):
    """Points set aside."""

    def get(self, hold_id: HoldId) -> Hold:
        """Raises `HoldNotFound`."""
        ...

    def add(self, hold: Hold) -> None: ...

    def save(self, hold: Hold) -> Hold: ...

    def due(self, now: datetime, limit: int) -> Sequence[Hold]:
        """Pending ones that have expired, the longest ago first."""
        ...

    def pending(self) -> Iterator[Hold]:
        """All pending ones by member id, streamed."""
        ...


class DayScores(Protocol):
    """What each day of each member is worth."""

    def on(self, member_id: MemberId, day: date) -> ScoredDay | None: ...

    def of(self, member_id: MemberId, first: date, last: date | None) -> Sequence[ScoredDay]:
        """A member's from `first` to `last` (None: to the end), by day."""
        ...

    def each(self, member_id: MemberId | None, first: date | None, last: date | None) -> Iterator[ScoredDay]:
        """Those of a member or of all, by member id and day, streamed; open ends are None."""
        ...

    def add_all(self, days: Iterable[ScoredDay]) -> None: ...

    def save_all(self, days: Iterable[ScoredDay]) -> None: ...


class PointsTx(TrackingTx, Protocol):
    """A transaction with the ledger and the scores."""

    @property
    def wallets(self) -> Wallets: ...

    @property
    def transfers(self) -> Transfers: ...

    @property
    def holds(self) -> Holds: ...

    @property
    def day_scores(self) -> DayScores: ...
