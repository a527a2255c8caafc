"""What Oracle's SQL says otherwise, and how values must be handed to its driver."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from fittrack_adapters.store.dialect import Convert, Dialect, insert
from fittrack_adapters.store.tables import Kind

TEXT_IN_ROW_MAX = 1_000
"""The most characters that surely fit into a VARCHAR2 of a database with standard strings: 4,000 bytes."""

TEXT_BYTES_MAX = 4_000
"""The longest text that every database takes for a VARCHAR2."""

IMMUTABLE = 20001
"""The number of the error by which triggers refuse changes."""

WORDS: Mapping[str, str] = {
    "uuid": "RAW(16)",
    "instant": "TIMESTAMP(6) WITH TIME ZONE",
    "day": "DATE",
    "json": "JSON",
    "points": "NUMBER(19)",
    "number": "NUMBER(19)",
    "money": "NUMBER(10, 2)",
    "flag": "BOOLEAN",
    "bytes": "BLOB",
    "text": "VARCHAR2({} CHAR)",
    "computed": "VIRTUAL",
}


@attrs.frozen
class Document:
    """A value on its way into a JSON column: the driver would take a list for an array of PL/SQL."""

    value: Any


def _present(value: Any) -> Any:
    if not value:
        raise ValueError("no text and no bytes are a missing value on Oracle: store None, or refuse them earlier")
    return value


def _plain(value: Any) -> Any:
    """JSON as it went in: numbers come as decimals."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list) else value


ENCODE: Mapping[Kind, Convert] = {
    "uuid": lambda value: value.bytes,
    "instant": lambda value: value.astimezone(UTC),  # the driver sends the clock and drops the zone
    "json": Document,
    "text": _present,
    "bytes": _present,
}
DECODE: Mapping[Kind, Convert] = {
    "uuid": lambda value: UUID(bytes=value),
    "instant": lambda value: value.replace(tzinfo=UTC),
    "day": datetime.date,
    "json": lambda value: _plain(json.loads(value, parse_float=Decimal) if isinstance(value, str) else value),
}


def immutable(table: str) -> Sequence[str]:
    """The statement that makes the rows of `table` unchangeable."""
    refusal = f"BEGIN RAISE_APPLICATION_ERROR(-{IMMUTABLE}, 'rows of {table} are immutable'); END;"
    return [f"CREATE OR REPLACE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refusal}"]


KEPT = 'NO DROP UNTIL 16 DAYS IDLE NO DELETE LOCKED VERSION "v2"'
"""How an immutable table keeps its rows: for good. What the days are, and why: decision 0028."""


def immutable_table(statement: str) -> str:
    """The statement that makes a table of record as an immutable one, which holds no instants with a zone."""
    made = statement.replace("CREATE TABLE", "CREATE IMMUTABLE TABLE", 1).replace("{instant}", "TIMESTAMP(6)")
    return f"{made} {KEPT}"


def limited(sql: str, limit: int | None, offset: int) -> str:
    """The query cut to a window."""
    skipped = f"{sql} offset {int(offset)} rows" if offset else sql
    return skipped if limit is None else f"{skipped} fetch first {int(limit)} rows only"


def documents(view: str, found_by: str) -> str:
    """The documents of a duality view that are found by an id in one of their fields."""
    return f"select v.data from {view} v where json_value(v.data, '$.\"{found_by}\"') = rawtohex(:found_by)"


def beside(column: str) -> str:
    """A column of documents, as text: that comes with the row, where a document takes a trip of its own."""
    return f"json_serialize({column} returning varchar2({TEXT_BYTES_MAX}) error on error)"


def number_in(column: str, at: int, name: str) -> str:
    """A whole number in a list of objects."""
    return f"to_number(json_value({column}, '$[{int(at)}].{name}'))"


def insert_missing(table: str, names: Sequence[str], key: Sequence[str]) -> str:
    """Stores a row unless its key is taken."""
    return f"merge into {table} using dual on ({_equal(key)}) when not matched then {_values(table, names)}"


def insert_or_add(table: str, key: Sequence[str], numbers: Sequence[str]) -> str:
    """Adds to numbers, or stores them as the first ones under their key."""
    sums = ", ".join(f"{number} = {number} + :{number}" for number in numbers)
    return (
        f"merge into {table} using dual on ({_equal(key)}) when matched then update set {sums} "
        f"when not matched then {_values(table, [*key, *numbers])}"
    )


def _equal(key: Sequence[str]) -> str:
    return " and ".join(f"{name} = :{name}" for name in key)


def _values(table: str, names: Sequence[str]) -> str:
    return insert(table, names).replace(f" into {table}", "", 1)


class OracleDialect(Dialect):
    """Texts that may be too long for a row lie beside it."""

    def word(self, word: str, argument: str | None) -> str:
        if word == "text" and int(argument or 0) > TEXT_IN_ROW_MAX:
            return "CLOB"
        return super().word(word, argument)


WITH_TRIGGERS = OracleDialect(
    name="oracle",
    words=WORDS,
    about="select 'Oracle ' || version_full, sys_extract_utc(systimestamp) from product_component_version",
    tables="select lower(table_name) from user_tables",
    encode=ENCODE,
    decode=DECODE,
    immutable=immutable,
    limited=limited,
    locked=" for update",
    taken=" for update skip locked",
    exclusive="lock table {} in exclusive mode",
    insert_missing=insert_missing,
    insert_or_add=insert_or_add,
    beside=beside,
    documents=documents,
    number_in=number_in,
)
WITH_IMMUTABLE_TABLES = attrs.evolve(
    WITH_TRIGGERS,
    immutable=lambda _: (),  # nothing is left for a trigger to refuse, and the server would refuse the trigger
    table_of_record=immutable_table,
    kept=KEPT,
    immutable_found="select lower(table_name) from user_immutable_tables",
)
ORACLE = attrs.evolve(WITH_TRIGGERS, immutable_tables=WITH_IMMUTABLE_TABLES)
