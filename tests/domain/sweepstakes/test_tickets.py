"""Tickets are bought, given free once, or granted; what is refused changes nothing."""

from datetime import timedelta
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds
from fittrack_domain.points.errors import NotEnoughPoints
from fittrack_domain.shared.errors import FitTrackError, InvalidInput, KeyReused
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.draw.log import entry_hash
from fittrack_domain.sweepstakes.errors import (
    DrawingNotFound,
    EntryNotFound,
    FreeEntryTaken,
    NotEligible,
    QuantityOutOfRange,
    SalesClosed,
    SalesNotOpen,
    TooManyTickets,
)
from fittrack_domain.sweepstakes.model import Route
from tests.domain.sweepstakes.world import NOON, World

ADMIN = MemberId(UUID(int=1))


def snapshot_of(world: World, member_id: MemberId, drawing_id: DrawingId) -> tuple[int, int, int]:
    """Balance, own tickets, all tickets."""
    odds = world.drawings.get(member_id, drawing_id).odds
    return world.balance(member_id), odds.member_tickets, odds.all_tickets


def test_a_purchase_moves_points_and_gives_tickets(world: World) -> None:
    ann, bob = world.member("ann", 1_000), world.member("bob", 1_000)
    drawing = world.an_open_drawing(ticket_cost_points=150)
    world.sweepstakes.buy_tickets(bob, drawing.id, 4)
    world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    receipt = world.sweepstakes.buy_tickets(ann, drawing.id, 2)
    assert (2, 300, 550, 3) == (
        receipt.tickets_purchased,
        receipt.points_spent,
        receipt.new_balance,
        receipt.total_user_tickets,
    )
    assert (3, 7) == (receipt.odds.member_tickets, receipt.odds.all_tickets)
    assert (550, 3, 7) == snapshot_of(world, ann, drawing.id)
    view = world.results.entry(receipt.entry_id, ann)
    assert (receipt.transaction_id, Route.POINTS, 300, None) == (
        view.entry.transaction_id,
        view.entry.route,
        view.entry.cost_points,
        view.first_ticket,
    )
    with world.store.reading() as tx:
        transfer = tx.transfers.page(ann, Paging()).items[0]
    assert (receipt.transaction_id, -300, str(receipt.entry_id)) == (
        transfer.id,
        transfer.amount,
        transfer.reference_id,
    )


def test_the_receipt_shows_the_head_of_the_public_log(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    world.an_open_drawing()
    assert entry_hash(world.proofs.whole_log()[-1]) == world.sweepstakes.buy_tickets(ann, drawing.id, 1).log_head


def test_the_same_key_gives_the_same_receipt_and_buys_nothing_more(world: World) -> None:
    ann = world.member("ann", 1_000)
    drawing = world.an_open_drawing()
    first = world.sweepstakes.buy_tickets(ann, drawing.id, 2, key="k1")
    world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    assert attrs.evolve(first, replayed=True) == world.sweepstakes.buy_tickets(ann, drawing.id, 2, key="k1")
    assert (700, 3, 3) == snapshot_of(world, ann, drawing.id)
    with pytest.raises(KeyReused):
        world.sweepstakes.buy_tickets(ann, drawing.id, 3, key="k1")
    assert 400 == world.sweepstakes.buy_tickets(ann, drawing.id, 3, key="k2").new_balance


def test_a_replay_is_answered_after_sales_have_closed_too(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    first = world.sweepstakes.buy_tickets(ann, drawing.id, 2, key="k1")
    world.clock.set(drawing.ticket_sales_close)
    assert attrs.evolve(first, replayed=True) == world.sweepstakes.buy_tickets(ann, drawing.id, 2, key="k1")


@pytest.mark.parametrize("quantity", [0, -1, 10_001])
def test_a_quantity_out_of_range_is_refused(world: World, quantity: int) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    with pytest.raises(QuantityOutOfRange, match="1 to 10000"):
        world.sweepstakes.buy_tickets(ann, drawing.id, quantity)
    with pytest.raises(QuantityOutOfRange):
        world.sweepstakes.grant_tickets(ADMIN, ann, drawing.id, "Because", quantity)


def test_who_has_too_few_points_gets_nothing(world: World) -> None:
    ann = world.member("ann", 199)
    drawing = world.an_open_drawing()
    with pytest.raises(NotEnoughPoints):
        world.sweepstakes.buy_tickets(ann, drawing.id, 2, key="k1")
    assert (199, 0, 0) == snapshot_of(world, ann, drawing.id)
    world.give(ann, 1)
    assert 0 == world.sweepstakes.buy_tickets(ann, drawing.id, 2, key="k1").new_balance


def test_the_clock_refuses_purchases_whether_or_not_a_job_has_run(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing(sales_open_at=NOON + timedelta(hours=1))
    with pytest.raises(SalesNotOpen, match="open at"):
        world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    world.clock.set(drawing.ticket_sales_close - timedelta(microseconds=1))
    world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    world.clock.set(drawing.ticket_sales_close)
    with pytest.raises(SalesClosed, match="closed at"):
        world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    with pytest.raises(SalesClosed):
        world.sweepstakes.free_entry(ann, drawing.id)


def test_a_shut_gate_refuses_whoever_read_the_clock_too_early(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    with world.store.transaction() as tx:
        tx.gates.shut(drawing.id)
    with pytest.raises(SalesClosed):
        world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    assert (10_000, 0, 0) == snapshot_of(world, ann, drawing.id)


def test_drafts_and_unknown_drawings_are_not_on_sale(world: World) -> None:
    ann = world.member("ann")
    with pytest.raises(SalesNotOpen, match="not on sale"):
        world.sweepstakes.buy_tickets(ann, world.a_draft().id, 1)
    with pytest.raises(DrawingNotFound):
        world.sweepstakes.buy_tickets(ann, DrawingId(UUID(int=9)), 1)


def test_who_is_not_eligible_gets_no_ticket_by_any_route(world: World) -> None:
    new = world.member("new", display_name=None)
    drawing = world.an_open_drawing()
    with pytest.raises(NotEligible):
        world.sweepstakes.buy_tickets(new, drawing.id, 1)
    with pytest.raises(NotEligible):
        world.sweepstakes.free_entry(new, drawing.id)
    with pytest.raises(NotEligible):
        world.sweepstakes.grant_tickets(ADMIN, new, drawing.id, "Mail")
    assert (10_000, 0, 0) == snapshot_of(world, new, drawing.id)


def test_a_drawing_may_limit_the_tickets_of_a_member(world: World) -> None:
    ann, bob = world.member("ann"), world.member("bob")
    drawing = world.an_open_drawing(max_tickets_per_member=3)
    world.sweepstakes.buy_tickets(ann, drawing.id, 2)
    with pytest.raises(TooManyTickets, match="you hold 2"):
        world.sweepstakes.buy_tickets(ann, drawing.id, 2)
    assert (9_800, 2, 2) == snapshot_of(world, ann, drawing.id)
    world.sweepstakes.free_entry(ann, drawing.id)
    with pytest.raises(TooManyTickets):
        world.sweepstakes.grant_tickets(ADMIN, ann, drawing.id, "Mail")
    world.sweepstakes.buy_tickets(bob, drawing.id, 3)


def test_one_ticket_is_free_for_each_member_and_drawing(world: World) -> None:
    ann, bob = world.member("ann", 0), world.member("bob")
    drawing, other = world.an_open_drawing(), world.an_open_drawing()
    receipt = world.sweepstakes.free_entry(ann, drawing.id)
    assert (None, 1, 0, 0, 1) == (
        receipt.transaction_id,
        receipt.tickets_purchased,
        receipt.points_spent,
        receipt.new_balance,
        receipt.total_user_tickets,
    )
    with pytest.raises(FreeEntryTaken, match="one a member"):
        world.sweepstakes.free_entry(ann, drawing.id)
    assert (0, 1, 1) == snapshot_of(world, ann, drawing.id)
    world.sweepstakes.free_entry(ann, other.id)
    world.sweepstakes.buy_tickets(bob, drawing.id, 1)
    assert 2 == world.sweepstakes.free_entry(bob, drawing.id).total_user_tickets


def test_an_administrator_grants_tickets_for_a_reason(world: World) -> None:
    ann = world.member("ann", 0)
    drawing = world.an_open_drawing()
    receipt = world.sweepstakes.grant_tickets(ADMIN, ann, drawing.id, "Entry by mail", 2, key="k1")
    again = world.sweepstakes.grant_tickets(ADMIN, ann, drawing.id, "Entry by mail", 2, key="k1")
    assert attrs.evolve(receipt, replayed=True) == again
    entry = world.results.entry(receipt.entry_id).entry
    assert (Route.GRANTED, 2, 0, "Entry by mail") == (entry.route, entry.quantity, entry.cost_points, entry.reason)
    assert world.audited(entry.id) == ["tickets.granted"]
    with pytest.raises(InvalidInput):
        world.sweepstakes.grant_tickets(ADMIN, ann, drawing.id, "")
    world.sweepstakes.free_entry(ann, drawing.id)


def test_a_member_sees_their_own_entries_the_latest_first(world: World) -> None:
    ann, bob = world.member("ann"), world.member("bob")
    drawing, other = world.an_open_drawing(), world.an_open_drawing()
    first = world.sweepstakes.buy_tickets(ann, drawing.id, 1).entry_id
    world.sweepstakes.buy_tickets(bob, drawing.id, 1)
    second = world.sweepstakes.buy_tickets(ann, other.id, 1).entry_id
    assert [second, first] == [view.entry.id for view in world.results.entries(Paging(), member_id=ann).items]
    assert 2 == world.results.entries(Paging(), drawing_id=drawing.id).total
    assert 3 == world.results.entries(Paging()).total
    assert (2, 1) == (world.results.drawings_entered(ann), world.results.drawings_entered(bob))
    with pytest.raises(EntryNotFound, match="of yours"):
        world.results.entry(first, bob)
    with pytest.raises(EntryNotFound):
        world.results.entry(EntryId(UUID(int=9)))


@settings(max_examples=25, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(-1, 12), st.sampled_from("pfg")), max_size=25
    )
)
def test_points_and_tickets_always_agree(asked: list[tuple[int, int, int, str]]) -> None:
    """Whatever is asked for: what was accepted is paid, counted and held, and what was refused left no trace."""
    world = World(lambda clock: MemoryStore(clock, CountingIds(clock)))
    members = [world.member(name, 1_000) for name in ("ann", "bob", "cyd")]
    drawings = [world.an_open_drawing(), world.an_open_drawing(ticket_cost_points=70, max_tickets_per_member=15)]
    tickets: dict[tuple[int, int], int] = {}
    spent = [0, 0, 0]
    for member_no, drawing_no, quantity, route in asked:
        member, drawing = members[member_no], drawings[drawing_no]
        try:
            match route:
                case "p":
                    receipt = world.sweepstakes.buy_tickets(member, drawing.id, quantity)
                case "f":
                    receipt = world.sweepstakes.free_entry(member, drawing.id)
                case _:
                    receipt = world.sweepstakes.grant_tickets(ADMIN, member, drawing.id, "Mail", quantity)
        except FitTrackError:
            continue
        spent[member_no] += receipt.points_spent
        held = tickets.get((member_no, drawing_no), 0) + receipt.tickets_purchased
        tickets[member_no, drawing_no] = held
    for member_no, member in enumerate(members):
        assert 0 <= world.balance(member) == 1_000 - spent[member_no]
    for drawing_no, drawing in enumerate(drawings):
        own = [tickets.get((member_no, drawing_no), 0) for member_no in range(3)]
        seen = [world.drawings.get(member, drawing.id).odds for member in members]
        assert own == [odds.member_tickets for odds in seen]
        assert {sum(own)} == {odds.all_tickets for odds in seen}
