"""From published records and frozen tickets to the result: computed anew whenever asked, always the same."""

from functools import cached_property
from typing import cast

import attrs

from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes.draw.records import Closing, Proof, Result, draw, proof_record, result_record
from fittrack_domain.sweepstakes.draw.selection import Block, Draw
from fittrack_domain.sweepstakes.draw.terms import Terms
from fittrack_domain.sweepstakes.draw.tree import CHUNK_BLOCKS, CountedHolder, Paths, Step
from fittrack_domain.sweepstakes.frozen import TicketBlock, Winner
from fittrack_domain.sweepstakes.model import Prize
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import require_record


@attrs.frozen
class Outcome:
    """What a drawing comes to: the result, who holds the drawn tickets, and the proof of each."""

    result: Result
    winners: list[Winner]
    proofs: list[Proof]


def outcome(tx: SweepstakesTx, drawing_id: DrawingId, signature: str | None) -> Outcome:
    """Draws the tickets of a closed drawing.

    Args:
        tx: A transaction; nothing is written.
        drawing_id: Closed.
        signature: The beacon's for the closing's round, verified; None without a beacon.

    Raises:
        RecordNotFound: before the closing.
        SnapshotDamaged: when the stored blocks of drawn tickets are not those of the closing.
    """
    terms = cast("Terms", require_record(tx, drawing_id, "terms"))
    closing = cast("Closing", require_record(tx, drawing_id, "closing"))
    blocks: list[TicketBlock] = []

    def block_of(ticket: int) -> Block:
        found = tx.blocks.containing(drawing_id, ticket)
        blocks.append(found)
        return Block(found.first_ticket, found.ticket_count, found.holder)

    draws = draw(terms, closing, signature, block_of) if closing["tickets"] else []
    prizes = {prize.prize_rank: prize for prize in tx.prizes.of(drawing_id)}
    paths = StoredPaths(tx, drawing_id)
    return Outcome(
        result=result_record(terms, closing, signature, draws),
        winners=[_winner(drawn, block, prizes.get(drawn.rank)) for drawn, block in zip(draws, blocks, strict=True)],
        proofs=[proof_record(block.ticket_count, paths.of(block)) for block in blocks],
    )


class StoredPaths:
    """Inclusion proofs of the stored blocks of one drawing."""

    def __init__(self, tx: SweepstakesTx, drawing_id: DrawingId) -> None:
        self._tx = tx
        self._drawing_id = drawing_id

    @cached_property
    def _paths(self) -> Paths:  # only when there is a block to prove: without tickets there is no tree
        return Paths(self._tx.draw_trees.get(self._drawing_id).chunks)

    def of(self, block: TicketBlock) -> list[Step]:
        """The siblings from the block up. Raises `SnapshotDamaged`."""
        return self._paths.path(self._chunk(block.block_no // CHUNK_BLOCKS), block.block_no)

    def _chunk(self, chunk_no: int) -> list[CountedHolder]:
        return list(self._tx.blocks.some(self._drawing_id, chunk_no * CHUNK_BLOCKS, CHUNK_BLOCKS))


def _winner(drawn: Draw, block: TicketBlock, prize: Prize | None) -> Winner:
    return Winner(
        drawing_id=block.drawing_id,
        draw_no=drawn.n,
        prize_rank=drawn.rank,
        unit=drawn.unit,
        ticket_number=drawn.ticket,
        user_id=block.user_id,
        prize_id=None if prize is None else prize.id,
    )
