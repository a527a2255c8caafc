"""The one way from the event loop to the synchronous domain: a bounded pool of threads."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from time import monotonic
from typing import TypeVar

from fittrack_http.errors import TooBusy

T = TypeVar("T")


class Crossing:
    """Runs work in `threads` threads. At most `waiting_max` calls wait, each for at most `wait_seconds`.

    Whoever finds no place, or gets one too late, is told so at once (`TooBusy`) instead of joining an endless queue.
    """

    def __init__(self, threads: int, waiting_max: int, wait_seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="fittrack-http")
        self._places = threading.BoundedSemaphore(threads + waiting_max)
        self._wait_seconds = wait_seconds

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`. Raises `TooBusy`, and what `work` raises."""
        if not self._places.acquire(blocking=False):
            raise TooBusy
        # In a copy of the caller's context: what is logged by the work names the request, too.
        future = self._pool.submit(copy_context().run, _begin, work, monotonic() + self._wait_seconds)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Waits for the work that has begun."""
        self._pool.shutdown(cancel_futures=True)


def _begin(work: Callable[[], T], latest: float) -> T:
    if monotonic() > latest:
        raise TooBusy
    return work()
