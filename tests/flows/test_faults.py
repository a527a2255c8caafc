"""Servers that die, wires that are cut, disks that are full: nothing is lost or doubled, and everything goes on."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from fittrack_adapters.store import postgres as postgres_module
from fittrack_adapters.store.codec import Statement, codec_of
from fittrack_adapters.store.postgres import PostgresDatabase, PostgresStore
from fittrack_adapters.store.postgres_dialect import POSTGRES
from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.testing.contract import an_event
from fittrack_adapters.wiring import Installation
from fittrack_domain.shared.errors import (
    AlreadyExists,
    Conflict,
    OutcomeUnknown,
    PoolExhausted,
    StoreBusy,
    StoreUnreachable,
    Unavailable,
)
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.tickets import Receipt
from tests.databases import Databases
from tests.flows.racing import MORNING, all_at_once, assert_books_balance
from tests.proxy import Proxy
from tests.servers import PostgresServer, free_port

COMMIT = b"COMMIT\0"
"""On the wire. Without its end it would be found in the beginning, too: BEGIN … READ COMMITTED."""


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[Proxy]:
    port = urlsplit(postgres_url).port
    assert port is not None
    with Proxy(port) as made:
        yield made


def through(proxy: Proxy, url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{proxy.port}")).geturl()


@pytest.fixture
def installation(proxy: Proxy, postgres_url: str) -> Iterator[Installation]:
    with an_installation(StoppedClock(MORNING), through(proxy, postgres_url)) as opened:
        yield opened


@pytest.fixture
def store(proxy: Proxy, postgres_url: str) -> Iterator[PostgresStore]:
    """With few connections, and little patience."""
    clock = StoppedClock()
    url = through(proxy, postgres_url)
    opened = PostgresStore(url, clock, CountingIds(clock), pool_size=3, pool_wait_seconds=0.3)
    yield opened
    opened.close()


def events(store: PostgresStore | SqliteStore) -> int:
    with store.reading() as tx:
        return tx.rows(OUTBOX).total()


# Wires that are cut


def test_cut_before_the_commit_nothing_was_done(installation: Installation, proxy: Proxy) -> None:
    fittrack = installation.fittrack
    drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000)
    proxy.cut_before(b"insert into entries")
    with pytest.raises(StoreUnreachable):
        fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key")
    assert 1_000 == fittrack.points.balance(ann).balance
    assert not fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key").replayed
    assert_books_balance(installation)


def test_cut_at_the_commit_the_outcome_is_unknown_and_the_key_finds_out_that_it_was_not_done(
    installation: Installation, proxy: Proxy
) -> None:
    fittrack = installation.fittrack
    drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000)
    proxy.cut_before(COMMIT)
    with pytest.raises(OutcomeUnknown):
        fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key")
    assert not fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key").replayed
    assert 700 == fittrack.points.balance(ann).balance
    assert_books_balance(installation)


def test_cut_behind_the_commit_the_outcome_is_unknown_and_the_key_finds_out_that_it_was_done(
    installation: Installation, proxy: Proxy
) -> None:
    fittrack = installation.fittrack
    drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000)
    proxy.cut_behind(COMMIT)
    with pytest.raises(OutcomeUnknown):
        fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key")
    assert fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key").replayed
    assert 700 == fittrack.points.balance(ann).balance
    assert_books_balance(installation)


@pytest.mark.parametrize(
    "words", [b"from users where", b"from wallets where", b"join profiles", b"update drawing_gates"]
)
@pytest.mark.parametrize("behind", [False, True])
def test_cut_among_statements_sent_together_nothing_was_done(
    installation: Installation, proxy: Proxy, words: bytes, behind: bool
) -> None:
    fittrack = installation.fittrack
    drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000)
    if behind:
        proxy.cut_behind(words)
    else:
        proxy.cut_before(words)
    with pytest.raises(StoreUnreachable):
        fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key")
    assert 1_000 == fittrack.points.balance(ann).balance
    assert not fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key").replayed
    assert_books_balance(installation)


def test_connections_that_died_while_idle_are_noticed_by_nobody(store: PostgresStore, proxy: Proxy) -> None:
    def touch() -> int:
        with store.reading():
            time.sleep(0.05)
            return store.pool.idle

    all_at_once(*[touch] * 3)
    assert 3 == store.pool.idle
    proxy.cut()
    with store.transaction() as tx:
        tx.rows(OUTBOX).add(an_event(1))
    assert 1 == events(store)


def test_what_was_raised_is_told_although_the_wire_was_cut(store: PostgresStore, proxy: Proxy) -> None:
    with pytest.raises(KeyError), store.transaction() as tx:  # noqa: PT012  # the first write is what must go
        tx.rows(OUTBOX).add(an_event(1))
        proxy.cut()
        raise KeyError
    assert 0 == events(store)


def test_a_stream_that_is_cut_says_so(store: PostgresStore, proxy: Proxy) -> None:
    with store.transaction() as tx:
        tx.rows(OUTBOX).add_all(an_event(n) for n in range(1, 5_001))
    with store.reading() as tx:
        stream = tx.rows(OUTBOX).each(order=("id",))
        assert an_event(1) == next(stream)
        proxy.cut()
        with pytest.raises(StoreUnreachable):
            list(stream)
    with store.reading() as tx:
        left_half_way = tx.rows(OUTBOX).each(order=("id",))
        assert an_event(1) == next(left_half_way)
    assert 5_000 == events(store)


# Servers that die


@pytest.fixture
def mortal(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """Running again when the test is over."""
    yield postgres
    postgres.kill()
    postgres.start()


@pytest.fixture
def mortal_installation(mortal: PostgresServer) -> Iterator[Installation]:
    with psycopg.connect(mortal.url("postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists mortal with (force)")
        admin.execute("create database mortal")
    with an_installation(StoppedClock(MORNING), mortal.url("mortal")) as opened:
        yield opened


def bought(installation: Installation, ann: MemberId, drawing_id: DrawingId, key: str) -> Receipt:
    """As a client does it: the same request again until there is an answer."""
    for _ in range(400):
        try:
            return installation.fittrack.sweepstakes.buy_tickets(ann, drawing_id, 2, key)
        except (Unavailable, Conflict):
            time.sleep(0.02)
    raise AssertionError("no answer for too long")


def test_a_server_that_is_killed_and_restarted_loses_and_doubles_nothing(
    mortal_installation: Installation, mortal: PostgresServer
) -> None:
    fittrack = mortal_installation.fittrack
    drawing = an_open_drawing(fittrack)
    members = [a_member(fittrack, f"m{n}", points=1_000_000) for n in range(6)]
    going = threading.Event()
    done = threading.Event()
    receipts: dict[MemberId, list[Receipt]] = {member_id: [] for member_id in members}

    def buy(member_id: MemberId) -> None:
        while not done.is_set():
            key = f"purchase-{len(receipts[member_id])}"
            receipts[member_id].append(bought(mortal_installation, member_id, drawing.id, key))
            going.set()

    def torment() -> None:
        for _ in range(3):
            going.clear()
            assert going.wait(20)
            time.sleep(0.1)
            mortal.kill()
            time.sleep(0.1)
            mortal.start()
        going.clear()
        assert going.wait(20)
        done.set()

    all_at_once(torment, *[lambda m=m: buy(m) for m in members])
    for member_id, got in receipts.items():
        assert len(got) == len({receipt.entry_id for receipt in got})
        assert 1_000_000 - 200 * len(got) == fittrack.points.balance(member_id).balance
    assert_books_balance(mortal_installation)


def test_without_a_server_the_answer_is_quick() -> None:
    clock = StoppedClock()
    store = PostgresStore(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing", clock, CountingIds(clock))
    started = time.monotonic()
    with pytest.raises(StoreUnreachable, match="refused"), store.reading():
        pass
    assert time.monotonic() - started < 1


def test_a_database_that_was_never_migrated_says_what_to_do(databases: Databases) -> None:
    clock = StoppedClock()
    store = PostgresStore(databases.new_empty(), clock, CountingIds(clock))
    with pytest.raises(StoreUnreachable, match="fittrack db migrate"):
        events(store)
    store.close()


# Too much at once


def test_when_all_connections_are_busy_one_is_told_so_and_later_served(store: PostgresStore) -> None:
    all_busy, go_on = threading.Barrier(4), threading.Event()

    def occupy() -> None:
        with store.reading():
            all_busy.wait()
            go_on.wait()

    threads = [threading.Thread(target=occupy) for _ in range(3)]
    for thread in threads:
        thread.start()
    all_busy.wait()
    with pytest.raises(PoolExhausted), store.transaction():
        pass
    go_on.set()
    for thread in threads:
        thread.join()
    assert 0 == events(store)


def test_who_waits_too_long_for_a_lock_may_try_again(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    monkeypatch.setattr(postgres_module, "LOCK_TIMEOUT_SECONDS", 1)
    clock = StoppedClock()
    store, other = (PostgresStore(postgres_url, clock, CountingIds(clock)) for _ in range(2))
    with store.transaction() as tx:
        tx.rows(OUTBOX).add(an_event(1))
    with store.transaction() as tx:
        tx.rows(OUTBOX).locked()
        [outcome] = all_at_once(lambda: lock_everything(other))
        assert isinstance(outcome, StoreBusy)
    lock_everything(other)
    store.close()
    other.close()


def lock_everything(store: PostgresStore) -> None:
    with store.transaction() as tx:
        tx.rows(OUTBOX).locked()


def test_a_buyer_who_waits_too_long_may_try_again(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    """At the first of several statements that were sent together: what the others come to is not taken for it."""
    monkeypatch.setattr(postgres_module, "LOCK_TIMEOUT_SECONDS", 1)
    with an_installation(StoppedClock(MORNING), postgres_url) as installation:
        fittrack = installation.fittrack
        drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000)
        with installation.store.transaction() as tx:
            tx.accounts.locked(ann)
            [outcome] = all_at_once(lambda: fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key"))
        assert isinstance(outcome, StoreBusy)
        assert 700 == fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3, "key").new_balance


@pytest.mark.parametrize("pause", [0.0, 0.05])
@pytest.mark.parametrize("failing", range(4))
def test_of_statements_sent_together_the_first_failure_is_told(
    store: PostgresStore, postgres_url: str, failing: int, pause: float
) -> None:
    """Whether it is noticed while others are still being sent, or when all are."""

    def changes() -> Iterator[Statement]:
        for number in range(4):
            yield codec.adding(an_event(1 if number == failing else 10 + number), stamp)
            time.sleep(pause)

    with store.transaction() as tx:
        tx.rows(OUTBOX).add(an_event(1))
    codec, stamp = codec_of(OUTBOX, POSTGRES), StoppedClock().now()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        database = PostgresDatabase(connection)
        connection.execute("begin")
        with pytest.raises(AlreadyExists, match="outbox"):
            database.run_together(changes())  # type: ignore[arg-type]  # one by one, to let time pass
        connection.execute("rollback")
        assert [1, 1] == database.run_together([codec.adding(an_event(number), stamp) for number in (2, 3)])
    assert 3 == events(store)


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(store: PostgresStore) -> None:
    with store.transaction() as tx:
        tx.rows(OUTBOX).add_all([an_event(1), an_event(2)])
    both_hold_one = threading.Barrier(2)

    def lock(first: int, then: int) -> None:
        with store.transaction() as tx:
            tx.rows(OUTBOX).locked(id=an_event(first).id)
            both_hold_one.wait()
            tx.rows(OUTBOX).locked(id=an_event(then).id)

    outcomes = all_at_once(lambda: lock(1, 2), lambda: lock(2, 1))
    assert {StoreBusy, type(None)} == set(map(type, outcomes))


def test_an_endless_statement_is_ended(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    monkeypatch.setattr(postgres_module, "STATEMENT_TIMEOUT_SECONDS", 1)
    clock = StoppedClock()
    store = PostgresStore(postgres_url, clock, CountingIds(clock))
    with pytest.raises(StoreUnreachable, match="statement timeout"), store.connected() as database:
        database.run("select pg_sleep(10)", {})


def test_an_error_that_was_caught_inside_a_transaction_does_not_pass_for_success(store: PostgresStore) -> None:
    with store.transaction() as tx:
        tx.rows(OUTBOX).add(an_event(1))
    with pytest.raises(RuntimeError, match="caught inside"), store.transaction() as tx:  # noqa: PT012
        tx.rows(OUTBOX).add(an_event(2))
        with pytest.raises(Conflict):
            tx.rows(OUTBOX).add(an_event(1))
    assert 1 == events(store)


# Disks that are full


def test_a_full_disk_refuses_writes_and_nothing_else(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/full.db"
    with an_installation(StoppedClock(MORNING), url) as installation:
        fittrack, store = installation.fittrack, installation.store
        assert isinstance(store, SqliteStore)
        drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000_000)
        assert store._writer is not None
        [(pages,)] = store._writer.execute("PRAGMA page_count").fetchall()
        store._writer.execute(f"PRAGMA max_page_count = {pages + 4}")

        def buy_until_refused() -> None:
            while True:
                receipts.append(fittrack.sweepstakes.buy_tickets(ann, drawing.id, 1))

        receipts: list[Receipt] = []
        with pytest.raises(StoreUnreachable, match="full"):
            buy_until_refused()
        accepted = len(receipts)
        assert 0 < accepted
        assert 1_000_000 - 100 * accepted == fittrack.points.balance(ann).balance
        assert_books_balance(installation)

        store._writer.execute("PRAGMA max_page_count = 1000000")
        assert accepted + 1 == fittrack.sweepstakes.buy_tickets(ann, drawing.id, 1).total_user_tickets
        assert_books_balance(installation)
