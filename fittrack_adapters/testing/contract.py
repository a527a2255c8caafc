"""What every store promises, as tests: so that a team can prove an adapter of its own.

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self, clock):
            return MyStore(clock, CountingIds(clock))

The tables used are FitTrack's own, so the store must be migrated.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Protocol
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.store.audit import AUDIT_LOG
from fittrack_adapters.store.rows import After, Before, Not, OneOf, Since, UpTo, between
from fittrack_adapters.store.shared import IDEMPOTENCY_KEYS, OUTBOX, EnvelopeRow
from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_domain.audit.model import AuditEntry, ChainReport, verify_chain
from fittrack_domain.shared.errors import AlreadyExists, StaleVersion
from fittrack_domain.shared.requests import Answered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class AnyStore(Protocol):
    """A store under test."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...

    def reading(self) -> AbstractContextManager[Transaction]: ...


def an_event(number: int, **changes: Any) -> EnvelopeRow:
    """A row of the outbox whose id sorts by its number."""
    row = EnvelopeRow(
        id=UUID(int=number),  # type: ignore[arg-type]  # any UUID does
        kind="Nothing",
        body={"n": number},
        occurred_at=NOON,
        due_at=NOON + timedelta(minutes=number),
        delivered_at=None,
        parked_at=None,
        attempts=number % 3,
        last_error=None,
        version=1,
    )
    return attrs.evolve(row, **changes)


def an_audit_entry(head: AuditEntry | None) -> AuditEntry:
    """The next record of the audit log."""
    return AuditEntry.after(head, actor=None, action="a", subject_type="s", subject_id="1", facts={}, at=NOON)


def at_once(*acts: Callable[[], object]) -> None:
    """Runs all at the same time, and raises what one of them raised."""
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


class StoreContract:
    """The promises of a store. `clock` and `store` are fixtures of the subclass."""

    @pytest.fixture
    def clock(self) -> StoppedClock:
        return StoppedClock(NOON)

    @pytest.fixture
    def filled(self, store: AnyStore) -> AnyStore:
        with store.transaction() as tx:
            tx.rows(OUTBOX).add_all(an_event(n) for n in range(1, 11))
        return store

    def numbers(self, store: AnyStore, **query: Any) -> list[int]:
        with store.reading() as tx:
            return [row.body["n"] for row in tx.rows(OUTBOX).where(**{"order": ("id",)} | query)]

    # What is kept

    def test_what_was_committed_is_read_back_equal(self, store: AnyStore) -> None:
        row = an_event(7, last_error="Ünïcödé ✓ 漢字 'quoted' " + "long " * 300, delivered_at=NOON)
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(row)
        with store.reading() as tx:
            assert row == tx.rows(OUTBOX).get(row.id)

    def test_an_instant_comes_back_aware_in_utc_and_to_the_microsecond(self, store: AnyStore) -> None:
        at = datetime(2026, 7, 1, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-4)))
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1, occurred_at=at.astimezone(UTC)))
        with store.reading() as tx:
            read = tx.rows(OUTBOX).get(UUID(int=1))
        assert read is not None
        assert at == read.occurred_at
        assert timedelta(0) == read.occurred_at.utcoffset()

    def test_json_keeps_its_shape(self, store: AnyStore) -> None:
        body = {"text": 'é\n"', "list": [1, True, None, {"deep": []}], "big": 2**53 - 1, "empty": {}}
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1, body=body))
        with store.reading() as tx:
            read = tx.rows(OUTBOX).get(UUID(int=1))
        assert read is not None
        assert body == read.body

    def test_a_missing_row_is_none(self, store: AnyStore) -> None:
        with store.reading() as tx:
            assert tx.rows(OUTBOX).get(UUID(int=99)) is None
            assert tx.rows(OUTBOX).first(kind="Something") is None

    def test_a_transaction_sees_its_own_writes(self, store: AnyStore) -> None:
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1))
            assert an_event(1) == tx.rows(OUTBOX).get(UUID(int=1))

    # What is taken back

    def test_an_exception_leaves_no_trace(self, filled: AnyStore) -> None:
        def change_much_and_fail(tx: Transaction) -> None:
            rows = tx.rows(OUTBOX)
            rows.add(an_event(11))
            rows.save(attrs.evolve(an_event(3), kind="Changed"))
            rows.remove(id=UUID(int=5))
            raise KeyError

        with pytest.raises(KeyError), filled.transaction() as tx:
            change_much_and_fail(tx)
        with filled.reading() as tx:
            assert [an_event(n) for n in range(1, 11)] == tx.rows(OUTBOX).where(order=("id",))

    def test_a_refused_duplicate_takes_the_whole_transaction_back(self, filled: AnyStore) -> None:
        with pytest.raises(AlreadyExists), filled.transaction() as tx:  # noqa: PT012  # the first write is what must go
            tx.rows(OUTBOX).add(an_event(12))
            tx.rows(OUTBOX).add(an_event(1))
        assert list(range(1, 11)) == self.numbers(filled)

    def test_after_a_failure_the_store_works_on(self, filled: AnyStore) -> None:
        with pytest.raises(AlreadyExists), filled.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1))
        with filled.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(11))
        assert list(range(1, 12)) == self.numbers(filled)

    def test_transactions_do_not_nest(self, store: AnyStore) -> None:
        with store.transaction(), pytest.raises(RuntimeError), store.transaction():
            pass
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1))

    def test_a_view_for_reading_refuses_to_write(self, filled: AnyStore) -> None:
        with pytest.raises(Exception, match="read"), filled.reading() as tx:  # refused at once or at its end
            tx.rows(OUTBOX).add(an_event(11))
        assert list(range(1, 11)) == self.numbers(filled)

    # What is refused

    def test_a_primary_key_is_taken_once(self, filled: AnyStore) -> None:
        with pytest.raises(AlreadyExists), filled.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(4))

    def test_a_unique_value_is_taken_once(self, store: AnyStore) -> None:
        first = an_audit_entry(None)
        with store.transaction() as tx:
            tx.rows(AUDIT_LOG).add(first)
        with pytest.raises(AlreadyExists), store.transaction() as tx:
            tx.rows(AUDIT_LOG).add(attrs.evolve(first, seq=2, entry_hash="0" * 64))  # the same prev_hash

    def test_many_rows_are_kept_at_one_stroke_and_one_refused_takes_all_back(self, store: AnyStore) -> None:
        text = "Ünïcödé ✓ 漢字 'quoted'\t\\N\n"
        many = [an_event(n, last_error=text if n % 2 else None, body={"n": n, "text": text}) for n in range(1, 1001)]
        with store.transaction() as tx:
            tx.rows(OUTBOX).add_all(iter(many))
            tx.rows(OUTBOX).add_all([])
        with pytest.raises(AlreadyExists), store.transaction() as tx:
            tx.rows(OUTBOX).add_all(an_event(n) for n in range(2000, 999, -1))
        with pytest.raises(KeyError), store.transaction() as tx:
            tx.rows(OUTBOX).add_all(an_event({1500: 1501}[n]) for n in range(1500, 1000, -1))
        with store.reading() as tx:
            assert many == tx.rows(OUTBOX).where(order=("id",))

    def test_a_stale_save_is_refused(self, filled: AnyStore) -> None:
        with filled.reading() as tx:
            read_once = tx.rows(OUTBOX).get(UUID(int=1))
        assert read_once is not None
        with filled.transaction() as tx:
            saved = tx.rows(OUTBOX).save(attrs.evolve(read_once, kind="First"))
        assert read_once.version + 1 == saved.version
        with pytest.raises(StaleVersion), filled.transaction() as tx:
            tx.rows(OUTBOX).save(attrs.evolve(read_once, kind="Second"))
        with filled.transaction() as tx:
            tx.rows(OUTBOX).save(attrs.evolve(saved, kind="Third"))
        with filled.reading() as tx:
            assert getattr(tx.rows(OUTBOX).get(read_once.id), "kind", None) == "Third"

    def test_a_stale_row_among_many_refuses_them_all(self, filled: AnyStore) -> None:
        stale = attrs.evolve(an_event(2), version=9)
        with pytest.raises(StaleVersion), filled.transaction() as tx:
            tx.rows(OUTBOX).save_all([attrs.evolve(an_event(1), kind="Changed"), stale])
        with filled.reading() as tx:
            assert an_event(1) == tx.rows(OUTBOX).get(UUID(int=1))

    def test_saving_what_is_not_there_is_refused(self, store: AnyStore) -> None:
        with pytest.raises(StaleVersion), store.transaction() as tx:
            tx.rows(OUTBOX).save(an_event(1))

    # Queries

    def test_conditions(self, filled: AnyStore) -> None:
        with filled.transaction() as tx:
            tx.rows(OUTBOX).save_all(attrs.evolve(an_event(n), delivered_at=NOON) for n in (2, 4))
        at = NOON + timedelta(minutes=5)
        assert self.numbers(filled, delivered_at=None) == [1, 3, 5, 6, 7, 8, 9, 10]
        assert self.numbers(filled, delivered_at=Not(None)) == [2, 4]
        assert self.numbers(filled, due_at=UpTo(at)) == [1, 2, 3, 4, 5]
        assert self.numbers(filled, due_at=Before(at)) == [1, 2, 3, 4]
        assert self.numbers(filled, due_at=Since(at)) == [5, 6, 7, 8, 9, 10]
        assert self.numbers(filled, due_at=After(at)) == [6, 7, 8, 9, 10]
        assert self.numbers(filled, due_at=between(at - timedelta(minutes=1), at)) == [4, 5]
        assert self.numbers(filled, due_at=between(None, at) or ()) == [1, 2, 3, 4, 5]
        assert self.numbers(filled, attempts=1) == [1, 4, 7, 10]
        assert self.numbers(filled, attempts=Not(0)) == [1, 2, 4, 5, 7, 8, 10]
        assert self.numbers(filled, id=OneOf([UUID(int=9), UUID(int=1), UUID(int=77)])) == [1, 9]
        assert self.numbers(filled, id=OneOf([])) == []
        assert self.numbers(filled, attempts=1, due_at=between(at, NOON + timedelta(minutes=8))) == [7]

    def test_a_list_may_be_longer_than_a_statement_takes(self, store: AnyStore) -> None:
        with store.transaction() as tx:
            tx.rows(OUTBOX).add_all(an_event(n) for n in range(1, 1202))
        ids = [UUID(int=n) for n in range(1, 1201)]
        assert list(range(1200, 0, -1)) == self.numbers(store, id=OneOf(ids), order=("-id",))
        assert self.numbers(store, id=OneOf(ids), order=("-id",), limit=2, offset=2) == [1198, 1197]

    def test_order_limit_and_offset(self, filled: AnyStore) -> None:
        assert self.numbers(filled, order=("attempts", "id")) == [3, 6, 9, 1, 4, 7, 10, 2, 5, 8]
        assert self.numbers(filled, order=("-attempts", "-id")) == [8, 5, 2, 10, 7, 4, 1, 9, 6, 3]
        assert self.numbers(filled, limit=2, offset=1) == [2, 3]
        assert self.numbers(filled, offset=8) == [9, 10]
        assert self.numbers(filled, limit=5, offset=10) == []

    def test_text_sorts_and_compares_by_code_point(self, store: AnyStore) -> None:
        kinds = ["Z", "a", "B", "_", "é", "z", "ä", "-1", "漢", "A b", "Ab"]
        with store.transaction() as tx:
            tx.rows(OUTBOX).add_all(an_event(n, kind=kind) for n, kind in enumerate(kinds, 1))
        with store.reading() as tx:
            rows = tx.rows(OUTBOX)
            assert [row.kind for row in rows.where(order=("kind",))] == sorted(kinds)
            assert {row.kind for row in rows.where(kind=Before("a"))} == {kind for kind in kinds if kind < "a"}

    def test_missing_values_come_last_either_way(self, filled: AnyStore) -> None:
        with filled.transaction() as tx:
            tx.rows(OUTBOX).save_all(attrs.evolve(an_event(n), delivered_at=NOON + timedelta(hours=n)) for n in (2, 4))
        assert self.numbers(filled, order=("delivered_at", "id"), limit=4) == [2, 4, 1, 3]
        assert self.numbers(filled, order=("-delivered_at", "id"), limit=4) == [4, 2, 1, 3]

    def test_totals_sums_and_streams(self, filled: AnyStore) -> None:
        with filled.reading() as tx:
            rows = tx.rows(OUTBOX)
            assert rows.total() == 10
            assert rows.total(attempts=1) == 4
            assert rows.sum("attempts") == 10
            assert rows.sum("attempts", kind="Nobody") == 0
            sums = rows.sums("attempts", by="kind")
            assert sums == {kind: rows.sum("attempts", kind=kind) for kind in {row.kind for row in rows.where()}}
            assert rows.sums("attempts", by="id", id=OneOf([UUID(int=3), UUID(int=77)])) == {
                UUID(int=3): rows.sum("attempts", id=UUID(int=3))
            }
            assert rows.sums("attempts", by="kind", kind=OneOf([])) == {}
            assert [row.body["n"] for row in rows.each(order=("-id",), due_at=After(NOON + timedelta(minutes=7)))] == [
                10,
                9,
                8,
            ]

    def test_what_is_removed_is_gone(self, store: AnyStore) -> None:
        def kept(number: int) -> Answered:
            return Answered(UUID(int=number), "buy", "key", "0" * 64, {"ok": True}, NOON + timedelta(hours=number))

        with store.transaction() as tx:
            tx.rows(IDEMPOTENCY_KEYS).add_all(kept(n) for n in range(1, 5))
        with store.transaction() as tx:
            assert tx.rows(IDEMPOTENCY_KEYS).remove(expires_at=UpTo(NOON + timedelta(hours=2))) == 2
        with store.reading() as tx:
            left = tx.rows(IDEMPOTENCY_KEYS).where(order=("principal",))
            assert [kept(3), kept(4)] == left
            assert kept(3) == tx.rows(IDEMPOTENCY_KEYS).get(UUID(int=3), "buy", "key")

    def test_delivered_events_are_dropped_a_limited_number_at_a_time(self, filled: AnyStore) -> None:
        with filled.transaction() as tx:
            for n in (2, 3, 4, 5):
                tx.rows(OUTBOX).save(attrs.evolve(an_event(n), delivered_at=NOON + timedelta(days=n)))
            tx.rows(OUTBOX).save(attrs.evolve(an_event(6), parked_at=NOON))
        dropped = []
        for _ in range(3):
            with filled.transaction() as tx:
                dropped.append(tx.envelopes.purge(NOON + timedelta(days=4), limit=2))
        assert dropped == [2, 1, 0]
        assert self.numbers(filled) == [1, 5, 6, 7, 8, 9, 10]

    # Many at once

    def test_who_locks_what_they_change_never_meets_a_stale_row(self, store: AnyStore) -> None:
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1, attempts=0))

        def count_up() -> None:
            for _ in range(25):
                with store.transaction() as tx:
                    [row] = tx.rows(OUTBOX).locked(id=UUID(int=1))
                    tx.rows(OUTBOX).save(attrs.evolve(row, attempts=row.attempts + 1))

        at_once(*[count_up] * 8)
        assert self.attempts(store) == 200

    def test_who_does_not_lock_is_refused_rather_than_loses_what_another_wrote(self, store: AnyStore) -> None:
        with store.transaction() as tx:
            tx.rows(OUTBOX).add(an_event(1, attempts=0))
        refused: list[StaleVersion] = []

        def count_up() -> None:
            for _ in range(25):
                try:
                    with store.transaction() as tx:
                        row = tx.rows(OUTBOX).get(UUID(int=1))
                        assert row is not None
                        tx.rows(OUTBOX).save(attrs.evolve(row, attempts=row.attempts + 1))
                except StaleVersion as stale:
                    refused.append(stale)

        at_once(*[count_up] * 8)
        assert self.attempts(store) + len(refused) == 200

    def attempts(self, store: AnyStore) -> int:
        with store.reading() as tx:
            row = tx.rows(OUTBOX).get(UUID(int=1))
            assert row is not None
            return row.attempts

    def test_rows_are_locked_in_the_order_of_their_key(self, filled: AnyStore) -> None:
        with filled.transaction() as tx:
            ids = [UUID(int=n) for n in (9, 2, 5)]
            assert [row.body["n"] for row in tx.rows(OUTBOX).locked(id=OneOf(ids))] == [2, 5, 9]
            assert [row.body["n"] for row in tx.rows(OUTBOX).locked(attempts=0)] == [3, 6, 9]
            many = [*ids, *(UUID(int=n) for n in range(2_000, 900, -1))]
            assert [row.body["n"] for row in tx.rows(OUTBOX).locked(id=OneOf(many))] == [2, 5, 9]

    def test_what_is_taken_by_one_is_not_taken_by_another(self, filled: AnyStore) -> None:
        taken: list[int] = []

        def take_some() -> None:
            while True:
                with filled.transaction() as tx:
                    rows = tx.rows(OUTBOX).taken(delivered_at=None)[:2]
                    if not rows:
                        return
                    tx.rows(OUTBOX).save_all(attrs.evolve(row, delivered_at=NOON) for row in rows)
                taken.extend(row.body["n"] for row in rows)

        at_once(*[take_some] * 4)
        take_some()  # what was held by others when the last of them looked
        assert sorted(taken) == list(range(1, 11))

    def test_a_chain_that_is_continued_alone_never_forks(self, store: AnyStore) -> None:
        def append() -> None:
            for _ in range(10):
                with store.transaction() as tx:
                    rows = tx.rows(AUDIT_LOG)
                    rows.alone()
                    rows.add(an_audit_entry(rows.first(order=("-seq",))))

        at_once(*[append] * 6)
        with store.reading() as tx:
            assert verify_chain(tx.rows(AUDIT_LOG).each(order=("seq",))) == ChainReport(60, ())

    def test_only_what_is_missing_is_added(self, filled: AnyStore) -> None:
        with filled.transaction() as tx:
            tx.rows(OUTBOX).add_missing(an_event(n, kind="New") for n in (10, 11, 12))
            tx.rows(OUTBOX).add_missing([])
        assert self.numbers(filled) == list(range(1, 13))
        assert self.numbers(filled, kind="New") == [11, 12]

    def test_the_same_row_is_missing_for_one_of_many_only(self, store: AnyStore) -> None:
        def add() -> None:
            with store.transaction() as tx:
                tx.rows(OUTBOX).add_missing(an_event(n) for n in range(1, 51))

        at_once(*[add] * 6)
        assert len(self.numbers(store)) == 50

    def test_a_view_for_reading_never_shows_half_a_transaction(self, store: AnyStore) -> None:
        stop = threading.Event()
        seen: set[int] = set()

        def look() -> None:
            while not stop.is_set():
                with store.reading() as tx:
                    seen.add(tx.rows(OUTBOX).total() % 2)

        watcher = threading.Thread(target=look)
        watcher.start()
        for n in range(1, 101, 2):
            with store.transaction() as tx:
                tx.rows(OUTBOX).add(an_event(n))
                tx.rows(OUTBOX).add(an_event(n + 1))
        stop.set()
        watcher.join()
        assert seen <= {0}
