"""The HTTP server under load, from many users who think and from few who do not, and against FastAPI with an ORM.

All of it in one run; parts by their names: `python -m tests.bench.http [users] [rate]`. Load and servers share the
machine. It ends with 1 when a goal was missed.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from tests.bench.harness import met, tell
from tests.bench.load.contenders import Contender, fittrack_served, peer_served
from tests.bench.load.outcome import Outcome
from tests.bench.load.profile import PATHS, WEIGHTS
from tests.bench.load.town import MEMBERS, Town, built

USERS = 5_000
THINK_SECONDS = (2.0, 5.0)
P95_MILLISECONDS_MOST = 500
PROCESSES = (1, 2)
"""One for comparison; the goal is that of a machine of two processors."""

CONNECTIONS = (64, 512)
ROUNDS = 2
SECONDS = 10
RATIO_LEAST = 5.0

HEADS = ("", "requests/s", "p50 ms", "p95 ms", "p99 ms", "longest", "errors", "CPU µs", "MB")
WIDTHS = (32, 10, 8, 8, 8, 8, 7, 8, 6)


@attrs.frozen
class Report:
    """What is told at the end: a line for each load, and whether the goals were met."""

    lines: list[str] = attrs.field(factory=list)
    goals: list[tuple[str, bool]] = attrs.field(factory=list)

    def add(self, name: str, outcome: Outcome) -> Outcome:
        """Notes a load, and tells it at once as a sign of progress."""
        latencies = [f"{outcome.milliseconds(percent):,.1f}" for percent in (50, 95, 99)]
        rest = (f"{outcome.errors:,}", f"{outcome.microseconds:,.0f}", f"{outcome.most_megabytes:,.0f}")
        self.lines.append(_line((name, f"{outcome.rate:,.0f}", *latencies, f"{outcome.longest:,.0f}", *rest)))
        tell(f"{name}: {outcome.told()}")
        return outcome

    def require(self, what: str, reached: bool) -> None:  # it is what the goal came to
        self.goals.append((what, reached))

    def tell(self) -> bool:
        """The table and the goals. Whether all of them were met."""
        tell("\n".join(("", _line(HEADS), *self.lines, "")))
        for what, reached in self.goals:
            tell(f"{what}: {met(reached)}")
        return all(reached for _, reached in self.goals)


def _line(cells: Sequence[str]) -> str:
    first, *others = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f" {cell:>{width}}" for cell, width in others)


def main(parts: list[str]) -> None:
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}. There are: {', '.join(PARTS)}.")
    weights = ", ".join(f"{kind} {weight} %" for kind, weight in WEIGHTS.items())
    tell(f"of 100 requests: {weights}; {MEMBERS:,} members; SQLite with WAL, synchronous = FULL")
    busy = os.getloadavg()[0]
    tell(f"{os.cpu_count()} processors for load and servers, load average {busy:.1f} before; the members come to be")
    report = Report()
    with TemporaryDirectory(prefix="fittrack-bench-") as folder:
        town = built(Path(folder) / "fittrack.db")
        for part in parts or PARTS:
            PARTS[part](report, Path(folder), town)
    sys.exit(0 if report.tell() else 1)


def _users(report: Report, folder: Path, town: Town) -> None:
    load = {"think_seconds": THINK_SECONDS, "ramp_seconds": 10, "warm_seconds": 6, "seconds": 30}
    for processes in PROCESSES:
        with fittrack_served(folder, town, processes) as fittrack:
            outcome = fittrack.under(USERS, "users", **load)
        report.add(f"{USERS:,} users, --processes {processes}", outcome)
        _tell_kinds(outcome)
        report.require(f"{outcome.opened:,} of {USERS:,} connections open", outcome.opened == USERS)
        report.require("no errors from users who think", outcome.errors == 0)
    p95 = outcome.milliseconds(95)  # of the last
    report.require(f"p95 {p95:.0f} ms, goal < {P95_MILLISECONDS_MOST} ms", p95 < P95_MILLISECONDS_MOST)


def _rate(report: Report, folder: Path, town: Town) -> None:
    """Both with one process, and in turn, so that what disturbs the machine disturbs both."""
    with fittrack_served(folder, town) as fittrack, peer_served(folder) as peer:
        _require_same_shape(fittrack, peer)
        for connections in CONNECTIONS:
            _compare(report, connections, fittrack, peer)
    with fittrack_served(folder, town, PROCESSES[-1]) as fittrack:
        for connections in CONNECTIONS:
            outcome = fittrack.under(connections, f"{connections}-more", warm_requests=MEMBERS, seconds=SECONDS)
            report.add(f"{connections} connections, --processes {PROCESSES[-1]}", outcome)
            report.require(f"no errors at {connections} connections", outcome.errors == 0)


def _compare(report: Report, connections: int, fittrack: Contender, peer: Contender) -> None:
    ours, theirs = [], []
    for turn in range(1, ROUNDS + 1):
        # A token is verified once and remembered for its hour; the peer verifies it every time.
        outcome = fittrack.under(connections, f"{connections}-{turn}", warm_requests=MEMBERS, seconds=SECONDS)
        ours.append(report.add(f"{connections} connections, FitTrack {turn}", outcome))
        _tell_kinds(outcome)
        outcome = peer.under(connections, f"{connections}-{turn}", seconds=SECONDS)
        theirs.append(report.add(f"{connections} connections, the peer {turn}", outcome))
    ratio = sum(outcome.rate for outcome in ours) / sum(outcome.rate for outcome in theirs)
    costs = [sum(outcome.microseconds for outcome in outcomes) for outcomes in (ours, theirs)]
    report.require(
        f"{connections} connections: {ratio:.1f} times the peer's requests/s, goal ≥ {RATIO_LEAST:.0f} "
        f"(processor time for a request: 1 to {costs[1] / costs[0]:.1f})",
        ratio >= RATIO_LEAST,
    )
    report.require(f"no errors at {connections} connections", not any(outcome.errors for outcome in ours))


def _require_same_shape(fittrack: Contender, peer: Contender) -> None:
    """What is compared must be comparable: the peer's answers have no other names than ours, and few less."""
    for kind, path in PATHS.items():
        ours, theirs = (
            _names(json.loads(contender.server.get(path, contender.town.tokens[0])[1]))
            for contender in (fittrack, peer)
        )
        assert theirs <= ours, (kind, theirs - ours)
        assert len(theirs) >= 0.9 * len(ours), (kind, ours - theirs)


def _names(value: Any, within: str = "") -> set[str]:
    if isinstance(value, list):
        return set().union(*(_names(each, within) for each in value))
    if not isinstance(value, Mapping):
        return {within}
    return set().union(*(_names(each, f"{within}/{name}") for name, each in value.items()))


def _tell_kinds(outcome: Outcome) -> None:
    kinds = ", ".join(f"{kind} {outcome.milliseconds(95, kind):.1f}" for kind in WEIGHTS if outcome.latencies.get(kind))
    tell(f"    p95 in ms: {kinds}; answers in a second {min(outcome.by_second):,} to {max(outcome.by_second):,}")


PARTS: Mapping[str, Callable[[Report, Path, Town], None]] = {"users": _users, "rate": _rate}


if __name__ == "__main__":
    main(sys.argv[1:])
