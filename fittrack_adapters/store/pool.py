"""Connections to a database server, kept open for the next who needs one, and never more than so many."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from fittrack_domain.shared.errors import PoolExhausted, StoreUnreachable


class Connection(Protocol):
    """What the pool does with a connection."""

    def close(self) -> None: ...


C = TypeVar("C", bound=Connection)


class Pool(Generic[C]):
    """Lends connections, the one used last first.

    Whoever borrows one says how their work begins: a connection that has died since is found out by that, and the next
    one is tried. So a server that was restarted costs nobody an error, and a living one no extra question.
    """

    def __init__(
        self,
        connect: Callable[[], C],
        usable: Callable[[C], bool],
        size: int,
        wait_seconds: float,
    ) -> None:
        self.size = size
        self._connect = connect
        self._usable = usable
        self._wait_seconds = wait_seconds
        self._turns = threading.Semaphore(size)
        self._idle: deque[C] = deque()
        self._lent: set[int] = set()

    @property
    def idle(self) -> int:
        """How many open connections wait for work."""
        return len(self._idle)

    @property
    def lent_out(self) -> int:
        """How many are at work."""
        return len(self._lent)

    @contextmanager
    def lent(self, begin: Callable[[C], object]) -> Iterator[C]:
        """A connection on which `begin` succeeded. Raises `PoolExhausted`, `StoreUnreachable`."""
        if not self._turns.acquire(timeout=self._wait_seconds):
            raise PoolExhausted(self.size)
        try:
            connection = self._begun(begin)
            self._lent.add(id(connection))
            try:
                yield connection
            finally:
                self._lent.discard(id(connection))
                self._keep(connection)
        finally:
            self._turns.release()

    def close(self) -> None:
        """Closes the idle connections; new ones are opened when they are needed."""
        while self._idle:
            self._idle.pop().close()

    def _begun(self, begin: Callable[[C], object]) -> C:
        while True:
            known = self._known()
            connection = self._connect() if known is None else known
            try:
                begin(connection)
            except StoreUnreachable:
                connection.close()
                if known is None:
                    raise
            except BaseException:
                connection.close()
                raise
            else:
                return connection

    def _known(self) -> C | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _keep(self, connection: C) -> None:
        if self._usable(connection):
            self._idle.append(connection)
        else:
            connection.close()
