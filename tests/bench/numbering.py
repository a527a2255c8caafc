"""Numbering the tickets of a closing on PostgreSQL, part by part, against one statement in the server.

A block holds the tickets of one member: the more members the entries are of, the more blocks there are to write.
Holders are computed while the blocks before them are on their way, so the time for writing contains them.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import attrs
import psycopg

from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.closing import fence, write_blocks
from fittrack_domain.sweepstakes.frozen import TicketBlock
from fittrack_domain.sweepstakes.ports import Blocks
from fittrack_domain.sweepstakes.sealing import pseudonyms
from tests.bench.harness import Bench, bench_on, met, seconds, tell
from tests.bench.world import a_drawing_on_sale
from tests.databases import Databases

SHAPES = ((10_000, 1), (100_000, 10), (1_000_000, 1))
"""Members, and entries of each: few, a million of one in ten, a million of as many."""

SECONDS_MOST = 5.0
TICKETS_EACH = 10
"""Of an entry."""

USERS = """insert into users (id, email, email_key, status, role, created_at, updated_at, version)
    select gen_random_uuid(), n::text, n::text, 'active', 'user', now(), now(), 1 from generate_series(1, %s) n"""
ENTRIES = f"""insert into entries (id, drawing_id, user_id, entry_no, quantity, cost_points, route, purchased_at,
    created_at) select (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, %s, id, no,
    {TICKETS_EACH}, 0, 'granted', now(), now()
    from (select id, no, row_number() over (order by no, id) n from users, generate_series(1, %s) no) u"""
GATES = "update drawing_gates set tickets = %s where drawing_id = %s and gate_no = 0"
IN_THE_SERVER = """insert into drawing_blocks (drawing_id, block_no, user_id, holder, first_ticket, ticket_count,
    created_at) select %s, row_number() over w - 1, user_id, sha256(uuid_send(user_id)),
    sum(tickets) over w - tickets + 1, tickets, now()
    from (select user_id, min(id::text) id, sum(quantity) tickets from entries where drawing_id = %s group by user_id) t
    window w as (order by id)"""


@attrs.define
class Parts:
    """Seconds, of the numbering and of what it consists of."""

    members: int
    entries: int
    total: float = 0.0
    reading: float = 0.0
    writing: float = 0.0
    holders_alone: float = 0.0
    rest_of_closing: float = 0.0
    in_the_server: float = 0.0


def main(databases: Databases) -> None:
    measured = [_parts(databases, *shape) for shape in SHAPES]
    tell("  entries    members    total  reading  writing  holders alone  the rest of closing (PostgreSQL, seconds)")
    for each in measured:
        tell(
            f"{each.entries:>9,}  {each.members:>9,} {each.total:>8.2f} {each.reading:>8.2f} {each.writing:>8.2f} "
            f"{each.holders_alone:>14.2f} {each.rest_of_closing:>20.2f}"
        )
    few, *many = measured
    for each in many:
        _tell(few, each)


def _tell(few: Parts, many: Parts) -> None:
    tell(
        f"PostgreSQL, numbering a closing of {many.entries:,} entries of {many.members:,} members: {many.total:.1f} s "
        f"(one statement in the server, with a plain hash for a holder: {many.in_the_server:.1f} s; "
        f"ratio {many.in_the_server / many.total:.2f}; an entry costs "
        f"{many.total / many.entries / (few.total / few.entries):.2f} times what it does among {few.entries:,}; "
        f"goal < {SECONDS_MOST:.0f} s: {met(many.total < SECONDS_MOST)})"
    )


def _parts(databases: Databases, members: int, entries_each: int) -> Parts:
    url = databases.lend()
    bench = bench_on(url)
    drawing_id, other = a_drawing_on_sale(bench), a_drawing_on_sale(bench)
    parts = Parts(members, members * entries_each)
    with psycopg.connect(url, autocommit=True) as connection:
        _fill(connection, drawing_id, members, entries_each)
        _number(bench, drawing_id, parts)
        parts.rest_of_closing = seconds(lambda: bench.installation.fittrack.draws.close(drawing_id))
        parts.in_the_server = seconds(lambda: connection.execute(IN_THE_SERVER, (other, drawing_id)))
    bench.installation.close()
    databases.give_back(url)
    return parts


def _fill(connection: psycopg.Connection[Any], drawing_id: DrawingId, members: int, entries_each: int) -> None:
    connection.execute("set session_replication_role = replica")
    connection.execute(USERS, (members,))
    connection.execute(ENTRIES, (drawing_id, entries_each))
    connection.execute(GATES, (members * entries_each * TICKETS_EACH, drawing_id))
    connection.execute("set session_replication_role = origin")
    connection.execute("vacuum analyze")


def _number(bench: Bench, drawing_id: DrawingId, parts: Parts) -> None:
    """As `Draws.close` does it, with a watch in hand."""
    bench.clock.ahead = timedelta(days=7, seconds=1)
    store, draws = bench.installation.store, bench.installation.fittrack.draws
    with store.transaction() as tx:
        fence(tx, bench.clock.now(), None, drawing_id)
    with store.reading() as tx:
        names = pseudonyms(draws.sealer, tx.draw_secrets.get(drawing_id))
    start, more = perf_counter(), True
    while more:
        with store.transaction() as tx:
            vars(tx)["blocks"] = Watched(tx.blocks, parts)  # a cached property
            more = write_blocks(tx, drawing_id, names)
    parts.total = perf_counter() - start
    members = [MemberId(UUID(int=number)) for number in range(parts.members)]
    parts.holders_alone = seconds(lambda: deque(map(names.holder, members), maxlen=0))


@attrs.frozen
class Watched:
    """`Blocks`, with the time they take; what remains of the total are the commits."""

    blocks: Blocks
    parts: Parts

    def __getattr__(self, name: str) -> Any:
        return getattr(self.blocks, name)

    def unnumbered(self, drawing_id: DrawingId, limit: int) -> Sequence[tuple[MemberId, int]]:
        start = perf_counter()
        found = self.blocks.unnumbered(drawing_id, limit)
        self.parts.reading += perf_counter() - start
        return found

    def add_all(self, blocks: Iterable[TicketBlock]) -> None:
        self.parts.writing += seconds(lambda: self.blocks.add_all(blocks))
