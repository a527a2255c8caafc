"""Freezing the tickets of a drawing: fence, blocks, the tree over them, closing (protocol, sections 4, 5, 14).

Every function is one step inside a transaction of its caller, and finds out by itself what is done already.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, cast

from fittrack_domain.audit.service import record as audit
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.draw.records import Pseudonyms, closing_record
from fittrack_domain.sweepstakes.draw.terms import Terms, closing_round
from fittrack_domain.sweepstakes.draw.tree import SumTree
from fittrack_domain.sweepstakes.errors import DrawDiffers
from fittrack_domain.sweepstakes.frozen import DrawTree, PublicRecord, TicketBlock
from fittrack_domain.sweepstakes.model import DrawingStatus
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import publish, require_record, seconds

BLOCKS_AT_ONCE: Final = 10_000


def fence(tx: SweepstakesTx, now: datetime, actor: MemberId | None, drawing_id: DrawingId) -> None:
    """Shuts the gates: what was bought before is in the snapshot, and nothing is bought after.

    Raises: `DrawingNotFound`, `NotPublished`, `DrawingIsCancelled`, `TooEarly`.
    """
    drawing = tx.drawings.locked(drawing_id)
    fenced = drawing.closing(now)
    if drawing.status is DrawingStatus.SCHEDULED:
        tx.gates.shut(drawing_id)
        audit(tx, now, actor, "drawing.fenced", "drawing", drawing_id)
        tx.drawings.save(fenced)


def write_blocks(tx: SweepstakesTx, drawing_id: DrawingId, pseudonyms: Pseudonyms) -> bool:
    """Numbers the tickets of the next members, one closer at a time. Answers whether there may be more to do."""
    if tx.drawings.locked(drawing_id).status is not DrawingStatus.CLOSING:
        return False
    counted = tx.blocks.unnumbered(drawing_id, BLOCKS_AT_ONCE)
    tx.blocks.add_all(_numbered(drawing_id, tx.blocks.last(drawing_id), counted, pseudonyms))
    return len(counted) == BLOCKS_AT_ONCE


def frozen_tree(tx: SweepstakesTx, drawing_id: DrawingId) -> SumTree:
    """The tree over all blocks. Raises `DrawDiffers` unless they hold exactly the tickets that passed the gates."""
    tree = SumTree.of(tx.blocks.each(drawing_id))
    if tree.tickets != tx.gates.tickets(drawing_id):
        raise DrawDiffers(drawing_id, "snapshot")
    return tree


def publish_closing(
    tx: SweepstakesTx, now: datetime, actor: MemberId | None, drawing_id: DrawingId, tree: SumTree, seed: bytes
) -> PublicRecord:
    """Publishes the snapshot's root and the seed, unless that was done: then answers what was published.

    Raises: `DrawingIsCancelled`.
    """
    published = tx.draw_records.find(drawing_id, "closing")
    if published is not None:
        return published
    drawing = tx.drawings.get(drawing_id).closing(now)
    terms = cast("Terms", require_record(tx, drawing_id, "terms"))
    closing = closing_record(terms, tree, seed, closing_round(terms, seconds(now)))
    published = publish(tx, now, drawing_id, "closing", closing)
    if tree.blocks:  # else there is nothing to prove, and no bytes are a missing value to some stores
        tx.draw_trees.add(DrawTree(drawing_id, tree.chunks))
    audit(tx, now, actor, "drawing.closed", "drawing", drawing_id, {"closing_hash": published.hash})
    tx.drawings.save(drawing.closed())
    return published


def _numbered(
    drawing_id: DrawingId,
    last: TicketBlock | None,
    counted: Sequence[tuple[MemberId, int]],
    pseudonyms: Pseudonyms,
) -> Iterator[TicketBlock]:
    block_no, first_ticket = (0, 1) if last is None else (last.block_no + 1, last.last_ticket + 1)
    for member_id, tickets in counted:
        yield TicketBlock(drawing_id, block_no, member_id, pseudonyms.holder(member_id), first_ticket, tickets)
        block_no, first_ticket = block_no + 1, first_ticket + tickets
