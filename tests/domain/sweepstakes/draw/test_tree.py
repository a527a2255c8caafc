from collections.abc import Sequence
from hashlib import sha256

import pytest

from fittrack_domain.sweepstakes.draw.encoding import INTEGER_MAX
from fittrack_domain.sweepstakes.draw.errors import Malformed, SnapshotDamaged
from fittrack_domain.sweepstakes.draw.tree import (
    CHUNK_BLOCKS,
    RECORD_BYTES,
    CountedHolder,
    Paths,
    Step,
    SumTree,
    SumTreeBuilder,
    leaf,
    node,
    walk,
)


def some_blocks(number: int) -> list[CountedHolder]:
    return [(1 + at * at % 7, sha256(at.to_bytes(4)).digest()) for at in range(number)]


def by_definition(records: Sequence[bytes]) -> bytes:
    """Splits after the largest power of two smaller than n."""
    if len(records) == 1:
        return records[0]
    half = 1 << (len(records) - 1).bit_length() - 1
    return node(by_definition(records[:half]), by_definition(records[half:]))


def path_to(blocks: list[CountedHolder], tree: SumTree, block_no: int) -> list[Step]:
    start = block_no - block_no % CHUNK_BLOCKS
    return Paths(tree.chunks).path(blocks[start : start + CHUNK_BLOCKS], block_no)


def test_the_tree_is_the_recursive_one_for_1_to_600_blocks() -> None:
    blocks = some_blocks(600)
    leaves = [leaf(*block) for block in blocks]
    builder = SumTreeBuilder()
    for number, block in enumerate(blocks, start=1):
        builder.add(*block)
        tree = builder.finished()
        assert by_definition(leaves[:number]) == tree.top
        assert (number, sum(count for count, _ in blocks[:number])) == (tree.blocks, tree.tickets)
        assert -(-number // CHUNK_BLOCKS) * RECORD_BYTES == len(tree.chunks)


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 13, 100, 255, 256, 257, 511, 512, 513])
def test_every_path_leads_to_the_top_and_counts_the_tickets_before(number: int) -> None:
    blocks = some_blocks(number)
    tree = SumTree.of(blocks)
    before = 0
    for block_no, (count, holder) in enumerate(blocks):
        assert (tree.top, before) == walk(count, holder, path_to(blocks, tree, block_no))
        before += count


def test_a_tree_just_over_a_power_of_two_of_chunks() -> None:
    blocks = some_blocks(65_537)
    tree = SumTree.of(iter(blocks))
    assert by_definition([leaf(*block) for block in blocks]) == tree.top
    for block_no in (0, 255, 256, 32_768, 65_535, 65_536):
        expected = tree.top, sum(count for count, _ in blocks[:block_no])
        assert expected == walk(*blocks[block_no], path_to(blocks, tree, block_no))
    assert ["L"] == [step.side for step in path_to(blocks, tree, 65_536)]


def test_a_tree_without_blocks_has_the_hash_of_nothing() -> None:
    tree = SumTree.of([])
    assert (0, 0, b"", sha256(b"").digest()) == (tree.blocks, tree.tickets, tree.chunks, tree.root)


def test_a_path_with_one_byte_changed_leads_elsewhere() -> None:
    blocks = some_blocks(11)
    tree = SumTree.of(blocks)
    path = path_to(blocks, tree, 4)
    changed = [
        *[[*path[:at], step._replace(tickets=step.tickets + 1), *path[at + 1 :]] for at, step in enumerate(path)],
        *[[*path[:at], step._replace(hash=bytes(32)), *path[at + 1 :]] for at, step in enumerate(path)],
        *[
            [*path[:at], step._replace(side="R" if step.side == "L" else "L"), *path[at + 1 :]]
            for at, step in enumerate(path)
        ],
        path[1:],
        path[:-1],
        path[::-1],
    ]
    assert all(tree.top != walk(*blocks[4], other)[0] for other in changed)


@pytest.mark.parametrize(
    "block", [(0, bytes(32)), (-1, bytes(32)), (1, bytes(31)), (1, bytes(33)), (INTEGER_MAX, bytes(32))]
)
def test_a_block_without_a_proper_count_or_holder_is_refused(block: CountedHolder) -> None:
    builder = SumTreeBuilder()
    builder.add(1, bytes(32))
    with pytest.raises(Malformed):
        builder.add(*block)


def test_no_path_is_built_on_blocks_that_are_not_those_of_the_tree() -> None:
    blocks = some_blocks(600)
    paths = Paths(SumTree.of(blocks).chunks)
    chunk = blocks[256:512]
    for other, block_no in [
        ([(count + 1, holder) for count, holder in chunk], 300),
        (chunk[:-1], 300),
        (chunk[::-1], 300),
        (chunk, 100),
        (chunk, 556),
        (chunk, 1000),
        ([], 300),
        (blocks[512:600], 512 + 88),
    ]:
        with pytest.raises(SnapshotDamaged) as refusal:
            paths.path(other, block_no)
        assert str(block_no) in str(refusal.value)
