"""Migrations: applied once, all or nothing, never edited."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fittrack_adapters.store import migrate as migrating
from fittrack_adapters.store.migrate import (
    EditedMigration,
    Migratable,
    Migration,
    NoImmutableTables,
    UnknownMigration,
    left_changeable,
    migrate,
    migrations,
    pending,
)
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sql import Database
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.shared.errors import StoreUnreachable
from tests.databases import Databases

FIRST = Migration(1, "first", "CREATE TABLE one (id {uuid} UNIQUE, name {text:40}); -- the first\n{immutable:one}\n")
SECOND = Migration(2, "second", "CREATE TABLE two (id {number});\nCREATE TABLE three (id {number});\n")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore | PostgresStore]:
    clock = StoppedClock()
    made: SqliteStore | PostgresStore
    if request.param == "sqlite":
        made = SqliteStore(tmp_path / "fittrack.db", clock, CountingIds(clock))
    else:
        databases: Databases = request.getfixturevalue("databases")
        made = PostgresStore(databases.new_empty(), clock, CountingIds(clock))
    yield made
    made.close()


def having(monkeypatch: pytest.MonkeyPatch, *found: Migration) -> None:
    monkeypatch.setattr(migrating, "migrations", lambda: found)


def run(store: Migratable, sql: str) -> list[tuple[Any, ...]]:
    with store.connected() as database:
        if sql.startswith("select"):
            return database.fetch(sql, {})
        database.run(sql, {})
        return []


def tables(store: Migratable) -> set[str]:
    with store.connected() as database:
        found = database.fetch(database.dialect.tables, {})
    return {name for (name,) in found} - {"schema_migrations"}


def test_the_shipped_migrations_are_numbered_without_gaps_and_apply(store: Migratable) -> None:
    numbers = [migration.number for migration in migrations()]
    assert list(range(1, len(numbers) + 1)) == numbers
    assert numbers == [migration.number for migration in pending(store)]
    assert numbers == [migration.number for migration in migrate(store)]
    assert [] == pending(store)


def test_only_what_is_missing_is_applied(store: Migratable, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST)
    assert [FIRST] == migrate(store)
    having(monkeypatch, FIRST, SECOND)
    assert [SECOND] == pending(store)
    assert [SECOND] == migrate(store)
    assert {"one", "two", "three"} == tables(store)


def test_immutable_rows_refuse_every_change(store: Migratable, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST)
    migrate(store)
    run(store, "insert into one (name) values ('kept')")
    changes = ["update one set name = 'lost'", "delete from one"]
    if isinstance(store, PostgresStore):
        changes += ["truncate table one"]
    else:
        changes += ["insert or replace into one (rowid, name) values (1, 'lost')"]
    for change in changes:
        with pytest.raises(Exception, match="rows of one are immutable"):
            run(store, change)
    assert [("kept",)] == run(store, "select name from one")


def test_a_failing_migration_leaves_nothing_behind(store: Migratable, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration(2, "broken", "CREATE TABLE two (id {number});\nCREATE TABLE one (id {number});\n")
    having(monkeypatch, FIRST, broken)
    with pytest.raises(Exception, match="already exists"):
        migrate(store)
    assert set() == tables(store)
    having(monkeypatch, FIRST, SECOND)
    assert [FIRST, SECOND] == migrate(store)


def test_an_edited_migration_is_refused(store: Migratable, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST)
    migrate(store)
    having(monkeypatch, Migration(1, "first", FIRST.text + "-- harmless?\n"), SECOND)
    for look_or_act in (pending, migrate):
        with pytest.raises(EditedMigration, match="0001_first was changed"):
            look_or_act(store)
    assert {"one"} == tables(store)


def test_a_database_from_the_future_is_refused(store: Migratable, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST, SECOND)
    migrate(store)
    having(monkeypatch, FIRST)
    with pytest.raises(UnknownMigration, match="0002"):
        migrate(store)


def test_immutable_tables_are_not_promised_where_there_are_none(store: Migratable) -> None:
    with pytest.raises(NoImmutableTables, match="Only Oracle has immutable tables"):
        migrate(store, immutable_tables=True)
    assert set() == tables(store)
    migrate(store)
    with pytest.raises(NoImmutableTables):
        migrate(store, immutable_tables=True)
    assert left_changeable(store) is None


def test_tables_of_record_are_made_and_marked_in_one_migration() -> None:
    made = [set(migrating.CREATED.findall(migration.text)) for migration in migrations()]
    marked = [set(migrating.OF_RECORD.findall(migration.text)) for migration in migrations()]
    assert any(marked)
    assert all(of_record <= here for of_record, here in zip(marked, made, strict=True))


def test_many_may_migrate_at_once(store: Migratable) -> None:
    with ThreadPoolExecutor(6) as pool:
        applied = [done.result() for done in [pool.submit(migrate, store) for _ in range(6)]]
    assert 6 == len(applied)
    assert len(migrations()) == sum(map(len, applied))


def test_what_one_database_needs_more_is_for_it_alone(store: Migratable, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Migration(1, "first", SECOND.text, more={"postgres": "CREATE TABLE more (id {number});"})
    having(monkeypatch, first)
    migrate(store)
    assert isinstance(store, PostgresStore) == ("more" in tables(store))

    edited = Migration(1, "first", SECOND.text, more={"postgres": "CREATE TABLE less (id {number});"})
    having(monkeypatch, edited)
    if isinstance(store, PostgresStore):
        with pytest.raises(EditedMigration):
            pending(store)
    else:
        assert [] == pending(store)


class CommittingStore:
    """A store on a database that commits every change of its tables by itself."""

    def __init__(self, store: SqliteStore) -> None:
        self.connected: Callable[[], Any] = store.connected

    @contextmanager
    def migrating(self) -> Iterator[Database]:
        with self.connected() as database:
            yield database


def test_where_nothing_can_be_taken_back_a_failed_migration_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock()
    store = CommittingStore(SqliteStore(tmp_path / "fittrack.db", clock, CountingIds(clock)))
    in_the_way = "CREATE TABLE three (id {number});\n"
    having(monkeypatch, Migration(1, "in_the_way", in_the_way), SECOND)
    with pytest.raises(Exception, match="three already exists"):
        migrate(store)
    assert {"two", "three"} == tables(store)
    assert [SECOND] == pending(store)

    run(store, "drop table three")
    assert [SECOND] == migrate(store)
    assert [] == pending(store)
    assert {"two", "three"} == tables(store)


def test_a_database_that_cannot_hold_every_text_is_refused(databases: Databases) -> None:
    clock = StoppedClock()
    store = PostgresStore(databases.new_empty("encoding 'SQL_ASCII' locale 'C'"), clock, CountingIds(clock))
    with pytest.raises(StoreUnreachable, match="ENCODING 'UTF8'"):
        migrate(store)
