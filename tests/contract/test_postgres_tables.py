"""On PostgreSQL the migrations make the same tables: types, what may be missing, keys, and what never changes."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args, get_type_hints

import psycopg
import pytest

from fittrack_adapters.store.tables import Table
from tests.contract.test_tables import OF_RECORD, TABLES
from tests.databases import Databases

TYPES = {
    "uuid": "uuid",
    "instant": "timestamp with time zone",
    "day": "date",
    "number": "bigint",
    "flag": "boolean",
    "text": "character varying",
    "money": "numeric",
    "bytes": "bytea",
    "json": "jsonb",
}

COLUMNS = """
select column_name, data_type, is_nullable = 'YES', coalesce(collation_name, '') from information_schema.columns
where table_schema = 'public' and table_name = %s
"""
KEYS = """
select c.contype::text, array_agg(a.attname::text) from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
where c.conrelid = %s::regclass and c.contype in ('p', 'u') group by c.oid, c.contype
"""
TRIGGERS = "select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal"


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    url = databases.lend()
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
    databases.give_back(url)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_have_the_types_of_the_class(database: psycopg.Connection[tuple[Any, ...]], table: Table[Any]) -> None:
    hints = get_type_hints(table.row)
    found = {name: (kind, optional) for name, kind, optional, _ in database.execute(COLUMNS, (table.name,))}
    expected = {
        column.name: (TYPES[column.kind], NoneType in get_args(hints[column.field])) for column in table.columns
    }
    assert expected == {name: found[name] for name in expected}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_text_is_compared_by_code_point(database: psycopg.Connection[tuple[Any, ...]], table: Table[Any]) -> None:
    text = {collation for _, kind, _, collation in database.execute(COLUMNS, (table.name,)) if "char" in kind}
    assert text <= {"C"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_are_enforced_by_the_database(database: psycopg.Connection[tuple[Any, ...]], table: Table[Any]) -> None:
    found = [(kind, frozenset(names)) for kind, names in database.execute(KEYS, (table.name,))]
    assert ("p", frozenset(table.column(field).name for field in table.key)) in found
    for fields in table.unique:
        assert frozenset(table.column(field).name for field in fields) in {names for _, names in found}


def test_blocks_belong_to_drawings(database: psycopg.Connection[tuple[Any, ...]]) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="no drawing"):
        database.execute(
            "insert into drawing_blocks "
            "(drawing_id, block_no, user_id, holder, first_ticket, ticket_count, created_at) "
            "select gen_random_uuid(), n, gen_random_uuid(), '', n, 1, now() from generate_series(1, 3) n"
        )


@pytest.mark.parametrize("table", OF_RECORD)
def test_what_is_of_record_cannot_be_changed(database: psycopg.Connection[tuple[Any, ...]], table: str) -> None:
    triggers = {name for (name,) in database.execute(TRIGGERS, (table,))}
    assert {f"{table}_immutable", f"{table}_stays"} <= triggers
