"""What the store makes of connections cut, errors of the database, and servers that come and go."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from uuid import UUID

import oracledb
import pytest

from fittrack_adapters.store import oracle
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.oracle_dialect import insert_missing
from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.testing.contract import an_event
from fittrack_domain.shared.errors import (
    AlreadyExists,
    FitTrackError,
    OutcomeUnknown,
    PoolExhausted,
    StoreBusy,
    StoreUnreachable,
)
from fittrack_domain.shared.ids import DrawingId, MemberId
from tests.double.faults import Effect, Fault
from tests.double.server import Double
from tests.double.services import Services
from tests.flows.racing import MORNING, assert_books_balance


@pytest.fixture
def double(services: Services) -> Iterator[Double]:
    yield services.double
    assert [] == services.double.faults, "a fault on order never struck"


@pytest.fixture
def store(double_url: str) -> Iterator[OracleStore]:
    clock = StoppedClock()
    store = OracleStore(double_url, clock, CountingIds(clock), pool_size=2, pool_wait_seconds=0.2)
    yield store
    store.close()


def add(store: OracleStore, number: int) -> None:
    with store.transaction() as tx:
        tx.rows(OUTBOX).add(an_event(number))


def kept(store: OracleStore) -> list[int]:
    with store.reading() as tx:
        return [row.body["n"] for row in tx.rows(OUTBOX).where(order=("id",))]


@pytest.mark.parametrize("effect", [Effect.CUT_BEFORE, Effect.CUT_AFTER])
def test_a_connection_lost_before_the_commit_keeps_nothing(store: OracleStore, double: Double, effect: Effect) -> None:
    double.faults.append(Fault("execute", effect, text="insert into outbox"))
    with pytest.raises(StoreUnreachable):
        add(store, 1)
    assert [] == kept(store)
    add(store, 2)
    assert [2] == kept(store)


@pytest.mark.parametrize(("effect", "left"), [(Effect.CUT_BEFORE, []), (Effect.CUT_AFTER, [1])])
def test_a_connection_lost_at_the_commit_leaves_the_outcome_unknown(
    store: OracleStore, double: Double, effect: Effect, left: list[int]
) -> None:
    double.faults.append(Fault("commit", effect))
    with pytest.raises(OutcomeUnknown):
        add(store, 1)
    assert left == kept(store)


@pytest.mark.parametrize("effect", [Effect.CUT_BEFORE, Effect.CUT_AFTER])
def test_an_idempotency_key_finds_out_what_a_lost_commit_came_to(
    double_url: str, double: Double, effect: Effect
) -> None:
    with an_installation(StoppedClock(MORNING), double_url) as installation:
        fittrack = installation.fittrack
        drawing = an_open_drawing(fittrack)
        ann = a_member(fittrack, points=1_000)
        double.faults.append(Fault("commit", effect))
        with pytest.raises(OutcomeUnknown):
            fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "once")
        receipt = fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "once")
        assert (effect is Effect.CUT_AFTER) == receipt.replayed
        assert 700 == fittrack.points.balance(ann).balance
        assert_books_balance(installation)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (1, AlreadyExists),
        (54, StoreBusy),
        (60, StoreBusy),
        (1555, StoreBusy),
        (8177, StoreBusy),
        (30006, StoreBusy),
        (600, StoreUnreachable),
        (942, StoreUnreachable),
        (1034, StoreUnreachable),
        (1089, StoreUnreachable),
        (3113, StoreUnreachable),
        (28000, StoreUnreachable),
        (12899, oracledb.DatabaseError),
    ],
)
def test_errors_of_the_database_are_told_in_our_words(
    store: OracleStore, double: Double, code: int, error: type[Exception]
) -> None:
    double.faults.append(Fault("execute", Effect.FAIL, text="insert into outbox", code=code))
    with pytest.raises(error) as raised:
        add(store, 1)
    assert error is type(raised.value)
    assert [] == kept(store)


def test_an_error_at_the_commit_is_no_unknown_outcome(store: OracleStore, double: Double) -> None:
    double.faults.append(Fault("commit", Effect.FAIL, code=60))
    with pytest.raises(StoreBusy):
        add(store, 1)
    assert [] == kept(store)


def test_a_name_that_is_taken_is_named(store: OracleStore) -> None:
    add(store, 1)
    with pytest.raises(AlreadyExists, match="outbox_pkey"):
        add(store, 1)


def test_a_statement_that_takes_too_long_is_broken_off(
    store: OracleStore, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle, "CALL_TIMEOUT_SECONDS", 0.2)
    double.faults.append(Fault("execute", Effect.WAIT, text="insert into outbox", seconds=0.6))
    with pytest.raises(StoreBusy):
        add(store, 1)
    add(store, 2)
    assert [2] == kept(store)


def test_a_commit_that_takes_too_long_leaves_the_outcome_unknown(
    store: OracleStore, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle, "CALL_TIMEOUT_SECONDS", 0.2)
    double.faults.append(Fault("commit", Effect.WAIT, seconds=0.6))
    with pytest.raises(OutcomeUnknown):
        add(store, 1)


def test_when_all_connections_are_lent_one_is_told_so(store: OracleStore) -> None:
    with ExitStack() as all_of_them:
        for _ in range(2):
            all_of_them.enter_context(store.reading())
        started = time.monotonic()
        with pytest.raises(PoolExhausted):
            add(store, 1)
        assert time.monotonic() - started < 2
    add(store, 1)
    assert [1] == kept(store)


def test_connections_that_died_while_idle_cost_nobody_an_error(store: OracleStore, double: Double) -> None:
    add(store, 1)
    double.cut()
    time.sleep(0.1)
    for number in range(2, 6):
        add(store, number)
    assert [1, 2, 3, 4, 5] == kept(store)


def test_a_server_that_goes_down_in_the_middle_takes_no_half_transaction_along(
    store: OracleStore, double: Double
) -> None:
    outcomes: list[int] = []

    def write(thread: int) -> None:
        for n in range(40):
            number = 1 + thread * 1_000 + 2 * n
            with suppress(FitTrackError), store.transaction() as tx:
                tx.rows(OUTBOX).add(an_event(number))
                tx.rows(OUTBOX).add(an_event(number + 1))
            outcomes.append(number)

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(2)]
    for thread in threads:
        thread.start()
    while len(outcomes) < 20:
        time.sleep(0.01)
    double.cut()
    for thread in threads:
        thread.join()
    found = kept(store)
    assert 80 == len(outcomes)
    assert len(found) > 60
    assert {number for number in found if number % 2} == {number - 1 for number in found if not number % 2}


@pytest.mark.parametrize(
    "change",
    [
        {"password": "wrong"},
        {"dsn": "127.0.0.1:1/nothing_listens_here"},
        {"service": "unknown"},
    ],
    ids=["wrong password", "no server", "no such service"],
)
def test_a_server_that_cannot_be_had_is_said_to_be_unreachable(services: Services, change: dict[str, str]) -> None:
    clock = StoppedClock()
    if service := change.pop("service", None):
        change["dsn"] = services.double.address(service)
    store = OracleStore(services.new_empty(), clock, CountingIds(clock), pool_size=1, pool_wait_seconds=2, **change)
    with pytest.raises(StoreUnreachable):
        add(store, 1)
    with pytest.raises(StoreUnreachable), store.connected():
        pass
    store.close()


def test_a_database_without_tables_says_what_to_do(services: Services) -> None:
    clock = StoppedClock()
    store = OracleStore(services.new_empty(), clock, CountingIds(clock), pool_size=1)
    with pytest.raises(StoreUnreachable, match="fittrack db migrate"):
        add(store, 1)
    with pytest.raises(StoreUnreachable, match="fittrack db migrate"), store.transaction() as tx:
        tx.box_office.grounds(MemberId(UUID(int=1)), DrawingId(UUID(int=1)), None)
    store.close()


def test_rows_of_record_cannot_be_changed_by_anyone(store: OracleStore) -> None:
    from fittrack_domain.audit.service import record

    with store.transaction() as tx:
        record(tx, StoppedClock().now(), None, "tested", "store", "1")
    for change in ("update audit_log set created_at = created_at", "delete from audit_log"):
        with store.connected() as database, pytest.raises(oracledb.Error, match="ORA-20001: rows of audit_log are imm"):
            database.run(change, {})


def test_a_row_stored_meanwhile_by_another_is_added_to(store: OracleStore) -> None:
    """Where two add the same row at once, the second waits, is refused, looks again, and finds it."""
    missing = an_event(1, due_at=an_event(1).due_at + timedelta(days=1))
    first_in, done = threading.Event(), threading.Event()

    def first() -> None:
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1))
            first_in.set()
            time.sleep(0.2)
        done.set()

    thread = threading.Thread(target=first)
    thread.start()
    first_in.wait()
    with store.transaction() as tx:
        tx.rows(OUTBOX).add_missing([missing, an_event(2)])
    thread.join()
    assert [1, 2] == kept(store)
    with store.reading() as tx:
        assert an_event(1) == tx.rows(OUTBOX).get(UUID(int=1))


def test_what_else_goes_wrong_in_such_a_batch_is_told(store: OracleStore) -> None:
    merge = insert_missing("outbox", ["id", "kind"], ["id"])
    rows = [{"id": UUID(int=n).bytes, "kind": None} for n in (1, 2)]
    with store.connected() as database, pytest.raises(oracledb.DatabaseError, match="ORA-01400"):
        database.run_many(merge, rows)


def test_a_trigger_that_does_not_compile_is_no_protection(store: OracleStore) -> None:
    sql = "create or replace trigger outbox_stays before delete on outbox for each row begin refuse; end;"
    with store.connected() as database, pytest.raises(RuntimeError, match="compilation errors"):
        database.run(sql, {})
