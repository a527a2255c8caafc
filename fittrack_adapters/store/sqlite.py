"""SQLite: one file, no server. Writers queue in order of arrival, readers have connections of their own."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any
from uuid import UUID

import orjson

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.dialect import Convert, Dialect, Into
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.statements import with_binds
from fittrack_adapters.store.tables import Kind
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.shared.errors import AlreadyExists, StoreBusy, StoreUnreachable
from fittrack_domain.shared.ports import Clock, Ids

BUSY_TIMEOUT_SECONDS = 10.0
"""How long a writer waits for another *process*; threads of this one wait in the queue."""

READERS_KEPT = 16
STREAM_BATCH = 2_000

WORDS: Mapping[str, str] = {
    "uuid": "BLOB",
    "instant": "TEXT",
    "day": "TEXT",
    "json": "TEXT",
    "points": "INTEGER",
    "number": "INTEGER",
    "money": "TEXT",
    "flag": "INTEGER",
    "bytes": "BLOB",
    "text": "TEXT",
    "computed": "VIRTUAL",
}
"""What the words of the migrations mean here."""


def immutable(table: str) -> Sequence[str]:
    """The statements that make rows of `table` unchangeable."""
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are immutable'); END"
        for verb in ("update", "delete")
    ]


def limited(sql: str, limit: int | None, offset: int) -> str:
    """The query cut to a window."""
    if limit is None and not offset:
        return sql
    return f"{sql} limit {-1 if limit is None else int(limit)} offset {int(offset)}"


@lru_cache(maxsize=4_096)  # writing an instant takes longer than anything else in a row, and most rows share theirs
def _instant(value: datetime) -> str:
    # Fixed width, so that text sorts as time does.
    return value.isoformat(timespec="microseconds")


ENCODE: Mapping[Kind, Convert] = {
    "uuid": lambda value: value.bytes,
    "instant": _instant,
    "day": date.isoformat,
    "money": "{:.2f}".format,  # some servers bring 25 for 25.00
    "json": lambda value: orjson.dumps(value).decode(),
}
DECODE: Mapping[Kind, Convert] = {
    "uuid": lambda value: UUID(bytes=value),
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "flag": bool,
    "money": Decimal,
    "json": orjson.loads,
}


SQLITE = Dialect(
    name="sqlite",
    words=WORDS,
    about="select 'SQLite ' || sqlite_version(), strftime('%Y-%m-%dT%H:%M:%f+00:00')",
    tables="select lower(name) from sqlite_master where type = 'table'",
    encode=ENCODE,
    decode=DECODE,
    immutable=immutable,
    limited=limited,
)


class SqliteDatabase:
    """One SQLite connection as `Database`."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def fetch(self, sql: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with translated():
            return self.connection.execute(sql, binds).fetchall()

    def stream(self, sql: str, binds: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        with translated():
            cursor = self.connection.execute(sql, binds)
            while batch := cursor.fetchmany(STREAM_BATCH):
                yield from batch

    def run(self, sql: str, binds: Mapping[str, Any]) -> int:
        with translated():
            return self.connection.execute(sql, binds).rowcount

    def fetch_locked(self, _: Sequence[Statement], query: Statement) -> list[tuple[Any, ...]]:
        return self.fetch(*query)  # nobody else writes

    def run_together(self, changes: Sequence[Statement]) -> list[int]:
        return [self.run(*change) for change in changes]

    def run_many(self, sql: str, binds: Sequence[Mapping[str, Any]]) -> int:
        statement, values = _by_position(sql)
        with translated():
            return self.connection.executemany(statement, map(values, binds)).rowcount

    def add_many(self, into: Into, rows: Iterable[Sequence[Any]]) -> None:
        with translated():
            self.connection.executemany(into.insert(lambda _: "?"), rows)


@cache
def _by_position(sql: str) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The statement with binds by position, and what puts them in order: the driver looks up names a row at a time."""
    names: list[str] = []

    def placed(name: str) -> str:
        names.append(name)
        return "?"

    statement = with_binds(sql, placed)
    return statement, lambda binds: tuple(map(binds.__getitem__, names))


class translated:  # noqa: N801  # reads as what it does; a generator in its place takes five times as long
    """Driver errors as FitTrack's."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise _translation(error) from error


UNREACHABLE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}


def _translation(error: sqlite3.Error) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0)
    primary_code = code & 0xFF
    if code in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
        return AlreadyExists(str(error).rpartition(": ")[2].partition(".")[0])
    if primary_code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy()
    if primary_code in UNREACHABLE:
        return StoreUnreachable(str(error))
    if "no such table" in str(error):
        return StoreUnreachable(f"{error}. Run: fittrack db migrate")
    return error


class FifoLock:
    """A lock that threads get in the order in which they asked.

    SQLite's own busy handler lets late comers overtake: with 8 writers its worst wait is a hundred times longer.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                raise RuntimeError("Transactions do not nest: hand the open one down instead")
            if self._owner is None:
                self._owner = me
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:  # Ctrl-C while waiting: leave the queue, or pass the turn on if it has just come
            with self._guard:
                if turn in self._waiting:
                    self._waiting.remove(turn)
                    raise
            self.__exit__()
            raise
        self._owner = me

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                # Handed over, never free in between: nobody can slip in.
                self._owner = -1
                self._waiting.popleft().release()
            else:
                self._owner = None


class SqliteStore:
    """The embedded store: a file, one writer at a time, readers beside it (WAL).

    `durable=False` trades the fsync at every commit for speed: a power cut may then lose the last commits.
    """

    def __init__(self, path: Path, clock: Clock, ids: Ids, *, durable: bool = True) -> None:
        self.path = path
        self._clock = clock
        self._ids = ids
        self._durable = durable
        self._turn = FifoLock()
        self._writer: sqlite3.Connection | None = None
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue(READERS_KEPT)

    def connect(self) -> sqlite3.Connection:
        """A fresh connection, set up as all of ours are."""
        with translated():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_TIMEOUT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")  # or REPLACE would slip past a DELETE trigger
        return connection

    @contextmanager
    def connected(self) -> Iterator[SqliteDatabase]:
        """A connection of its own, outside of any transaction."""
        connection = self.connect()
        try:
            yield SqliteDatabase(connection)
        finally:
            connection.close()  # rolls back what was not committed

    @contextmanager
    def migrating(self) -> Iterator[SqliteDatabase]:
        """A connection for changing tables: one process at a time, all or nothing."""
        with self.connected() as database:
            database.run("BEGIN IMMEDIATE", {})
            yield database
            database.run("COMMIT", {})

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._turn:
            if self._writer is None:
                self._writer = self.connect()
            connection = self._writer
            with translated():
                connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._over(connection)
                with translated():
                    connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = self.connect()
            connection.execute("PRAGMA query_only = ON")
        try:
            with translated():
                connection.execute("BEGIN")
            yield self._over(connection)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._keep(connection)

    def _over(self, connection: sqlite3.Connection) -> Transaction:
        return Transaction(SqlSession(SqliteDatabase(connection), self._clock), self._clock, self._ids)

    def _keep(self, connection: sqlite3.Connection) -> None:
        try:
            self._readers.put_nowait(connection)
        except Exception:  # noqa: BLE001  # Full: one reader more than we keep
            connection.close()

    def close(self) -> None:
        """Closes every idle connection; the store opens new ones when it is used again."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        while not self._readers.empty():
            self._readers.get_nowait().close()
