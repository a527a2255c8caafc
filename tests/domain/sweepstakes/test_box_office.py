"""The box office says at one stroke what the other ports say one after the other, and writes all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.store.tickets import DRAWING_GATES
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.points import ledger
from fittrack_domain.points.ledger import Moved, Movement, Purpose
from fittrack_domain.points.model import TransferType, Wallet
from fittrack_domain.shared.errors import AlreadyExists, FitTrackError, StaleVersion
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes.box_office import Grounds
from fittrack_domain.sweepstakes.errors import SalesClosed
from fittrack_domain.sweepstakes.model import Drawing, Entry, Held, Route, gate_of
from tests.domain.sweepstakes.world import World

NOBODY = MemberId(UUID(int=9))
NOWHERE = DrawingId(UUID(int=9))


def grounds_of(world: World, member_id: MemberId, drawing_id: DrawingId, request: Request | None = None) -> Grounds:
    with world.store.transaction() as tx:
        return tx.box_office.grounds(member_id, drawing_id, request)


def a_request(member_id: MemberId, key: str = "k1") -> Request:
    return Request(member_id, "buy_tickets", key, {})


def an_entry(world: World, grounds: Grounds, drawing: Drawing, moved: Moved | None = None) -> Entry:
    return Entry(
        id=EntryId(world.ids.new()),
        drawing_id=drawing.id,
        user_id=grounds.account.id,
        entry_no=grounds.held.entries + 1,
        quantity=2,
        cost_points=0,
        route=Route.POINTS,
        transaction_id=moved.transfers[0].id if moved else None,
        purchased_at=world.clock.now(),
    )


def earned(world: World, wallet: Wallet, amount: int = 500) -> Moved:
    movement = Movement(TransferType.BONUS, amount, Purpose("test", "1", "A gift"))
    return ledger.moved(world.ids, world.clock.now(), wallet, [movement])


def rows(world: World, member_id: MemberId, drawing_id: DrawingId) -> tuple[Any, ...]:
    """Everything that an issue leaves behind."""
    request = a_request(member_id)
    with world.store.reading() as tx:
        return (
            tx.wallets.of(member_id),
            [transfer.amount for transfer in tx.transfers.each() if transfer.user_id == member_id],
            tx.entries.held(drawing_id, member_id),
            tx.gates.tickets(drawing_id),
            tx.answers.find(request.principal, request.operation, request.key),
        )


def test_it_reads_what_the_other_ports_say(world: World) -> None:
    ann, bob = world.member("ann", 1_000), world.member("bob", 1_000)
    other, drawing = world.an_open_drawing(), world.an_open_drawing(description="In words. " * 200)
    for key in ("k1", "k2"):
        world.sweepstakes.buy_tickets(ann, drawing.id, 2, key)
    world.sweepstakes.buy_tickets(ann, other.id, 1)
    world.sweepstakes.buy_tickets(bob, drawing.id, 3, "k1")
    world.sweepstakes.free_entry(ann, drawing.id)
    request = a_request(ann)
    found = grounds_of(world, ann, drawing.id, request)
    with world.store.reading() as tx:
        expected = Grounds(
            account=tx.accounts.get(ann),
            gate=tx.rows(DRAWING_GATES).get(drawing.id, gate_of(ann)),
            wallet=tx.wallets.of(ann),
            profile=tx.profiles.get(ann),
            drawing=attrs.evolve(tx.drawings.get(drawing.id), description=None),
            held=Held(tickets=5, entries=3),
            has_free=True,
            tickets=8,
            log_head=tx.draw_log.head(),
            answered=tx.answers.find(ann, "buy_tickets", "k1"),
        )
    assert expected == found
    assert found.gate is not None
    assert found.answered is not None
    assert found.log_head is not None
    assert (False, None) == (
        grounds_of(world, bob, drawing.id).has_free,
        grounds_of(world, ann, drawing.id).answered,
    )


def test_what_is_not_there_is_none_or_nothing(world: World) -> None:
    ann = world.member("ann", points=0)
    found = grounds_of(world, ann, NOWHERE, a_request(ann))
    assert [None] * 4 == [found.drawing, found.gate, found.log_head, found.answered]
    assert (Held(0, 0), False, 0) == (found.held, found.has_free, found.tickets)
    assert Wallet(ann, version=found.wallet.version) == found.wallet
    with pytest.raises(MemberNotFound):
        grounds_of(world, NOBODY, world.an_open_drawing().id)


def test_what_is_issued_is_stored(world: World) -> None:
    ann = world.member("ann", 100)
    drawing, request = world.an_open_drawing(), a_request(ann)
    with world.store.transaction() as tx:
        grounds = tx.box_office.grounds(ann, drawing.id, request)
        moved = earned(world, grounds.wallet)
        entry = attrs.evolve(an_entry(world, grounds, drawing, moved), cost_points=7, reason="Ünïcödé ✓")
        answered = request.answered(world.clock.now(), {"deep": [1, {"er": None}], "text": "漢字"})
        tx.box_office.issue(entry, drawing, moved, answered)
    wallet = attrs.evolve(moved.wallet, version=grounds.wallet.version + 1)
    assert (wallet, [100, 500], Held(2, 1), 2, answered) == rows(world, ann, drawing.id)
    with world.store.reading() as tx:
        assert entry == tx.entries.get(entry.id)
    again = grounds_of(world, ann, drawing.id, request)
    assert (wallet, Held(2, 1), 2, answered) == (again.wallet, again.held, again.tickets, again.answered)


def test_the_first_movement_opens_the_wallet(world: World) -> None:
    ann = world.member("ann", points=0)
    drawing = world.an_open_drawing()
    with world.store.transaction() as tx:
        grounds = tx.box_office.grounds(ann, drawing.id, None)
        moved = earned(world, grounds.wallet)
        tx.box_office.issue(an_entry(world, grounds, drawing, moved), drawing, moved)
    assert attrs.evolve(moved.wallet, version=1) == rows(world, ann, drawing.id)[0]


def test_two_first_movements_at_once_are_both_kept(world: World) -> None:
    ann = world.member("ann", points=0)
    drawing, start = world.an_open_drawing(), Barrier(2)

    def earn(_: int) -> None:
        start.wait()
        with world.store.transaction() as tx:
            grounds = tx.box_office.grounds(ann, drawing.id, None)
            moved = earned(world, grounds.wallet)
            tx.box_office.issue(an_entry(world, grounds, drawing, moved), drawing, moved)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(earn, range(2)))
    wallet, transfers, held, *_ = rows(world, ann, drawing.id)
    assert (1_000, [500, 500], Held(4, 2)) == (wallet.balance, transfers, held)


@pytest.mark.parametrize("error", [SalesClosed, StaleVersion, AlreadyExists])
@pytest.mark.parametrize("is_first", [False, True])
def test_what_cannot_be_stored_leaves_no_trace(world: World, error: type[FitTrackError], is_first: bool) -> None:
    ann = world.member("ann", points=0 if is_first else 100)
    drawing, request = world.an_open_drawing(), a_request(ann)
    now = world.clock.now()
    answered = request.answered(now, {"n": 1})
    with world.store.transaction() as tx:
        if error is SalesClosed:
            tx.gates.shut(drawing.id)
        if error is AlreadyExists:
            tx.answers.add(answered)
    before = rows(world, ann, drawing.id)
    wallet = grounds_of(world, ann, drawing.id).wallet
    if error is StaleVersion:
        wallet = attrs.evolve(wallet, version=wallet.version + 1)
    moved = earned(world, wallet)
    with pytest.raises(error), world.store.transaction() as tx:  # noqa: PT012  # as a use case does it
        grounds = tx.box_office.grounds(ann, drawing.id, request)
        tx.box_office.issue(an_entry(world, grounds, drawing, moved), drawing, moved, answered)
    assert before == rows(world, ann, drawing.id)


def test_an_answer_whose_time_is_over_is_given_no_more_and_replaced(world: World) -> None:
    ann = world.member("ann", 1_000)
    drawing = world.an_open_drawing(drawing_time=world.clock.now() + timedelta(days=9))
    first = world.sweepstakes.buy_tickets(ann, drawing.id, 2, "k1")
    world.clock.advance(timedelta(hours=24))
    second = world.sweepstakes.buy_tickets(ann, drawing.id, 3, "k1")
    assert (False, 5) == (second.replayed, second.total_user_tickets)
    assert second.entry_id == world.sweepstakes.buy_tickets(ann, drawing.id, 3, "k1").entry_id != first.entry_id
