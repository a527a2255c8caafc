"""Oracle Database 23ai through python-oracledb in thin mode: the driver's pool, its statement cache, no client needed.

What differs from the other stores, and why this module is as long as it is: a transaction begins with its first
statement, tables are changed outside of transactions, an empty string is a missing one, instants lose their zone on
the way, and JSON and UUIDs must be announced to the driver.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import oracledb

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.dialect import Dialect, Into
from fittrack_adapters.store.oracle_block import changing_block, counted, locking_block, numbered
from fittrack_adapters.store.oracle_dialect import ORACLE, Document
from fittrack_adapters.store.oracle_errors import (
    NAME_TAKEN,
    POOL_EXHAUSTED,
    TOO_SLOW,
    UNIQUE,
    translated,
    translation,
)
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.statements import TOKEN
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.shared.errors import OutcomeUnknown, PoolExhausted, StoreUnreachable
from fittrack_domain.shared.ports import Clock, Ids

POOL_SIZE = 16
POOL_WAIT_SECONDS = 5.0
PING_AFTER_SECONDS = 60
"""A connection that was idle for so long is asked whether it still lives, before it is lent."""
CONNECT_TIMEOUT_SECONDS = 5.0
CALL_TIMEOUT_SECONDS = 60.0
STATEMENTS_KEPT = 300
ROWS_AT_ONCE = 100
STREAM_BATCH = 1_000


class OracleDatabase:
    """One connection as `Database`."""

    dialect: Dialect = ORACLE

    def __init__(self, connection: oracledb.Connection) -> None:
        self.connection = connection

    def fetch(self, sql: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with translated(), self.connection.cursor() as cursor:
            cursor.prefetchrows = ROWS_AT_ONCE + 1  # one more, and the driver learns at once that there are no more
            cursor.arraysize = ROWS_AT_ONCE
            cursor.execute(sql, _named(sql, binds), fetch_lobs=False)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def stream(self, sql: str, binds: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        with translated(), self.connection.cursor() as cursor:
            cursor.prefetchrows = cursor.arraysize = STREAM_BATCH
            cursor.execute(sql, _named(sql, binds), fetch_lobs=False)
            while batch := cursor.fetchmany(STREAM_BATCH):
                yield from batch

    def run(self, sql: str, binds: Mapping[str, Any]) -> int:
        with translated(), self.connection.cursor() as cursor:
            cursor.execute(sql, _named(sql, binds))
            if cursor.warning is not None:  # a trigger that does not compile is made all the same, and never works
                raise RuntimeError(str(cursor.warning))
            count: int = cursor.rowcount
            return count

    def fetch_locked(self, locks: Sequence[Statement], query: Statement) -> list[tuple[Any, ...]]:
        with translated(), self.connection.cursor() as cursor:
            cursor.execute(locking_block(_texts(locks)), _numbered(locks))
        return self.fetch(*query)

    def run_together(self, changes: Sequence[Statement]) -> list[int]:
        with translated(), self.connection.cursor() as cursor:
            touched = [cursor.var(int) for _ in changes]
            counts = {counted(number): variable for number, variable in enumerate(touched)}
            cursor.execute(changing_block(_texts(changes)), _numbered(changes) | counts)
            return [variable.getvalue() for variable in touched]

    def run_many(self, sql: str, binds: Sequence[Mapping[str, Any]]) -> int:
        rows = [_named(sql, row) for row in binds]
        if sql.startswith("merge"):
            return self._merge(sql, rows)
        with translated(), self.connection.cursor() as cursor:
            cursor.executemany(sql, rows)
            count: int = cursor.rowcount
            return count

    def add_many(self, into: Into, rows: Iterable[Sequence[Any]]) -> None:
        if values := list(rows):
            with translated(), self.connection.cursor() as cursor:
                cursor.executemany(into.insert(), values)

    def _merge(self, sql: str, rows: list[dict[str, Any]]) -> int:
        """A row that somebody else stored between looking and storing is found when one looks again."""
        with translated(), self.connection.cursor() as cursor:
            cursor.executemany(sql, rows, batcherrors=True)
            count: int = cursor.rowcount
            errors = cursor.getbatcherrors()
            if strange := next((error for error in errors if error.code != UNIQUE), None):
                raise oracledb.DatabaseError(strange)
            if errors:
                cursor.executemany(sql, [rows[error.offset] for error in errors])
                count += cursor.rowcount
            return count


class ChangingDatabase(OracleDatabase):
    """For changing tables. A change that was made, but not noted before the end came, is met again: it is there."""

    def run(self, sql: str, binds: Mapping[str, Any]) -> int:
        try:
            return super().run(sql, binds)
        except oracledb.DatabaseError as error:
            if error.args[0].code not in NAME_TAKEN:
                raise
            return 0


def _named(sql: str, binds: Mapping[str, Any]) -> dict[str, Any]:
    """The binds that the statement names: the driver refuses any other."""
    return {name: binds[name] for name in _binds_of(sql)}


def _texts(statements: Sequence[Statement]) -> tuple[str, ...]:
    return tuple(sql for sql, _ in statements)


def _numbered(statements: Sequence[Statement]) -> dict[str, Any]:
    """The binds of all, as they are called in a block."""
    return {
        numbered(name, number): binds[name] for number, (sql, binds) in enumerate(statements) for name in _binds_of(sql)
    }


@lru_cache(maxsize=2_000)
def _binds_of(sql: str) -> tuple[str, ...]:
    return tuple({token["bind"]: None for token in TOKEN.finditer(sql) if token["bind"]})


def _announced(cursor: oracledb.Cursor, value: Any, count: int) -> Any:
    """What the driver must be told of values on their way in."""
    if isinstance(value, datetime):
        return cursor.var(oracledb.DB_TYPE_TIMESTAMP_TZ, arraysize=count)
    if isinstance(value, Document):
        return cursor.var(oracledb.DB_TYPE_JSON, arraysize=count, inconverter=lambda document: document.value)
    return None


def _expected(cursor: oracledb.Cursor, column: oracledb.FetchInfo) -> Any:
    """What the driver must be told of columns on their way out: money is no float."""
    if column.type_code is oracledb.DB_TYPE_NUMBER and column.scale is not None and column.scale > 0:
        return cursor.var(Decimal, arraysize=cursor.arraysize)
    return None


class OracleStore:
    """The store on an Oracle Database, for any number of processes.

    Writing transactions are READ COMMITTED: whoever needs that something stays as it was read locks it. Reading ones
    see one moment. `url` is `oracle://user:password@host:1521/service`.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        ids: Ids,
        *,
        pool_size: int = POOL_SIZE,
        pool_wait_seconds: float = POOL_WAIT_SECONDS,
        **more: Any,
    ) -> None:
        self._address = _address(url) | more
        self._clock = clock
        self._ids = ids
        self._pool_size = pool_size
        self._pool_wait_seconds = pool_wait_seconds
        self._pool: oracledb.ConnectionPool | None = None
        self._guard = threading.Lock()
        self._writing: set[int] = set()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        me = threading.get_ident()
        if me in self._writing:
            raise RuntimeError("Transactions do not nest: hand the open one down instead")
        with self._lent() as connection:
            self._writing.add(me)
            try:
                yield self._over(connection)
                _commit(connection)
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                self._writing.discard(me)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._lent() as connection:
            try:
                OracleDatabase(connection).run("set transaction read only", {})
                yield self._over(connection)
            finally:
                _roll_back(connection)

    @contextmanager
    def connected(self) -> Iterator[OracleDatabase]:
        """A connection of its own, outside of any transaction: every change is kept at once."""
        with translated():
            connection = prepared(oracledb.connect(**self._address))
        connection.autocommit = True
        with connection:
            yield OracleDatabase(connection)

    @contextmanager
    def migrating(self) -> Iterator[OracleDatabase]:
        """A connection for changing tables, one process at a time. What was done stays when an exception ends it."""
        with self.connected() as keeper, self.connected() as database:
            changing = ChangingDatabase(database.connection)
            changing.run("create table if not exists migration_lock (holder number(19))", {})
            keeper.connection.autocommit = False  # a change of tables ends its transaction, and with it every lock
            keeper.run("lock table migration_lock in exclusive mode", {})
            yield changing

    def close(self) -> None:
        """Closes every idle connection; the store opens new ones when it is used again."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(force=True)

    def _over(self, connection: oracledb.Connection) -> Transaction:
        return Transaction(SqlSession(OracleDatabase(connection), self._clock), self._clock, self._ids)

    @contextmanager
    def _lent(self) -> Iterator[oracledb.Connection]:
        pool = self._open_pool()
        try:
            connection = pool.acquire()
        except oracledb.Error as error:
            if error.args[0].full_code == POOL_EXHAUSTED:
                raise PoolExhausted(self._pool_size) from error
            raise translation(error) from error
        try:
            yield connection
        finally:
            with suppress(oracledb.Error):  # a dead one is dropped
                connection.close()

    def _open_pool(self) -> oracledb.ConnectionPool:
        with self._guard, translated():
            if self._pool is None:
                self._pool = oracledb.create_pool(
                    min=self._pool_size,
                    max=self._pool_size,
                    getmode=oracledb.POOL_GETMODE_TIMEDWAIT,
                    wait_timeout=int(self._pool_wait_seconds * 1_000),
                    ping_interval=PING_AFTER_SECONDS,
                    session_callback=_begin_session,
                    **self._address,
                )
            return self._pool


def _address(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dsn": f"{parts.hostname}:{parts.port or 1521}{parts.path}",
        "tcp_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "stmtcachesize": STATEMENTS_KEPT,
    }


def _begin_session(connection: oracledb.Connection, _tag: str | None) -> None:
    prepared(connection).call_timeout = int(CALL_TIMEOUT_SECONDS * 1_000)
    # An immutable table's instants are without a zone: they are compared as the session's.
    OracleDatabase(connection).run("alter session set time_zone = '+00:00'", {})


def prepared(connection: oracledb.Connection) -> oracledb.Connection:
    """The connection, told how our values travel."""
    connection.inputtypehandler = _announced
    connection.outputtypehandler = _expected
    return connection


def _commit(connection: oracledb.Connection) -> None:
    try:
        connection.commit()
    except oracledb.Error as error:
        told = translation(error)
        lost = isinstance(told, StoreUnreachable) or error.args[0].full_code == TOO_SLOW
        raise (OutcomeUnknown(str(error)) if lost else told) from error


def _roll_back(connection: oracledb.Connection) -> None:
    with suppress(oracledb.Error):  # lost: the server takes back what was not committed
        connection.rollback()
