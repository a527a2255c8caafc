"""What a server counts: requests, log-ins, jobs; in one process or, by reading what each has written, in several."""

import pickle
from bisect import bisect_left
from collections.abc import Hashable, Iterable
from typing import Any, Final, TypeVar

import attrs

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

K = TypeVar("K", bound=Hashable)


def add(counts: dict[K, float], what: K, number: float = 1) -> None:
    """Counts one, or so many, more of something."""
    counts[what] = counts.get(what, 0) + number


@attrs.define
class Counts:
    """Numbers by what they count. Each is added to by one thread; any may be read at any time."""

    requests: dict[tuple[str, str, int], float] = attrs.field(factory=dict)
    """By route, method, and the first digit of the status."""
    latencies: dict[tuple[str, int], float] = attrs.field(factory=dict)
    """By route, and number of the bucket."""
    seconds: dict[str, float] = attrs.field(factory=dict)
    """All of them together, by route."""
    limited: dict[str, float] = attrs.field(factory=dict)
    log_ins: dict[str, float] = attrs.field(factory=dict)
    runs: dict[tuple[str, bool], float] = attrs.field(factory=dict)
    last_runs: dict[str, float] = attrs.field(factory=dict)
    """When each job ran well. Only one process runs it."""
    under_way: int = 0

    def took(self, path: str, seconds: float) -> None:
        """An answer of this route took so long."""
        add(self.latencies, (path, bisect_left(BUCKETS, seconds)))
        add(self.seconds, path, seconds)

    def cumulated(self, path: str) -> list[tuple[str, float]]:
        """How many answers of a route took at most as long as each bucket says."""
        names = (*map(str, BUCKETS), "+Inf")
        numbers = [self.latencies.get((path, at), 0) for at in range(len(names))]
        return [(name, sum(numbers[: at + 1])) for at, name in enumerate(names)]

    def written(self) -> bytes:
        """All of them, for `sum_of`."""
        # Each is copied at once: other threads go on counting.
        return pickle.dumps([value if isinstance(value, int) else dict(value) for value in _values(self)])

    @classmethod
    def sum_of(cls, written: Iterable[bytes]) -> "Counts":
        """The sums of what the processes of one server have `written`."""
        whole = cls()
        for numbers in map(pickle.loads, written):
            *counted, whole_under_way = zip(_values(whole), numbers, strict=True)
            for sums, counts in counted:
                for what, number in counts.items():
                    add(sums, what, number)
            whole.under_way = sum(whole_under_way)
        return whole


def _values(counts: Counts) -> tuple[Any, ...]:
    return attrs.astuple(counts, recurse=False)
