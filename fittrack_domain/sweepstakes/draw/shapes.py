"""The exact form of every record, checked by hand, for what comes from outside may be anything (section 16)."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from fittrack_domain.sweepstakes.draw.encoding import INTEGER_MAX, PROTOCOL, is_hex
from fittrack_domain.sweepstakes.draw.errors import Malformed

Shape: TypeAlias = Callable[[object, str], None]
"""Takes a value and its JSON Pointer; raises `Malformed`."""

PATH_STEPS_MAX: Final = 64
_STEP_ITEMS: Final = 3
_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def anything(_value: object, _pointer: str) -> None:
    """Left to another check."""


def text(value: object, pointer: str) -> None:
    """Any string."""
    _require(isinstance(value, str), pointer, "not text")


def uuid(value: object, pointer: str) -> None:
    """A UUID in its canonical spelling, of any version."""
    _require(isinstance(value, str) and _UUID.fullmatch(value) is not None, pointer, "not a canonical lower-case UUID")


def natural(value: object, pointer: str) -> None:
    """An integer from 0."""
    _integer_from(0, value, pointer)


def positive(value: object, pointer: str) -> None:
    """An integer from 1."""
    _integer_from(1, value, pointer)


def one_of(*values: str) -> Shape:
    """One of these strings."""

    def check(value: object, pointer: str) -> None:
        _require(isinstance(value, str) and value in values, pointer, f"not one of {', '.join(values)}")

    return check


def hex_of(length_bytes: int) -> Shape:
    """So many bytes in lower-case hex."""

    def check(value: object, pointer: str) -> None:
        _require(is_hex(value, length_bytes), pointer, f"not {length_bytes} bytes in lower-case hex")

    return check


def nullable(shape: Shape) -> Shape:
    """The shape, or `null`."""

    def check(value: object, pointer: str) -> None:
        if value is not None:
            shape(value, pointer)

    return check


def array(item: Shape, *, least: int = 0, most: int | None = None) -> Shape:
    """An array of items of one shape."""

    def check(value: object, pointer: str) -> None:
        if not isinstance(value, list):
            raise Malformed(pointer, "not an array")
        _require(len(value) >= least and (most is None or len(value) <= most), pointer, "an array of a wrong length")
        for index, member in enumerate(value):
            item(member, f"{pointer}/{index}")

    return check


def members(**shapes: Shape) -> Shape:
    """An object with at least these members."""

    def check(value: object, pointer: str) -> None:
        if not isinstance(value, dict):
            raise Malformed(pointer, "not an object")
        for name, shape in shapes.items():
            _require(name in value, pointer, f"without the member {name}")
            shape(value[name], f"{pointer}/{name}")

    return check


def exactly(**shapes: Shape) -> Shape:
    """An object with these members and no other."""
    check_members = members(**shapes)

    def check(value: object, pointer: str) -> None:
        check_members(value, pointer)
        _require(isinstance(value, dict) and len(value) == len(shapes), pointer, "with a member too many")

    return check


def step(value: object, pointer: str) -> None:
    """`[side, tickets, hash]`."""
    if not (isinstance(value, list) and len(value) == _STEP_ITEMS):
        raise Malformed(pointer, "not a step of three items")
    for index, (item, shape) in enumerate(zip(value, (one_of("L", "R"), positive, HEX32), strict=True)):
        shape(item, f"{pointer}/{index}")


def _integer_from(least: int, value: object, pointer: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= INTEGER_MAX:
        raise Malformed(pointer, f"not an integer from {least} to 2^53 − 1")


def _require(holds: bool, pointer: str, detail: str) -> None:  # noqa: FBT001 - the condition is the subject
    if not holds:
        raise Malformed(pointer, detail)


HEX32: Final = hex_of(32)
HEX48: Final = hex_of(48)
PROTOCOL_NAME: Final = one_of(PROTOCOL)
PATH: Final = array(step, most=PATH_STEPS_MAX)
BEACON: Final = exactly(
    kind=one_of("drand"),
    chain_hash=HEX32,
    public_key=hex_of(96),
    scheme=one_of("bls-unchained-g1-rfc9380"),
    genesis_time=positive,
    period=positive,
    round=positive,
    retry_rounds=positive,
)
TERMS: Final = members(
    protocol=PROTOCOL_NAME,
    drawing_id=uuid,
    title=text,
    sales_open_at=natural,
    sales_close_at=natural,
    draw_at=natural,
    prizes=array(members(rank=positive, quantity=positive, prize_id=uuid, title=text), least=1),
    alternates=natural,
    max_wins_per_holder=natural,
    seed_commitment=HEX32,
    beacon=nullable(BEACON),
)
CLOSING: Final = exactly(
    protocol=PROTOCOL_NAME,
    drawing_id=uuid,
    terms_hash=HEX32,
    blocks=natural,
    tickets=natural,
    root=HEX32,
    seed=nullable(HEX32),
    round=nullable(positive),
)
RESULT: Final = exactly(
    protocol=PROTOCOL_NAME,
    drawing_id=uuid,
    closing_hash=HEX32,
    status=one_of("drawn", "cancelled_no_tickets"),
    beacon_signature=nullable(HEX48),
    draws=array(exactly(n=positive, rank=natural, unit=positive, ticket=positive, holder=HEX32)),
    unawarded=natural,
)
PROOF: Final = exactly(count=positive, path=PATH)
ENTRY: Final = members(member_id=uuid, salt=HEX32, count=positive, path=PATH)
AWARD: Final = exactly(
    protocol=PROTOCOL_NAME,
    drawing_id=uuid,
    result_hash=HEX32,
    seq=positive,
    forfeited=positive,
    reason=text,
    replacement=nullable(positive),
)
LOG_ENTRY: Final = exactly(
    seq=positive,
    prev=HEX32,
    at=natural,
    kind=one_of("terms", "closing", "result", "award", "void"),
    drawing_id=uuid,
    hash=HEX32,
)
REPLAY: Final = exactly(
    terms=TERMS,
    seed=nullable(HEX32),
    members=array(exactly(member_id=uuid, salt=HEX32, count=positive)),
    round=nullable(positive),
    beacon_signature=nullable(HEX48),
)
