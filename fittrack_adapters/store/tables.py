"""How a class of the domain becomes a table: names, keys, and the kind of each column, read off the annotations."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import cattrs

from fittrack_domain.shared.money import Usd

T = TypeVar("T")
Kind = Literal["uuid", "instant", "day", "number", "flag", "text", "money", "bytes", "json"]

KINDS: Mapping[type, Kind] = {
    UUID: "uuid",
    datetime: "instant",
    date: "day",
    bool: "flag",
    int: "number",
    str: "text",
    Usd: "money",
    bytes: "bytes",
}


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _member_hook(kind: type[Enum]) -> Callable[[Any, Any], Enum]:
    """Members by value from a dictionary: calling the class takes three times as long."""
    members = {member.value: member for member in kind}
    return lambda value, _: members[value]


def _json_converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)  # it was us who wrote it
    converter.register_structure_hook_factory(_is_enum, _member_hook)
    for kind, write, read in (
        (UUID, str, UUID),
        (datetime, datetime.isoformat, datetime.fromisoformat),
        (date, date.isoformat, date.fromisoformat),
        (Decimal, str, Decimal),
        (Usd, str, Usd.of),
    ):
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, lambda value, _, read=read: read(value))
    return converter


json_converter = _json_converter()
"""Domain values inside JSON columns, and events in the outbox."""


@attrs.frozen
class Column:
    """One column: which attribute it holds, its kind, how a value becomes plain and comes back, and if it may lack."""

    field: str
    name: str
    kind: Kind
    plain: Callable[[Any], Any] | None
    domain: Callable[[Any], Any] | None
    optional: bool


@attrs.frozen(slots=False, eq=False)
class Table(Generic[T]):
    """A table of `row`s. `key` and `unique` name attributes; `index` names those that are searched by equality.

    Rows whose class has a `version` may change; all others are only ever added. `what` names a row in errors.
    With `stamped`, the store writes created_at and updated_at where the class does not have them.
    """

    name: str
    row: type[T]
    what: str
    key: tuple[str, ...] = ("id",)
    unique: tuple[tuple[str, ...], ...] = ()
    index: tuple[tuple[str, ...], ...] = ()
    columns_named: Mapping[str, str] = attrs.field(factory=dict)
    stamped: bool = True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        hints = get_type_hints(self.row)
        fields = attrs.fields(self.row)  # type: ignore[arg-type]  # every row is an attrs class
        return tuple(_column(f.name, self.columns_named.get(f.name, f.name), hints[f.name]) for f in fields)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(column.field for column in self.columns)

    @cached_property
    def _by_field(self) -> Mapping[str, Column]:
        return {column.field: column for column in self.columns}

    def column(self, field: str) -> Column:
        """The column of an attribute."""
        return self._by_field[field]

    @cached_property
    def changes(self) -> bool:
        """Whether rows may be saved again."""
        return "version" in self.fields


def _column(field: str, name: str, hint: Any) -> Column:
    kind_of_value = _without_none(hint)
    optional = kind_of_value is not hint
    supertype = getattr(kind_of_value, "__supertype__", kind_of_value)
    if isinstance(supertype, type) and issubclass(supertype, Enum):
        members = {member.value: member for member in supertype}
        return Column(field, name, "text", attrgetter("value"), members.__getitem__, optional)
    if supertype is Usd:
        return Column(field, name, "money", lambda value: value.amount, Usd, optional)
    if supertype in KINDS:
        return Column(field, name, KINDS[supertype], None, None, optional)
    unstructure = json_converter.get_unstructure_hook(kind_of_value)
    structure = json_converter.get_structure_hook(kind_of_value)
    return Column(field, name, "json", unstructure, lambda value: structure(value, kind_of_value), optional)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        rest = [part for part in get_args(hint) if part is not NoneType]
        if len(rest) == 1:
            return rest[0]
    return hint
