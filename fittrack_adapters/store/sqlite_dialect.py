"""How SQLite speaks: its words for the migrations, and how values travel to it and back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

import orjson

from fittrack_adapters.store.dialect import Convert, Dialect
from fittrack_adapters.store.tables import Kind

WORDS: Mapping[str, str] = {
    "uuid": "BLOB",
    "instant": "TEXT",
    "day": "TEXT",
    "json": "TEXT",
    "points": "INTEGER",
    "number": "INTEGER",
    "money": "TEXT",
    "flag": "INTEGER",
    "bytes": "BLOB",
    "text": "TEXT",
    "computed": "VIRTUAL",
}
"""What the words of the migrations mean here."""


def immutable(table: str) -> Sequence[str]:
    """The statements that make rows of `table` unchangeable."""
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are immutable'); END"
        for verb in ("update", "delete")
    ]


def limited(sql: str, limit: int | None, offset: int) -> str:
    """The query cut to a window."""
    if limit is None and not offset:
        return sql
    return f"{sql} limit {-1 if limit is None else int(limit)} offset {int(offset)}"


@lru_cache(maxsize=4_096)  # writing an instant takes longer than anything else in a row, and most rows share theirs
def _instant(value: datetime) -> str:
    # Fixed width, so that text sorts as time does.
    return value.isoformat(timespec="microseconds")


@lru_cache(maxsize=16_384)  # a leaderboard has 120 of them, every time the same
def _uuid(value: bytes) -> UUID:
    return UUID(bytes=value)


ENCODE: Mapping[Kind, Convert] = {
    "uuid": lambda value: value.bytes,
    "instant": _instant,
    "day": date.isoformat,
    "money": "{:.2f}".format,  # some servers bring 25 for 25.00
    "json": lambda value: orjson.dumps(value).decode(),
}
DECODE: Mapping[Kind, Convert] = {
    "uuid": _uuid,
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "flag": bool,
    "money": Decimal,
    "json": orjson.loads,
}


SQLITE = Dialect(
    name="sqlite",
    words=WORDS,
    about="select 'SQLite ' || sqlite_version(), strftime('%Y-%m-%dT%H:%M:%f+00:00')",
    tables="select lower(name) from sqlite_master where type = 'table'",
    encode=ENCODE,
    decode=DECODE,
    immutable=immutable,
    limited=limited,
)
