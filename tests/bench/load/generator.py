"""The load, in a process of its own: many connections, each with one request at a time.

It is told what to do as JSON on stdin, and tells what came of it as JSON on stdout.
"""

import asyncio
import gc
import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import attrs
import uvloop

from fittrack_http.open_files import allow_open_files
from tests.bench.load.profile import Asking
from tests.bench.load.town import Town

ANSWERED_WITHIN_SECONDS = 30
OTHER_FILES = 64
LENGTH = b"content-length: "


@attrs.frozen(kw_only=True)
class Load:
    """What is to be done.

    Attributes:
        host: Where the server is.
        port: Where the server is.
        town: The file of the members and what they buy.
        name: Tells this load's idempotency keys from those of others.
        connections: How many members come at a time.
        think_seconds: The least and the longest time that a member looks at an answer, each over a connection of their
            own. Without it they ask at once, and every request is the next member's.
        ramp_seconds: Within which the connections are opened.
        warm_seconds: From then on nothing is counted for so long.
        warm_requests: Nor before so many requests: a token's first one costs more than the others of its hour.
        seconds: For so long it is counted.
    """

    host: str
    port: int
    town: str
    name: str
    connections: int
    think_seconds: tuple[float, float] | None = None
    ramp_seconds: float = 1.0
    warm_seconds: float = 2.0
    warm_requests: int = 0
    seconds: float = 10.0


@attrs.define
class Tally:
    """What came of the requests that were sent while it counts: by kind, by kind and status, and by second."""

    latencies: dict[str, list[float]] = attrs.field(factory=lambda: defaultdict(list))
    """In seconds, of what was answered as it should be."""
    statuses: Counter[str] = attrs.field(factory=Counter)
    by_second: Counter[int] = attrs.field(factory=Counter)
    begun: float = 0.0
    ended: float = 0.0


class Generator:
    """All connections of a load."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.asking = Asking(Town.load(Path(load.town)), f"{load.host}:{load.port}", load.name)
        self.tally = Tally()
        self.counts_from = float("inf")
        self.counts_until = float("inf")
        self.is_over = False
        self.open = 0
        self.waiting = 0
        self.lost = 0
        self.shut_out = 0
        self._turn = 0
        self._warm = asyncio.Event()
        self._coming_back: set[asyncio.Task[None]] = set()

    async def run(self) -> dict[str, Any]:
        load = self.load
        await asyncio.gather(*(self._come(number) for number in range(load.connections)))
        opened = self.open
        await asyncio.sleep(load.warm_seconds)
        await self._warm.wait()
        self.tally.begun, self.counts_from = monotonic(), perf_counter()
        self.counts_until = self.counts_from + load.seconds
        await asyncio.sleep(load.seconds)
        self.tally.ended, self.is_over = monotonic(), True
        for _ in range(ANSWERED_WITHIN_SECONDS * 10):
            if not self.waiting:
                break
            await asyncio.sleep(0.1)
        told = {"opened": opened, "lost": self.lost, "shut_out": self.shut_out, "unanswered": self.waiting}
        return {**attrs.asdict(self.tally), **told}

    async def _come(self, number: int) -> None:
        await asyncio.sleep(self.load.ramp_seconds * number / self.load.connections)
        await self.connect(number)

    async def connect(self, number: int) -> None:
        """Opens connection `number`, the first time or again."""
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: Connection(self, number), self.load.host, self.load.port)
        except OSError:
            self.shut_out += 1

    def lose(self, number: int) -> None:
        """The server has closed connection `number`."""
        self.open -= 1
        if not self.is_over:
            self.lost += 1
            task = asyncio.create_task(self.connect(number))
            self._coming_back.add(task)
            task.add_done_callback(self._coming_back.discard)

    def member(self, number: int) -> int:
        """Who speaks next over connection `number`."""
        self._turn += 1
        if self._turn > self.load.warm_requests:
            self._warm.set()
        return self._turn if self.load.think_seconds is None else number

    def count(self, kind: str, status: str, begun: float) -> None:
        if not self.counts_from <= begun < self.counts_until:
            return
        now = perf_counter()
        if status < "400":
            self.tally.latencies[kind].append(now - begun)
        self.tally.statuses[f"{kind} {status}"] += 1
        self.tally.by_second[int(now - self.counts_from)] += 1


class Connection(asyncio.Protocol):
    """A member's connection: asks, waits for the whole answer, thinks, asks again. It comes back when it is lost."""

    def __init__(self, generator: Generator, number: int) -> None:
        self._generator = generator
        self._number = number
        self._received = b""
        self._kind = ""
        self._begun: float | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._generator.open += 1
        think = self._generator.load.think_seconds
        self._ask_in(random.uniform(0, think[1]) if think else 0)

    def _ask_in(self, seconds: float) -> None:
        self._loop.call_later(seconds, self._ask, perf_counter() + seconds)

    def _ask(self, due: float) -> None:
        """Asks. It counts from when it was due, not from when this process came to it."""
        generator = self._generator
        if generator.is_over or self._transport.is_closing():
            return
        asked = generator.asking.by(generator.member(self._number))
        self._kind, self._begun = asked.kind, due
        generator.waiting += 1
        self._transport.write(asked.data)

    def data_received(self, data: bytes) -> None:
        data = self._received + data
        end = data.find(b"\r\n\r\n")
        at = data.find(LENGTH, 0, end)
        length = 0 if at < 0 else int(data[at + len(LENGTH) : data.index(b"\r", at)])
        if end < 0 or len(data) < end + 4 + length:
            self._received = data
            return
        self._received = b""
        self._answered(data[9:12].decode())
        think = self._generator.load.think_seconds
        if think is None:
            self._ask(perf_counter())
        else:
            self._ask_in(random.uniform(*think))

    def _answered(self, status: str) -> None:
        assert self._begun is not None
        self._generator.waiting -= 1
        self._generator.count(self._kind, status, self._begun)
        self._begun = None

    def connection_lost(self, _: Exception | None) -> None:
        self._generator.waiting -= self._begun is not None
        self._generator.lose(self._number)


def main() -> None:
    load = Load(**json.load(sys.stdin))
    if (most := allow_open_files()) < load.connections + OTHER_FILES:
        sys.exit(
            f"{load.connections:,} connections need as many open files, and the system allows {most:,} (ulimit -Hn)."
        )
    generator = Generator(load)
    gc.freeze()
    gc.disable()  # a pause here would look like one of the server
    json.dump(uvloop.run(generator.run()), sys.stdout)


if __name__ == "__main__":
    main()
