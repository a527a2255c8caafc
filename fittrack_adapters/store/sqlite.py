"""SQLite: one file, no server. Writers queue in order of arrival, readers have connections of their own."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue

from fittrack_adapters.neighbours import Tally
from fittrack_adapters.store.disk import SharedSync
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.sqlite_database import SqliteDatabase, translated
from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.store.turns import FifoLock
from fittrack_domain.shared.ports import Clock, Ids

BUSY_TIMEOUT_SECONDS = 10.0
"""How long a writer waits for another *process*; threads of this one wait in the queue."""

LOG_PAGES = 4_000
"""When the log is as long, 16 MB, a commit copies it into the file. SQLite's own 1,000 are full twice a second."""

READERS_KEPT = 16


class _Thread(threading.local):
    """What holds for one thread."""

    is_answering = False


class SqliteStore:
    """The embedded store: a file, one writer at a time, readers beside it (WAL).

    A transaction ends when it is on the disk, and so does a reading: nobody acts on what a power cut could undo. The
    turn to write passes on at the commit, though, and all who have committed meanwhile wait for the disk together.
    `durable=False` trades this wait for speed: a power cut may then lose the last commits.
    """

    def __init__(
        self, path: Path, clock: Clock, ids: Ids, *, durable: bool = True, written: Tally | None = None
    ) -> None:
        """`written` counts the commits of all processes of one server, which then wait for each other's."""
        self.path = path
        self._clock = clock
        self._ids = ids
        self._durable = durable
        self._turn = FifoLock()
        self._writer: sqlite3.Connection | None = None
        self._log = SharedSync(path.with_name(f"{path.name}-wal"), written)
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue(READERS_KEPT)
        self._thread = _Thread()

    def connect(self) -> sqlite3.Connection:
        """A fresh connection, set up as all of ours are."""
        with translated():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_TIMEOUT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=512,
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")  # or REPLACE would slip past a DELETE trigger
        return connection

    @contextmanager
    def connected(self) -> Iterator[SqliteDatabase]:
        """A connection of its own, outside of any transaction."""
        connection = self.connect()
        try:
            yield SqliteDatabase(connection)
        finally:
            connection.close()  # rolls back what was not committed

    @contextmanager
    def migrating(self) -> Iterator[SqliteDatabase]:
        """A connection for changing tables: one process at a time, all or nothing."""
        with self.connected() as database:
            database.run("BEGIN IMMEDIATE", {})
            yield database
            database.run("COMMIT", {})

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._turn:
            self._log.require_sound()
            connection = self._writing()
            with translated():
                connection.execute("BEGIN IMMEDIATE")
            before = connection.total_changes
            try:
                yield self._over(connection)
                with translated():
                    connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            if connection.total_changes != before:
                self._log.note()
        self._reach_disk()

    def _writing(self) -> sqlite3.Connection:
        """The writer's connection. Its commits do not wait for the disk: `_reach_disk` does."""
        if self._writer is None:
            self._writer = self.connect()
            self._log.close()  # from now on no other process can take the file away, as the last to leave would
            self._writer.execute("PRAGMA synchronous = NORMAL")
            self._writer.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        return self._writer

    def _reach_disk(self) -> None:
        """Waits until everything that was committed before is on the disk. Raises: `OutcomeUnknown`."""
        if self._durable:
            self._log.wait()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """A block in which this thread only answers somebody, and does nothing more on account of what it reads.

        So its reads need not wait for the disk, and may show for some milliseconds what a power cut would undo.
        """
        self._thread.is_answering = True
        try:
            yield
        finally:
            self._thread.is_answering = False

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = self.connect()
            connection.execute("PRAGMA query_only = ON")
        try:
            with translated():
                connection.execute("BEGIN")
            yield self._over(connection)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._keep(connection)
        if not self._thread.is_answering:
            self._reach_disk()

    def _over(self, connection: sqlite3.Connection) -> Transaction:
        return Transaction(SqlSession(SqliteDatabase(connection), self._clock), self._clock, self._ids)

    def _keep(self, connection: sqlite3.Connection) -> None:
        try:
            self._readers.put_nowait(connection)
        except Exception:  # noqa: BLE001  # Full: one reader more than we keep
            connection.close()

    def close(self) -> None:
        """Closes every idle connection; the store opens new ones when it is used again."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            while not self._readers.empty():
                self._readers.get_nowait().close()
            self._log.close()
