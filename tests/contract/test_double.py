"""The store behind the double: the real driver, answered by PostgreSQL. See `tests/double/server.py`."""

from collections.abc import Iterator

import pytest

from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.contract import StoreContract


class TestDouble(StoreContract):
    @pytest.fixture
    def store(self, clock: StoppedClock, double_url: str) -> Iterator[OracleStore]:
        store = OracleStore(double_url, clock, CountingIds(clock), pool_size=10)
        yield store
        store.close()
