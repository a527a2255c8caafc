"""What goes over the wire: JSON and query strings are read strictly, and values are written as JSON.

Names are camelCase on the wire and snake_case in Python.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

import attrs
import orjson

from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.money import Usd
from fittrack_http.errors import MalformedJson
from fittrack_http.structuring import NAME_SHOWN_MAX, bare, camel, structure

T = TypeVar("T")

PARAMETERS_MAX: Final = 50
WHOLE_FORM = re.compile(r"-?\d{1,18}", re.ASCII)


def read_json(raw: bytes) -> Any:
    """The value of a JSON document. Raises `MalformedJson`, for a key given twice in an object too.

    orjson goes first because it is strict: UTF-8, no lone surrogates, no NaN, no infinity, at most 1,024 levels. It
    keeps the last of repeated keys and rounds big integers, so the value itself is taken from the standard library.
    """
    try:
        orjson.loads(raw)
        return json.loads(raw, object_pairs_hook=_object)
    except RecursionError:
        raise MalformedJson("it is nested too deeply") from None
    except ValueError as error:  # both libraries' errors are ValueErrors, and so is ours for a repeated key
        raise MalformedJson(str(error)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:NAME_SHOWN_MAX]!r} is given twice in one object")
    return found


def read_query(kind: type[T], query: str) -> T:
    """A query string as a `kind`. Raises `InvalidInput`: a parameter that is not a field of `kind` is a fault."""
    given = _parameters(query)
    values: dict[str, Any] = dict(given)
    faults = []
    for field in attrs.fields(kind):  # type: ignore[arg-type]  # query classes are attrs classes
        name = camel(field.name)
        texts = given.get(name)
        if texts is None:
            continue
        if get_origin(bare(field.type)[0]) is not tuple and len(texts) > 1:
            faults.append(Fault(f"/{name}", "is given more than once"))
        values[name] = _spoken(field.type, texts)
    try:
        found = structure(kind, values)
    except InvalidInput as error:
        raise InvalidInput((*faults, *error.faults)) from None
    if faults:
        raise InvalidInput(tuple(faults))
    return found


def _parameters(query: str) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MAX)
    except UnicodeDecodeError:
        raise InvalidInput((Fault("", "the query string is not UTF-8"),)) from None
    except ValueError:
        raise InvalidInput((Fault("", f"the query string has more than {PARAMETERS_MAX} parameters"),)) from None
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    return given


def _spoken(kind: Any, texts: list[str]) -> Any:
    """What JSON would have said for these texts; what cannot be said so is left for the hooks to refuse."""
    kind, _ = bare(kind)
    if get_origin(kind) is tuple:
        return [_spoken(get_args(kind)[0], [text]) for text in texts]
    (text, *_) = texts
    if kind is int and WHOLE_FORM.fullmatch(text):
        return int(text)
    if kind is bool and text in ("true", "false"):
        return text == "true"
    return text


def write_json(value: Any) -> bytes:
    """A value of attrs classes, ids, instants, days, money, enums and plain types as JSON."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    return _writer(kind)(value)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """What writes values of a class."""
    if issubclass(kind, Usd):
        return str
    if issubclass(kind, Decimal):  # a sum of money
        return "{:.2f}".format
    fields = [field.name for field in attrs.fields(kind)]
    names = tuple(map(camel, fields))
    if len(fields) == 1:  # of which attrgetter gives the value, not a tuple
        return lambda value: {names[0]: getattr(value, fields[0])}
    values = attrgetter(*fields)
    return lambda value: dict(zip(names, values(value), strict=True))
