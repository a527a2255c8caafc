"""What the domain needs of the outside, as Protocols. Adapters satisfy them structurally."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from fittrack_domain.shared.events import Event

Tx_co = TypeVar("Tx_co", covariant=True)


class Clock(Protocol):
    """Tells the time. Use cases read it once and hand `now` down."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """Makes ids."""

    def new(self) -> UUID:
        """A fresh UUID of version 7, never given before; later ones sort later within one process."""
        ...


class Entropy(Protocol):
    """A source of unpredictable bytes."""

    def token(self, size: int) -> bytes:
        """`size` bytes from the operating system's secure source."""
        ...


class Sealer(Protocol):
    """Encrypts what must not be readable in the store."""

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """The sealed form, bound to `purpose` (the row it belongs to): it opens under the same purpose only."""
        ...

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes. Raises `SealBroken` when key, purpose or bytes do not fit."""
        ...

    def fingerprint(self, plain: bytes, purpose: str) -> str:
        """64 hexadecimal digits by which the same bytes are found again, and which tell nothing without the key."""
        ...


class Outbox(Protocol):
    """The part of a transaction that lets it tell others, after it has committed."""

    def record(self, event: Event) -> None:
        """Stores the event in this transaction; its reactions run after the commit, exactly once."""
        ...


class Store(Protocol[Tx_co]):
    """Where everything is kept. A context asks for the transaction that it needs: `Store[PointsTx]`."""

    def transaction(self) -> AbstractContextManager[Tx_co]:
        """A writing transaction: commits at the clean end, rolls back on an exception, sees its own writes.

        Transactions do not nest. Raises `StoreBusy` or `StoreUnreachable` (nothing was committed).
        """
        ...

    def reading(self) -> AbstractContextManager[Tx_co]:
        """One consistent view for queries; writing through it is a programming error."""
        ...
