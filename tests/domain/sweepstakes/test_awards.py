"""A forfeited prize goes to the next alternate of the drawing itself, and the log tells."""

from uuid import UUID

import attrs
import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.sweepstakes import DRAW_RECORDS
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.awards import pass_on
from fittrack_domain.sweepstakes.draw.awards import verify_awards
from fittrack_domain.sweepstakes.draw.errors import NothingToForfeit
from fittrack_domain.sweepstakes.errors import RecordNotFound
from fittrack_domain.sweepstakes.events import WinnerDrawn
from fittrack_domain.sweepstakes.frozen import Winner
from fittrack_domain.sweepstakes.model import Drawing
from tests.domain.sweepstakes.world import World, a_prize
from tests.stores import forced


def three_prizes_two_alternates(world: World) -> Drawing:
    """As in the protocol's example: winners 1, 2, 3 and alternates 4, 5."""
    members = [world.member(f"member{n}") for n in range(6)]
    return world.a_drawn_drawing(dict.fromkeys(members, 2), prizes=(a_prize(1), a_prize(2), a_prize(3)), alternates=2)


def forfeit(world: World, drawing_id: DrawingId, draw_no: int) -> Winner | None:
    with world.store.transaction() as tx:
        return pass_on(tx, world.clock.at, drawing_id, draw_no, "not claimed in time")


def test_forfeits_pass_on_as_in_the_protocols_example(world: World) -> None:
    drawing = three_prizes_two_alternates(world)
    with world.store.reading() as tx:
        first, second, third = (prize.id for prize in tx.prizes.of(drawing.id))
    world.relay()
    replacements = [forfeit(world, drawing.id, n) for n in (2, 1, 3, 4)]
    assert [(4, second), (5, first), None, None] == [
        winner and (winner.draw_no, winner.prize_id) for winner in replacements
    ]
    records = world.proofs.records(drawing.id)
    verify_awards(records["result"], records["awards"])
    assert [(1, 2, 4), (2, 1, 5), (3, 3, None), (4, 4, None)] == [
        (award["seq"], award["forfeited"], award["replacement"]) for award in records["awards"]
    ]
    assert world.proofs.verify_log().whole
    assert [(4, second), (5, first)] == [
        (event.draw_no, event.prize_id) for event in world.relay() if isinstance(event, WinnerDrawn)
    ]
    outcome = world.results.of(None, drawing.id)
    assert [(1, first, True), (2, second, True), (3, third, True), (4, second, True), (5, first, False)] == [
        (win.winner.draw_no, win.prize.id, win.forfeited) for win in outcome.wins
    ]
    assert 2 == outcome.unawarded


def test_a_prize_may_pass_through_several_alternates(world: World) -> None:
    drawing = three_prizes_two_alternates(world)
    with world.store.reading() as tx:
        third = tx.prizes.of(drawing.id)[2].id
    passed = [forfeit(world, drawing.id, n) for n in (3, 4)]
    assert [(4, third), (5, third)] == [winner and (winner.draw_no, winner.prize_id) for winner in passed]
    alternate = world.results.of(None, drawing.id).wins[-1].winner
    with world.store.reading() as tx:
        [entry] = tx.entries.page(Paging(), drawing.id, alternate.user_id).items
    assert {alternate.ticket_number: third} == world.results.entry(entry.id).prizes


def test_only_who_holds_a_prize_can_forfeit_it(world: World) -> None:
    drawing = three_prizes_two_alternates(world)
    forfeit(world, drawing.id, 1)
    for draw_no in (1, 5, 99):
        with pytest.raises(NothingToForfeit):
            forfeit(world, drawing.id, draw_no)
    assert 1 == len(world.proofs.records(drawing.id)["awards"])


def test_nothing_is_forfeited_before_there_is_a_result(world: World) -> None:
    with pytest.raises(RecordNotFound):
        forfeit(world, world.an_open_drawing().id, 1)
    with pytest.raises(RecordNotFound):
        forfeit(world, DrawingId(UUID(int=9)), 1)


def test_an_award_that_does_not_follow_is_noticed(world: World) -> None:
    drawing = three_prizes_two_alternates(world)
    forfeit(world, drawing.id, 1)
    if isinstance(world.store, MemoryStore):
        with world.store.transaction() as tx:
            rows = tx.rows(DRAW_RECORDS)
            [award] = rows.where(kind="award")
            rows.remove(kind="award")
            rows.add(attrs.evolve(award, record={**award.record, "replacement": 5}))
    else:
        text, document = "record::text", "{}::jsonb"
        if isinstance(world.store, SqliteStore):
            text, document = "record", "{}"
        if isinstance(world.store, OracleStore):
            text, document = "json_serialize(record)", "json({})"
        spaced = f"replace({text}, '\"replacement\": 4', '\"replacement\":4')"
        forged = document.format(f"replace({spaced}, '\"replacement\":4', '\"replacement\":5')")
        forced(world.store, "draw_records", f"update draw_records set record = {forged} where kind = 'award'")
    problems = world.proofs.verify_log().problems
    assert any("award 1 does not follow" in problem for problem in problems)
