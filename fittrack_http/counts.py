"""What a server counts: requests, log-ins, jobs; in one process or, by reading what each has written, in several."""

import pickle
from bisect import bisect_left
from collections.abc import Hashable, Iterable
from typing import Final, TypeVar

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
        """For the other processes of the server to `read`."""
        return pickle.dumps(_numbers(self))

    def with_all(self, others: Iterable[bytes]) -> "Counts":
        """The sums of what is counted here and what others have written."""
        whole = Counts()
        for numbers in (_numbers(self), *map(pickle.loads, others)):  # what our own processes wrote
            for name, found in numbers.items():
                if isinstance(found, dict):
                    for what, number in found.items():
                        add(getattr(whole, name), what, number)
                else:
                    setattr(whole, name, getattr(whole, name) + found)
        return whole

    def __enter__(self) -> None:
        self.under_way += 1

    def __exit__(self, *_: object) -> None:
        self.under_way -= 1


def _numbers(counts: Counts) -> dict[str, dict[Hashable, float] | int]:
    """Copied at once: other threads go on counting."""
    found = attrs.asdict(counts, recurse=False)
    return {name: dict(value) if isinstance(value, dict) else value for name, value in found.items()}
