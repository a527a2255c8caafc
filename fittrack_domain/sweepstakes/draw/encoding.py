"""Bytes and hashes: the one spelling every value has before it is hashed (protocol, section 2)."""

import json
import re
from hashlib import sha256
from typing import Any, Final

from fittrack_domain.sweepstakes.draw.errors import Malformed

PROTOCOL: Final = "fittrack-draw-1"
INTEGER_MAX: Final = 2**53 - 1
# Real records are five levels deep; the bound keeps hostile ones from exhausting the stack.
NESTING_MAX: Final = 100
_INTEGER_DIGITS_MAX: Final = 17


def label(tag: str) -> bytes:
    """`L(tag)`: the prefix that keeps hashes of one purpose from passing for those of another."""
    return f"{PROTOCOL}/{tag}\0".encode("ascii")


def tagged_hash(tag: str, data: bytes) -> bytes:
    """`H(tag, data)`."""
    return sha256(label(tag) + data).digest()


def u64(number: int) -> bytes:
    """8 bytes, big-endian."""
    return number.to_bytes(8, "big")


def canonical(value: object) -> bytes:
    """`C(value)`: RFC 8785 restricted to what the protocol's records may contain.

    Raises:
        Malformed: for fractions, integers beyond ±(2^53 − 1), lone surrogates, keys that are not ASCII text, values
            that JSON does not have, and nesting deeper than `NESTING_MAX`.
    """
    _check(value, "", NESTING_MAX)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def loads(text: bytes | str) -> Any:  # noqa: ANN401 - it may be any JSON value
    """Parses JSON from outside into a value that `canonical` accepts.

    Raises:
        Malformed: for what is not JSON in UTF-8, for repeated keys, and for whatever `canonical` refuses.
    """
    try:
        value = json.loads(
            text if isinstance(text, str) else text.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_fraction,
        )
    except UnicodeDecodeError as error:
        raise Malformed("", "not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Malformed("", f"not JSON: {error}") from error
    except RecursionError as error:
        raise Malformed("", "nested too deeply") from error
    _check(value, "", NESTING_MAX)
    return value


def is_hex(value: object, length_bytes: int) -> bool:
    """Whether this is the one lower-case spelling of so many bytes."""
    return isinstance(value, str) and len(value) == 2 * length_bytes and re.fullmatch("[0-9a-f]*", value) is not None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Malformed("", "an object repeats a key")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS_MAX:
        raise Malformed("", "an integer is beyond ±(2^53 − 1)")
    return int(digits)


def _fraction(number: str) -> None:
    raise Malformed("", f"{number[:_INTEGER_DIGITS_MAX]} is no integer")


def _check(value: object, pointer: str, depth: int) -> None:
    if depth == 0:
        raise Malformed("", "nested too deeply")
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{pointer}/{index}", depth - 1)
    elif isinstance(value, dict):
        for key, member in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise Malformed(pointer, "an object with a key that is not ASCII text")
            _check(member, f"{pointer}/{key}", depth - 1)
    else:
        _check_scalar(value, pointer)


def _check_scalar(value: object, pointer: str) -> None:
    if isinstance(value, int):
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            raise Malformed(pointer, "an integer beyond ±(2^53 − 1)")
    elif isinstance(value, str):
        if _has_surrogate(value):
            raise Malformed(pointer, "text with a lone surrogate")
    elif value is not None:
        raise Malformed(pointer, f"a {type(value).__name__}, which the protocol does not have")


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
