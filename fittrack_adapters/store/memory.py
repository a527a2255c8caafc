"""A store in memory that keeps a database's promises: rollback, uniqueness, versions, one writer at a time.

It holds the immutable values themselves, so nothing is copied. Every change notes how to undo it.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import attrs

from fittrack_adapters.store.rows import Compared, Condition, OneOf, Rows, in_order
from fittrack_adapters.store.tables import Table
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.shared.errors import AlreadyExists, StaleVersion
from fittrack_domain.shared.ports import Clock, Ids

T = TypeVar("T")
P = TypeVar("P")
Undo = list[Callable[[], object]]


class MemoryTable(Generic[T]):
    """The rows of one table by primary key, and hash indexes over what is unique or searched by equality."""

    def __init__(self, table: Table[T]) -> None:
        self.table = table
        self.rows: dict[tuple[Any, ...], T] = {}
        self.unique: dict[tuple[str, ...], dict[tuple[Any, ...], tuple[Any, ...]]] = {u: {} for u in table.unique}
        self.index: dict[tuple[str, ...], dict[tuple[Any, ...], dict[tuple[Any, ...], None]]] = {
            fields: {} for fields in table.index
        }

    def key(self, row: T) -> tuple[Any, ...]:
        return _values(row, self.table.key)

    def put(self, key: tuple[Any, ...], row: T) -> None:
        taken = [u for u, keys in self.unique.items() if keys.get(_values(row, u), key) != key]
        if taken:
            raise AlreadyExists(self.table.name)
        if key in self.rows:
            self.drop(key)
        self.rows[key] = row
        for fields, keys in self.unique.items():
            if None not in (values := _values(row, fields)):
                keys[values] = key
        for fields, groups in self.index.items():
            groups.setdefault(_values(row, fields), {})[key] = None

    def drop(self, key: tuple[Any, ...]) -> None:
        row = self.rows.pop(key)
        for fields, keys in self.unique.items():
            keys.pop(_values(row, fields), None)
        for fields, groups in self.index.items():
            del groups[_values(row, fields)][key]

    def candidates(self, conditions: dict[str, Condition]) -> Iterable[T]:
        """The rows that an index narrows the search to; all rows where none fits."""
        equal = {name for name, wanted in conditions.items() if not isinstance(wanted, Compared | OneOf | tuple)}
        for fields in self.index:
            if equal.issuperset(fields):
                group = self.index[fields].get(tuple(conditions[name] for name in fields), ())
                return [self.rows[key] for key in group]
            if len(fields) == 1 and isinstance(wanted := conditions.get(fields[0]), OneOf):
                groups = (self.index[fields].get((value,), ()) for value in dict.fromkeys(wanted.values))
                return [self.rows[key] for group in groups for key in group]
        for fields, keys in self.unique.items():
            if equal.issuperset(fields):
                found = keys.get(tuple(conditions[name] for name in fields))
                return [] if found is None else [self.rows[found]]
        return list(self.rows.values())


@attrs.frozen
class MemoryRows(Generic[T]):
    """`Rows` over a `MemoryTable`, within one transaction."""

    held: MemoryTable[T]
    undo: Undo | None
    """How to take back what this transaction did; None where it may only read."""

    def get(self, *key: Any) -> T | None:
        return self.held.rows.get(key)

    def first(self, *, order: Sequence[str] = (), **conditions: Condition) -> T | None:
        return next(iter(self.where(order=order, limit=1, **conditions)), None)

    def where(
        self, *, order: Sequence[str] = (), limit: int | None = None, offset: int = 0, **conditions: Condition
    ) -> list[T]:
        found = [row for row in self.held.candidates(conditions) if meets(row, conditions)]
        return in_order(found, order)[offset : None if limit is None else offset + limit]

    def each(self, *, order: Sequence[str] = (), **conditions: Condition) -> Iterator[T]:
        return iter(self.where(order=order, **conditions))

    def locked(self, **conditions: Condition) -> list[T]:
        self._writing()
        return self.where(order=self.held.table.key, **conditions)

    def taken(self, **conditions: Condition) -> list[T]:
        return self.locked(**conditions)

    def alone(self) -> None:
        self._writing()

    def total(self, **conditions: Condition) -> int:
        return len(self.where(**conditions))

    def sum(self, column: str, **conditions: Condition) -> int:
        return sum(getattr(row, column) for row in self.where(**conditions))

    def sums(self, column: str, by: str, **conditions: Condition) -> Mapping[Any, int]:
        found: Counter[Any] = Counter()
        for row in self.where(**conditions):
            found[getattr(row, by)] += getattr(row, column)
        return found

    def add(self, row: T) -> None:
        key = self.held.key(row)
        if key in self.held.rows:
            raise AlreadyExists(self.held.table.name)
        undo = self._writing()
        self.held.put(key, row)
        undo.append(lambda: self.held.drop(key))

    def add_all(self, rows: Iterable[T]) -> None:
        for row in rows:
            self.add(row)

    def add_missing(self, rows: Iterable[T]) -> None:
        self.add_all(row for row in rows if self.held.key(row) not in self.held.rows)

    def save(self, row: T) -> T:
        key = self.held.key(row)
        before = self.held.rows.get(key)
        if before is None or _version(before) != _version(row):
            raise StaleVersion(self.held.table.what)
        undo = self._writing()
        after: T = attrs.evolve(row, version=_version(row) + 1)  # type: ignore[misc]  # rows are attrs classes
        self.held.put(key, after)
        undo.append(lambda: self.held.put(key, before))
        return after

    def save_all(self, rows: Iterable[T]) -> None:
        for row in rows:
            self.save(row)

    def remove(self, **conditions: Condition) -> int:
        found = self.where(**conditions)
        undo = self._writing()
        for row in found:
            key = self.held.key(row)
            self.held.drop(key)
            undo.append(lambda key=key, row=row: self.held.put(key, row))  # type: ignore[misc]  # bound per row
        return len(found)

    def _writing(self) -> Undo:
        if self.undo is None:
            raise RuntimeError("This is a view for reading: write within store.transaction()")
        return self.undo


def meets(row: object, conditions: dict[str, Condition]) -> bool:
    """Whether a row meets all conditions."""
    return all(_meets(getattr(row, name), wanted) for name, wanted in conditions.items())


def _meets(value: object, wanted: Condition) -> bool:
    match wanted:
        case Compared() | OneOf():
            return wanted.holds(value)
        case tuple():
            return all(condition.holds(value) for condition in wanted)
        case _:
            return bool(value == wanted)


def _values(row: object, fields: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, field) for field in fields)


def _version(row: Any) -> int:
    version: int = row.version
    return version


class MemorySession:
    """What one transaction sees of the tables, and how to undo what it did."""

    def __init__(self, tables: dict[str, MemoryTable[Any]], *, writes: bool) -> None:
        self.tables = tables
        self.undo: Undo | None = [] if writes else None

    def rows(self, table: Table[T]) -> Rows[T]:
        held = self.tables.get(table.name)
        if held is None:
            held = self.tables[table.name] = MemoryTable(table)
        return MemoryRows(held, self.undo)

    def either(self, memory: Callable[["MemorySession"], P], _sql: object) -> P:
        """Of a port with two implementations, the one for this store."""
        return memory(self)

    def roll_back(self) -> None:
        for step in reversed(self.undo or ()):
            step()


class MemoryStore:
    """The store for tests, for trying things out, and for teams that use the domain as a library."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._tables: dict[str, MemoryTable[Any]] = {}
        self._one_at_a_time = threading.RLock()
        self._writing = False

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._one_at_a_time:
            if self._writing:
                raise RuntimeError("Transactions do not nest: hand the open one down instead")
            session = MemorySession(self._tables, writes=True)
            self._writing = True
            try:
                yield Transaction(session, self._clock, self._ids)
            except BaseException:
                session.roll_back()
                raise
            finally:
                self._writing = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._one_at_a_time:
            yield Transaction(MemorySession(self._tables, writes=False), self._clock, self._ids)

    def close(self) -> None:
        """Nothing to let go of; here because other stores have connections."""
