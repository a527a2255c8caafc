"""From a key to the winning tickets: uniform, without replacement, reproducible (protocol, sections 6 and 7)."""

import hmac
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import count
from typing import Final

import attrs

from fittrack_domain.sweepstakes.draw.encoding import label, u64
from fittrack_domain.sweepstakes.draw.errors import SnapshotDamaged

ALTERNATE_RANK: Final = 0
_ZERO: Final = bytes(32)
_RUN_MAX: Final = 512  # runs of 256 to 512 intervals: 20,000 draws in 0.2 s instead of 6 s


@attrs.frozen
class Block:
    """The consecutive tickets of one holder."""

    first_ticket: int
    ticket_count: int
    holder: bytes

    def __contains__(self, ticket: int) -> bool:
        return self.first_ticket <= ticket < self.first_ticket + self.ticket_count


@attrs.frozen
class Draw:
    """The n-th ticket drawn, and the slot it fills: a unit of the prize of that rank, or of the alternates (rank 0)."""

    n: int
    rank: int
    unit: int
    ticket: int
    holder: bytes


def beacon_value(signature: bytes | None) -> bytes:
    """What the beacon contributes; 32 zero bytes without one."""
    return _ZERO if signature is None else sha256(signature).digest()


def draw_key(
    *, seed: bytes | None, terms_hash: bytes, snapshot_hash: bytes, decided_by: int | None, beacon_value: bytes
) -> bytes:
    """The key of all randomness of a drawing.

    Args:
        seed: The opened seed; `None` if it is lost.
        terms_hash: Of the terms, 32 bytes.
        snapshot_hash: Of the frozen tickets, 32 bytes.
        decided_by: The beacon's round; `None` without a beacon.
        beacon_value: As `beacon_value()` gives it.
    """
    message = label("key") + terms_hash + snapshot_hash + u64(decided_by or 0) + beacon_value
    return hmac.digest(seed or _ZERO, message, "sha256")


def words(key: bytes) -> Iterator[int]:
    """The endless sequence of 64-bit words under a key."""
    return (int.from_bytes(hmac.digest(key, u64(number), "sha256")[:8]) for number in count())


def uniform_below(bound: int, words: Iterator[int]) -> int:
    """A uniform integer from 0 to `bound` − 1: the leading bits of the first word for which they are small enough."""
    shift = 64 - (bound - 1).bit_length()
    while (number := next(words) >> shift) >= bound:
        pass
    return number


def select(
    slots: Iterable[tuple[int, int]],
    tickets: int,
    max_wins_per_holder: int,
    block_of: Callable[[int], Block],
    words: Iterator[int],
) -> Iterator[Draw]:
    """Draws tickets for the slots until one or the other runs out.

    Args:
        slots: Rank and unit of each slot, in the order of drawing.
        tickets: How many tickets there are, numbered from 1.
        max_wins_per_holder: After so many wins the holder's whole block is out; 0 for no limit.
        block_of: The block a ticket lies in; asked once per draw, in their order.
        words: Random words, as `words(key)` gives them.

    Raises:
        SnapshotDamaged: when `block_of` answers with a block without the ticket.
    """
    removed = RemovedTickets()
    won: dict[bytes, list[int]] = {}
    for n, (rank, unit) in enumerate(slots, start=1):
        remaining = tickets - removed.tickets
        if remaining == 0:
            return
        ticket = removed.remaining_ticket(uniform_below(remaining, words))
        block = block_of(ticket)
        if ticket not in block:
            raise SnapshotDamaged(block.first_ticket)
        yield Draw(n, rank, unit, ticket, block.holder)
        earlier = won.setdefault(block.holder, [])
        if len(earlier) + 1 == max_wins_per_holder:
            removed.forget(earlier)
            removed.add(block.first_ticket, block.ticket_count)
        else:
            earlier.append(ticket)
            removed.add(ticket, 1)


class RemovedTickets:
    """Tickets no longer in the urn: sorted disjoint intervals, in runs so that whole runs are skipped or split."""

    def __init__(self) -> None:
        self.tickets = 0
        self._runs: list[_Run] = []

    def remaining_ticket(self, smaller: int) -> int:
        """The ticket that is not removed and has exactly so many smaller ones that are not."""
        ticket = smaller + 1
        for run in self._runs:
            if ticket < run.stops_below:
                return run.remaining_ticket(ticket)
            ticket += run.tickets
        return ticket

    def add(self, first: int, length: int) -> None:
        """Removes an interval that overlaps none removed before."""
        self.tickets += length
        if not self._runs:
            self._runs.append(_Run([first], [length]))
            return
        at = self._run_of(first)
        self._runs[at].add(first, length)
        if len(self._runs[at].firsts) > _RUN_MAX:
            self._runs[at : at + 1] = self._runs[at].halves()

    def forget(self, tickets: Iterable[int]) -> None:
        """Puts back tickets that were removed one by one."""
        for ticket in tickets:
            at = self._run_of(ticket)
            self._runs[at].forget(ticket)
            if not self._runs[at].firsts:
                del self._runs[at]
            self.tickets -= 1

    def _run_of(self, ticket: int) -> int:
        return max(bisect_right(self._runs, ticket, key=lambda run: run.firsts[0]) - 1, 0)


class _Run:
    """Some hundred neighbouring intervals."""

    def __init__(self, firsts: list[int], lengths: list[int]) -> None:
        self.firsts = firsts
        self.lengths = lengths
        self.tickets = sum(lengths)

    @property
    def stops_below(self) -> int:
        """Numbers below this, counted on over the intervals, come to rest before the last of them."""
        return self.firsts[-1] - self.tickets + self.lengths[-1]

    def remaining_ticket(self, ticket: int) -> int:
        """Counts on over the intervals up to a ticket that is not removed and lies before the last of them."""
        at = 0
        while ticket >= self.firsts[at]:
            ticket += self.lengths[at]
            at += 1
        return ticket

    def add(self, first: int, length: int) -> None:
        at = bisect_left(self.firsts, first)
        self.firsts.insert(at, first)
        self.lengths.insert(at, length)
        self.tickets += length

    def forget(self, ticket: int) -> None:
        at = bisect_left(self.firsts, ticket)
        del self.firsts[at], self.lengths[at]
        self.tickets -= 1

    def halves(self) -> "tuple[_Run, _Run]":
        half = len(self.firsts) // 2
        return _Run(self.firsts[:half], self.lengths[:half]), _Run(self.firsts[half:], self.lengths[half:])
