"""Where `Rows` ends for drawings: gates that count without reading first, and blocks numbered a chunk at a time."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from fittrack_adapters.store.codec import Statement
from fittrack_adapters.store.rows import OneOf, Rows, UpTo
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.draw.tree import CountedHolder
from fittrack_domain.sweepstakes.frozen import TicketBlock
from fittrack_domain.sweepstakes.model import GATES, Entry, Gate, gate_of
from fittrack_domain.sweepstakes.ports import Blocks, Gates

DRAWING_GATES = Table("drawing_gates", Gate, what="gate", key=("drawing_id", "gate_no"), index=(("drawing_id",),))
DRAWING_BLOCKS = Table(
    "drawing_blocks",
    TicketBlock,
    what="block of tickets",
    key=("drawing_id", "block_no"),
    unique=(("drawing_id", "first_ticket"), ("drawing_id", "user_id")),
    index=(("drawing_id",),),
)


def _gates_of(drawing_id: DrawingId) -> list[Gate]:
    return [Gate(drawing_id, gate_no) for gate_no in range(GATES)]


@attrs.frozen
class MemoryGates(Gates):
    """`Gates` in memory."""

    rows: Rows[Gate]

    def open(self, drawing_id: DrawingId) -> None:
        self.rows.add_all(_gates_of(drawing_id))

    def admit(self, drawing_id: DrawingId, member_id: MemberId, quantity: int) -> bool:
        gate = self.rows.get(drawing_id, gate_of(member_id))
        if gate is None or not gate.is_open:
            return False
        self.rows.save(attrs.evolve(gate, tickets=gate.tickets + quantity, entries=gate.entries + 1))
        return True

    def shut(self, drawing_id: DrawingId) -> None:
        gates = self.rows.where(drawing_id=drawing_id)
        self.rows.save_all(attrs.evolve(gate, is_open=False) for gate in gates)

    def tickets(self, drawing_id: DrawingId) -> int:
        return self.rows.sum("tickets", drawing_id=drawing_id)

    def tickets_of(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, int]:
        return self.rows.sums("tickets", by="drawing_id", drawing_id=OneOf(drawing_ids))


def admission(session: SqlSession, drawing_id: DrawingId, member_id: MemberId, quantity: int) -> Statement:
    """The change by which tickets pass a gate: it touches the gate, or nothing when that is shut."""
    sql = (
        "update drawing_gates set tickets = tickets + :quantity, entries = entries + 1, version = version + 1, "
        "updated_at = :updated_at where drawing_id = :drawing_id and gate_no = :gate_no and is_open = :is_open"
    )
    return sql, {
        "quantity": quantity,
        "updated_at": session.stamp,
        "drawing_id": session.encoded("uuid", drawing_id),
        "gate_no": gate_of(member_id),
        "is_open": session.encoded("flag", True),  # noqa: FBT003  # the value, not an option
    }


@attrs.frozen
class SqlGates(Gates):
    """`Gates` on a database: one statement both asks and counts, so no count is lost and nobody slips in."""

    session: SqlSession

    @property
    def _rows(self) -> Rows[Gate]:
        return self.session.rows(DRAWING_GATES)

    def open(self, drawing_id: DrawingId) -> None:
        self._rows.add_all(_gates_of(drawing_id))

    def admit(self, drawing_id: DrawingId, member_id: MemberId, quantity: int) -> bool:
        counted = self.session.database.run(*admission(self.session, drawing_id, member_id, quantity))
        return counted == 1

    def shut(self, drawing_id: DrawingId) -> None:
        self.session.database.run(
            "update drawing_gates set is_open = :is_open, version = version + 1, updated_at = :updated_at "
            "where drawing_id = :drawing_id",
            {
                "is_open": self.session.encoded("flag", False),  # noqa: FBT003  # the value, not an option
                "updated_at": self.session.stamp,
                "drawing_id": self.session.encoded("uuid", drawing_id),
            },
        )

    def tickets(self, drawing_id: DrawingId) -> int:
        return self._rows.sum("tickets", drawing_id=drawing_id)

    def tickets_of(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, int]:
        return self._rows.sums("tickets", by="drawing_id", drawing_id=OneOf(drawing_ids))


@attrs.frozen(slots=False)
class MemoryBlocks(Blocks):
    """`Blocks` in memory."""

    rows: Rows[TicketBlock]
    entries: Rows[Entry]

    def unnumbered(self, drawing_id: DrawingId, limit: int) -> Sequence[tuple[MemberId, int]]:
        tickets: dict[MemberId, int] = {}
        for entry in self.entries.where(order=("id",), drawing_id=drawing_id):
            tickets[entry.user_id] = tickets.get(entry.user_id, 0) + entry.quantity
        numbered = {block.user_id for block in self.rows.where(drawing_id=drawing_id)}
        return [counted for counted in tickets.items() if counted[0] not in numbered][:limit]

    def last(self, drawing_id: DrawingId) -> TicketBlock | None:
        return self.rows.first(order=("-block_no",), drawing_id=drawing_id)

    def add_all(self, blocks: Iterable[TicketBlock]) -> None:
        self.rows.add_all(blocks)

    def each(self, drawing_id: DrawingId) -> Iterator[CountedHolder]:
        return ((block.ticket_count, block.holder) for block in self._in_order(drawing_id))

    def some(self, drawing_id: DrawingId, first_no: int, limit: int) -> Sequence[CountedHolder]:
        piece = self._in_order(drawing_id)[first_no : first_no + limit]
        return [(block.ticket_count, block.holder) for block in piece]

    def containing(self, drawing_id: DrawingId, ticket: int) -> TicketBlock:
        blocks = self._in_order(drawing_id)
        return blocks[bisect_right(blocks, ticket, key=lambda block: block.first_ticket) - 1]

    def of_member(self, drawing_id: DrawingId, member_id: MemberId) -> TicketBlock:
        block = self.rows.first(drawing_id=drawing_id, user_id=member_id)
        assert block is not None, "who has entries has a block"
        return block

    @cached_property
    def _read(self) -> dict[DrawingId, list[TicketBlock]]:
        return {}

    def _in_order(self, drawing_id: DrawingId) -> list[TicketBlock]:
        """All blocks, sorted once in a transaction: they are asked for only when the last is written."""
        if drawing_id not in self._read:
            self._read[drawing_id] = self.rows.where(order=("block_no",), drawing_id=drawing_id)
        return self._read[drawing_id]


@attrs.frozen
class SqlBlocks(Blocks):
    """`Blocks` on a database. A million of them pass through here, as plain columns where no more is needed."""

    session: SqlSession

    @property
    def _rows(self) -> Rows[TicketBlock]:
        return self.session.rows(DRAWING_BLOCKS)

    def unnumbered(self, drawing_id: DrawingId, limit: int) -> Sequence[tuple[MemberId, int]]:
        database = self.session.database
        binds: dict[str, Any] = {"drawing_id": self.session.encoded("uuid", drawing_id)}
        after = ""
        if (last := self._first_entry_of_last(binds)) is not None:
            after = "and id > :after "
            binds["after"] = last
        firsts = self.session.dialect.limited(
            f"select id, user_id from entries where drawing_id = :drawing_id and entry_no = 1 {after}order by id",
            limit,
            0,
        )
        # A sum per member, not a join: a planner that has not counted a growing table would hash all of it every time.
        found = database.fetch(
            "select f.user_id, (select sum(e.quantity) from entries e where e.user_id = f.user_id "
            f"and e.drawing_id = :drawing_id) from ({firsts}) f order by f.id",
            binds,
        )
        decoded = self.session.decoder("uuid")
        return [(MemberId(decoded(user_id)), int(tickets)) for user_id, tickets in found]

    def _first_entry_of_last(self, binds: dict[str, Any]) -> Any | None:
        database = self.session.database
        found = database.fetch(
            self.session.dialect.limited(
                "select e.id from drawing_blocks b join entries e on e.user_id = b.user_id "
                "and e.drawing_id = b.drawing_id where b.drawing_id = :drawing_id and e.entry_no = 1 "
                "order by b.block_no desc",
                1,
                0,
            ),
            binds,
        )
        return found[0][0] if found else None

    def last(self, drawing_id: DrawingId) -> TicketBlock | None:
        return self._rows.first(order=("-block_no",), drawing_id=drawing_id)

    def add_all(self, blocks: Iterable[TicketBlock]) -> None:
        self._rows.add_all(blocks)

    def each(self, drawing_id: DrawingId) -> Iterator[CountedHolder]:
        database = self.session.database
        found = database.stream(
            "select ticket_count, holder from drawing_blocks where drawing_id = :drawing_id order by block_no",
            {"drawing_id": self.session.encoded("uuid", drawing_id)},
        )
        decoded = self.session.decoder("bytes")
        return ((count, decoded(holder)) for count, holder in found)

    def some(self, drawing_id: DrawingId, first_no: int, limit: int) -> Sequence[CountedHolder]:
        database = self.session.database
        found = database.fetch(
            "select ticket_count, holder from drawing_blocks where drawing_id = :drawing_id "
            "and block_no >= :first_no and block_no < :end_no order by block_no",
            {
                "drawing_id": self.session.encoded("uuid", drawing_id),
                "first_no": first_no,
                "end_no": first_no + limit,
            },
        )
        decoded = self.session.decoder("bytes")
        return [(count, decoded(holder)) for count, holder in found]

    def containing(self, drawing_id: DrawingId, ticket: int) -> TicketBlock:
        block = self._rows.first(order=("-first_ticket",), drawing_id=drawing_id, first_ticket=UpTo(ticket))
        assert block is not None, "the first block starts with ticket 1"
        return block

    def of_member(self, drawing_id: DrawingId, member_id: MemberId) -> TicketBlock:
        block = self._rows.first(drawing_id=drawing_id, user_id=member_id)
        assert block is not None, "who has entries has a block"
        return block
