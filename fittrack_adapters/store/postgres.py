"""PostgreSQL through psycopg: a pool of connections, statements prepared by the driver, streams by cursors there."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, count, islice
from typing import Any

import orjson
import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.dialect import Into
from fittrack_adapters.store.pool import Pool
from fittrack_adapters.store.postgres_dialect import POSTGRES, TYPES
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.statements import with_binds
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.shared.errors import AlreadyExists, OutcomeUnknown, StoreBusy, StoreUnreachable
from fittrack_domain.shared.ports import Clock, Ids

Connection = psycopg.Connection[tuple[Any, ...]]

POOL_SIZE = 16
POOL_WAIT_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 5
LOCK_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_SECONDS = 60
IDLE_TIMEOUT_SECONDS = 600
"""How long the server lets a transaction lie idle that a stuck process left behind."""
STREAM_BATCH = 2_000
PREPARED_MAX = 500
COPIED_LEAST = 100
"""From so many new rows on, setting up a COPY costs less than it saves."""
MIGRATION_LOCK = 7_420_116
"""Any number will do, as long as all versions of FitTrack use the same one."""

WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@lru_cache(maxsize=2_000)
def _for_driver(sql: str) -> str:
    return with_binds(sql.replace("%", "%%"), lambda name: f"%({name})s")


class PostgresDatabase:
    """One connection as `Database`."""

    dialect = POSTGRES

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._streams = count()

    def fetch(self, sql: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with translated():
            return self.connection.execute(_for_driver(sql), binds).fetchall()

    def stream(self, sql: str, binds: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        # By hand: the driver's own server-side cursors want to be closed, and nobody closes a stream left half-way.
        # The end of the transaction does.
        name = f"stream_{next(self._streams)}"
        self.run(f"declare {name} no scroll cursor for {sql}", binds)
        while batch := self.fetch(f"fetch {STREAM_BATCH} from {name}", {}):
            yield from batch
        self.run(f"close {name}", {})

    def run(self, sql: str, binds: Mapping[str, Any]) -> int:
        with translated():
            return self.connection.execute(_for_driver(sql), binds).rowcount

    def fetch_locked(self, locks: Sequence[Statement], query: Statement) -> list[tuple[Any, ...]]:
        with translated():
            return self._piped([*locks, query])[-1].fetchall()

    def run_together(self, changes: Sequence[Statement]) -> list[int]:
        with translated():
            return [cursor.rowcount for cursor in self._piped(changes)]

    def _piped(self, statements: Sequence[Statement]) -> list[psycopg.Cursor[tuple[Any, ...]]]:
        """Sends all before it waits for the first. Each has a snapshot of its own, taken when its turn comes.

        After a failure the server passes over the rest, and the driver raises the first failure.
        """
        with self.connection.pipeline():
            return [self.connection.execute(_for_driver(sql), binds) for sql, binds in statements]

    def run_many(self, sql: str, binds: Sequence[Mapping[str, Any]]) -> int:
        if len(binds) == 1:
            return self.run(sql, binds[0])  # spares the driver the setting up of a pipeline
        with translated(), self.connection.cursor() as cursor:
            cursor.executemany(_for_driver(sql), binds)
            return cursor.rowcount

    def add_many(self, into: Into, rows: Iterable[Sequence[Any]]) -> None:
        rest = iter(rows)
        first = list(islice(rest, COPIED_LEAST))
        with translated(), self.connection.cursor() as cursor:
            if len(first) == COPIED_LEAST:
                _copy(cursor, into, chain(first, rest))
            elif len(first) > 1:
                cursor.executemany(into.insert(lambda _: "%s"), first)
            elif first:
                cursor.execute(into.insert(lambda _: "%s"), first[0])  # as in `run_many`


def _copy(cursor: psycopg.Cursor[tuple[Any, ...]], into: Into, rows: Iterable[Sequence[Any]]) -> None:
    columns = ", ".join(into.columns)
    with cursor.copy(f"copy {into.table} ({columns}) from stdin (format binary)") as copy:
        copy.set_types([TYPES[kind] for kind in into.columns.values()])
        for row in rows:
            copy.write_row(row)


class translated:  # noqa: N801  # reads as what it does; a generator in its place takes five times as long
    """Driver errors as FitTrack's."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, psycopg.Error):
            raise _translation(error) from error


BUSY = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, lock timeout: the server took the transaction back."""

TROUBLE = {"08", "53", "57", "58"}
"""Classes of states: connection, resources, intervention, system."""


def _translation(error: psycopg.Error) -> Exception:
    state = error.sqlstate or ""
    if state == "23505":
        return AlreadyExists(error.diag.table_name or "row")
    if state in BUSY:
        return StoreBusy()
    if state == "42P01":
        return StoreUnreachable(f"{error.diag.message_primary}. Run: fittrack db migrate")
    if state[:2] in TROUBLE or (not state and isinstance(error, psycopg.OperationalError)):
        return StoreUnreachable(str(error).strip())
    return error


class PostgresStore:
    """The store on a PostgreSQL server, for any number of processes.

    Writing transactions are READ COMMITTED: whoever needs that something stays as it was read locks it. Reading ones
    see one moment. `durable=False` does not wait for the disk at a commit.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        ids: Ids,
        *,
        durable: bool = True,
        pool_size: int = POOL_SIZE,
        pool_wait_seconds: float = POOL_WAIT_SECONDS,
    ) -> None:
        self._url = url
        self._clock = clock
        self._ids = ids
        self._durable = durable
        self.pool = Pool(self._connect, _is_idle, pool_size, pool_wait_seconds)
        self._writing: set[int] = set()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        me = threading.get_ident()
        if me in self._writing:
            raise RuntimeError("Transactions do not nest: hand the open one down instead")
        with self.pool.lent(_beginning(WRITE)) as connection:
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
        with self.pool.lent(_beginning(READ)) as connection:
            try:
                yield self._over(connection)
            finally:
                _roll_back(connection)

    @contextmanager
    def connected(self) -> Iterator[PostgresDatabase]:
        """A connection of its own, outside of any transaction."""
        with self._connect() as connection:
            yield PostgresDatabase(connection)

    @contextmanager
    def migrating(self) -> Iterator[PostgresDatabase]:
        """A connection for changing tables: one process at a time, all or nothing."""
        with self.connected() as database:
            database.run("set statement_timeout = 0", {})
            database.run("set lock_timeout = 0", {})
            with translated(), database.connection.transaction():
                database.run("select pg_advisory_xact_lock(:number)", {"number": MIGRATION_LOCK})
                _require_unicode(database)
                yield database

    def close(self) -> None:
        """Closes every idle connection; the store opens new ones when it is used again."""
        self.pool.close()

    def _over(self, connection: Connection) -> Transaction:
        return Transaction(SqlSession(PostgresDatabase(connection), self._clock), self._clock, self._ids)

    def _connect(self) -> Connection:
        with translated():
            connection = psycopg.connect(
                self._url,
                autocommit=True,  # BEGIN is said by us: it also finds out whether the connection still lives
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                application_name="fittrack",
                keepalives_idle=30,
                tcp_user_timeout=1_000 * STATEMENT_TIMEOUT_SECONDS,
            )
            connection.execute(
                f"set timezone = 'UTC'; set lock_timeout = '{LOCK_TIMEOUT_SECONDS}s';"
                f"set statement_timeout = '{STATEMENT_TIMEOUT_SECONDS}s';"
                f"set idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_SECONDS}s';"
                f"set synchronous_commit = {'on' if self._durable else 'off'}"
            )
        connection.prepared_max = PREPARED_MAX
        set_json_loads(orjson.loads, connection)
        return connection


def _require_unicode(database: PostgresDatabase) -> None:
    [(encoding,)] = database.fetch("show server_encoding", {})
    if encoding != "UTF8":
        raise StoreUnreachable(f"the database keeps text in {encoding}. Make it with: ENCODING 'UTF8'")


def _beginning(begin: str) -> Any:
    def beginning(connection: Connection) -> None:
        with translated():
            connection.execute(begin, prepare=False)

    return beginning


def _commit(connection: Connection) -> None:
    if connection.info.transaction_status is TransactionStatus.INERROR:
        raise RuntimeError("An error of the store was caught inside its transaction, which cannot be kept any more")
    try:
        connection.execute("COMMIT", prepare=False)
    except psycopg.OperationalError as error:
        if connection.closed:
            raise OutcomeUnknown(str(error).strip()) from error
        raise _translation(error) from error


def _roll_back(connection: Connection) -> None:
    """Ends what is left of a transaction. What cannot be ended in order is cut: the server takes it back then."""
    if connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        try:
            connection.execute("ROLLBACK", prepare=False)
        except psycopg.Error:
            connection.close()


def _is_idle(connection: Connection) -> bool:
    return not connection.closed and connection.info.transaction_status is TransactionStatus.IDLE
