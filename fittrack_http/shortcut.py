"""The short way for reads that take less time than the way to a thread and back: on the event loop."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Final, Protocol, TypeVar

from fittrack_http.routes import Route

T = TypeVar("T")

SLOW_SECONDS: Final = 0.05
"""More than the last reads of a route may take on average. A single one may be long for want of a processor."""

SHARE: Final = 8
"""The last read makes so great a part of the average: one of half a second is enough to be slow."""

SPARED: Final = 50
"""So many times as long as the last read took, none of its route is done on the loop."""


class StoreAtHand(Protocol):
    """A store in this process. Reading it waits for nobody."""

    def answering(self) -> AbstractContextManager[object]:
        """A block in which this thread only answers somebody, and its reads wait for no disk."""
        ...


class Shortcut:
    """Does quick routes on the event loop, each of them for as long as it is quick.

    Reads that turn out slow, from a disk that is busy for instance, keep everybody waiting. They cannot be called back,
    but the next ones of their route go through the threads, until the loop has made up for it.
    """

    def __init__(self, timer: Callable[[], float] = perf_counter) -> None:
        self._timer = timer
        self._averages: dict[str, float] = {}
        self._closed_until: dict[str, float] = {}

    def is_open(self, route: Route) -> bool:
        return route.quick and self._timer() >= self._closed_until.get(route.operation, 0.0)

    def run(self, route: Route, work: Callable[[], T]) -> T:
        """The result of `work`, which is the route's."""
        begun = self._timer()
        try:
            return work()
        finally:
            self._took(route.operation, self._timer() - begun)

    def _took(self, operation: str, seconds: float) -> None:
        average = self._averages.get(operation, 0.0)
        average += (seconds - average) / SHARE
        if average > SLOW_SECONDS:
            self._closed_until[operation] = self._timer() + SPARED * seconds
            average = 0.0
        self._averages[operation] = average
