"""Copies in processes that are killed in mid-transaction, until one comes to its end. A program of its own.

    python copy_child.py FROM TO

Each child forked here stores one batch and kills itself (SIGKILL) after the rows of the second, before their commit.
Prints how many were killed.
"""

import os
import signal
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from fittrack_adapters.settings import Settings
from fittrack_adapters.store import copying, postgres
from fittrack_adapters.store.dialect import Into
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.wiring import open_store


class DyingDatabase(postgres.PostgresDatabase):
    """A connection whose process dies after it was sent the rows of its second batch."""

    batches = 0

    def add_many(self, into: Into, rows: Iterable[Sequence[Any]]) -> None:
        super().add_many(into, rows)
        DyingDatabase.batches += 1
        if DyingDatabase.batches == 2:
            os.kill(os.getpid(), signal.SIGKILL)


def main(source_url: str, target_url: str) -> None:
    killed = 0
    while (end := in_child(source_url, target_url)) == signal.SIGKILL:
        killed += 1
    assert end == 0
    print(killed)


def in_child(source_url: str, target_url: str) -> int:
    """How the child ended: 0 for well, or the signal."""
    child = os.fork()
    if child == 0:
        setattr(postgres, "PostgresDatabase", DyingDatabase)  # noqa: B010
        setattr(postgres, "COPIED_LEAST", 3)  # noqa: B010
        setattr(copying, "BATCH", 5)  # noqa: B010
        source, target = (open_store(Settings(database_url=url)) for url in (source_url, target_url))
        assert not isinstance(source, MemoryStore)
        assert not isinstance(target, MemoryStore)
        copying.copy(source, target)
        os._exit(0)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
