"""The migrations make the tables that the code speaks of: columns, keys, what may be missing, what never changes."""

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from fittrack_adapters import store as store_package
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.tables import Table
from fittrack_adapters.testing import CountingIds, StoppedClock

WORDS = {"uuid": "BLOB", "bytes": "BLOB", "number": "INTEGER", "flag": "INTEGER"}


def all_tables() -> list[Table[Any]]:
    found: dict[str, Table[Any]] = {}
    for module in pkgutil.iter_modules(store_package.__path__, "fittrack_adapters.store."):
        values = vars(importlib.import_module(module.name)).values() if not module.ispkg else ()
        found |= {table.name: table for table in values if isinstance(table, Table)}
    return sorted(found.values(), key=lambda table: table.name)


TABLES = all_tables()

OF_RECORD = [
    "audit_log",
    "draw_log",
    "draw_records",
    "draw_trees",
    "drawing_blocks",
    "entries",
    "point_transactions",
    "standing_archives",
    "winners",
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    clock = StoppedClock()
    store = SqliteStore(tmp_path_factory.mktemp("tables") / "fittrack.db", clock, CountingIds(clock))
    migrate(store)
    connection = store.connect()
    yield connection
    connection.close()


def columns(database: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """Type, and whether a value may be missing, of each column."""
    rows = database.execute(f"pragma table_info({table})").fetchall()
    return {name: (kind, not required and not in_key) for _, name, kind, required, _, in_key in rows}


def test_there_are_tables() -> None:
    assert len(TABLES) > 25


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_are_those_of_the_class_and_the_stamps(database: sqlite3.Connection, table: Table[Any]) -> None:
    hints = get_type_hints(table.row)
    expected = {
        column.name: (WORDS.get(column.kind, "TEXT"), NoneType in get_args(hints[column.field]))
        for column in table.columns
    }
    stamps = ("created_at", "updated_at") if table.changes else ("created_at",)
    assert dict.fromkeys(stamps, ("TEXT", False)) | expected == columns(database, table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_are_enforced_by_the_database(database: sqlite3.Connection, table: Table[Any]) -> None:
    indexes = database.execute(f"pragma index_list({table.name})").fetchall()
    enforced = {
        frozenset(name for _, _, name in database.execute(f"pragma index_info({index})"))
        for _, index, unique, *_ in indexes
        if unique
    }
    primary = {name for _, name, *_, place in database.execute(f"pragma table_info({table.name})") if place}
    assert {table.column(field).name for field in table.key} == primary
    for fields in table.unique:
        assert frozenset(table.column(field).name for field in fields) in enforced


@pytest.mark.parametrize("table", OF_RECORD)
def test_what_is_of_record_cannot_be_changed(database: sqlite3.Connection, table: str) -> None:
    triggers = database.execute("select name from sqlite_master where type = 'trigger' and tbl_name = ?", (table,))
    assert {f"{table}_no_update", f"{table}_no_delete"} <= {name for (name,) in triggers}
    assert not next(candidate for candidate in TABLES if candidate.name == table).changes
