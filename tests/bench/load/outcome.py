"""Putting a load on a server, and what came of it in figures."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

import attrs

from tests.bench.harness import percentile
from tests.bench.load.generator import Load
from tests.bench.load.served import HOST, Sample, Served


@attrs.frozen(kw_only=True)
class Outcome:
    """What a load came to.

    Attributes:
        seconds: For so long it was counted.
        latencies: In seconds, by kind, of what was answered as it should be.
        statuses: How many answers of a kind had which status.
        by_second: How many answers came in each second.
        opened: Connections that were open when all had come.
        lost: Connections that the server closed meanwhile.
        shut_out: Connections that it did not take.
        unanswered: Requests that were still waiting half a minute after the last.
        samples: The server's process, from before the first connection until the last answer.
        counted: Those of them that were taken while it counted.
    """

    seconds: float
    latencies: Mapping[str, Sequence[float]]
    statuses: Mapping[str, int]
    by_second: Sequence[int]
    opened: int
    lost: int
    shut_out: int
    unanswered: int
    samples: Sequence[Sample]
    counted: Sequence[Sample]

    @property
    def answered(self) -> int:
        """As it should be."""
        return sum(map(len, self.latencies.values()))

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def faults(self) -> Mapping[str, int]:
        """Everything else: refusals, connections that the server closed or would not take, what it never answered."""
        found = {status: count for status, count in self.statuses.items() if status.split()[1] >= "400"}
        broken = {"lost": self.lost, "not let in": self.shut_out, "never answered": self.unanswered}
        return found | {what: count for what, count in broken.items() if count}

    @property
    def errors(self) -> int:
        return sum(self.faults.values())

    @property
    def longest(self) -> float:
        """In milliseconds."""
        return max(map(max, self.latencies.values())) * 1000

    @property
    def processor_seconds(self) -> float:
        """Of the server, while it counted."""
        return self.counted[-1].processor_seconds - self.counted[0].processor_seconds

    @property
    def processors(self) -> float:
        """How many processors the server kept busy."""
        return self.processor_seconds / (self.counted[-1].at - self.counted[0].at)

    @property
    def microseconds(self) -> float:
        """Processor time of the server for an answer of any kind."""
        return self.processors * self.seconds / sum(self.by_second) * 1e6

    @property
    def most_megabytes(self) -> float:
        return max(sample.megabytes for sample in self.samples)

    def milliseconds(self, percent: int, kind: str | None = None) -> float:
        """Within which so many percent were answered."""
        chosen = chain(*self.latencies.values()) if kind is None else self.latencies[kind]
        return percentile(list(chosen), percent) * 1000

    def told(self) -> str:
        faults = ", ".join(f"{count:,} × {what}" for what, count in self.faults.items()) or "no errors"
        percentiles = ", ".join(f"p{percent} {self.milliseconds(percent):.1f} ms" for percent in (50, 95, 99))
        return f"{self.rate:,.0f} requests/s, {percentiles}, {faults}"


def put_on(server: Served, load: Load) -> Outcome:
    """Runs a load against a server, in a process of its own."""
    load = attrs.evolve(load, host=HOST, port=server.port)
    with server.watched() as samples:
        ran = subprocess.run(
            [sys.executable, "-m", "tests.bench.load.generator"],
            input=json.dumps(attrs.asdict(load)).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
    found = json.loads(ran.stdout)
    per_second = Counter({int(second): count for second, count in found["by_second"].items()})
    return Outcome(
        seconds=load.seconds,
        latencies=found["latencies"],
        statuses=found["statuses"],
        by_second=[per_second[second] for second in range(int(load.seconds))],
        opened=found["opened"],
        lost=found["lost"],
        shut_out=found["shut_out"],
        unanswered=found["unanswered"],
        samples=samples,
        counted=[sample for sample in samples if found["begun"] <= sample.at <= found["ended"]],
    )
