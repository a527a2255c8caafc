"""How often the store waits for its server, counted by the driver: on a network, that is what takes time."""

from collections.abc import Iterator

import attrs
import pytest

from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.testing.contract import an_event
from tests.flows.racing import MORNING

PURCHASE_MOST = 5
"""It takes four: a block that locks, a query, a block of changes, and the commit."""


class Counted:
    """A store with one connection, and how often it waited."""

    def __init__(self, url: str) -> None:
        self.trips: list[str] = []
        clock = StoppedClock(MORNING)
        self.store = OracleStore(
            url, clock, CountingIds(clock, seed=9), pool_size=1, round_trip_callback=self.trips.append
        )
        with self.store.reading():
            pass

    def start(self) -> None:
        self.trips.clear()


@pytest.fixture
def counted(double_url: str) -> Iterator[Counted]:
    counted = Counted(double_url)
    yield counted
    counted.store.close()


def test_a_transaction_costs_its_statements_and_the_commit(counted: Counted) -> None:
    counted.start()
    with counted.store.transaction() as tx:
        tx.rows(OUTBOX).add(an_event(1))
        tx.rows(OUTBOX).add_all(an_event(n) for n in range(2, 500))
    assert ["execute", "execute", "commit"] == counted.trips


def test_a_view_costs_its_queries_and_saying_when_it_begins_and_ends(counted: Counted) -> None:
    counted.start()
    with counted.store.reading() as tx:
        tx.rows(OUTBOX).total()
    assert ["execute", "execute", "rollback"] == counted.trips


def test_up_to_a_hundred_rows_come_with_the_answer_unless_there_is_a_document_in_them(counted: Counted) -> None:
    with counted.store.transaction() as tx:
        tx.rows(OUTBOX).add_all(an_event(n) for n in range(1, 100))
    with counted.store.reading() as tx:
        for _ in range(2):
            counted.start()
            assert 99 == len(tx.rows(OUTBOX).where())
        assert ["execute", "fetch"] == counted.trips


def test_a_purchase_keeps_to_its_budget(counted: Counted, double_url: str) -> None:
    with an_installation(StoppedClock(MORNING), double_url) as installation:
        fittrack = installation.fittrack
        drawing = an_open_drawing(fittrack)
        ann = a_member(fittrack, points=10_000)
        buy_tickets = attrs.evolve(fittrack.sweepstakes, store=counted.store, ids=CountingIds(StoppedClock(MORNING), 9))
        for number in range(3):
            counted.start()
            buy_tickets.buy_tickets(ann, drawing.id, 2, f"purchase-{number}")
    assert PURCHASE_MOST >= len(counted.trips), counted.trips


def test_a_free_entry_keeps_to_the_same_budget(counted: Counted, double_url: str) -> None:
    with an_installation(StoppedClock(MORNING), double_url) as installation:
        fittrack = installation.fittrack
        drawing = an_open_drawing(fittrack)
        sweepstakes = attrs.evolve(fittrack.sweepstakes, store=counted.store, ids=CountingIds(StoppedClock(MORNING), 9))
        for number in range(3):
            ann = a_member(fittrack, f"m{number}")
            counted.start()
            sweepstakes.free_entry(ann, drawing.id)
    assert ["execute"] * 3 + ["commit"] == counted.trips
