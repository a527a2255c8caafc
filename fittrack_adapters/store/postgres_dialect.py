"""How PostgreSQL says what every store says in its own way."""

from collections.abc import Mapping, Sequence

import orjson
from psycopg.types.json import Jsonb

from fittrack_adapters.store.dialect import Convert, Dialect
from fittrack_adapters.store.tables import Kind

WORDS: Mapping[str, str] = {
    "uuid": "uuid",
    "instant": "timestamptz",
    "day": "date",
    "json": "jsonb",
    "points": "bigint",
    "number": "bigint",
    "money": "numeric(10, 2)",
    "flag": "boolean",
    "bytes": "bytea",
    "computed": "STORED",
    "text": 'varchar({}) COLLATE "C"',  # compared by code point, as on every store, whatever the database's locale
}
TYPES: Mapping[Kind, str] = {
    "uuid": "uuid",
    "instant": "timestamptz",
    "day": "date",
    "number": "int8",
    "flag": "bool",
    "text": "text",
    "money": "numeric",
    "bytes": "bytea",
    "json": "jsonb",
}
"""As a binary COPY must name them."""
ENCODE: Mapping[Kind, Convert] = {"json": lambda value: Jsonb(value, dumps=orjson.dumps)}
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'rows of % are immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def immutable(table: str) -> Sequence[str]:
    """The statements that make rows of `table` unchangeable."""
    refusal = f"ON {table} FOR EACH {{}} EXECUTE FUNCTION refuse_change()"
    return [
        REFUSE_CHANGE,
        f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE {refusal.format('ROW')}",
        f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE {refusal.format('STATEMENT')}",
    ]


def limited(sql: str, limit: int | None, offset: int) -> str:
    """The query cut to a window."""
    skipped = f"{sql} offset {int(offset)} rows" if offset else sql
    return skipped if limit is None else f"{skipped} fetch first {int(limit)} rows only"


def number_in(column: str, at: int, name: str) -> str:
    """A whole number in a list of objects."""
    return f"({column} -> {int(at)} ->> '{name}')::bigint"


POSTGRES = Dialect(
    name="postgres",
    words=WORDS,
    about="select 'PostgreSQL ' || current_setting('server_version'), clock_timestamp()",
    tables="select table_name from information_schema.tables where table_schema = current_schema()",
    encode=ENCODE,
    decode={},
    immutable=immutable,
    limited=limited,
    # Weaker than "for update": rows that refer to a locked one may still be added.
    locked=" for no key update",
    taken=" for no key update skip locked",
    exclusive="lock table {} in exclusive mode",
    number_in=number_in,
)
