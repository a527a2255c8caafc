"""Plain values, as JSON or a query string gave them, read strictly into attrs classes.

Nothing is guessed: an unknown field, a number in quotes or a missing time zone is a fault, and all faults of an input
are told at once, each with its JSON Pointer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from itertools import chain, islice
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin
from uuid import UUID

import attrs
from annotated_types import Ge, Le, Len
from cattrs import Converter
from cattrs.cols import homogenous_tuple_structure_factory
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from fittrack_domain.shared.errors import Fault, Invalid, InvalidInput
from fittrack_domain.shared.money import Usd

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]

INT64_MAX: Final = 2**63 - 1
FAULTS_MAX: Final = 100
NAME_SHOWN_MAX: Final = 100
ITEMS_MAX: Final = 1_000

UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
DAY_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANT_FORM = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339


@attrs.frozen
class Pattern:
    """Limits a text to a regular expression; `says` finishes the sentence "must be …"."""

    regex: str
    says: str


@attrs.frozen
class Told:
    """A limit that the reference tells and the domain checks, together with all that is wrong otherwise."""

    limit: Any


@cache
def camel(name: str) -> str:
    """`sales_open_at` as it is written on the wire: `salesOpenAt`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def bare(kind: Any) -> tuple[Any, bool]:
    """A type without `Annotated`, `NewType` and `| None`, and whether None was allowed."""
    optional = False
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif get_origin(kind) in (Union, UnionType):
            optional = True
            (kind,) = (arm for arm in get_args(kind) if arm is not type(None))
        else:
            return kind, optional


class Wrong(Exception):
    """A value that is not what it should be; the text says what that is."""


def structure(kind: type[T], value: Any) -> T:
    """`value`, as JSON or a query string gave it, as a `kind`. Raises `InvalidInput` with every fault.

    Where there is one, the domain is not going to be asked, so its limits are held against the rest here.
    """
    try:
        return CONVERTER.structure(value, kind)
    except REFUSALS as error:
        faults = tuple(islice(_faults(error), FAULTS_MAX))
    places = {fault.pointer for fault in faults}
    besides = (fault for fault in faults_by_the_domain(kind, value) if fault.pointer not in places)
    raise InvalidInput(tuple(islice(chain(faults, besides), FAULTS_MAX)))


REFUSALS: Final = (Wrong, Invalid, ClassValidationError, IterableValidationError)


def faults_by_the_domain(kind: Any, value: Any) -> Iterator[Fault]:
    """What the domain has against a value: to be told where it is not asked, because something else is wrong."""
    try:
        STRICT.structure(value, kind)
    except REFUSALS as error:
        yield from islice(_faults(error), FAULTS_MAX)


def _faults(error: Exception, pointer: str = "") -> Iterator[Fault]:
    match error:
        case ClassValidationError() | IterableValidationError():
            for inner in error.exceptions:
                yield from _faults(inner, pointer + _step(inner))
        case ForbiddenExtraKeysError():
            for name in sorted(error.extra_fields):
                yield Fault(f"{pointer}/{_escaped(name)}", "is not known here")
        case KeyError():
            yield Fault(pointer, "is required")
        case Invalid():
            for fault in error.faults:
                yield Fault(pointer + fault.pointer, fault.detail)
        case Wrong():
            yield Fault(pointer, str(error))
        case _:
            raise error


def _step(error: Exception) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f"/{camel(note.name)}"
        if isinstance(note, IterableValidationNote):
            return f"/{note.index}"
    return ""


def _escaped(name: str) -> str:
    return name[:NAME_SHOWN_MAX].replace("~", "~0").replace("/", "~1")


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("must be a text")
    if "\0" in value:
        raise Wrong("must not contain NUL characters")
    return value


def _whole(value: Any, _: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise Wrong("must be a whole number")
    if abs(value) > INT64_MAX:
        raise Wrong("is out of range")
    return int(value)  # JSON has one kind of number: 3.0 is the whole number 3


def _flag(value: Any, _: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("must be true or false")
    return value


def _uuid(value: Any, _: Any) -> UUID:
    if not isinstance(value, str) or not UUID_FORM.fullmatch(value):
        raise Wrong("must be a UUID")
    return UUID(value)


def _day(value: Any, _: Any) -> date:
    if not isinstance(value, str) or not DAY_FORM.fullmatch(value):
        raise Wrong("must be a date, YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Wrong("must be a day of the calendar") from None


def _instant(value: Any, _: Any) -> datetime:
    if not isinstance(value, str) or not INSTANT_FORM.fullmatch(value):
        raise Wrong("must be an instant with its offset, as 2026-05-17T21:00:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong("must be an instant of the calendar") from None


def _dollars(value: Any, _: Any) -> Usd:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,8}\.\d\d", value, re.ASCII):
        raise Wrong('must be an amount of dollars in quotes, as "50.00"')
    return Usd.of(value)


def _member(value: Any, kind: type[Enum]) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise Wrong("must be one of " + ", ".join(str(member.value) for member in kind)) from None


SCALARS: Final[dict[Any, Hook]] = {
    str: _text,
    int: _whole,
    bool: _flag,
    UUID: _uuid,
    date: _day,
    datetime: _instant,
    Usd: _dollars,
}


def _tuple_hook(kind: Any, converter: Converter) -> Hook:
    inner = homogenous_tuple_structure_factory(kind, converter)

    def hook(value: Any, kind: Any) -> Any:
        if not isinstance(value, list):
            raise Wrong("must be a list")
        if len(value) > ITEMS_MAX:
            raise Wrong(f"must have at most {ITEMS_MAX} items")
        return inner(value, kind)

    return hook


def _class_hook(kind: type[attrs.AttrsInstance], converter: Converter) -> Hook:
    renamed: dict[str, Any] = {field.name: override(rename=camel(field.name)) for field in attrs.fields(kind)}
    inner: Any = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **renamed)

    def hook(value: Any, kind: Any) -> Any:
        if not isinstance(value, dict):
            raise Wrong("must be an object")
        return inner(value, kind)

    return hook


def _limited_hook(kind: Any, converter: Converter) -> Hook:
    base, *limits = get_args(kind)
    return _within([limit for limit in limits if not isinstance(limit, Told)], base, converter)


def _strictly_limited_hook(kind: Any, converter: Converter) -> Hook:
    base, *limits = get_args(kind)
    return _within([limit.limit if isinstance(limit, Told) else limit for limit in limits], base, converter)


def _within(limits: Sequence[Any], base: Any, converter: Converter) -> Hook:
    inner = converter.get_structure_hook(base)

    def hook(value: Any, _: Any) -> Any:
        found = inner(value, base)
        for limit in limits:
            _check(found, limit)
        return found

    return hook


def _check(value: Any, limit: Any) -> None:
    match limit:
        case Ge(ge) if value < ge:
            raise Wrong(f"must be at least {ge}")
        case Le(le) if value > le:
            raise Wrong(f"must be at most {le}")
        case Len(least, most) if len(value) < least or (most is not None and len(value) > most):
            things = "characters" if isinstance(value, str) else "items"
            raise Wrong(f"must have {least} to {most} {things}" if most else f"must have at least {least} {things}")
        case Pattern(regex, says) if not re.fullmatch(regex, value):
            raise Wrong(f"must be {says}")


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_class(kind: Any) -> bool:
    return attrs.has(kind) and kind is not Usd


def _is_limited(kind: Any) -> bool:
    return get_origin(kind) is Annotated


def _converter(limited_hook: Callable[[Any, Converter], Hook]) -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, hook in SCALARS.items():
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_factory(_is_enum, lambda _: _member)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(_is_class, _class_hook)
    converter.register_structure_hook_factory(_is_limited, limited_hook)
    return converter


CONVERTER: Final = _converter(_limited_hook)
STRICT: Final = _converter(_strictly_limited_hook)
"""Holds the domain's limits against values, too: for what else is wrong with a value that is refused anyway."""
