"""Further processes of one server, which answer on the socket of the first: begun, watched and ended by it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import SimpleNamespace
from typing import Any, Final

import attrs
import structlog
from sanic import Sanic
from sanic.config import Config

RESTART_SECONDS: Final = 1.0
END_WITHIN_SECONDS: Final = 30.0

log = structlog.get_logger("fittrack.http")


@attrs.define
class Companions:
    """The processes number 1 and up. One that ends before its time is followed by another.

    `make` gives a process of this number, not begun yet.
    """

    make: Callable[[int], BaseProcess]
    count: int
    _running: dict[int, BaseProcess] = attrs.field(factory=dict)
    _is_over: bool = False

    def follow(self, app: Sanic[Config, SimpleNamespace]) -> None:
        """Begins and ends them with `app`."""
        app.after_server_start(self._begin_all)
        app.before_server_stop(self._call_back)
        app.after_server_stop(self._wait)

    async def _begin_all(self, _: Any) -> None:
        for number in range(1, self.count + 1):
            self._begin(number)

    def _begin(self, number: int) -> None:
        if self._is_over:
            return
        process = self._running[number] = self.make(number)
        with _without_interrupts():
            process.start()
        asyncio.get_running_loop().add_reader(process.sentinel, self._ended, number, process)

    def _ended(self, number: int, process: BaseProcess) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(process.sentinel)
        if not self._is_over:
            process.join()
            log.error("a process of the server ended, another takes its place", number=number, code=process.exitcode)
            loop.call_later(RESTART_SECONDS, self._begin, number)

    async def _call_back(self, _: Any) -> None:
        self._is_over = True
        for process in self._running.values():
            process.terminate()

    async def _wait(self, _: Any) -> None:
        """Those who take too long for what they had begun are cut off."""
        for process in self._running.values():
            process.join(END_WITHIN_SECONDS)
            process.kill()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """What begins in this block does not hear Ctrl-C: the process that began it does, and ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
