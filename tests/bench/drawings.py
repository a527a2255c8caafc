"""Closing and drawing ten million tickets of a million members, against the protocol's pure functions in memory.

A million purchases are not what is measured here: members, gates and entries are inserted directly. Each step runs in
a process of its own, so that its peak of memory is that of the work alone.
"""

import json
import random
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from uuid_utils.compat import uuid7

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.draw.records import Pseudonyms
from fittrack_domain.sweepstakes.draw.selection import Block, select, words
from fittrack_domain.sweepstakes.draw.tree import SumTree
from fittrack_domain.sweepstakes.model import GATES, gate_of
from tests.bench.harness import MASTER_KEY, SetClock, benches, met, seconds, tell
from tests.bench.world import a_drawing_on_sale

MEMBERS = 1_000_000
QUANTITIES = (4, 6)
"""Of the entries of each member."""

TICKETS_EACH = sum(QUANTITIES)
PRIZE_UNITS = 1_000
SLOTS = 2 * PRIZE_UNITS
"""As many alternates as prize units."""

CLOSE_SECONDS_MOST = 60
DRAW_SECONDS_MOST = 10
MEGABYTES_MOST = 512

NOW = "2026-01-01T00:00:00.000000+00:00"
INSERT_USER = f"""insert into users (id, email, email_key, status, role, created_at, updated_at, version)
    values (?, ?, ?, 'active', 'user', '{NOW}', '{NOW}', 1)"""
INSERT_ENTRY = f"""insert into entries (id, drawing_id, user_id, entry_no, quantity, cost_points, route, purchased_at,
    created_at) values (?, ?, ?, ?, ?, 0, 'granted', '{NOW}', '{NOW}')"""


def main() -> None:
    with benches(1) as (bench,):
        drawing_id = a_drawing_on_sale(bench, PRIZE_UNITS)
        bench.installation.close()
        _, close, draw = (_in_a_process(bench.store.path, drawing_id, step) for step in ("fill", "close", "execute"))
    tell(f"(inserted directly, not measured: {MEMBERS:,} members, {len(QUANTITIES)} entries each, in no order)")
    blocks, bare_close, bare_draw = _in_memory()
    ours_close, ours_draw = close["seconds"], draw["seconds"]
    tell(
        f"closing {blocks * TICKETS_EACH:,} tickets of {blocks:,} members: {ours_close:.1f} s "
        f"(holders and tree in memory: {bare_close:.1f} s; ratio {bare_close / ours_close:.2f}; "
        f"goal < {CLOSE_SECONDS_MOST} s: {met(ours_close < CLOSE_SECONDS_MOST)})"
    )
    tell(
        f"drawing {SLOTS} of them, with proofs: {ours_draw:.2f} s "
        f"(selection in memory: {bare_draw:.3f} s; ratio {bare_draw / ours_draw:.3f}; "
        f"goal < {DRAW_SECONDS_MOST} s: {met(ours_draw < DRAW_SECONDS_MOST)})"
    )
    peak = max(close["megabytes"], draw["megabytes"])
    tell(
        f"peak memory: {close['megabytes']:.0f} MB closing, {draw['megabytes']:.0f} MB drawing "
        f"(the interpreter with FitTrack loaded: {close['megabytes_before']:.0f} MB; "
        f"goal < {MEGABYTES_MOST} MB: {met(peak < MEGABYTES_MOST)})"
    )


def _fill(store: SqliteStore, drawing_id: DrawingId) -> None:
    """A million members with their entries, as rows."""
    connection = store.connect()
    connection.execute("PRAGMA synchronous = OFF")
    members = [MemberId(uuid7()) for _ in range(MEMBERS)]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(INSERT_USER, ((m.bytes, email, email) for m in members for email in [f"{m}@example.com"]))
    for entry_no, quantity in enumerate(QUANTITIES, start=1):
        random.Random(entry_no).shuffle(members)
        own = (entry_no, quantity)
        connection.executemany(INSERT_ENTRY, ((uuid7().bytes, drawing_id.bytes, m.bytes, *own) for m in members))
    passed = Counter(gate_of(member_id) for member_id in members)
    connection.executemany(
        "update drawing_gates set tickets = ? where drawing_id = ? and gate_no = ?",
        [(passed[gate_no] * TICKETS_EACH, drawing_id.bytes, gate_no) for gate_no in range(GATES)],
    )
    connection.execute("COMMIT")
    connection.close()


def _in_a_process(path: Path, drawing_id: DrawingId, step: str) -> Mapping[str, float]:
    command = [sys.executable, "-m", "tests.bench.drawings", step, str(path), str(drawing_id)]
    told: Mapping[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return told


def _step(step: str, path: str, drawing_id: str) -> None:
    """What the process does, a week after the drawing was published."""
    clock = SetClock(timedelta(days=7, seconds=1))
    with open_fittrack(Settings(database_url=f"sqlite:///{path}", master_key=MASTER_KEY), clock=clock) as installation:
        store, draws = installation.store, installation.fittrack.draws
        assert isinstance(store, SqliteStore)
        before = _peak_megabytes()
        steps: Mapping[str, Callable[[DrawingId], object]] = {
            "fill": partial(_fill, store),
            "close": draws.close,
            "execute": draws.execute,
        }
        took = seconds(partial(steps[step], DrawingId(UUID(drawing_id))))
    tell(json.dumps({"seconds": took, "megabytes": _peak_megabytes(), "megabytes_before": before}))


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_memory() -> tuple[int, float, float]:
    """Number of members, seconds for holders and tree, seconds for the selection: without any store."""
    names = Pseudonyms(uuid7(), bytes(32))
    members = [uuid7() for _ in range(MEMBERS)]
    close = seconds(lambda: SumTree.of((TICKETS_EACH, names.holder(member_id)) for member_id in members))

    def block_of(ticket: int) -> Block:
        number = (ticket - 1) // TICKETS_EACH
        return Block(number * TICKETS_EACH + 1, TICKETS_EACH, names.holder(members[number]))

    slots = [(1, unit) for unit in range(SLOTS)]
    draw = seconds(lambda: list(select(slots, MEMBERS * TICKETS_EACH, 1, block_of, words(bytes(32)))))
    return MEMBERS, close, draw


if __name__ == "__main__":
    _step(*sys.argv[1:]) if sys.argv[1:] else main()
