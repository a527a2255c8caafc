"""Our stores, for tests that run on each of them."""

from collections.abc import Callable

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock

AnyStore = MemoryStore | SqliteStore | PostgresStore | OracleStore
MakeStore = Callable[[StoppedClock], AnyStore]

STORES = ("memory", "sqlite", "postgres", "double")


def in_memory(clock: StoppedClock) -> AnyStore:
    return MemoryStore(clock, CountingIds(clock))


def forced(store: SqliteStore | PostgresStore | OracleStore, table: str, *changes: str) -> None:
    """Changes a table past the triggers that protect it, as somebody with the database in their hands may."""
    with store.connected() as database:
        if isinstance(store, PostgresStore):
            database.run("set session_replication_role = replica", {})
        elif isinstance(store, OracleStore):
            database.run(f"alter table {table} disable all triggers", {})
        else:
            database.run(f"drop trigger if exists {table}_no_update", {})
            database.run(f"drop trigger if exists {table}_no_delete", {})
        for change in changes:
            database.run(change, {})
