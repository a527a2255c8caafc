"""All tables with every column, read off the migrations: for what goes through a database as a whole."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import attrs

from fittrack_adapters.store.migrate import migrations
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.money import Usd

CREATED = re.compile(r"^CREATE TABLE (\w+) \(\n(.*?)^\);", re.DOTALL | re.MULTILINE)
COLUMN = re.compile(r"^ +(\w+) \{(\w+)(?::\d+)?\}(.*)$", re.MULTILINE)
ADDED = re.compile(r"^ALTER TABLE (\w+) ADD (.*);$", re.MULTILINE)
KEY = re.compile(r"^ +PRIMARY KEY \(([\w, ]+)\)", re.MULTILINE)

TYPES: Mapping[str, Any] = {
    "uuid": UUID,
    "instant": datetime,
    "day": date,
    "json": Any,
    "points": int,
    "number": int,
    "money": Usd,
    "flag": bool,
    "bytes": bytes,
    "text": str,
}
"""What the words of the migrations hold."""


@cache
def tables() -> Sequence[Table[Any]]:
    """Every table, after those that it refers to. Its rows have all columns as they are stored, stamps included."""
    text = "".join(migration.text for migration in migrations())
    added: dict[str, str] = {}
    for name, column in ADDED.findall(text):
        if "{computed}" in column:  # nobody stores it
            continue
        added[name] = f"{added.get(name, '')} {column}\n"
    return [_table(name, body + added.get(name, "")) for name, body in CREATED.findall(text)]


def _table(name: str, body: str) -> Table[Any]:
    fields = {column: attrs.field(type=_type(word, rest)) for column, word, rest in COLUMN.findall(body)}
    return Table(name, attrs.make_class(name, fields, frozen=True), what=name, key=tuple(_key(body)), stamped=False)


def _type(word: str, rest: str) -> Any:
    return TYPES[word] if "NOT NULL" in rest else TYPES[word] | None


def _key(body: str) -> Iterator[str]:
    if several := KEY.search(body):
        yield from several[1].split(", ")
    else:
        yield from (column for column, _, rest in COLUMN.findall(body) if "PRIMARY KEY" in rest)
