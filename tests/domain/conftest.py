"""Stores for worlds."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.double.services import Services
from tests.stores import STORES, AnyStore, MakeStore, in_memory


@pytest.fixture(params=STORES)
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStore]:
    """Makes stores of one kind, migrated and empty, that live as long as the test."""
    numbers = count(1)
    with ExitStack() as at_end:

        def on_sqlite(clock: StoppedClock) -> AnyStore:
            path = tmp_path / f"store-{next(numbers)}" / "fit.db"
            store = at_end.enter_context(closing(SqliteStore(path, clock, CountingIds(clock), durable=False)))
            migrate(store)
            return store

        def on_postgres(clock: StoppedClock) -> AnyStore:
            new_database: Callable[[], str] = request.getfixturevalue("new_database")
            return at_end.enter_context(closing(PostgresStore(new_database(), clock, CountingIds(clock))))

        def behind_the_double(clock: StoppedClock) -> AnyStore:
            services: Services = request.getfixturevalue("services")
            url = services.lend()
            at_end.callback(services.give_back, url)
            return at_end.enter_context(closing(OracleStore(url, clock, CountingIds(clock), pool_size=2)))

        makers = {"memory": in_memory, "sqlite": on_sqlite, "postgres": on_postgres, "double": behind_the_double}
        yield makers[request.param]
