"""Tables of record that the server itself keeps: begun so they go on so, and all that FitTrack does is done in them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import oracledb
import pytest

from fittrack_adapters.store.copying import compared, copy
from fittrack_adapters.store.migrate import TablesMadeOtherwise, left_changeable, migrate, migrations, pending
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.wiping import TablesStay, wipe
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_domain.shared.errors import StoreUnreachable
from tests.contract.test_tables import OF_RECORD
from tests.documents.town import NOON, members, settle
from tests.double.faults import Effect, Fault
from tests.double.services import Services


def opened(url: str) -> OracleStore:
    clock = StoppedClock()
    return OracleStore(url, clock, CountingIds(clock), pool_size=1)


@pytest.fixture
def empty(services: Services) -> Iterator[OracleStore]:
    store = opened(services.new_empty())
    yield store
    store.close()


@pytest.fixture
def store(empty: OracleStore) -> OracleStore:
    migrate(empty, immutable_tables=True)
    return empty


def run(store: OracleStore, sql: str) -> None:
    with store.connected() as database:
        database.run(sql, {})


@pytest.mark.parametrize("table", OF_RECORD)
def test_the_server_refuses_every_change(store: OracleStore, table: str) -> None:
    for change in (f"update {table} set created_at = created_at", f"delete from {table}"):
        with pytest.raises(oracledb.DatabaseError, match="ORA-05715"):
            run(store, change)


def test_they_are_made_once(store: OracleStore) -> None:
    assert [] == pending(store)
    assert [] == migrate(store)
    assert [] == migrate(store, immutable_tables=True)
    assert [] == left_changeable(store)


@pytest.mark.parametrize("text", ["create table outbox", "create immutable table point_transactions"])
def test_what_was_begun_so_goes_on_so(empty: OracleStore, services: Services, text: str) -> None:
    services.double.faults.append(Fault("execute", Effect.FAIL, text=text, code=1536))
    with pytest.raises(oracledb.DatabaseError, match="ORA-01536"):
        migrate(empty, immutable_tables=True)
    assert len(migrations()) >= len(pending(empty)) > 0
    assert [] != migrate(empty)
    assert [] == left_changeable(empty)


def test_one_that_was_made_but_not_noted_is_met_again(empty: OracleStore, services: Services) -> None:
    services.double.faults.append(Fault("execute", Effect.CUT_AFTER, text="create immutable table"))
    with pytest.raises(StoreUnreachable):
        migrate(empty, immutable_tables=True)
    migrate(empty)
    assert [] == left_changeable(empty)


def test_tables_that_are_there_are_left_as_they_are(empty: OracleStore) -> None:
    migrate(empty)
    with pytest.raises(TablesMadeOtherwise, match="fittrack db copy"):
        migrate(empty, immutable_tables=True)
    assert left_changeable(empty) is None


def test_those_that_came_back_from_a_backup_as_other_tables_are_told_of(store: OracleStore) -> None:
    run(store, "comment on table audit_log is 'restored'")
    assert ["audit_log"] == left_changeable(store)


def test_nobody_throws_them_away(store: OracleStore) -> None:
    with pytest.raises(TablesStay):
        wipe(store)
    assert [] == left_changeable(store)


def test_all_that_happens_in_a_town_happens_in_them(services: Services) -> None:
    clock, other_clock, url = StoppedClock(NOON), StoppedClock(NOON), services.new_empty()
    with closing(opened(url)) as store:
        migrate(store, immutable_tables=True)
    with an_installation(clock, url) as kept, an_installation(other_clock) as in_memory:
        for town, its_clock in ((kept, clock), (in_memory, other_clock)):
            settle(town, its_clock)
            assert town.fittrack.points.verify().clean
            assert town.fittrack.audit.verify().whole
            assert town.fittrack.proofs.verify_log().whole
        for member in members(in_memory):
            assert in_memory.fittrack.exports.of_member(member) == kept.fittrack.exports.of_member(member)


def test_an_installation_moves_into_them(store: OracleStore, tmp_path: Path) -> None:
    clock = StoppedClock(NOON)
    with an_installation(clock, f"sqlite:///{tmp_path / 'town.db'}") as town:
        settle(town, clock)
    source = SqliteStore(tmp_path / "town.db", clock, CountingIds(clock))
    assert 0 < copy(source, store)
    assert 0 < compared(source, store)["audit_log"]
