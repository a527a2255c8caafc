"""Drawing: the result follows from the records, is published once, and is compared whenever it is asked for."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.sweepstakes import DRAW_RECORDS, ENTRIES
from fittrack_adapters.testing import CountingIds
from fittrack_domain.shared.errors import StoreUnreachable
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.draw.records import key_of
from fittrack_domain.sweepstakes.draw.selection import uniform_below, words
from fittrack_domain.sweepstakes.draw.terms import slots
from fittrack_domain.sweepstakes.draw.verify import verify
from fittrack_domain.sweepstakes.errors import BeaconNotReady, DrawDiffers, RecordNotFound, TicketNotFound, TooEarly
from fittrack_domain.sweepstakes.events import DrawingCancelled, DrawingCompleted, WinnerDrawn
from fittrack_domain.sweepstakes.frozen import PublicRecord
from fittrack_domain.sweepstakes.model import NO_TICKETS, DrawingStatus
from tests.domain.sweepstakes.world import World, a_prize

ADMIN = MemberId(UUID(int=1))


def test_winners_are_drawn_told_and_shown(world: World) -> None:
    members = [world.member(f"member{n}") for n in range(5)]
    drawing = world.a_drawn_drawing(dict.fromkeys(members, 3), prizes=(a_prize(1), a_prize(2, quantity=2)))
    assert (DrawingStatus.COMPLETED, drawing.drawing_time) == (drawing.status, drawing.completed_at)
    outcome = world.results.of(members[0], drawing.id)
    assert [1, 2, 3] == [win.winner.draw_no for win in outcome.wins]
    assert [1, 2, 2] == [win.prize.prize_rank for win in outcome.wins]
    assert 3 == len({win.winner.user_id for win in outcome.wins}), "one prize a member"
    assert (15, 0, 3, {3}) == (
        outcome.tickets,
        outcome.unawarded,
        outcome.member_tickets,
        {win.tickets_held for win in outcome.wins},
    )
    assert all(win.display_name and win.display_name.startswith("Member") for win in outcome.wins)
    events = world.relay()
    assert DrawingCompleted(drawing.id, drawing.name, 15, drawing.drawing_time) in events
    assert [
        WinnerDrawn(drawing.id, win.winner.draw_no, win.winner.user_id, win.winner.ticket_number, win.prize.id)
        for win in outcome.wins
    ] == [event for event in events if isinstance(event, WinnerDrawn)]
    assert world.audited(drawing.id)[-1] == "drawing.drawn"


def test_everyone_is_drawn_once_and_sees_it(world: World) -> None:
    members = [world.member(f"member{n}") for n in range(4)]
    drawing = world.a_drawn_drawing(dict.fromkeys(members, 1), prizes=(a_prize(1, quantity=9),))
    outcome = world.results.of(None, drawing.id)
    assert (4, 5, 0, ()) == (
        len(outcome.wins),
        outcome.unawarded,
        outcome.member_tickets,
        outcome.member_draws,
    )
    assert [(1,), (2,), (3,), (4,)] == sorted(world.results.of(member, drawing.id).member_draws for member in members)


def test_single_tickets_are_numbered_at_the_closing_and_one_of_them_wins(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    entry = world.sweepstakes.buy_tickets(ann, drawing.id, 3).entry_id
    assert (2, None, None) == attrs.astuple(world.results.ticket(entry, 2), recurse=False)[1:]
    world.clock.set(drawing.drawing_time)
    world.draws.execute(drawing.id)
    [win] = world.results.of(None, drawing.id).wins
    tickets = [world.results.ticket(entry, place) for place in (1, 2, 3)]
    assert [1, 2, 3] == [ticket.number for ticket in tickets]
    assert {win.winner.ticket_number: win.prize.id} == {
        ticket.number: ticket.prize_id for ticket in tickets if ticket.prize_id is not None
    }
    for place in (0, 4):
        with pytest.raises(TicketNotFound, match=f"has no ticket {place}"):
            world.results.ticket(entry, place)


def test_entries_show_their_tickets_and_what_these_won(world: World) -> None:
    ann, bob = world.member("ann"), world.member("bob")
    drawing = world.an_open_drawing()
    first = world.sweepstakes.buy_tickets(ann, drawing.id, 2).entry_id
    world.sweepstakes.buy_tickets(bob, drawing.id, 5)
    second = world.sweepstakes.buy_tickets(ann, drawing.id, 3).entry_id
    world.clock.set(drawing.ticket_sales_close)
    world.draws.close(drawing.id)
    assert (1, 3) == (world.results.entry(first).first_ticket, world.results.entry(second).first_ticket)
    assert {} == world.results.entry(first).prizes
    world.clock.set(drawing.drawing_time)
    world.draws.execute(drawing.id)
    [win] = world.results.of(None, drawing.id).wins
    won = {ticket: prize for view in world.results.entries(Paging()).items for ticket, prize in view.prizes.items()}
    assert {win.winner.ticket_number: win.prize.id} == won


def test_results_are_shown_only_when_there_are_any(world: World) -> None:
    drawing = world.an_open_drawing()
    with pytest.raises(RecordNotFound, match="no result"):
        world.results.of(None, drawing.id)
    with pytest.raises(RecordNotFound):
        world.proofs.bundle(drawing.id)


def test_executing_again_compares_and_changes_nothing(world: World) -> None:
    drawing = world.a_drawn_drawing({world.member("ann"): 3})
    first = world.draws.execute(drawing.id)
    world.beacon.is_out = False
    world.clock.advance(timedelta(days=1))
    assert first == world.draws.execute(drawing.id, ADMIN)
    assert drawing == world.drawings.get(None, drawing.id).drawing
    assert 1 == sum(isinstance(event, WinnerDrawn) for event in world.relay())


def test_a_result_that_does_not_follow_is_an_alarm(world: World) -> None:
    world.beacon.announced = False
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(world.member("ann"), drawing.id, 3)
    world.sweepstakes.buy_tickets(world.member("bob"), drawing.id, 3)
    world.clock.set(drawing.drawing_time)
    world.draws.close(drawing.id)
    with world.store.transaction() as tx:
        forged = {"protocol": "forged", "beacon_signature": None}
        tx.rows(DRAW_RECORDS).add(PublicRecord(drawing.id, "result", 1, forged, "0" * 64))
    with pytest.raises(DrawDiffers, match="investigate"):
        world.draws.execute(drawing.id)
    with pytest.raises(DrawDiffers):
        world.proofs.bundle(drawing.id)
    assert DrawingStatus.CLOSED is world.drawings.get(None, drawing.id).drawing.status


def test_a_silent_beacon_changes_no_result(world: World) -> None:
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(world.member("ann"), drawing.id, 3)
    world.clock.set(drawing.ticket_sales_close)
    closing = world.draws.close(drawing.id)
    world.clock.set(drawing.drawing_time)
    world.beacon.is_out = False
    with pytest.raises(BeaconNotReady, match="not out yet"):
        world.draws.execute(drawing.id)
    assert "result" not in world.proofs.records(drawing.id)
    world.beacon.is_out = True
    result = world.draws.execute(drawing.id).record
    assert result["beacon_signature"] == world.beacon.signature(closing.record["round"])


def test_a_drawing_that_nobody_closed_is_closed_late_and_waits_for_a_later_round(world: World) -> None:
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(world.member("ann"), drawing.id, 1)
    world.clock.set(drawing.drawing_time + timedelta(minutes=1))
    world.draws.execute(drawing.id)
    assert ("late_closing", "beacon_not_verified") == verify(world.proofs.bundle(drawing.id)).warnings


def test_without_tickets_the_drawing_is_cancelled_and_the_record_says_so(world: World) -> None:
    drawing = world.an_open_drawing()
    world.clock.set(drawing.ticket_sales_close)
    world.beacon.is_out = False
    assert ([drawing.id], []) == (world.draws.run_due().closed, world.draws.run_due().drawn)
    world.clock.set(drawing.drawing_time)
    assert [drawing.id] == world.draws.run_due().drawn
    assert (DrawingStatus.CANCELLED, NO_TICKETS) == (
        world.drawings.get(None, drawing.id).status,
        world.drawings.get(None, drawing.id).drawing.cancelled_reason,
    )
    assert [DrawingCancelled(drawing.id, drawing.name, NO_TICKETS)] == world.relay()
    assert "cancelled_no_tickets" == verify(world.proofs.bundle(drawing.id)).status
    outcome = world.results.of(None, drawing.id)
    assert ([], 1) == (list(outcome.wins), outcome.unawarded)
    assert world.draws.execute(drawing.id).record == world.proofs.records(drawing.id)["result"]


def test_a_sweep_does_what_is_due_and_lets_none_hold_up_another(world: World) -> None:
    ann = world.member("ann")
    first, second = world.an_open_drawing(), world.an_open_drawing()
    other = world.an_open_drawing(drawing_time=first.drawing_time + timedelta(days=1))
    for drawing in (first, second, other):
        world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    assert ([], [], {}) == attrs.astuple(world.draws.run_due(), recurse=False)
    world.clock.set(first.ticket_sales_close)
    assert {first.id, second.id} == set(world.draws.run_due().closed)
    world.clock.set(first.drawing_time)

    @attrs.frozen
    class OneRound:
        """A beacon that is out of reach at the first question."""

        asked: list[int] = attrs.field(factory=list)

        def terms(self, draw_at: int) -> None:
            """Never asked."""

        def signature(self, round_no: int) -> str:
            self.asked.append(round_no)
            if len(self.asked) == 1:
                raise StoreUnreachable("no network")
            return "ab" * 48

    swept = attrs.evolve(world.draws, beacon=OneRound()).run_due()
    assert [second.id] == swept.drawn
    assert [first.id] == list(swept.waiting)
    assert "no network" in swept.waiting[first.id]
    assert [first.id] == world.draws.run_due().drawn


def test_nothing_is_drawn_early_by_hand(world: World) -> None:
    drawing = world.an_open_drawing()
    world.clock.set(drawing.drawing_time - timedelta(seconds=1))
    with pytest.raises(TooEarly):
        world.draws.execute(drawing.id, ADMIN)
    assert "closing" not in world.proofs.records(drawing.id)


def test_a_winner_who_is_suspended_after_the_closing_is_still_the_winner(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    world.identity.suspend(ADMIN, ann, "Review")
    world.clock.set(drawing.ticket_sales_close)
    world.draws.close(drawing.id)
    world.clock.set(drawing.drawing_time)
    world.draws.execute(drawing.id)
    assert [ann] == [win.winner.user_id for win in world.results.of(None, drawing.id).wins]


def test_a_member_without_a_profile_any_more_wins_without_a_name(world: World) -> None:
    ann = world.member("ann")
    drawing = world.a_drawn_drawing({ann: 1})
    with world.store.transaction() as tx:
        erased = attrs.evolve(tx.profiles.get(ann), display_name=None, display_name_key=None)
        tx.profiles.save(erased)
    assert [None] == [win.display_name for win in world.results.of(None, drawing.id).wins]


@settings(max_examples=30, deadline=None)
@given(
    held=st.lists(st.integers(1, 6), min_size=1, max_size=8),
    quantities=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    limit=st.integers(0, 3),
    alternates=st.integers(0, 6),
)
def test_the_draw_equals_the_protocols_literal_definition(
    held: list[int], quantities: list[int], limit: int, alternates: int
) -> None:
    """Through the whole product: buying, closing, drawing; compared with a plain list of all remaining tickets."""
    world = World(lambda clock: MemoryStore(clock, CountingIds(clock)))
    members = [world.member(f"member{n}") for n in range(len(held))]
    drawing = world.a_drawn_drawing(
        dict(zip(members, held, strict=True)),
        prizes=tuple(a_prize(rank, quantity=quantity) for rank, quantity in enumerate(quantities, start=1)),
        max_wins_per_holder=limit,
        alternates=alternates,
    )
    bundle = world.proofs.bundle(drawing.id)
    terms, closing, result = bundle["terms"], bundle["closing"], bundle["result"]
    owner = [member for member, tickets in zip(members, held, strict=True) for _ in range(tickets)]
    remaining = list(range(1, len(owner) + 1))
    random_words = words(key_of(terms, closing, result["beacon_signature"]))
    expected: list[tuple[int, int, int]] = []
    wins: Counter[MemberId] = Counter()
    for rank, unit in slots(terms):
        if not remaining:
            break
        ticket = remaining[uniform_below(len(remaining), random_words)]
        winner = owner[ticket - 1]
        wins[winner] += 1
        expected.append((rank, unit, ticket))
        gone = {ticket} | ({t for t in remaining if owner[t - 1] == winner} if wins[winner] == limit else set())
        remaining = [t for t in remaining if t not in gone]
    assert expected == [(each["rank"], each["unit"], each["ticket"]) for each in result["draws"]]
    with world.store.reading() as tx:
        drawn = tx.winners.of(drawing.id)
        assert len(owner) == tx.rows(ENTRIES).sum("quantity", drawing_id=drawing.id)
    assert [owner[ticket - 1] for _, _, ticket in expected] == [winner.user_id for winner in drawn]
    assert ("beacon_not_verified",) == verify(bundle, log=world.proofs.whole_log()).warnings
