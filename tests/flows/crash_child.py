"""Closes and draws a drawing in processes that are killed, one statement later each time. A program of its own.

    python crash_child.py sold.db DRAWING FOLDER

For every k it copies the database, forks a child that kills itself (SIGKILL) at its k-th touch of the database, forks
another that runs the same step again, and prints the hash of what was published in the end. Ends when a child survives.
"""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from fittrack_adapters.store.sqlite_database import SqliteDatabase
from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_domain.app import FitTrack
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes import closing

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
"""21:00 in New York: sales are over, and the drawing time has come."""


def main(sold: Path, drawing_id: DrawingId, folder: Path) -> None:
    setattr(closing, "BLOCKS_AT_ONCE", 3)  # noqa: B010  # so that seven members make three transactions
    survived = False
    k = 0
    while not survived:
        k += 1
        path = folder / f"{k}.db"
        shutil.copy(sold, path)
        survived = in_child(partial(dying_at, k, path, drawing_id)) == 0
        assert in_child(partial(execute, path, drawing_id)) == 0
        print(k, "survived" if survived else "killed", published(path, drawing_id), flush=True)
        for rest in folder.glob(f"{k}.db*"):
            rest.unlink()


def in_child(act: Callable[[], object]) -> int:
    """Runs `act` in a forked process; 0 when it came to its end."""
    child = os.fork()
    if child == 0:
        act()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def dying_at(k: int, path: Path, drawing_id: DrawingId) -> None:
    """Kills this process before its k-th statement or commit."""
    touched = 0

    def touch() -> None:
        nonlocal touched
        touched += 1
        if touched == k:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("fetch", "run", "run_many", "add_many"):
        original = getattr(SqliteDatabase, name)

        def guarded(self: SqliteDatabase, *arguments: Any, original: Callable[..., Any] = original) -> Any:
            touch()
            return original(self, *arguments)

        setattr(SqliteDatabase, name, guarded)

    class Guarded(sqlite3.Connection):
        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                touch()  # before the commit …
                done = super().execute(sql, *arguments)
                touch()  # … and after it
                return done
            return super().execute(sql, *arguments)

    plain = sqlite3.connect
    setattr(sqlite3, "connect", partial(plain, factory=Guarded))  # noqa: B010  # a type checker would object
    execute(path, drawing_id)


def execute(path: Path, drawing_id: DrawingId) -> None:
    fittrack = opened(path)
    fittrack.draws.execute(drawing_id)
    fittrack.relay.drain()


def opened(path: Path) -> FitTrack:
    return an_installation(StoppedClock(NOW), f"sqlite:///{path}", seed=os.getpid()).fittrack


def published(path: Path, drawing_id: DrawingId) -> str:
    """Everything that the drawing came to, as one hash: records, proofs, log, blocks, winners, deliveries."""
    proofs = opened(path).proofs
    assert proofs.verify_log().whole
    database = sqlite3.connect(path)
    everything = [
        proofs.bundle(drawing_id),
        proofs.whole_log(),
        hashlib.sha256(b"".join(proofs.snapshot(drawing_id))).hexdigest(),
        rows(database, "select block_no, hex(user_id), hex(holder), first_ticket, ticket_count from drawing_blocks"),
        rows(database, "select draw_no, prize_rank, unit, ticket_number, hex(user_id) from winners"),
        rows(database, "select draw_no, hex(user_id), status from prize_fulfillments"),
        rows(database, "select hex(user_id), kind, title from notifications"),
    ]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def rows(database: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return sorted(database.execute(query).fetchall())


if __name__ == "__main__":
    main(Path(sys.argv[1]), DrawingId(UUID(sys.argv[2])), Path(sys.argv[3]))
