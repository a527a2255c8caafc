"""Migrations: applied once, all or nothing, never edited."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from fittrack_adapters.store import migrate as migrating
from fittrack_adapters.store.migrate import EditedMigration, Migration, UnknownMigration, migrate, migrations, pending
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock

FIRST = Migration(
    1, "first", "CREATE TABLE one (id {uuid} PRIMARY KEY, name {text:40}); -- the first\n{immutable:one}\n"
)
SECOND = Migration(2, "second", "CREATE TABLE two (id {number});\nCREATE TABLE three (id {number});\n")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    clock = StoppedClock()
    return SqliteStore(tmp_path / "fittrack.db", clock, CountingIds(clock))


def having(monkeypatch: pytest.MonkeyPatch, *found: Migration) -> None:
    monkeypatch.setattr(migrating, "migrations", lambda: found)


def tables(store: SqliteStore) -> set[str]:
    found = store.connect().execute("select name from sqlite_master where type = 'table'").fetchall()
    return {name for (name,) in found} - {"schema_migrations"}


def test_the_shipped_migrations_are_numbered_without_gaps_and_apply(store: SqliteStore) -> None:
    numbers = [migration.number for migration in migrations()]
    assert list(range(1, len(numbers) + 1)) == numbers
    assert numbers == [migration.number for migration in pending(store)]
    assert numbers == [migration.number for migration in migrate(store)]
    assert [] == pending(store)


def test_only_what_is_missing_is_applied(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST)
    assert [FIRST] == migrate(store)
    having(monkeypatch, FIRST, SECOND)
    assert [SECOND] == pending(store)
    assert [SECOND] == migrate(store)
    assert {"one", "two", "three"} == tables(store)


def test_immutable_rows_refuse_every_change(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST)
    migrate(store)
    connection = store.connect()
    connection.execute("insert into one values (x'01', 'kept')")
    for change in (
        "update one set name = 'lost'",
        "delete from one",
        "insert or replace into one values (x'01', 'lost')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(change)
    assert [("kept",)] == connection.execute("select name from one").fetchall()


def test_a_failing_migration_leaves_nothing_behind(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration(2, "broken", "CREATE TABLE two (id {number});\nCREATE TABLE one (id {number});\n")
    having(monkeypatch, FIRST, broken)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(store)
    assert set() == tables(store)
    having(monkeypatch, FIRST, SECOND)
    assert [FIRST, SECOND] == migrate(store)


def test_an_edited_migration_is_refused(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST)
    migrate(store)
    having(monkeypatch, Migration(1, "first", FIRST.text + "-- harmless?\n"), SECOND)
    for look_or_act in (pending, migrate):
        with pytest.raises(EditedMigration, match="0001_first was changed"):
            look_or_act(store)
    assert {"one"} == tables(store)


def test_a_database_from_the_future_is_refused(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, FIRST, SECOND)
    migrate(store)
    having(monkeypatch, FIRST)
    with pytest.raises(UnknownMigration, match="0002"):
        migrate(store)


def test_many_may_migrate_at_once(store: SqliteStore) -> None:
    applied: list[Sequence[Migration]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(store))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 6 == len(applied)
    assert len(migrations()) == sum(map(len, applied))
