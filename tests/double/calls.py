"""The calls of a session, as they are asked and answered: execute, fetch, commit and the like."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs

from tests.double.offline import offline_connection
from tests.double.wire import Reader, Writer, read_decimal, read_instant, write_day, write_decimal, write_instant

FUNCTION, PIGGYBACK = 3, 17
ERROR, ROW_HEADER, ROW, DIRECTIONS, DESCRIBE, END = 4, 6, 7, 11, 16, 29

EXECUTE, REEXECUTE, REEXECUTE_AND_FETCH, FETCH = 94, 4, 78, 5
COMMIT, ROLLBACK, PING, LOGOFF, CLOSE_CURSORS = 14, 15, 147, 9, 105

OPTION_EXECUTE, OPTION_FETCH, OPTION_COMMIT, OPTION_BATCH_ERRORS = 0x20, 0x40, 0x100, 0x80000
OPTION_COMMIT_AGAIN = 1

VARCHAR, NUMBER, LONG, DATE, RAW, LONG_RAW = 1, 2, 8, 12, 23, 24
CLOB, BLOB, JSON, TIMESTAMP, INSTANT, BOOLEAN = 112, 113, 119, 180, 181, 252
TEXTS = (VARCHAR, LONG, CLOB)
WHOLE = (CLOB, BLOB, JSON)
"""Types whose values are sent only when the client has said how it wants them."""

STRING_BYTES_MAX = 4_000
NO_MORE_ROWS = 1403
BATCH_FAILED = 24381
IN_TRANSACTION = 2
OUT, IN = 16, 32
"""The direction of a bind."""
COMPILED_WITH_ERRORS = 0x20

codec = offline_connection()
"""The driver's own JSON codec."""


@attrs.frozen
class Bound:
    """A bind or a define, as the client describes it."""

    kind: int
    size: int

    @property
    def is_long(self) -> bool:
        """Whether it is sent after the others. Documents never are, whatever size is stated for them."""
        return self.size > STRING_BYTES_MAX and self.kind != JSON


@attrs.frozen
class Column:
    """A column of a query, as the double describes it."""

    name: str
    kind: int
    precision: int = 0
    scale: int = 0


@attrs.frozen
class Execution:
    """What an execute asks for. `sql` is empty when the cursor has it already."""

    cursor: int
    sql: str
    options: int
    rows: int
    """How many rows to fetch at once."""
    times: int
    """How many rows of binds there are."""
    binds: tuple[Bound, ...]
    defines: tuple[Bound, ...]


@attrs.frozen
class Failure:
    """What went wrong, in the numbers that clients know."""

    code: int
    message: str
    row: int = 0


def read_execution(reader: Reader) -> Execution:
    options, cursor = reader.number(), reader.number()
    reader.u8()
    size = reader.number()
    reader.skip("1n11n")
    rows = reader.number()
    reader.skip("n1")
    binds = reader.number()
    reader.skip("111111")
    defines = reader.number()
    reader.skip("n111n1nn1n1")
    reader.skip("1n1n1" + "1n")
    sql = (reader.data() or b"").decode() if size else ""
    reader.number()
    times = reader.number()
    reader.skip("n" * 11)
    bound = tuple(_read_bound(reader) for _ in range(defines or binds))
    return Execution(cursor, sql, options, rows, times, () if defines else bound, bound if defines else ())


def _read_bound(reader: Reader) -> Bound:
    kind = reader.u8()
    reader.skip("111")
    size = reader.number()
    reader.skip("nn")
    reader.counted()
    reader.skip("nn1nn")
    return Bound(kind, size)


def read_row(reader: Reader, binds: Sequence[Bound], *, in_order: bool) -> list[Any]:
    """A row of binds. Long ones come last, unless they are a block's."""
    assert reader.u8() == ROW
    values: list[Any] = [None] * len(binds)
    for at in sorted(range(len(binds)), key=lambda at: binds[at].is_long and not in_order):
        values[at] = _read_value(reader, binds[at].kind)
    return values


def _read_value(reader: Reader, kind: int) -> Any:
    if kind == JSON:
        return _read_json(reader)
    data = reader.data() if kind != BOOLEAN else _read_boolean(reader)
    return None if data is None else DECODE[kind](data)


def _read_boolean(reader: Reader) -> bytes | None:
    length = reader.u8()
    data = reader.raw(1 if length == 253 else length)
    return None if length == 253 else data


def _read_json(reader: Reader) -> Any:
    size = reader.number()
    if not size:
        return None
    reader.raw(1 + size)
    return plain(codec.decode_oson(reader.data() or b""))


def _read_day(data: bytes) -> date:
    return read_instant(data.ljust(11, b"\0")).date()


def _read_instant(data: bytes) -> datetime:
    return read_instant(data.ljust(11, b"\0")).replace(tzinfo=UTC)


DECODE: dict[int, Callable[[bytes], Any]] = {
    VARCHAR: bytes.decode,
    LONG: bytes.decode,
    NUMBER: read_decimal,
    RAW: bytes,
    LONG_RAW: bytes,
    DATE: _read_day,
    INSTANT: _read_instant,
    BOOLEAN: b"\1\1".__eq__,
}


def plain(value: Any) -> Any:
    """JSON with ints and floats for numbers."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def description(columns: Sequence[Column]) -> Writer:
    answer = Writer().u8(DESCRIBE, 0).number(0, len(columns)).u8(1)
    for place, column in enumerate(columns, 1):
        size = STRING_BYTES_MAX if column.kind in (*TEXTS, RAW) else 22
        answer.u8(column.kind, 0, column.precision, column.scale & 0xFF).number(size, 0, 0, 0, 0)
        answer.number(873 if column.kind in TEXTS else 0).u8(1 if column.kind in TEXTS else 0)
        answer.number(size, 0).u8(1, 0).counted(column.name.encode()).number(0, 0, place, 0, 0, 0, 0, 0).u8(0, 0)
    return answer.number(0, 0, 0, 0, 0, 0)


def rows(columns: Sequence[Column], defines: Sequence[Bound], values: Sequence[Sequence[Any]]) -> Writer:
    answer = Writer()
    if values:
        answer.u8(ROW_HEADER, 0).number(0, 0, 0, 0, 0, 0)
    kinds = [bound.kind for bound in defines] or [column.kind for column in columns]
    for row in values:
        answer.u8(ROW)
        for kind, value in zip(kinds, row, strict=True):
            _write_value(answer, kind, value)
    return answer


def brought_back(is_out: Sequence[bool], numbers: Sequence[int]) -> Writer:
    """Which binds of a block bring something back, and what: here it is always a number."""
    iterations, requests = divmod(len(is_out), 256)
    answer = Writer().u8(DIRECTIONS, 0).number(requests, iterations, 0, 0, 0, 0)
    answer.u8(*(OUT if out else IN for out in is_out))
    if numbers:
        answer.u8(ROW)
    for value in numbers:
        answer.data(write_decimal(value)).number(0)
    return answer


def _write_value(answer: Writer, kind: int, value: Any) -> None:
    if value is None:
        answer.u8(0)
    elif kind == JSON:
        document = codec.encode_oson(value)
        answer.number(40, len(document), 0).data(document).data(bytes(40))
    else:
        answer.data(_encoded(kind, value))
    if kind in (LONG, LONG_RAW):
        answer.number(0, 0)


def _encoded(kind: int, value: Any) -> bytes:
    if kind in TEXTS:
        return str(value).encode()
    if kind == NUMBER:
        return write_decimal(value)
    if kind == BOOLEAN:
        return b"\1\1" if value else b"\0"
    if isinstance(value, datetime):
        return write_instant(value)[:-2] if kind == TIMESTAMP else write_instant(value.astimezone(UTC))
    if isinstance(value, date):
        return write_day(value)
    return bytes(value)


def ending(
    *,
    cursor: int = 0,
    count: int = 0,
    failure: Failure | None = None,
    failed: Sequence[Failure] = (),
    warned: bool = False,
    busy: bool,
) -> Writer:
    """How every answer ends: what failed, how many rows, whether a transaction is open."""
    number = failure.code if failure else 0
    answer = Writer().u8(ERROR).number(IN_TRANSACTION if busy else 0, 0, 0, 0, 0, 0, cursor, 0)
    answer.u8(0, 0, 0, 0, 0, COMPILED_WITH_ERRORS if warned else 0).number(0, 0).u8(0).number(0, 0, 0).u8(0, 0).number(
        0, 0, 0
    )
    _write_failed(answer, failed)
    answer.number(number, count, 0, 0)
    if failure:
        answer.data(failure.message.encode())
    return answer.u8(END)


def _write_failed(answer: Writer, failed: Sequence[Failure]) -> None:
    if not failed:
        answer.number(0, 0, 0)
        return
    answer.number(len(failed)).u8(1)
    for one in failed:
        answer.number(one.code)
    answer.number(len(failed)).u8(1)
    for one in failed:
        answer.number(one.row)
    answer.number(len(failed)).u8(1)
    for one in failed:
        answer.number(len(one.message)).data(one.message.encode()).u8(0, 0)
