"""A store that notes what it is asked: what can be told from outside by how long it takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fittrack_adapters.store.tables import Table
from fittrack_adapters.store.transaction import Transaction
from tests.stores import AnyStore


class WatchedStore:
    """Another store, and everything that is asked of its rows and its audit log, in order."""

    def __init__(self, store: AnyStore) -> None:
        self._store = store
        self.asked: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self.asked.append("begin")
        with self._store.transaction() as tx:
            yield self._over(tx)
        self.asked.append("commit")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        self.asked.append("read")
        with self._store.reading() as tx:
            yield self._over(tx)

    def _over(self, tx: Transaction) -> Transaction:
        return Transaction(_WatchedSession(tx._session, self.asked.append), tx._clock, tx._ids)


class _WatchedSession:
    def __init__(self, session: Any, note: Callable[[str], None]) -> None:
        self._session = session
        self._note = note

    def rows(self, table: Table[Any]) -> Any:
        return _WatchedRows(self._session.rows(table), table.name, self._note)

    def either(self, memory: Callable[[Any], Any], sql: Callable[[Any], Any]) -> Any:
        return self._session.either(memory, sql)


class _WatchedRows:
    def __init__(self, rows: Any, table: str, note: Callable[[str], None]) -> None:
        self._rows = rows
        self._table = table
        self._note = note

    def __getattr__(self, name: str) -> Any:
        self._note(f"{name} {self._table}")
        return getattr(self._rows, name)
