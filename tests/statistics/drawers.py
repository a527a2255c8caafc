"""The drawing under test as a bare function of random words, and wrong ways of drawing for the battery to refuse."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, repeat
from typing import TypeAlias

import attrs

from fittrack_domain.sweepstakes.draw.selection import Block, select, uniform_below

Drawn: TypeAlias = list[int]
"""Tickets in the order of drawing."""

Uniform: TypeAlias = Callable[[int, Iterator[int]], int]


@attrs.frozen
class Setting:
    """What is drawn from: blocks of so many tickets, for so many slots, under a limit of wins per holder."""

    counts: tuple[int, ...]
    slots: int
    limit: int = 0
    firsts: tuple[int, ...] = attrs.field(init=False)

    @firsts.default
    def _numbered(self) -> tuple[int, ...]:
        return tuple(accumulate(self.counts, initial=1))[:-1]

    @property
    def tickets(self) -> int:
        return sum(self.counts)

    def block_no(self, ticket: int) -> int:
        return bisect_right(self.firsts, ticket) - 1

    def block_of(self, ticket: int) -> Block:
        number = self.block_no(ticket)
        return Block(self.firsts[number], self.counts[number], bytes([number]))


Drawer: TypeAlias = Callable[[Setting, Iterator[int]], Drawn]


def by_protocol(setting: Setting, stream: Iterator[int]) -> Drawn:
    slots = ((1, unit) for unit in range(1, setting.slots + 1))
    draws = select(slots, setting.tickets, setting.limit, setting.block_of, stream)
    return [draw.ticket for draw in draws]


def with_uniform(uniform: Uniform) -> Drawer:
    """Draws without replacement and without limits, by another uniform integer."""

    def draw(setting: Setting, stream: Iterator[int]) -> Drawn:
        drawn: Drawn = []
        for already in range(setting.slots):
            ticket = uniform(setting.tickets - already, stream) + 1
            for earlier in sorted(drawn):
                ticket += earlier <= ticket
            drawn.append(ticket)
        return drawn

    return draw


def masked_word_modulo(bound: int, stream: Iterator[int]) -> int:
    return (next(stream) >> 64 - (bound - 1).bit_length()) % bound


def narrow_word_modulo(bits: int) -> Uniform:
    return lambda bound, stream: (next(stream) >> 64 - bits) % bound


def never_the_last(bound: int, stream: Iterator[int]) -> int:
    return uniform_below(max(bound - 1, 1), stream)


def one_word_for_all(setting: Setting, stream: Iterator[int]) -> Drawn:
    return with_uniform(lambda bound, same: next(same) * bound >> 64)(setting, repeat(next(stream)))


def with_replacement(setting: Setting, stream: Iterator[int]) -> Drawn:
    return [uniform_below(setting.tickets, stream) + 1 for _ in range(setting.slots)]


def naive_shuffle(setting: Setting, stream: Iterator[int]) -> Drawn:
    """Swaps every place with any place: n^n equally likely ways for n! orders."""
    tickets = list(range(1, setting.tickets + 1))
    for place in range(len(tickets)):
        other = uniform_below(len(tickets), stream)
        tickets[place], tickets[other] = tickets[other], tickets[place]
    return tickets[: setting.slots]


def members_not_tickets(setting: Setting, stream: Iterator[int]) -> Drawn:
    """Every member has the same chance however many tickets they hold."""
    drawn: Drawn = []
    while len(drawn) < setting.slots:
        number = uniform_below(len(setting.counts), stream)
        ticket = setting.firsts[number] + uniform_below(setting.counts[number], stream)
        wins = sum(setting.block_no(earlier) == number for earlier in drawn)
        if ticket not in drawn and (setting.limit == 0 or wins < setting.limit):
            drawn.append(ticket)
    return drawn


def limit_ignored(setting: Setting, stream: Iterator[int]) -> Drawn:
    return by_protocol(attrs.evolve(setting, limit=0), stream)
