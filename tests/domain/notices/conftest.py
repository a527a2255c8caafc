"""A whole FitTrack on both embedded stores, with a mail box."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.domain.notices.house import House


@pytest.fixture(params=["memory", "sqlite"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    clock = StoppedClock()
    if request.param == "memory":
        yield House(MemoryStore(clock, CountingIds(clock)), clock)
        return
    store = SqliteStore(tmp_path / "house.db", clock, CountingIds(clock), durable=False)
    migrate(store)
    yield House(store, clock)
    store.close()
