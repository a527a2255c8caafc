"""Freezing the tickets: what was bought is in, in order; crashes and rivals leave the same bytes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.security.sealing import AesSealer
from fittrack_adapters.store.rows import Rows
from fittrack_adapters.store.sweepstakes import ENTRIES
from fittrack_adapters.store.tickets import DRAWING_BLOCKS, DRAWING_GATES
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.shared.errors import AlreadyExists, Conflict, SealBroken, StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes import closing as closing_module
from fittrack_domain.sweepstakes.draw.terms import time_of_round
from fittrack_domain.sweepstakes.draw.tree import EMPTY
from fittrack_domain.sweepstakes.draws import Draws
from fittrack_domain.sweepstakes.errors import DrawDiffers, DrawingIsCancelled, SalesClosed
from fittrack_domain.sweepstakes.frozen import TicketBlock
from fittrack_domain.sweepstakes.model import Drawing, DrawingStatus
from fittrack_domain.sweepstakes.sealing import pseudonyms
from tests.domain.sweepstakes.world import World, a_prize
from tests.stores import AnyStore

ADMIN = MemberId(UUID(int=1))


def blocks(world: World, drawing_id: DrawingId) -> list[TicketBlock]:
    with world.store.reading() as tx:
        return tx.rows(DRAWING_BLOCKS).where(order=("block_no",), drawing_id=drawing_id)


def sold_out(world: World, members: int = 10) -> tuple[Drawing, list[MemberId]]:
    """A drawing whose sales have just closed: the n-th member has n tickets, and the second a free one more."""
    drawing = world.an_open_drawing(prizes=(a_prize(quantity=2),))
    buyers = [world.member(f"member{n}") for n in range(1, members + 1)]
    for n, buyer in enumerate(buyers, start=1):
        world.sweepstakes.buy_tickets(buyer, drawing.id, n)
    world.sweepstakes.free_entry(buyers[1], drawing.id)
    world.clock.set(drawing.ticket_sales_close)
    return drawing, buyers


def test_blocks_stand_in_the_order_of_first_purchases(world: World) -> None:
    drawing, buyers = sold_out(world, members=4)
    closing = world.draws.close(drawing.id, ADMIN).record
    assert (4, 11) == (closing["blocks"], closing["tickets"])
    assert [(0, buyers[0], 1, 1), (1, buyers[1], 2, 3), (2, buyers[2], 5, 3), (3, buyers[3], 8, 4)] == [
        (block.block_no, block.user_id, block.first_ticket, block.ticket_count) for block in blocks(world, drawing.id)
    ]
    assert DrawingStatus.CLOSED is world.drawings.get(None, drawing.id).drawing.status
    assert world.audited(drawing.id)[-2:] == ["drawing.fenced", "drawing.closed"]


def test_a_closing_is_published_once(world: World) -> None:
    drawing, _ = sold_out(world)
    first = world.draws.close(drawing.id)
    world.clock.advance(timedelta(hours=1))
    assert first == world.draws.close(drawing.id)
    assert ["terms", "closing"] == [entry["kind"] for entry in world.proofs.whole_log()]


def test_a_drawing_without_tickets_closes_empty(world: World) -> None:
    drawing = world.an_open_drawing()
    world.clock.set(drawing.ticket_sales_close)
    closing = world.draws.close(drawing.id).record
    assert (0, 0, EMPTY[8:].hex()) == (closing["blocks"], closing["tickets"], closing["root"])


def test_the_announced_round_decides_and_a_late_closing_takes_a_later_one(world: World) -> None:
    early, _ = sold_out(world, members=2)
    terms = world.proofs.records(early.id)["terms"]
    assert terms["beacon"]["round"] == world.draws.close(early.id).record["round"]
    late = world.an_open_drawing()
    announced = world.proofs.records(late.id)["terms"]["beacon"]["round"]
    world.clock.set(late.drawing_time + timedelta(seconds=10))
    decides = world.draws.close(late.id).record["round"]
    assert announced + 1200 == decides
    assert time_of_round(decides) >= world.clock.at.timestamp() + 60


def test_without_a_beacon_no_round_decides(world: World) -> None:
    world.beacon.announced = False
    drawing, _ = sold_out(world, members=2)
    assert world.draws.close(drawing.id).record["round"] is None


def test_a_wrong_master_key_closes_nothing(world: World) -> None:
    drawing, _ = sold_out(world, members=2)
    stranger = attrs.evolve(world.draws, sealer=AesSealer(b"x" * 32))
    with pytest.raises(SealBroken):
        stranger.close(drawing.id)
    assert "closing" not in world.proofs.records(drawing.id)
    world.draws.close(drawing.id)


class Crash(Exception):
    """The process is gone."""


@attrs.define
class CrashingStore:
    """Lets `left` transactions commit, then dies: before the commit of the next, or right after it."""

    store: AnyStore
    left: int
    commits_first: bool = False

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        dies = self.left == 0
        self.left -= 1
        with self.store.transaction() as tx:
            yield tx
            if dies and not self.commits_first:
                raise Crash
        if dies:
            raise Crash

    def reading(self) -> AbstractContextManager[Transaction]:
        return self.store.reading()


@pytest.mark.parametrize("commits_first", [False, True])
@pytest.mark.parametrize("step", range(8))
def test_a_crash_at_any_step_and_a_run_again_give_the_same_bytes(
    new_world: Callable[[], World], monkeypatch: pytest.MonkeyPatch, step: int, commits_first: bool
) -> None:
    monkeypatch.setattr(closing_module, "BLOCKS_AT_ONCE", 3)
    untouched, crashed = new_world(), new_world()
    for world in (untouched, crashed):
        drawing, _ = sold_out(world)
        world.clock.set(drawing.drawing_time - timedelta(seconds=1))
    dying = attrs.evolve(crashed.draws, store=CrashingStore(crashed.store, step, commits_first))
    died = False
    try:
        dying.close(drawing.id)
        crashed.clock.set(drawing.drawing_time)
        dying.execute(drawing.id)
    except Crash:
        died = True
    assert died == (step < 7), "fence, four times blocks, closing, result: seven transactions"
    for world in (untouched, crashed):
        world.clock.set(drawing.drawing_time - timedelta(seconds=1))
        world.draws.close(drawing.id)
        world.clock.set(drawing.drawing_time)
        world.draws.execute(drawing.id)
    assert untouched.proofs.bundle(drawing.id) == crashed.proofs.bundle(drawing.id)
    assert blocks(untouched, drawing.id) == blocks(crashed, drawing.id)
    assert [entry["hash"] for entry in untouched.proofs.whole_log()] == [
        entry["hash"] for entry in crashed.proofs.whole_log()
    ]
    assert crashed.proofs.verify_log().whole


def test_rivals_close_and_draw_at_once_and_agree(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing_module, "BLOCKS_AT_ONCE", 1)
    drawing, _ = sold_out(world)
    world.clock.set(drawing.drawing_time - timedelta(seconds=1))
    found: list[Any] = []

    def run(step: Callable[[DrawingId], Any]) -> None:
        threads = [threading.Thread(target=lambda: found.append(step(drawing.id))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run(world.draws.close)
    world.clock.set(drawing.drawing_time)
    run(world.draws.execute)
    assert 8 == len(found)
    assert [found[0]] * 4 == found[:4]
    assert [found[4]] * 4 == found[4:]
    assert ["terms", "closing", "result"] == [entry["kind"] for entry in world.proofs.whole_log()]
    assert 10 == len(blocks(world, drawing.id))


def test_one_who_meets_a_rival_looks_again(world: World) -> None:
    """On servers that lock rows, two closers may collide: the loser runs its step again and finds the winner's work."""
    drawing, _ = sold_out(world, members=3)
    collisions: list[Conflict] = [StaleVersion("drawing"), AlreadyExists("drawing_blocks"), AlreadyExists("draw_log")]

    @attrs.frozen
    class CollidingStore:
        store: AnyStore

        @contextmanager
        def transaction(self) -> Iterator[Transaction]:
            with self.store.transaction() as tx:
                yield tx
                if collisions:
                    raise collisions.pop()

        def reading(self) -> AbstractContextManager[Transaction]:
            return self.store.reading()

    closing = attrs.evolve(world.draws, store=CollidingStore(world.store)).close(drawing.id)
    assert closing == world.draws.close(drawing.id)
    collisions += [StaleVersion("drawing")] * 5
    world.clock.set(drawing.drawing_time)
    with pytest.raises(StaleVersion):
        attrs.evolve(world.draws, store=CollidingStore(world.store)).execute(drawing.id)


def test_buying_from_many_threads_across_the_closing_loses_nothing(world: World) -> None:
    drawing = world.an_open_drawing()
    buyers = [world.member(f"member{n}", 100_000) for n in range(8)]
    accepted: list[int] = []
    about_to_close = threading.Barrier(9)

    def buy(buyer: MemberId) -> None:
        about_to_close.wait()
        for _ in range(60):
            try:
                accepted.append(world.sweepstakes.buy_tickets(buyer, drawing.id, 2).points_spent)
            except SalesClosed:
                return

    threads = [threading.Thread(target=buy, args=(buyer,)) for buyer in buyers]
    for thread in threads:
        thread.start()
    about_to_close.wait()
    while len(accepted) < 50:
        pass
    # The clock of this test cannot pass the close at the very moment, so the gates shut first, as on a slow machine.
    closing_time = attrs.evolve(world.draws, clock=type(world.clock)(drawing.ticket_sales_close))
    closing = closing_time.close(drawing.id).record
    for thread in threads:
        thread.join()
    assert 2 * len(accepted) == closing["tickets"]
    with world.store.reading() as tx:
        assert 2 * len(accepted) == tx.rows(ENTRIES).sum("quantity", drawing_id=drawing.id)
    assert 800_000 - sum(accepted) == sum(world.balance(buyer) for buyer in buyers)


def test_a_drawing_cancelled_while_it_is_closing_stays_cancelled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing_module, "BLOCKS_AT_ONCE", 3)
    drawing, buyers = sold_out(world)
    dying = attrs.evolve(world.draws, store=CrashingStore(world.store, 3))
    with pytest.raises(Crash):
        dying.close(drawing.id)
    assert DrawingStatus.CLOSING is world.drawings.get(None, drawing.id).drawing.status
    world.drawings.cancel(ADMIN, drawing.id, "Storm")
    with pytest.raises(DrawingIsCancelled):
        world.draws.close(drawing.id)
    assert [10_000] * 10 == [world.balance(buyer) for buyer in buyers]
    with world.store.transaction() as tx:
        names = pseudonyms(world.sealer, tx.draw_secrets.get(drawing.id))
        assert not closing_module.write_blocks(tx, drawing.id, names), "a closer that slept goes no further"


def test_tickets_that_passed_no_gate_stop_the_closing(world: World) -> None:
    drawing, _ = sold_out(world, members=2)
    with world.store.transaction() as tx:
        gates: Rows[Any] = tx.rows(DRAWING_GATES)
        gate = next(gate for gate in gates.where(drawing_id=drawing.id) if gate.tickets)
        gates.save(attrs.evolve(gate, tickets=gate.tickets - 1))
    with pytest.raises(DrawDiffers, match="snapshot"):
        world.draws.close(drawing.id)


def test_who_runs_a_step_makes_no_difference(new_world: Callable[[], World]) -> None:
    by_schedule, by_admin = new_world(), new_world()
    drawing, _ = sold_out(by_schedule)
    sold_out(by_admin)
    assert [drawing.id] == by_schedule.draws.run_due().closed
    by_admin.draws.close(drawing.id, ADMIN)
    for world in (by_schedule, by_admin):
        world.clock.set(drawing.drawing_time)
    assert [drawing.id] == by_schedule.draws.run_due().drawn
    draws: Draws = by_admin.draws
    draws.execute(drawing.id, ADMIN)
    assert by_schedule.proofs.bundle(drawing.id) == by_admin.proofs.bundle(drawing.id)
