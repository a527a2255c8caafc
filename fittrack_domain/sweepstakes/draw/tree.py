"""The Merkle tree over the blocks of tickets that also sums their counts (protocol, section 4)."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, Literal, NamedTuple, TypeAlias

import attrs

from fittrack_domain.sweepstakes.draw.encoding import INTEGER_MAX, u64
from fittrack_domain.sweepstakes.draw.errors import Malformed, SnapshotDamaged

CHUNK_BLOCKS: Final = 256  # what lies below the stored level 8 is recomputed for a path
RECORD_BYTES: Final = 40
HASH_BYTES: Final = 32
EMPTY: Final = u64(0) + sha256(b"").digest()

CountedHolder: TypeAlias = tuple[int, bytes]
"""A block before it is numbered: ticket count, 32 bytes of holder."""


class Step(NamedTuple):
    """A sibling on the way from a block to the top of the tree."""

    side: Literal["L", "R"]
    tickets: int
    hash: bytes

    @property
    def record(self) -> bytes:
        return u64(self.tickets) + self.hash


def leaf(count: int, holder: bytes) -> bytes:
    """The 40-byte record of a block."""
    size = u64(count)
    return size + sha256(b"\0" + size + holder).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The 40-byte record above two others; both their sums are inside the hash."""
    return u64(tickets_below(left) + tickets_below(right)) + sha256(b"\1" + left + right).digest()


def tickets_below(record: bytes) -> int:
    """The sum of ticket counts that a record carries."""
    return int.from_bytes(record[:8])


def snapshot_record(count: int, holder: bytes) -> bytes:
    """The 40 bytes of a block in the canonical snapshot file."""
    return u64(count) + holder


def snapshot_blocks(file: bytes) -> Iterator[CountedHolder]:
    """The blocks in a canonical snapshot file of whole records."""
    for at in range(0, len(file), RECORD_BYTES):
        record = file[at : at + RECORD_BYTES]
        yield tickets_below(record), record[8:]


@attrs.frozen
class SumTree:
    """A finished tree: what the closing publishes, and what has to be kept to prove membership.

    Attributes:
        blocks: Number of blocks.
        top: Record of the whole tree.
        chunks: Records of level 8 one after another, one per 256 blocks; the last may stand for fewer.
    """

    blocks: int
    top: bytes
    chunks: bytes

    @classmethod
    def of(cls, blocks: Iterable[CountedHolder]) -> "SumTree":
        """Builds the tree of a stream of blocks.

        Raises:
            Malformed: as `SumTreeBuilder.add`.
        """
        builder = SumTreeBuilder()
        for count, holder in blocks:
            builder.add(count, holder)
        return builder.finished()

    @property
    def tickets(self) -> int:
        return tickets_below(self.top)

    @property
    def root(self) -> bytes:
        return self.top[8:]


class SumTreeBuilder:
    """Takes blocks in their order and keeps one record per 256 of them."""

    def __init__(self) -> None:
        self.blocks = 0
        self.tickets = 0
        self._chunks: list[bytes] = []
        self._leaves: list[bytes] = []

    def add(self, count: int, holder: bytes) -> None:
        """Appends a block.

        Raises:
            Malformed: for a count below 1, a holder not of 32 bytes, or more than 2^53 − 1 tickets in all.
        """
        self.blocks += 1
        self.tickets += count
        if count < 1 or len(holder) != HASH_BYTES or self.tickets > INTEGER_MAX:
            raise Malformed("", f"block {self.blocks} has no valid count or holder")
        self._leaves.append(leaf(count, holder))
        if len(self._leaves) == CHUNK_BLOCKS:
            self._chunks.append(_top(self._leaves))
            self._leaves.clear()

    def finished(self) -> SumTree:
        """The tree of the blocks added so far.

        The level-8 record of an incomplete last chunk is the top of its own little tree: pairing neighbours and
        carrying an unpaired last record up reaches it before it meets a record of another chunk.
        """
        chunks = [*self._chunks, _top(self._leaves)] if self._leaves else self._chunks
        return SumTree(blocks=self.blocks, top=_top(chunks) if chunks else EMPTY, chunks=b"".join(chunks))


class Paths:
    """Inclusion proofs under a stored tree.

    One serves many proofs: it keeps all levels from 8 up, two records a chunk.
    """

    def __init__(self, chunks: bytes) -> None:
        self._levels = _levels([chunks[at : at + RECORD_BYTES] for at in range(0, len(chunks), RECORD_BYTES)])

    def path(self, chunk_blocks: Sequence[CountedHolder], block_no: int) -> list[Step]:
        """The siblings of a block from the leaf up.

        Args:
            chunk_blocks: All blocks of the chunk: numbers 256·k … 256·k + 255 with k = block_no // 256, as far as sold.
            block_no: The block's place in the snapshot, from 0.

        Raises:
            SnapshotDamaged: when the blocks are not those the tree was built of.
        """
        chunk_no, place = divmod(block_no, CHUNK_BLOCKS)
        below = _levels([leaf(count, holder) for count, holder in chunk_blocks])
        if place >= len(chunk_blocks) or self._levels[0][chunk_no : chunk_no + 1] != below[-1]:
            raise SnapshotDamaged(block_no)
        return [*_siblings(below, place), *_siblings(self._levels, chunk_no)]


def walk(count: int, holder: bytes, path: Iterable[Step]) -> tuple[bytes, int]:
    """Follows a path up.

    Returns:
        The top record it leads to, and the number of tickets before the block.
    """
    record, before = leaf(count, holder), 0
    for step in path:
        if step.side == "L":
            record = node(step.record, record)
            before += step.tickets
        else:
            record = node(record, step.record)
    return record, before


def _parents(records: Sequence[bytes]) -> list[bytes]:
    """Pairs neighbours; an unpaired last record is carried up unchanged. This is the shape of RFC 9162."""
    parents = [node(left, right) for left, right in zip(records[::2], records[1::2], strict=False)]
    return [*parents, records[-1]] if len(records) % 2 else parents


def _levels(records: list[bytes]) -> list[list[bytes]]:
    """The records and all levels above, up to the single top one."""
    levels = [records]
    while len(levels[-1]) > 1:
        levels.append(_parents(levels[-1]))
    return levels


def _top(records: list[bytes]) -> bytes:
    return _levels(records)[-1][0]


def _siblings(levels: list[list[bytes]], place: int) -> Iterator[Step]:
    for level in levels:
        sibling = place ^ 1
        if sibling < len(level):
            record = level[sibling]
            yield Step("L" if place % 2 else "R", tickets_below(record), record[8:])
        place //= 2
