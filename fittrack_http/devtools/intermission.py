"""A pause for the server's jobs: while the past is being told, nothing may draw, close or deliver in the present."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import attrs

from fittrack_http.jobs import Job


class Intermission:
    """Lets jobs run side by side, or nobody but who called for silence."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._silent = False

    def among(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """The same jobs, which wait while there is silence."""
        return tuple(attrs.evolve(job, work=self._waiting(job.work)) for job in jobs)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Waits until no job runs, and lets none begin before the end of the block."""
        with self._changed:
            self._changed.wait_for(lambda: not self._silent)
            self._silent = True
            self._changed.wait_for(lambda: self._running == 0)
        try:
            yield
        finally:
            with self._changed:
                self._silent = False
                self._changed.notify_all()

    def _waiting(self, work: Callable[[], object]) -> Callable[[], object]:
        def run() -> None:
            with self._changed:
                self._changed.wait_for(lambda: not self._silent)
                self._running += 1
            try:
                work()
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

        return run
