"""Worlds on both embedded stores."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.domain.sweepstakes.world import World


@pytest.fixture(params=["memory", "sqlite"])
def new_world(request: pytest.FixtureRequest) -> Iterator[Callable[[], World]]:
    """Makes worlds, each on a store of its own."""
    with ExitStack() as at_end:

        def in_memory(clock: StoppedClock) -> MemoryStore:
            return MemoryStore(clock, CountingIds(clock))

        def on_sqlite(clock: StoppedClock) -> SqliteStore:
            folder = Path(at_end.enter_context(TemporaryDirectory()))
            store = at_end.enter_context(
                closing(SqliteStore(folder / "world.db", clock, CountingIds(clock), durable=False))
            )
            migrate(store)
            return store

        yield lambda: World(in_memory if request.param == "memory" else on_sqlite)


@pytest.fixture
def world(new_world: Callable[[], World]) -> World:
    return new_world()
