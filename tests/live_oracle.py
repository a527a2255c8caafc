"""A real Oracle Database, where one is given: FITTRACK_TEST_ORACLE_DSN = oracle://user:password@host:1521/service.

Its schema belongs to the tests: everything in it is removed before each.
"""

import os
import re
from contextlib import closing

from fittrack_adapters.store.migrate import migrate, migrations
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.oracle_dialect import ORACLE
from fittrack_adapters.testing import CountingIds, StoppedClock

LIVE = os.environ.get("FITTRACK_TEST_ORACLE_DSN", "")
CREATED = re.compile(r"\s*create\s+table\s+(\w+)", re.IGNORECASE)


def swept(url: str) -> str:
    """The address, when the tables are there and empty."""
    clock = StoppedClock()
    with closing(OracleStore(url, clock, CountingIds(clock), pool_size=1)) as store:
        migrate(store)
        with store.connected() as database:
            for table in reversed(_tables()):  # a table is made after those it refers to
                database.run(f"alter table {table} disable all triggers", {})
                database.run(f"delete from {table}", {})
                database.run(f"alter table {table} enable all triggers", {})
    return url


def _tables() -> list[str]:
    texts = (text for migration in migrations() for text in migration.statements(ORACLE))
    return [created[1] for text in texts if (created := CREATED.match(text))]
