"""Changes of tables where each is kept at once: half-way is a place from which one goes on."""

import threading
from collections.abc import Iterator, Sequence

import oracledb
import pytest

from fittrack_adapters.store.migrate import Migration, migrate, migrations, pending
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.shared.errors import StoreUnreachable
from tests.double.faults import Effect, Fault
from tests.double.services import Services


@pytest.fixture
def store(services: Services) -> Iterator[OracleStore]:
    clock = StoppedClock()
    store = OracleStore(services.new_empty(), clock, CountingIds(clock), pool_size=1)
    yield store
    store.close()


def numbers(found: Sequence[Migration]) -> list[int]:
    return [migration.number for migration in found]


ALL = numbers(migrations())


def test_the_shipped_migrations_apply_once(store: OracleStore) -> None:
    assert ALL == numbers(pending(store))
    assert ALL == numbers(migrate(store))
    assert [] == pending(store)
    assert [] == migrate(store)


def test_a_migration_that_failed_goes_on_where_it_stopped(store: OracleStore, services: Services) -> None:
    services.double.faults.append(Fault("execute", Effect.FAIL, text="create table wallets", code=1536))
    with pytest.raises(oracledb.DatabaseError, match="ORA-01536"):
        migrate(store)
    assert ALL[4:] == numbers(pending(store))
    assert ALL[4:] == numbers(migrate(store))
    assert [] == pending(store)


@pytest.mark.parametrize("text", ["create table wallets", "create index", "create or replace trigger"])
def test_a_change_that_was_made_but_not_noted_is_met_again(store: OracleStore, services: Services, text: str) -> None:
    services.double.faults.append(Fault("execute", Effect.CUT_AFTER, text=text, skip=0))
    with pytest.raises(StoreUnreachable):
        migrate(store)
    assert [] != migrate(store)
    assert [] == pending(store)


def test_many_may_migrate_at_once(store: OracleStore) -> None:
    applied: list[Sequence[Migration]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(store))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 4 == len(applied)
    assert len(ALL) == sum(map(len, applied))
