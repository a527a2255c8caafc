"""The exact laws that fair drawings obey, and how far a run of drawings is from them."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from itertools import permutations, product
from typing import Final, Literal, TypeAlias

import attrs

from fittrack_domain.sweepstakes.draw.selection import beacon_value, draw_key, words
from tests.statistics.drawers import Drawer, Drawn, Setting

REFUSED_BELOW: Final = 1e-6
_EXPECTED_MIN: Final = 5  # rarer outcomes are counted together, else chi-square is no good approximation
_ZERO: Final = bytes(32)

Varied: TypeAlias = Literal["seed", "terms", "snapshot", "signature"]
VARIED: Final[tuple[Varied, ...]] = ("seed", "terms", "snapshot", "signature")


@attrs.frozen
class Law:
    """What is observed in each drawing (or group of consecutive drawings), and how probable each outcome is."""

    setting: Setting
    outcome: Callable[[list[Drawn]], Hashable]
    probabilities: Mapping[Hashable, Fraction]
    drawings_each: int = 1

    def p_value(self, draw: Drawer, keys: Iterable[bytes]) -> float:
        """How probable drawings as far from the law, or farther, would be if they were fair."""
        drawn = (draw(self.setting, words(key)) for key in keys)
        groups = zip(*[drawn] * self.drawings_each, strict=True)
        observed = Counter(self.outcome(list(group)) for group in groups)
        return upper_tail(*self._chi_square(observed))

    def _chi_square(self, observed: Mapping[Hashable, int]) -> tuple[float, int]:
        total = sum(observed.values())
        statistic, cells, rare_expected, rare_observed = 0.0, 0, 0.0, 0
        for outcome, probability in self.probabilities.items():
            expected, seen = float(total * probability), observed.get(outcome, 0)
            if expected < _EXPECTED_MIN:
                rare_expected, rare_observed = rare_expected + expected, rare_observed + seen
            else:
                statistic, cells = statistic + (seen - expected) ** 2 / expected, cells + 1
        if rare_expected:
            statistic, cells = statistic + (rare_observed - rare_expected) ** 2 / rare_expected, cells + 1
        impossible = observed.keys() - self.probabilities.keys()
        return (math.inf if impossible else statistic), cells - 1


def upper_tail(statistic: float, freedom: int) -> float:
    """P(chi-square with so many degrees of freedom ≥ statistic), in closed form."""
    if math.isinf(statistic):
        return 0.0
    half, odd = statistic / 2, freedom % 2
    powers = [power + odd / 2 for power in range(freedom // 2)]
    terms = (math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers)
    return math.fsum(terms) + (math.erfc(math.sqrt(half)) if odd else 0)


def keys(varied: Varied, seed: str, number: int) -> Iterator[bytes]:
    """Keys of drawings that differ in one thing only."""
    for drawing in range(number):
        value = sha256(f"{seed}/{varied}/{drawing}".encode()).digest()
        yield draw_key(
            seed=value if varied == "seed" else _ZERO,
            terms_hash=value if varied == "terms" else _ZERO,
            snapshot_hash=value if varied == "snapshot" else _ZERO,
            decided_by=1,
            beacon_value=beacon_value(value + value[:16] if varied == "signature" else bytes(48)),
        )


def _equal(outcomes: Iterable[Hashable]) -> dict[Hashable, Fraction]:
    every = list(outcomes)
    return dict.fromkeys(every, Fraction(1, len(every)))


def _winner(place: int, tickets: int) -> Law:
    return Law(Setting((tickets,), place), lambda drawn: drawn[0][place - 1], _equal(range(1, tickets + 1)))


def _pair(first: int, second: int, tickets: int) -> Law:
    return Law(
        Setting((tickets,), second),
        lambda drawn: (drawn[0][first - 1], drawn[0][second - 1]),
        _equal(permutations(range(1, tickets + 1), 2)),
    )


def _orders(tickets: int) -> Law:
    every = permutations(range(1, tickets + 1))
    return Law(Setting((tickets,), tickets), lambda drawn: tuple(drawn[0]), _equal(every))


def _distance(tickets: int) -> Law:
    pairs = tickets * (tickets - 1)
    return Law(
        Setting((tickets,), 2),
        lambda drawn: abs(drawn[0][0] - drawn[0][1]),
        {distance: Fraction(2 * (tickets - distance), pairs) for distance in range(1, tickets)},
    )


def _consecutive(tickets: int) -> Law:
    """The first winners of two drawings, one after the other."""
    return Law(
        Setting((tickets,), 1),
        lambda drawn: (drawn[0][0], drawn[1][0]),
        _equal(product(range(1, tickets + 1), repeat=2)),
        drawings_each=2,
    )


def _thirds(power: int) -> Law:
    """In which third of 3·2^power tickets the winner lies: a word too narrow, reduced, doubles the first."""
    return Law(Setting((3 << power,), 1), lambda drawn: (drawn[0][0] - 1) >> power, _equal(range(3)))


def _holders(limit: int) -> Law:
    """Who wins the first three prizes."""
    setting = Setting((4, 30, 2, 1, 3), slots=3, limit=limit)
    return Law(
        setting,
        lambda drawn: tuple(setting.block_no(ticket) for ticket in drawn[0]),
        dict(_sequences(setting.counts, limit, setting.slots)),
    )


def _sequences(counts: tuple[int, ...], limit: int, length: int) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Every sequence of winners of some length with its probability, by enumeration."""
    if length == 0:
        yield (), Fraction(1)
        return
    for earlier, probability in _sequences(counts, limit, length - 1):
        won = Counter(earlier)
        left = [0 if limit and won[at] == limit else count - won[at] for at, count in enumerate(counts)]
        for at, remaining in enumerate(left):
            if remaining:
                yield (*earlier, at), probability * Fraction(remaining, sum(left))


LAWS: Final[Mapping[str, Law]] = {
    "first winner of 7": _winner(1, 7),
    "first winner of 1000": _winner(1, 1000),
    "third winner of 10": _winner(3, 10),
    "first and second of 10": _pair(1, 2, 10),
    "first and third of 10": _pair(1, 3, 10),
    "orders of 5": _orders(5),
    "distance of two of 100": _distance(100),
    "consecutive drawings": _consecutive(10),
    "holders without a limit": _holders(0),
    "holders with one win each": _holders(1),
    "holders with two wins each": _holders(2),
    "thirds of 3·2^6": _thirds(6),
    "thirds of 3·2^14": _thirds(14),
    "thirds of 3·2^30": _thirds(30),
    "thirds of 3·2^51": _thirds(51),
}
