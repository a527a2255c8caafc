"""What the members of a town ask for, and how often each."""

import random
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Final

import attrs

from tests.bench.load.town import Town

WEIGHTS: Final[Mapping[str, int]] = {
    "summary": 25,
    "balance": 25,
    "leaderboard": 20,
    "drawings": 20,
    "purchase": 10,
}
"""Of a hundred requests. Whoever opens the app sees the first two; one in ten buys a ticket, which is plenty."""

PATHS: Final[Mapping[str, str]] = {
    "summary": "/api/v1/activities/summary",
    "balance": "/api/v1/points/balance",
    "leaderboard": "/api/v1/leaderboards/weekly",
    "drawings": "/api/v1/drawings",
}
"""Where what is only read is."""

BODY: Final = b'{"quantity":1}'


@attrs.frozen
class Asked:
    """A request as it goes over the wire."""

    kind: str
    data: bytes


class Asking:
    """Makes the requests. Every purchase has an idempotency key of its own."""

    def __init__(self, town: Town, host: str, run: str, seed: int = 1) -> None:
        self._run = run
        self._numbers = count()
        self._heads = [_head(host, token) for token in town.tokens]
        self._lines = {kind: f"GET {path} HTTP/1.1\r\n".encode() for kind, path in PATHS.items()}
        self._lines["purchase"] = f"POST /api/v1/drawings/{town.drawing_id}/tickets HTTP/1.1\r\n".encode()
        self._kinds = _shuffled(seed)

    def by(self, member: int) -> Asked:
        """The next request, by this member."""
        kind, head = next(self._kinds), self._heads[member % len(self._heads)]
        if kind != "purchase":
            return Asked(kind, b"%s%s\r\n" % (self._lines[kind], head))
        key = f"{self._run}-{next(self._numbers)}".encode()
        about = b"idempotency-key: %s\r\ncontent-type: application/json\r\ncontent-length: %d" % (key, len(BODY))
        return Asked(kind, b"%s%s%s\r\n\r\n%s" % (self._lines[kind], head, about, BODY))


def _head(host: str, token: str) -> bytes:
    lines = (f"host: {host}", "user-agent: tests.bench", "accept: application/json", f"authorization: Bearer {token}")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _shuffled(seed: int) -> Iterator[str]:
    """Kinds in the given proportions, in another order for every hundred."""
    chance = random.Random(seed)
    hundred = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]
    while True:
        chance.shuffle(hundred)
        yield from hundred
