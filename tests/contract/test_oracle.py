"""The store on a real Oracle Database. Without one there is nothing here: see `tests/live_oracle.py`."""

from collections.abc import Iterator

import pytest

from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.contract import StoreContract
from tests.double.statements import find_rows, run_hand_written
from tests.live_oracle import LIVE, swept

if LIVE:
    from fittrack_adapters.store.sql import SqlSession
    from tests.contract.test_tables import TABLES

    class TestOracle(StoreContract):
        @pytest.fixture
        def store(self, clock: StoppedClock) -> Iterator[OracleStore]:
            store = OracleStore(swept(LIVE), clock, CountingIds(clock), pool_size=10)
            yield store
            store.close()

        def test_every_query_is_understood(self, store: OracleStore) -> None:
            with store.connected() as database:
                session = SqlSession(database, StoppedClock())
                for table in TABLES:
                    find_rows(session, table)
                run_hand_written(session)
