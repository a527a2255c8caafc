"""The real driver without a network: a connection that believes to be connected.

It prepares statements, finds their binds, infers types and speaks the driver's JSON. The driver's inner interface is
used for it, which is why the driver's version is pinned and `test_driver.py` watches what is leant on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from unittest.mock import patch

import attrs
import oracledb
from oracledb import thin_impl  # type: ignore[attr-defined]  # compiled, without types

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.dialect import Dialect, Into
from fittrack_adapters.store.oracle import OracleDatabase, prepared
from fittrack_adapters.store.oracle_block import changing_block, locking_block
from fittrack_adapters.store.oracle_dialect import ORACLE


class _Offline(thin_impl.ThinConnImpl):  # type: ignore[misc]  # as above
    def _connect_phase_one(self, *_: Any) -> Iterator[None]:
        yield from ()

    def _connect_phase_two(self, *_: Any) -> Iterator[None]:
        yield from ()


def offline_connection() -> oracledb.Connection:
    """A connection to nothing."""
    with patch.object(thin_impl, "ThinConnImpl", _Offline):
        return oracledb.connect(user="nobody", password="nothing", dsn="127.0.0.1:1/nowhere")


@attrs.frozen
class OfflineDatabase:
    """A `Database` that hands every statement to the driver, up to the point where it would be sent.

    The driver has found the binds then, and the type of every value, and has written the whole message. Queries find
    nothing, sums are 0, changes touch what they were given.
    """

    connection: oracledb.Connection = attrs.field(factory=lambda: prepared(offline_connection()))
    statements: list[str] = attrs.field(factory=list)

    @property
    def dialect(self) -> Dialect:
        return ORACLE

    def fetch(self, sql: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        self._check(sql, lambda database: database.fetch(sql, binds))
        return [(0,)] if sql.startswith(("select count(", "select coalesce(")) else []

    def stream(self, sql: str, binds: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        self._check(sql, lambda database: next(database.stream(sql, binds), None))
        return iter(())

    def run(self, sql: str, binds: Mapping[str, Any]) -> int:
        self._check(sql, lambda database: database.run(sql, binds))
        return 1

    def fetch_locked(self, locks: Sequence[Statement], query: Statement) -> list[tuple[Any, ...]]:
        """Each query by itself, and then the block of those that lock."""
        for lock in locks:
            self.fetch(*lock)
        block = locking_block(tuple(sql for sql, _ in locks))
        self._check(block, lambda database: database.fetch_locked(locks, query))
        return self.fetch(*query)

    def run_together(self, changes: Sequence[Statement]) -> list[int]:
        """Each change by itself, and then the block of them all."""
        for change in changes:
            self.run(*change)
        block = changing_block(tuple(sql for sql, _ in changes))
        self._check(block, lambda database: database.run_together(changes))
        return [1 for _ in changes]

    def run_many(self, sql: str, binds: Sequence[Mapping[str, Any]]) -> int:
        self._check(sql, lambda database: database.run_many(sql, binds))
        return len(binds)

    def add_many(self, into: Into, rows: Iterable[Sequence[Any]]) -> None:
        self._check(into.insert(), lambda database: database.add_many(into, rows))

    def _check(self, sql: str, call: Callable[[OracleDatabase], object]) -> None:
        self.statements.append(sql)
        try:
            call(OracleDatabase(self.connection))
        except AttributeError as error:
            if error.name != "send":
                raise
