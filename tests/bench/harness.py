"""What every benchmark shares: an installation to measure on, a clock that can be set, and one line per figure."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import attrs

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.wiring import Installation, open_fittrack

MASTER_KEY = bytes(range(32))
"""The same for every process of a benchmark."""


@attrs.define
class SetClock:
    """The machine's clock, set back or ahead."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@attrs.frozen
class Bench:
    """An empty, migrated installation on a database of its own, as durable as a real one."""

    installation: Installation
    clock: SetClock

    @property
    def store(self) -> SqliteStore:
        """For what can be measured on SQLite only."""
        assert isinstance(self.installation.store, SqliteStore)
        return self.installation.store


@contextmanager
def benches(count: int) -> Iterator[Sequence[Bench]]:
    """Installations that are gone afterwards."""
    with TemporaryDirectory(prefix="fittrack-bench-") as folder:
        made = [_bench(Path(folder) / f"{number}.db") for number in range(count)]
        yield made
        for bench in made:
            bench.installation.close()


def _bench(path: Path) -> Bench:
    bench = bench_on(f"sqlite:///{path}")
    migrate(bench.store)
    return bench


def bench_on(url: str) -> Bench:
    """An installation on a database that is there already."""
    clock = SetClock()
    return Bench(open_fittrack(Settings(database_url=url, master_key=MASTER_KEY), clock=clock), clock)


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, by the clock on the wall."""
    start = perf_counter()
    work()
    return perf_counter() - start


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def met(reached: bool) -> str:
    return "met" if reached else "MISSED"


def tell(line: str) -> None:
    """Prints a figure at once, also into a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
