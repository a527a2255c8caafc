"""What the server does by itself, beside answering: deliver events at once, and look at intervals for what is due."""

import threading
from collections.abc import Callable, Sequence
from time import sleep
from typing import Final

import attrs
import structlog
from structlog.contextvars import bind_contextvars

STOP_WITHIN_SECONDS: Final = 10.0
REST_SECONDS: Final = 0.05
"""Between two runs of a job, however often it is woken: hundreds of purchases a second are one look at the outbox."""

log = structlog.get_logger("fittrack.jobs")


@attrs.frozen
class Job:
    """Something to do again and again. `work` is safe to run twice, and in two processes at once."""

    name: str
    every_seconds: float
    work: Callable[[], object]


Ended = Callable[[str, bool], object]


class JobsStopped(RuntimeError):
    """Jobs that should be running are not."""


class Jobs:
    """Runs each job in a thread of its own, so that a long one delays no other. Failures are logged.

    `ended` is told the name of each job whenever it has run, and whether it succeeded.
    """

    def __init__(self, jobs: Sequence[Job], ended: Ended = lambda _name, _succeeded: None) -> None:
        self._running = [_Running(job, ended) for job in jobs]

    def start(self) -> None:
        for running in self._running:
            running.start()

    def wake(self, name: str) -> None:
        """Lets the job of this name run now instead of at its next time."""
        for running in self._running:
            if running.job.name == name:
                running.woken.set()

    def check(self) -> None:
        """Raises `JobsStopped` unless every job is being done."""
        idle = [running.job.name for running in self._running if not running.is_alive()]
        if idle:
            raise JobsStopped(idle)

    def stop(self) -> None:
        """Lets every job end what it is doing. One that takes too long is left behind: it dies with the process."""
        for running in self._running:
            running.stopped = True
            running.woken.set()
        for running in self._running:
            running.join(STOP_WITHIN_SECONDS)


class _Running(threading.Thread):
    def __init__(self, job: Job, ended: Ended) -> None:
        super().__init__(name=f"fittrack-{job.name}", daemon=True)
        self.job = job
        self.ended = ended
        self.woken = threading.Event()
        self.stopped = False

    def run(self) -> None:
        bind_contextvars(job=self.job.name)
        while not self.stopped:
            self.woken.clear()
            succeeded = False
            try:
                self.job.work()
                succeeded = True
            except Exception:
                log.exception("job failed")
            self.ended(self.job.name, succeeded)
            sleep(REST_SECONDS)
            if not self.stopped:
                self.woken.wait(self.job.every_seconds)
