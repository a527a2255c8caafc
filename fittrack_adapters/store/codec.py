"""How the rows of a table travel to one kind of database and back: statements, and what needs converting."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

import attrs

from fittrack_adapters.store.dialect import Convert, Dialect, Into
from fittrack_adapters.store.tables import Kind, Table

T = TypeVar("T")

Statement = tuple[str, Mapping[str, Any]]
"""A text with binds `:lower_case`, and their values as the driver takes them."""


@attrs.frozen
class Codec(Generic[T]):
    """That of one table on one kind of database. `stamp`, for created_at and updated_at, is when a row is written."""

    select: str
    get: str
    lock: str
    into: Into
    insert: str
    insert_missing: str
    update: str
    by_field: Mapping[str, tuple[str, Convert | None]]
    key: tuple[tuple[str, Convert | None], ...]
    _make: Callable[..., T]
    _fields: Callable[[T], tuple[Any, ...]]
    _stamps: int
    _encoders: tuple[tuple[int, Convert], ...]
    _decoders: tuple[tuple[int, Convert], ...]

    def finding(self, *key: Any) -> Statement:
        """The query for the row with this primary key."""
        return self.get, {
            name: value if encode is None else encode(value)
            for (name, encode), value in zip(self.key, key, strict=True)
        }

    def locking(self, *key: Any) -> Statement:
        """The query that finds the key of the row with this key, and lets nobody else change the row meanwhile."""
        return self.lock, self.finding(*key)[1]

    def adding(self, row: T, stamp: Any) -> Statement:
        """The change that stores a new row."""
        return self.insert, self.binds(row, stamp)

    def saving(self, row: T, stamp: Any) -> Statement:
        """The change that stores a changed row; it touches none if that has changed meanwhile."""
        return self.update, self.binds(row, stamp)

    def values(self, row: T, stamp: Any) -> Sequence[Any]:
        """The row as the driver takes it, in the order of the columns, stamped where it has no such times itself."""
        values = [*self._fields(row), *[stamp] * self._stamps]
        for at, encode in self._encoders:
            if (value := values[at]) is not None:
                values[at] = encode(value)
        return values

    def binds(self, row: T, stamp: Any) -> dict[str, Any]:
        """As `values`, by the names of the columns."""
        return dict(zip(self.into.columns, self.values(row, stamp), strict=True))

    def row(self, values: Sequence[Any]) -> T:
        """The row that the driver brought."""
        plain = list(values)
        for at, decode in self._decoders:
            if (value := plain[at]) is not None:
                plain[at] = decode(value)
        return self._make(*plain)


@cache
def codec_of(table: Table[T], dialect: Dialect) -> Codec[T]:
    """The one for a table on a kind of database."""
    into = _into(table)
    encoders = {column.field: _both(column.plain, dialect.encode.get(column.kind)) for column in table.columns}
    decoders = [_both(dialect.decode.get(column.kind), column.domain) for column in table.columns]
    by_field = {column.field: (column.name, encoders[column.field]) for column in table.columns}
    key = tuple(by_field[field] for field in table.key)
    select = f"select {', '.join(column.name for column in table.columns)} from {table.name}"
    return Codec(
        select=select,
        get=select + _where_key(table),
        lock=f"select {', '.join(name for name, _ in key)} from {table.name}{_where_key(table)}{dialect.locked}",
        into=into,
        insert=into.insert(),
        insert_missing=dialect.insert_missing(table.name, tuple(into.columns), [name for name, _ in key]),
        update=_update(table),
        by_field=by_field,
        key=key,
        make=table.row,
        fields=attrgetter(*table.fields),
        stamps=len(into.columns) - len(table.columns),
        encoders=tuple((at, encode) for at, (_, encode) in enumerate(by_field.values()) if encode is not None),
        decoders=tuple((at, decode) for at, decode in enumerate(decoders) if decode is not None),
    )


def _both(first: Convert | None, then: Convert | None) -> Convert | None:
    if first is None or then is None:
        return first or then
    return lambda value: then(first(value))


def _where_key(table: Table[Any]) -> str:
    names = (table.column(field).name for field in table.key)
    return " where " + " and ".join(f"{name} = :{name}" for name in names)


def _stamps(table: Table[Any]) -> tuple[str, ...]:
    if not table.stamped:
        return ()
    return ("created_at", "updated_at") if table.changes else ("created_at",)


def _into(table: Table[Any]) -> Into:
    columns = {column.name: column.kind for column in table.columns}
    stamps: dict[str, Kind] = {name: "instant" for name in _stamps(table) if name not in columns}
    return Into(table.name, columns | stamps)


def _update(table: Table[Any]) -> str:
    fixed = {*table.key, "version", "created_at"}
    sets = [f"{column.name} = :{column.name}" for column in table.columns if column.field not in fixed]
    if "updated_at" not in table.fields:
        sets.append("updated_at = :updated_at")
    changes = ", ".join([*sets, "version = version + 1"])
    return f"update {table.name} set {changes}{_where_key(table)} and version = :version"
