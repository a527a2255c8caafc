"""Leagues on both embedded stores."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.domain.competition.league import League


@pytest.fixture(params=["memory", "sqlite"])
def new_league(request: pytest.FixtureRequest) -> Iterator[Callable[[], League]]:
    """Makes leagues, each on a store of its own."""
    with ExitStack() as at_end:

        def in_memory(clock: StoppedClock) -> MemoryStore:
            return MemoryStore(clock, CountingIds(clock))

        def on_sqlite(clock: StoppedClock) -> SqliteStore:
            folder = Path(at_end.enter_context(TemporaryDirectory()))
            store = at_end.enter_context(
                closing(SqliteStore(folder / "league.db", clock, CountingIds(clock), durable=False))
            )
            migrate(store)
            return store

        yield lambda: League(in_memory if request.param == "memory" else on_sqlite)


@pytest.fixture
def league(new_league: Callable[[], League]) -> League:
    return new_league()
