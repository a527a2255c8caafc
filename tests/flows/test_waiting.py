"""Whoever waits for a lock decides on what is there when the wait is over, not on what was there before."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import attrs
import pytest

from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.testing.builders import a_member, an_open_drawing
from fittrack_adapters.wiring import Installation
from fittrack_domain.points import ledger
from fittrack_domain.points.errors import NotEnoughPoints
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.sweepstakes.errors import DrawingIsCancelled, FreeEntryTaken, SalesClosed, TooManyTickets
from fittrack_domain.sweepstakes.tickets import Receipt
from tests.flows.racing import all_at_once, assert_books_balance

WAIT_SECONDS = 0.15
PURPOSE = Purpose("test", "1", "Something else")


@attrs.frozen
class Lingering:
    """A store whose transactions have done everything, and take their time to end."""

    store: Any
    done: Event = attrs.field(factory=Event)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.store.transaction() as tx:
            yield tx
            self.done.set()
            time.sleep(WAIT_SECONDS)


def while_it_ends(installation: Installation, first: Callable[[Any], Any], then: Callable[[], Any]) -> Any:
    """What `then` comes to, begun when `first` has done everything and is about to end."""
    lingering = Lingering(installation.store)

    def wait_for_it() -> Any:
        assert lingering.done.wait(20)
        return then()

    before, outcome = all_at_once(lambda: first(lingering), wait_for_it)
    assert not isinstance(before, Exception)
    assert_books_balance(installation)
    return outcome


def in_it(act: Callable[[Transaction], Any]) -> Callable[[Any], Any]:
    """As a use case that does one thing."""

    def done(store: Lingering) -> None:
        with store.transaction() as tx:
            act(tx)

    return done


@pytest.fixture
def buyer(installation: Installation) -> MemberId:
    return a_member(installation.fittrack, points=1_000)


def test_a_purchase_sees_the_one_it_waited_for(installation: Installation, buyer: MemberId) -> None:
    sweepstakes, drawing = installation.fittrack.sweepstakes, an_open_drawing(installation.fittrack)
    receipt: Receipt = while_it_ends(
        installation,
        lambda store: attrs.evolve(sweepstakes, store=store).buy_tickets(buyer, drawing.id, 2, "one"),
        lambda: sweepstakes.buy_tickets(buyer, drawing.id, 3, "other"),
    )
    assert (5, 500, False) == (receipt.total_user_tickets, receipt.new_balance, receipt.replayed)
    assert 5 == receipt.odds.all_tickets


def test_the_same_request_is_answered_by_the_one_it_waited_for(installation: Installation, buyer: MemberId) -> None:
    sweepstakes, drawing = installation.fittrack.sweepstakes, an_open_drawing(installation.fittrack)
    receipt: Receipt = while_it_ends(
        installation,
        lambda store: attrs.evolve(sweepstakes, store=store).buy_tickets(buyer, drawing.id, 10, "one"),
        lambda: sweepstakes.buy_tickets(buyer, drawing.id, 10, "one"),
    )
    assert (True, 10, 0) == (receipt.replayed, receipt.total_user_tickets, receipt.new_balance)


def test_a_limit_counts_the_tickets_that_were_waited_for(installation: Installation, buyer: MemberId) -> None:
    sweepstakes = installation.fittrack.sweepstakes
    drawing = an_open_drawing(installation.fittrack, max_tickets_per_member=3)
    refusal = while_it_ends(
        installation,
        lambda store: attrs.evolve(sweepstakes, store=store).grant_tickets(buyer, buyer, drawing.id, "By mail", 2),
        lambda: sweepstakes.buy_tickets(buyer, drawing.id, 2),
    )
    assert isinstance(refusal, TooManyTickets)
    assert 2 == refusal.held


def test_a_free_entry_sees_the_one_it_waited_for(installation: Installation, buyer: MemberId) -> None:
    sweepstakes, drawing = installation.fittrack.sweepstakes, an_open_drawing(installation.fittrack)
    refusal = while_it_ends(
        installation,
        lambda store: attrs.evolve(sweepstakes, store=store).free_entry(buyer, drawing.id),
        lambda: sweepstakes.free_entry(buyer, drawing.id),
    )
    assert isinstance(refusal, FreeEntryTaken)


def test_a_purchase_sees_what_was_taken_from_the_wallet_it_waited_for(
    installation: Installation, buyer: MemberId
) -> None:
    """By somebody who holds the wallet and not the account, as one who answers a hold does."""
    fittrack = installation.fittrack
    drawing, ids, now = an_open_drawing(fittrack), fittrack.points.ids, fittrack.points.clock.now()
    take = in_it(lambda tx: ledger.spend(tx, ids, now, buyer, 600, PURPOSE))
    refusal = while_it_ends(installation, take, lambda: fittrack.sweepstakes.buy_tickets(buyer, drawing.id, 5))
    assert isinstance(refusal, NotEnoughPoints)
    give = in_it(lambda tx: ledger.refund(tx, ids, now, buyer, 600, PURPOSE))
    receipt: Receipt = while_it_ends(installation, give, lambda: fittrack.sweepstakes.buy_tickets(buyer, drawing.id, 5))
    assert (500, 5) == (receipt.new_balance, receipt.total_user_tickets)


def test_the_first_points_of_a_member_can_be_spent_at_once(installation: Installation) -> None:
    fittrack = installation.fittrack
    ann, drawing = a_member(fittrack), an_open_drawing(fittrack)
    receipt: Receipt = while_it_ends(
        installation,
        lambda store: attrs.evolve(fittrack.points, store=store).adjust(None, ann, 300, "a gift", "gift"),
        lambda: fittrack.sweepstakes.buy_tickets(ann, drawing.id, 3),
    )
    assert 0 == receipt.new_balance


def test_a_gate_that_is_being_shut_lets_nobody_in(installation: Installation, buyer: MemberId) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    refusal = while_it_ends(
        installation,
        in_it(lambda tx: tx.gates.shut(drawing.id)),
        lambda: fittrack.sweepstakes.buy_tickets(buyer, drawing.id, 5, "late"),
    )
    assert isinstance(refusal, SalesClosed)
    assert 1_000 == fittrack.points.balance(buyer).balance
    with installation.store.reading() as tx:
        assert (0, 0) == (tx.entries.held(drawing.id, buyer).entries, tx.gates.tickets(drawing.id))
        assert tx.answers.find(buyer, "buy_tickets", "late") is None


def test_a_drawing_that_is_being_cancelled_sells_no_more(installation: Installation, buyer: MemberId) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    refusal = while_it_ends(
        installation,
        lambda store: attrs.evolve(fittrack.drawings, store=store).cancel(None, drawing.id, "the sponsor left"),
        lambda: fittrack.sweepstakes.buy_tickets(buyer, drawing.id, 5),
    )
    assert isinstance(refusal, SalesClosed | DrawingIsCancelled)
    fittrack.relay.drain()
    assert 1_000 == fittrack.points.balance(buyer).balance


def test_a_closing_waits_for_a_purchase_inside_and_counts_it(installation: Installation, buyer: MemberId) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)

    def shut() -> int:
        with installation.store.transaction() as tx:
            tx.gates.shut(drawing.id)
            return tx.gates.tickets(drawing.id)

    tickets: int = while_it_ends(
        installation,
        lambda store: attrs.evolve(fittrack.sweepstakes, store=store).buy_tickets(buyer, drawing.id, 5),
        shut,
    )
    assert 5 == tickets
