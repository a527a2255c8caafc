"""One connection of SQLite, and what its errors mean."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.dialect import Into
from fittrack_adapters.store.sqlite_dialect import SQLITE
from fittrack_adapters.store.statements import with_binds
from fittrack_domain.shared.errors import AlreadyExists, StoreBusy, StoreUnreachable

STREAM_BATCH = 2_000


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
