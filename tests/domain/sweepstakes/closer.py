"""A process of its own that closes and draws, and may be killed in the middle. Run by `test_processes.py`."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import attrs

from fittrack_adapters.security.sealing import AesSealer
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes import closing
from fittrack_domain.sweepstakes.draws import Draws
from tests.domain.sweepstakes.world import FixedBeacon


@attrs.define
class DeadlyStore:
    """Kills its process in transaction number `deadly`, before or after the commit. Numbers count from 0."""

    store: SqliteStore
    deadly: int
    commits_first: bool
    begun: int = 0

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        dies = self.begun == self.deadly
        self.begun += 1
        with self.store.transaction() as tx:
            yield tx
            if dies and not self.commits_first:
                os.kill(os.getpid(), signal.SIGKILL)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def reading(self) -> AbstractContextManager[Transaction]:
        return self.store.reading()


def run(path: str, drawing: str, close_at: str, draw_at: str, deadly: str, commits_first: str) -> None:
    closing.BLOCKS_AT_ONCE = 3  # type: ignore[misc]  # so that there are several steps to die in
    clock = StoppedClock(datetime.fromisoformat(close_at))
    store = SqliteStore(Path(path), clock, CountingIds(clock, seed=os.getpid()))
    deadly_store = DeadlyStore(store, int(deadly), commits_first == "after")
    draws = Draws(deadly_store, clock, AesSealer(bytes(32)), FixedBeacon())
    drawing_id = DrawingId(UUID(drawing))
    draws.close(drawing_id)
    clock.set(datetime.fromisoformat(draw_at))
    print(draws.execute(drawing_id).hash)


if __name__ == "__main__":
    run(*sys.argv[1:])
