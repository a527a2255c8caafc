"""`Rows` on a database: statements composed from tables, values converted by the database's codec."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import attrs

from fittrack_adapters.store.codec import Codec, Statement, codec_of
from fittrack_adapters.store.dialect import Convert, Dialect, Into
from fittrack_adapters.store.rows import Compared, Condition, OneOf, Rows, in_order
from fittrack_adapters.store.tables import Column, Kind, Table
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ports import Clock

T = TypeVar("T")
P = TypeVar("P")

LIST_CHUNK = 500
"""The longest IN list of one statement; longer lists take several statements (Oracle's limit is 1,000)."""


class Database(Protocol):
    """One open connection of a database, inside a transaction. Its methods raise FitTrack's errors, never the driver's.

    Statements name their binds `:lower_case`.
    """

    @property
    def dialect(self) -> Dialect: ...

    def fetch(self, sql: str, binds: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        ...

    def stream(self, sql: str, binds: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of a query of any length, a batch at a time."""
        ...

    def run(self, sql: str, binds: Mapping[str, Any]) -> int:
        """Runs a change, answers how many rows it touched."""
        ...

    def fetch_locked(self, locks: Sequence[Statement], query: Statement) -> list[tuple[Any, ...]]:
        """Locks rows by queries, one after the other, and then answers the rows of another query.

        That one sees what those left who were waited for. In as few trips as the driver can.
        """
        ...

    def run_together(self, changes: Sequence[Statement]) -> list[int]:
        """Runs several changes one after the other, in one trip: how many rows each touched.

        When one fails the transaction cannot be kept: what came before it may be done or not.
        """
        ...

    def run_many(self, sql: str, binds: Sequence[Mapping[str, Any]]) -> int:
        """Runs a change once per element, answers how many rows were touched together."""
        ...

    def add_many(self, into: Into, rows: Iterable[Sequence[Any]]) -> None:
        """Stores new rows, any number of them, by the fastest way that the driver has.

        The rows are taken while others are on their way: nothing else may be asked of this connection meanwhile.
        """
        ...


class SqlSession:
    """One transaction on a database: rows of any table, and hand-written statements."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.dialect = database.dialect
        self._clock = clock

    @cached_property
    def stamp(self) -> Any:
        """When this transaction wrote, for created_at and updated_at."""
        return self.encoded("instant", self._clock.now())

    def encoded(self, kind: Kind, value: Any) -> Any:
        """A plain value as the driver takes it, for hand-written statements."""
        return self.dialect.encoded(kind, value)

    def decoded(self, kind: Kind, value: Any) -> Any:
        """A driver's value as the plain one, for hand-written statements."""
        return self.dialect.decoded(kind, value)

    def codec(self, table: Table[T]) -> Codec[T]:
        """How rows of a table travel, for hand-written statements."""
        return codec_of(table, self.dialect)

    def decoder(self, kind: Kind) -> Convert:
        """As `decoded`, for a million values that are all there."""
        return self.dialect.decode.get(kind, lambda value: value)

    def rows(self, table: Table[T]) -> Rows[T]:
        return SqlRows(table, self)

    def either(self, _memory: object, sql: Callable[["SqlSession"], P]) -> P:
        """Of a port with two implementations, the one for this store."""
        return sql(self)


class SqlRows(Generic[T]):
    """`Rows` of one table over a `Database`."""

    def __init__(self, table: Table[T], session: SqlSession) -> None:
        self.table = table
        self._session = session
        self._database = session.database
        self._codec = session.codec(table)

    def get(self, *key: Any) -> T | None:
        found = self._database.fetch(*self._codec.finding(*key))
        return self._codec.row(found[0]) if found else None

    def first(self, *, order: Sequence[str] = (), **conditions: Condition) -> T | None:
        return next(iter(self.where(order=order, limit=1, **conditions)), None)

    def where(
        self, *, order: Sequence[str] = (), limit: int | None = None, offset: int = 0, **conditions: Condition
    ) -> list[T]:
        if (name := _long_list(conditions)) is not None:
            parts = _in_chunks(name, conditions)
            found = in_order([row for part in parts for row in self.where(**part)], order)
            return found[offset : None if limit is None else offset + limit]
        where, binds = self._conditions(conditions)
        sql = self._session.dialect.limited(self._codec.select + where + self._order(order), limit, offset)
        return list(map(self._codec.row, self._database.fetch(sql, binds)))

    def locked(self, **conditions: Condition) -> list[T]:
        return self._held(self._session.dialect.locked, conditions)

    def taken(self, **conditions: Condition) -> list[T]:
        return self._held(self._session.dialect.taken, conditions)

    def _held(self, clause: str, conditions: dict[str, Condition]) -> list[T]:
        # By key, so that transactions which want several of the same rows never wait for each other in a circle.
        if (name := _long_list(conditions)) is not None:
            return [row for part in _in_chunks(name, conditions) for row in self._held(clause, part)]
        where, binds = self._conditions(conditions)
        sql = self._codec.select + where + self._order(self.table.key) + clause
        return list(map(self._codec.row, self._database.fetch(sql, binds)))

    def alone(self) -> None:
        if (exclusive := self._session.dialect.exclusive) is not None:
            self._database.run(exclusive.format(self.table.name), {})

    def each(self, *, order: Sequence[str] = (), **conditions: Condition) -> Iterator[T]:
        where, binds = self._conditions(conditions)
        return map(self._codec.row, self._database.stream(self._codec.select + where + self._order(order), binds))

    def total(self, **conditions: Condition) -> int:
        return self._number("count(*)", conditions)

    def sum(self, column: str, **conditions: Condition) -> int:
        return self._number(f"coalesce(sum({self.table.column(column).name}), 0)", conditions)

    def sums(self, column: str, by: str, **conditions: Condition) -> Mapping[Any, int]:
        where, binds = self._conditions(conditions)
        group = self.table.column(by)
        added = f"coalesce(sum({self.table.column(column).name}), 0)"
        sql = f"select {group.name}, {added} from {self.table.name}{where} group by {group.name}"
        plain = [(self._session.decoded(group.kind, value), total) for value, total in self._database.fetch(sql, binds)]
        return {value if group.domain is None else group.domain(value): int(total) for value, total in plain}

    def _number(self, what: str, conditions: dict[str, Condition]) -> int:
        where, binds = self._conditions(conditions)
        return int(self._database.fetch(f"select {what} from {self.table.name}{where}", binds)[0][0])

    def add(self, row: T) -> None:
        self._database.run(*self._codec.adding(row, self._session.stamp))

    def add_all(self, rows: Iterable[T]) -> None:
        values, stamp = self._codec.values, self._session.stamp
        self._database.add_many(self._codec.into, (values(row, stamp) for row in rows))

    def add_missing(self, rows: Iterable[T]) -> None:
        if binds := self._all_binds(rows):
            self._database.run_many(self._codec.insert_missing, binds)

    def save(self, row: T) -> T:
        if self._database.run(*self._codec.saving(row, self._session.stamp)) != 1:
            raise StaleVersion(self.table.what)
        return attrs.evolve(row, version=row.version + 1)  # type: ignore[misc, attr-defined]  # has one

    def save_all(self, rows: Iterable[T]) -> None:
        binds = self._all_binds(rows)
        if binds and self._database.run_many(self._codec.update, binds) != len(binds):
            raise StaleVersion(self.table.what)

    def _all_binds(self, rows: Iterable[T]) -> list[dict[str, Any]]:
        binds, stamp = self._codec.binds, self._session.stamp
        return [binds(row, stamp) for row in rows]

    def remove(self, **conditions: Condition) -> int:
        where, binds = self._conditions(conditions)
        return self._database.run(f"delete from {self.table.name}{where}", binds)

    def _order(self, order: Sequence[str]) -> str:
        if not order:
            return ""
        parts = (_ordered(self.table.column(name.removeprefix("-")), down=name.startswith("-")) for name in order)
        return " order by " + ", ".join(parts)

    def _conditions(self, conditions: dict[str, Condition]) -> tuple[str, dict[str, Any]]:
        parts: list[str] = []
        binds: dict[str, Any] = {}
        for field, wanted in conditions.items():
            name, encode = self._codec.by_field[field]
            for part, values in _conditions_on(name, wanted):
                parts.append(part)
                for bind, value in values.items():
                    binds[bind] = value if encode is None else encode(value)
        return (" where " + " and ".join(parts) if parts else ""), binds


def _conditions_on(name: str, wanted: Condition) -> Iterator[tuple[str, dict[str, Any]]]:
    match wanted:
        case None:
            yield f"{name} is null", {}
        case Compared(value=None):
            yield f"{name} is not null", {}
        case Compared():
            yield f"{name} {wanted.sql} :{name}", {name: wanted.value}
        case OneOf() if not wanted.values:
            yield "1 = 0", {}
        case OneOf():
            binds = {f"{name}_{n}": value for n, value in enumerate(wanted.values)}
            yield f"{name} in ({', '.join(f':{bind}' for bind in binds)})", binds
        case tuple():
            for n, part in enumerate(wanted):
                yield f"{name} {part.sql} :{name}_{n}", {f"{name}_{n}": part.value}
        case _:
            yield f"{name} = :{name}", {name: wanted}


def _long_list(conditions: dict[str, Condition]) -> str | None:
    """The name of a column that is to be in a list too long for one statement."""
    for name, wanted in conditions.items():
        if isinstance(wanted, OneOf) and len(wanted.values) > LIST_CHUNK:
            return name
    return None


def _in_chunks(name: str, conditions: dict[str, Condition]) -> Iterator[dict[str, Condition]]:
    values = sorted(set(conditions[name].values))
    for at in range(0, len(values), LIST_CHUNK):
        yield {**conditions, name: OneOf(values[at : at + LIST_CHUNK])}


def _ordered(column: Column, *, down: bool) -> str:
    # Where nothing can be missing it is not said: an index would not be used for it.
    return f"{column.name}{' desc' if down else ''}{' nulls last' if column.optional else ''}"
