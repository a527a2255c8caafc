"""Many at once, with real threads and real processes: never a lost point, a doubled ticket, a second result."""

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fittrack_adapters.store.tickets import DRAWING_BLOCKS
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.wiring import Installation
from fittrack_domain.points.errors import NotEnoughPoints
from fittrack_domain.shared.errors import FitTrackError
from fittrack_domain.sweepstakes.errors import SalesClosed
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider
from tests.flows.racing import MORNING, all_at_once, assert_books_balance, clock_of

CHILD = Path(__file__).with_name("race_child.py")


@pytest.mark.parametrize("round_no", range(10))
def test_two_purchases_that_together_exceed_the_balance(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    ann = a_member(fittrack, points=1_000)
    outcomes = all_at_once(
        lambda: fittrack.sweepstakes.buy_tickets(ann, drawing.id, 6),
        lambda: fittrack.sweepstakes.buy_tickets(ann, drawing.id, 7),
    )
    assert 1 == sum(isinstance(outcome, NotEnoughPoints) for outcome in outcomes)
    (receipt,) = (outcome for outcome in outcomes if not isinstance(outcome, NotEnoughPoints))
    assert 1_000 - 100 * receipt.tickets_purchased == fittrack.points.balance(ann).balance
    assert_books_balance(installation)


@pytest.mark.parametrize("round_no", range(5))
def test_the_same_request_many_times_at_once_buys_once(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    ann = a_member(fittrack, points=1_000)
    receipts = all_at_once(*[lambda: fittrack.sweepstakes.buy_tickets(ann, drawing.id, 2, "once")] * 6)
    assert 1 == len({receipt.entry_id for receipt in receipts})
    assert 1 == sum(not receipt.replayed for receipt in receipts)
    assert 800 == fittrack.points.balance(ann).balance


def test_one_free_ticket_however_often_asked_at_once(installation: Installation) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    ann = a_member(fittrack)
    outcomes = all_at_once(*[lambda: fittrack.sweepstakes.free_entry(ann, drawing.id)] * 6)
    assert 5 == sum(isinstance(outcome, FitTrackError) for outcome in outcomes)


@pytest.mark.parametrize("round_no", range(4))
def test_buying_from_eight_threads_across_the_closing_moment(installation: Installation, round_no: int) -> None:
    fittrack, clock = installation.fittrack, clock_of(installation)
    drawing = an_open_drawing(fittrack)
    members = [a_member(fittrack, f"m{n}", points=1_000_000) for n in range(8)]
    sold: Counter[Any] = Counter()
    closed = threading.Event()

    def buy_until_closed(member_id: Any) -> None:
        while True:
            try:
                receipt = fittrack.sweepstakes.buy_tickets(member_id, drawing.id, 3)
            except SalesClosed:
                assert closed.is_set()
                return
            sold[member_id] += receipt.tickets_purchased

    def close() -> None:
        while len(sold) < len(members):
            pass
        closed.set()
        clock.set(drawing.ticket_sales_close)
        fittrack.draws.close(drawing.id)

    all_at_once(*[lambda m=m: buy_until_closed(m) for m in members], close)

    with installation.store.reading() as tx:
        frozen = {m: tx.blocks.of_member(drawing.id, m).ticket_count for m in members}
    assert dict(sold) == frozen
    assert all(1_000_000 - 100 * sold[m] == fittrack.points.balance(m).balance for m in members)
    assert_books_balance(installation)


def test_two_syncs_of_the_same_day_pay_it_once(installation: Installation) -> None:
    fittrack = installation.fittrack
    ann = a_member(fittrack)
    today = date(2026, 3, 2)
    connection = fittrack.tracking.connect(ann, Provider.FITBIT, connected_on=today)

    def sync(steps: int) -> None:
        reports = (ActivityReport.of_steps(today, steps), ActivityReport.of_minutes(today, Intensity.VIGOROUS, 40))
        fittrack.tracking.receive([Delivery(connection.id, reports)])
        fittrack.relay.drain()

    all_at_once(*[lambda: sync(12_024)] * 6)
    fittrack.relay.drain()
    assert 120 + 100 + 120 == fittrack.points.balance(ann).points_earned
    assert_books_balance(installation)


def test_many_relays_at_once_react_once(installation: Installation) -> None:
    fittrack = installation.fittrack
    today = date(2026, 3, 2)
    members = [a_member(fittrack, f"m{n}") for n in range(20)]
    for member_id in members:
        connection = fittrack.tracking.connect(member_id, Provider.FITBIT, connected_on=today)
        fittrack.tracking.receive([Delivery(connection.id, (ActivityReport.of_steps(today, 5_000),))])
    all_at_once(*[fittrack.relay.drain] * 6)
    fittrack.relay.drain()
    assert [50] * 20 == [fittrack.points.balance(member_id).points_earned for member_id in members]
    assert 0 == fittrack.relay.waiting()
    assert [] == list(fittrack.relay.parked().items)
    assert_books_balance(installation)


# With processes


@pytest.fixture(params=["sqlite", "postgres"])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database that several processes can use."""
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_url")
        return address
    return f"sqlite:///{tmp_path}/races.db"


def run_children(*arguments: Sequence[str]) -> list[Any]:
    """Runs race_child.py once for each, all at the same time, and answers what each printed.

    When all are ready, their clocks are set to show the instant they were given in a second and a half.
    """
    children = [
        subprocess.Popen(
            [sys.executable, str(CHILD), *argument], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for argument in arguments
    ]
    assert {"ready\n"} == {child.stdout.readline() for child in children if child.stdout}
    real = (datetime.now(UTC) + timedelta(seconds=1.5)).isoformat()
    for child in children:
        assert child.stdin is not None
        child.stdin.write(f"{real}\n")
        child.stdin.flush()
    told = [child.communicate(timeout=60)[0] for child in children]
    assert [0] * len(children) == [child.returncode for child in children]
    return [json.loads(lines) for lines in told]


def test_processes_that_execute_at_once_give_one_result(shared_url: str) -> None:
    drawings = []
    with an_installation(StoppedClock(MORNING), shared_url) as installation:
        fittrack = installation.fittrack
        members = [a_member(fittrack, f"m{n}", points=1_000_000) for n in range(5)]
        for _ in range(12):
            drawing = an_open_drawing(fittrack)
            drawings.append(str(drawing.id))
            for n, member_id in enumerate(members):
                fittrack.sweepstakes.buy_tickets(member_id, drawing.id, n + 1)
        at = (drawing.drawing_time + timedelta(minutes=1)).isoformat()
        told = run_children(*[["execute", shared_url, at, *drawings]] * 3)

        assert told[0] == told[1] == told[2]
        assert 12 == len(told[0])
        assert fittrack.proofs.verify_log().whole
        with installation.store.reading() as tx:
            assert 36 == sum(1 for _ in tx.draw_log.each())  # terms, closing, result of each
        fittrack.relay.drain()
        assert_books_balance(installation)


def test_processes_that_buy_across_the_closing_lose_nothing(shared_url: str) -> None:
    with an_installation(StoppedClock(MORNING), shared_url) as installation:
        fittrack = installation.fittrack
        drawing = an_open_drawing(fittrack)
        members = [a_member(fittrack, f"m{n}", points=10_000_000) for n in range(4)]
        closes = drawing.ticket_sales_close.isoformat()
        buyers = [["buy", shared_url, closes, str(drawing.id), str(member_id)] for member_id in members]
        told = run_children(*buyers, ["close", shared_url, closes, str(drawing.id)])

        with installation.store.reading() as tx:
            frozen = {block.user_id: block.ticket_count for block in tx.rows(DRAWING_BLOCKS).where()}
        # Between processes SQLite's lock is not fair: a buyer may get nothing at all.
        assert told[:4] == [frozen.get(member_id, 0) for member_id in members]
        assert told[4] == sum(frozen.values()) > 0
        assert_books_balance(installation)


def test_processes_with_the_same_requests_spend_what_there_is_and_no_more(shared_url: str) -> None:
    with an_installation(StoppedClock(MORNING), shared_url) as installation:
        fittrack = installation.fittrack
        drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=7_000)
        noon = (MORNING + timedelta(hours=5)).isoformat()
        told = run_children(*[["spend", shared_url, noon, str(drawing.id), str(ann)]] * 4)
        assert [9] * 4 == told  # eleven requests of 600 points each
        assert 7_000 - 11 * 600 == fittrack.points.balance(ann).balance
        assert_books_balance(installation)


def test_processes_that_sync_the_same_days_pay_them_once(shared_url: str) -> None:
    with an_installation(StoppedClock(MORNING), shared_url) as installation:
        fittrack = installation.fittrack
        ann = a_member(fittrack)
        connection = fittrack.tracking.connect(ann, Provider.FITBIT, connected_on=date(2026, 1, 1))
        run_children(*[["sync", shared_url, MORNING.isoformat(), str(connection.id)]] * 4)
        fittrack.relay.drain()
        scored = list(fittrack.points.days(ann))
        assert 10 == len(scored)
        assert sum(day.awarded for day in scored) == fittrack.points.balance(ann).points_earned > 1_000
        assert 0 == fittrack.relay.waiting()
        assert_books_balance(installation)
