"""Moves everything from one store into another, as it is: rows with their ids, versions and stamps.

Rows travel by primary key, table by table, a batch a transaction. So what a target holds is at any time the beginning
of what the source holds: a copy that was ended half-way is recognised by that, and goes on after the last row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Any, Protocol

import attrs

from fittrack_adapters.store.migrate import Migratable, migrate, pending
from fittrack_adapters.store.rows import After, Before, Condition, UpTo
from fittrack_adapters.store.schema import tables
from fittrack_adapters.store.sql import Database
from fittrack_adapters.store.tables import Table
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.shared.errors import Conflict
from fittrack_domain.shared.ports import Store

BATCH = 2_000
"""Rows of one transaction."""


class Copyable(Migratable, Store[Transaction], Protocol):
    """A store with tables."""

    def close(self) -> None: ...


@attrs.frozen
class CopyNotMigrated(Conflict):
    """A database with data in it lacks migrations: nobody knows whether this FitTrack understands it."""

    which: str
    code = "copy_not_migrated"

    def __str__(self) -> str:
        return f"The {self.which} lacks migrations. Bring it up to date first: fittrack db migrate."


@attrs.frozen
class CopyIntoOtherData(Conflict):
    """The target holds rows that are not the beginning of the source's."""

    table: str
    code = "copy_into_other_data"

    def __str__(self) -> str:
        return (
            f"The target holds other data than the source (in {self.table}): another installation's, or the source was "
            "written to since a copy was begun. Copy into an empty database."
        )


@attrs.frozen
class CopyDiffers(Conflict):
    """The target does not hold what the source holds now."""

    tables: tuple[str, ...]
    code = "copy_differs"

    def __str__(self) -> str:
        return (
            f"The copy differs from the source ({', '.join(self.tables)}): something wrote to one of them. Stop every "
            "server and job of both, and copy again into an empty database."
        )


def rows_in(store: Copyable) -> int:
    """How many rows there are to copy. Raises `CopyNotMigrated`."""
    if pending(store):
        raise CopyNotMigrated("source")
    with store.reading() as tx:
        return sum(tx.rows(table).total() for table in tables())


def copy(source: Copyable, target: Copyable, on_rows: Callable[[int], object] = lambda _: None) -> int:
    """Adds to the target what it lacks of the source, and migrates it if it is empty.

    Ended at any point, it is taken up by calling it again. Nothing else may write to either store meanwhile:
    `compared` finds that out. `on_rows` is told of rows as they are there, those of an earlier call at the beginning.

    Returns:
        How many rows were added.

    Raises: `CopyNotMigrated`, `CopyIntoOtherData`, and what the stores raise.
    """
    if pending(source):
        raise CopyNotMigrated("source")
    _make_ready(target)
    with source.reading() as there:
        with target.reading() as here:
            on_rows(sum(_rows_begun(table, there, here) for table in tables()))
        return sum(_copy_table(table, there, target, on_rows) for table in tables())


def compared(source: Copyable, target: Copyable) -> Mapping[str, int]:
    """Compares every row of both: how many each table has. Raises `CopyDiffers`."""
    with source.reading() as there, target.reading() as here:
        found = {
            table.name: _equal(*(tx.rows(table).each(order=table.key) for tx in (there, here))) for table in tables()
        }
    if different := tuple(name for name, rows in found.items() if rows is None):
        raise CopyDiffers(different)
    return {name: rows for name, rows in found.items() if rows is not None}


def _make_ready(target: Copyable) -> None:
    if not pending(target):
        return
    with target.connected() as database:
        if _holds_rows(database):
            raise CopyNotMigrated("target")
    migrate(target)


def _holds_rows(database: Database) -> bool:
    known = {name for (name,) in database.fetch(database.dialect.tables, {})}
    look = (database.dialect.limited(f"select 1 from {table.name}", 1, 0) for table in tables() if table.name in known)
    return any(database.fetch(sql, {}) for sql in look)


def _rows_begun(table: Table[Any], there: Transaction, here: Transaction) -> int:
    last = _last(table, here)
    if last is None:
        return 0
    begun = _each(table, there, _up_to(table.key, last))
    rows = _equal(begun, here.rows(table).each(order=table.key))
    if rows is None:
        raise CopyIntoOtherData(table.name)
    return rows


def _copy_table(table: Table[Any], there: Transaction, target: Copyable, on_rows: Callable[[int], object]) -> int:
    with target.reading() as here:
        last = _last(table, here)
    lacking = _each(table, there, [{}] if last is None else _beyond(table.key, last))
    copied = 0
    while batch := list(islice(lacking, BATCH)):
        with target.transaction() as tx:
            tx.rows(table).add_all(batch)
        copied += len(batch)
        on_rows(len(batch))
    return copied


def _last(table: Table[Any], tx: Transaction) -> Mapping[str, Any] | None:
    """The key of a table's last row."""
    row = tx.rows(table).first(order=[f"-{name}" for name in table.key])
    return None if row is None else {name: getattr(row, name) for name in table.key}


def _each(table: Table[Any], tx: Transaction, ranges: Iterable[Mapping[str, Condition]]) -> Iterator[Any]:
    return chain.from_iterable(tx.rows(table).each(order=table.key, **conditions) for conditions in ranges)


def _up_to(key: Sequence[str], last: Mapping[str, Any]) -> Iterator[Mapping[str, Condition]]:
    """Conditions that select, one after the other, the rows up to and with one key: a < 1; a = 1 and b <= 2."""
    for n, name in enumerate(key):
        end = UpTo if n == len(key) - 1 else Before
        yield {**{same: last[same] for same in key[:n]}, name: end(last[name])}


def _beyond(key: Sequence[str], last: Mapping[str, Any]) -> Iterator[Mapping[str, Condition]]:
    """Conditions that select, one after the other, the rows after one key: a = 1 and b > 2; a > 1."""
    for n, name in reversed(list(enumerate(key))):
        yield {**{same: last[same] for same in key[:n]}, name: After(last[name])}


def _equal(some: Iterator[Any], others: Iterator[Any]) -> int | None:
    """How many rows both have, if they are the same in the same order."""
    rows = 0
    for one, other in zip_longest(some, others):
        if one != other:
            return None
        rows += 1
    return rows
