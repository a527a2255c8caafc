"""Every store keeps the same promises."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.contract import StoreContract


class TestMemory(StoreContract):
    @pytest.fixture
    def store(self, clock: StoppedClock) -> MemoryStore:
        return MemoryStore(clock, CountingIds(clock))


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, clock: StoppedClock, tmp_path: Path) -> Iterator[SqliteStore]:
        store = SqliteStore(tmp_path / "fittrack.db", clock, CountingIds(clock))
        migrate(store)
        yield store
        store.close()

    @pytest.mark.parametrize("table", ["audit_log"])
    @pytest.mark.parametrize("change", ["update {} set created_at = created_at", "delete from {}"])
    def test_rows_of_record_cannot_be_changed_by_anyone(self, store: SqliteStore, table: str, change: str) -> None:
        from fittrack_domain.audit.service import record

        with store.transaction() as tx:
            record(tx, StoppedClock().now(), None, "tested", "store", "1")
        with pytest.raises(sqlite3.IntegrityError, match=f"rows of {table} are immutable"):
            store.connect().execute(change.format(table))


class TestPostgres(StoreContract):
    @pytest.fixture
    def store(self, clock: StoppedClock, postgres_url: str) -> Iterator[PostgresStore]:
        store = PostgresStore(postgres_url, clock, CountingIds(clock))
        yield store
        store.close()
