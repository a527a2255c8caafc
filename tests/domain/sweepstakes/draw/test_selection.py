from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_domain.sweepstakes.draw.errors import SnapshotDamaged
from fittrack_domain.sweepstakes.draw.selection import (
    Block,
    Draw,
    beacon_value,
    draw_key,
    select,
    uniform_below,
    words,
)

ZERO = bytes(32)


def some_key(number: int) -> bytes:
    return sha256(number.to_bytes(8)).digest()


def blocks_of(counts: list[int]) -> list[Block]:
    firsts = accumulate(counts, initial=1)
    return [Block(first, count, some_key(at)) for at, (first, count) in enumerate(zip(firsts, counts, strict=False))]


def finder(blocks: list[Block]) -> Callable[[int], Block]:
    firsts = [block.first_ticket for block in blocks]
    return lambda ticket: blocks[bisect_right(firsts, ticket) - 1]


def by_definition(
    slots: Iterable[tuple[int, int]], blocks: list[Block], limit: int, words: Iterator[int]
) -> Iterator[Draw]:
    """Section 7, with a list of all tickets."""
    remaining = [(block.first_ticket + place, block) for block in blocks for place in range(block.ticket_count)]
    wins = dict.fromkeys((block.holder for block in blocks), 0)
    for n, (rank, unit) in enumerate(slots, start=1):
        if not remaining:
            return
        ticket, block = remaining[uniform_below(len(remaining), words)]
        wins[block.holder] += 1
        yield Draw(n, rank, unit, ticket, block.holder)
        if limit and wins[block.holder] == limit:
            remaining = [each for each in remaining if each[1] is not block]
        else:
            remaining.remove((ticket, block))


def numbered(slots: int) -> list[tuple[int, int]]:
    return [(1, unit) for unit in range(1, slots + 1)]


@settings(deadline=None, max_examples=200)
@given(
    counts=st.lists(st.integers(1, 8), max_size=60),
    limit=st.integers(0, 5),
    slots=st.integers(0, 300),
    seed=st.integers(0, 2**32),
)
def test_selection_equals_its_definition(counts: list[int], limit: int, slots: int, seed: int) -> None:
    blocks, key = blocks_of(counts), some_key(seed)
    expected = list(by_definition(numbered(slots), blocks, limit, words(key)))
    assert expected == list(select(numbered(slots), sum(counts), limit, finder(blocks), words(key)))


@pytest.mark.parametrize("limit", [0, 1, 2, 7])
def test_selection_equals_its_definition_over_many_draws(limit: int) -> None:
    blocks = blocks_of([1 + at % 5 for at in range(1200)])
    tickets, key = blocks[-1].first_ticket + blocks[-1].ticket_count - 1, some_key(limit)
    expected = list(by_definition(numbered(3000), blocks, limit, words(key)))
    assert expected == list(select(numbered(3000), tickets, limit, finder(blocks), words(key)))
    assert len(expected) > 1000


def test_every_ticket_is_drawn_once_when_there_are_slots_enough() -> None:
    blocks = blocks_of([700, 1, 600])
    draws = list(select(numbered(5000), 1301, 0, finder(blocks), words(ZERO)))
    assert list(range(1, 1302)) == sorted(draw.ticket for draw in draws)


def test_nothing_is_drawn_without_tickets() -> None:
    assert [] == list(select(numbered(3), 0, 1, finder([]), words(ZERO)))


def test_a_block_without_its_ticket_stops_the_drawing() -> None:
    elsewhere = Block(101, 5, ZERO)
    with pytest.raises(SnapshotDamaged):
        list(select(numbered(1), 100, 0, lambda _: elsewhere, words(ZERO)))


@given(bound=st.integers(1, 2**53 - 1), seed=st.integers(0, 2**32))
def test_a_uniform_integer_is_below_its_bound(bound: int, seed: int) -> None:
    stream = words(some_key(seed))
    assert all(0 <= uniform_below(bound, stream) < bound for _ in range(20))


@pytest.mark.parametrize("power", [1, 2, 8, 31, 32, 52, 53])
def test_a_uniform_integer_takes_as_many_bits_as_it_needs(power: int) -> None:
    def word(leading_bits: int, width: int) -> int:
        return leading_bits << 64 - width | (1 << 64 - width) - 1

    assert 2**power - 1 == uniform_below(2**power, iter([word(2**power - 1, power)]))
    assert 2**power == uniform_below(2**power + 1, iter([word(2**power + 1, power + 1), word(2**power, power + 1)]))
    assert 0 == uniform_below(2**power - 1, iter([word(2**power - 1, power), 0]))


def test_the_key_depends_on_everything() -> None:
    def a_key(
        seed: bytes | None = ZERO, terms: bytes = ZERO, snapshot: bytes = ZERO, decided_by: int | None = 1
    ) -> bytes:
        return draw_key(
            seed=seed, terms_hash=terms, snapshot_hash=snapshot, decided_by=decided_by, beacon_value=beacon_value(None)
        )

    one = bytes([*range(32)])
    keys = {
        a_key(),
        a_key(seed=one),
        a_key(terms=one),
        a_key(snapshot=one),
        a_key(decided_by=2),
        a_key(decided_by=None),
    }
    assert 6 == len(keys)
    assert a_key() == a_key(seed=None)
    assert ZERO == beacon_value(None)
    assert sha256(b"signature").digest() == beacon_value(b"signature")
