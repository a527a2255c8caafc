"""What anyone needs to check a drawing, and what nobody may see before its time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.rows import Rows
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.sweepstakes import DRAW_LOG, DRAW_RECORDS, DRAW_SECRETS
from fittrack_adapters.store.tickets import DRAWING_BLOCKS
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes import proofs as proofs_module
from fittrack_domain.sweepstakes.draw.errors import SnapshotDamaged
from fittrack_domain.sweepstakes.draw.verify import verify, verify_entry
from fittrack_domain.sweepstakes.errors import EntryNotFound, RecordNotFound
from fittrack_domain.sweepstakes.model import Drawing
from fittrack_domain.sweepstakes.sealing import opened_seed
from tests.domain.sweepstakes.world import NOON, World, a_prize
from tests.stores import forced


def a_drawing_of_many(world: World, members: int = 7) -> Drawing:
    return world.a_drawn_drawing(
        {world.member(f"member{n}"): n for n in range(1, members + 1)}, prizes=(a_prize(quantity=2),)
    )


def snapshot(world: World, drawing_id: DrawingId) -> bytes:
    return b"".join(world.proofs.snapshot(drawing_id))


def test_a_bundle_convinces_the_offline_verifier(world: World) -> None:
    drawing = a_drawing_of_many(world)
    verified = verify(
        world.proofs.bundle(drawing.id),
        snapshot=snapshot(world, drawing.id),
        log=world.proofs.whole_log(),
        check_signature=lambda _, round_no, signature: signature == world.beacon.signature(round_no),
    )
    assert (drawing.id, "drawn", ()) == (verified.drawing_id, verified.status, verified.warnings)
    assert 7 == len(verified.draws), "two winners and, of ten alternates, the five members left"


def test_the_snapshot_comes_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = a_drawing_of_many(world)
    whole = snapshot(world, drawing.id)
    assert 7 * 40 == len(whole)
    monkeypatch.setattr(proofs_module, "BLOCKS_AT_ONCE", 3)
    assert [120, 120, 40] == [len(piece) for piece in world.proofs.snapshot(drawing.id)]
    assert whole == snapshot(world, drawing.id)


def test_a_drawing_of_more_members_than_a_chunk_of_the_tree_is_proven_too(world: World) -> None:
    drawing = world.an_open_drawing()
    members = [world.member(f"member{n}", 0) for n in range(300)]
    entries = [world.sweepstakes.free_entry(member, drawing.id).entry_id for member in members]
    world.clock.set(drawing.ticket_sales_close)
    closing = world.draws.close(drawing.id).record
    for n in (0, 255, 256, 299):
        proof = world.proofs.entry_proof(members[n], drawing.id, entries[n])
        terms = world.proofs.records(drawing.id)["terms"]
        assert range(n + 1, n + 2) == verify_entry(closing, dict(proof.proof), terms)
    world.clock.set(drawing.drawing_time)
    world.draws.execute(drawing.id)
    verify(world.proofs.bundle(drawing.id), snapshot=snapshot(world, drawing.id), log=world.proofs.whole_log())


def test_members_find_their_own_tickets_in_the_closing(world: World) -> None:
    ann, bob = world.member("ann"), world.member("bob")
    drawing = world.an_open_drawing()
    first = world.sweepstakes.buy_tickets(ann, drawing.id, 2).entry_id
    world.sweepstakes.buy_tickets(bob, drawing.id, 4)
    second = world.sweepstakes.free_entry(ann, drawing.id).entry_id
    with pytest.raises(RecordNotFound, match="no closing"):
        world.proofs.entry_proof(ann, drawing.id, first)
    world.clock.set(drawing.ticket_sales_close)
    records = {"closing": world.draws.close(drawing.id).record, "terms": world.proofs.records(drawing.id)["terms"]}
    of_first, of_second = (world.proofs.entry_proof(ann, drawing.id, entry) for entry in (first, second))
    assert of_first.proof == of_second.proof
    assert range(1, 4) == verify_entry(entry=dict(of_first.proof), **records)
    assert (1, 2, 3, 3) == (of_first.first, of_first.last, of_second.first, of_second.last)
    with pytest.raises(EntryNotFound):
        world.proofs.entry_proof(bob, drawing.id, first)
    with pytest.raises(EntryNotFound):
        world.proofs.entry_proof(ann, DrawingId(UUID(int=9)), first)


def test_records_come_out_one_by_one(world: World) -> None:
    drawing = world.an_open_drawing()
    world.sweepstakes.free_entry(world.member("ann"), drawing.id)
    assert {"terms", "awards"} == set(world.proofs.records(drawing.id))
    world.clock.set(drawing.ticket_sales_close)
    world.draws.close(drawing.id)
    assert {"terms", "closing", "awards"} == set(world.proofs.records(drawing.id))
    world.clock.set(drawing.drawing_time)
    world.draws.execute(drawing.id)
    assert {"terms", "closing", "result", "awards"} == set(world.proofs.records(drawing.id))
    with pytest.raises(RecordNotFound):
        list(world.proofs.snapshot(world.a_draft(drawing_time=NOON + timedelta(days=9)).id))


def test_the_log_is_listed_the_latest_first(world: World) -> None:
    first, second = world.an_open_drawing(), world.an_open_drawing()
    page = world.proofs.log(Paging(limit=1))
    assert ([str(second.id)], 2) == ([entry["drawing_id"] for entry in page.items], page.total)
    assert [1] == [entry["seq"] for entry in world.proofs.log(Paging(), first.id).items]


def test_the_seed_and_the_salts_are_nowhere_before_their_time(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    with world.store.reading() as tx:
        secret = tx.draw_secrets.get(drawing.id)
    seed = opened_seed(world.sealer, secret)
    if isinstance(world.store, SqliteStore):
        world.store.close()
        files = b"".join(path.read_bytes() for path in world.store.path.parent.iterdir())
        assert seed not in files
        assert seed.hex().encode() not in files
    shown = repr([world.drawings.get(ann, drawing.id), world.proofs.records(drawing.id), world.proofs.whole_log()])
    assert seed.hex() not in shown
    assert repr(seed) not in shown
    world.clock.set(drawing.ticket_sales_close)
    assert seed.hex() == world.draws.close(drawing.id).record["seed"]


def test_a_secret_copied_to_another_drawing_does_not_open(world: World) -> None:
    first, second = world.an_open_drawing(), world.an_open_drawing()
    with world.store.transaction() as tx:
        secrets = tx.rows(DRAW_SECRETS)
        copied = attrs.evolve(tx.draw_secrets.get(first.id), drawing_id=second.id)
        secrets.remove(drawing_id=second.id)
        secrets.add(copied)
    world.clock.set(second.ticket_sales_close)
    with pytest.raises(Exception, match="does not open"):
        world.draws.close(second.id)


def test_blocks_that_were_changed_give_no_proof(world: World) -> None:
    """Triggers refuse this in a database; were they gone, the closing tells."""
    drawing = world.an_open_drawing()
    entry = world.sweepstakes.buy_tickets(ann := world.member("ann"), drawing.id, 2).entry_id
    world.clock.set(drawing.ticket_sales_close)
    world.draws.close(drawing.id)
    if not isinstance(world.store, MemoryStore):
        zeros = "zeroblob(32)" if isinstance(world.store, SqliteStore) else f"'\\x{bytes(32).hex()}'"
        forced(world.store, "drawing_blocks", f"update drawing_blocks set holder = {zeros}")
    else:
        with world.store.transaction() as tx:
            rows: Rows[Any] = tx.rows(DRAWING_BLOCKS)
            [block] = rows.where(drawing_id=drawing.id)
            rows.remove(drawing_id=drawing.id)
            rows.add(attrs.evolve(block, holder=bytes(32)))
    with pytest.raises(SnapshotDamaged):
        world.proofs.entry_proof(ann, drawing.id, entry)
    world.clock.set(drawing.drawing_time)
    with pytest.raises(SnapshotDamaged):
        world.draws.execute(drawing.id)


def test_the_log_is_whole(world: World) -> None:
    a_drawing_of_many(world)
    world.drawings.cancel(None, world.an_open_drawing().id, "Storm")
    report = world.proofs.verify_log()
    assert (5, (), True) == (report.entries, report.problems, report.whole)


def tamper(world: World, table: Any, change: str, **evolved: Any) -> None:
    """Changes what triggers protect."""
    if not isinstance(world.store, MemoryStore):
        forced(world.store, table.name, change)
        return
    with world.store.transaction() as tx:
        rows = tx.rows(table)
        last = rows.where(order=("-seq",))[0]
        rows.remove(seq=last.seq)
        if evolved:
            rows.add(attrs.evolve(last, **evolved))


def test_a_changed_log_is_noticed(world: World) -> None:
    world.an_open_drawing()
    world.an_open_drawing()
    tamper(world, DRAW_LOG, f"update draw_log set prev = '{'0' * 63}1' where seq = 2", prev="0" * 63 + "1")
    [problem] = world.proofs.verify_log().problems
    assert "chain" in problem


def test_a_changed_record_is_noticed(world: World) -> None:
    drawing = world.an_open_drawing()
    tamper(world, DRAW_RECORDS, "update draw_records set record = '{}'", record={})
    assert world.proofs.verify_log().problems == (
        f"the terms of drawing {drawing.id} is not the one in the log",
        f"the terms of drawing {drawing.id} is missing",
    )


def test_a_missing_entry_is_noticed(world: World) -> None:
    drawing = world.an_open_drawing()
    tamper(world, DRAW_LOG, "delete from draw_log")
    assert world.proofs.verify_log().problems == (f"the terms of drawing {drawing.id} is not the one in the log",)
