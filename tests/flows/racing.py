"""Many at once, and what must hold afterwards whoever came first."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.wiring import Installation
from fittrack_domain.shared.errors import FitTrackError

MORNING = datetime(2026, 3, 2, 12, tzinfo=UTC)


def clock_of(installation: Installation) -> StoppedClock:
    clock = installation.fittrack.sweepstakes.clock
    assert isinstance(clock, StoppedClock)
    return clock


def all_at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Starts all together, and answers what each came to: its value, or the error it raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        except FitTrackError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refusals(outcomes: list[Any]) -> list[FitTrackError]:
    return [outcome for outcome in outcomes if isinstance(outcome, FitTrackError)]


def assert_books_balance(installation: Installation) -> None:
    fittrack = installation.fittrack
    assert () == tuple(fittrack.points.verify().problems)
    assert fittrack.audit.verify().whole
    assert fittrack.proofs.verify_log().whole
