"""Who commits waits for the disk together with others, no less long than the disk takes, and answers for itself."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import attrs
import pytest

from fittrack_adapters.neighbours import Neighbours
from fittrack_adapters.settings import Settings
from fittrack_adapters.store import disk
from fittrack_adapters.store.disk import SharedSync
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.wiring import Installation, open_fittrack
from fittrack_domain.shared.errors import OutcomeUnknown, StoreUnreachable
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import SponsorDraft

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE_SECONDS = 5.0


@attrs.define
class SlowDisk:
    """Stands in for the disk: each of its turns ends when it is let, and may fail."""

    begun: threading.Semaphore = attrs.field(factory=lambda: threading.Semaphore(0))
    may_end: threading.Semaphore = attrs.field(factory=lambda: threading.Semaphore(0))
    turns: int = 0
    is_broken: bool = False

    def __call__(self, _: int) -> None:
        self.turns += 1
        self.begun.release()
        assert self.may_end.acquire(timeout=PATIENCE_SECONDS)
        if self.is_broken:
            raise OSError(errno.EIO, "Input/output error")

    def until_begun(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE_SECONDS)

    def let(self) -> None:
        self.until_begun()
        self.may_end.release()


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    made = SlowDisk()
    monkeypatch.setattr(disk, "SYNC", made)
    return made


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with an_installation(StoppedClock(NOON), f"sqlite:///{tmp_path / 'fittrack.db'}") as made:
        yield made


def add(installation: Installation, name: str) -> None:
    """A write, acknowledged when this returns."""
    installation.fittrack.catalogue.add_sponsor(None, SponsorDraft(name=name))


def named(installation: Installation) -> set[str]:
    """Who has been written, in the words of a reader who waits for nobody."""
    assert isinstance(installation.store, SqliteStore)
    with installation.store.answering():
        found = installation.fittrack.catalogue.sponsors(Paging(1, 100))
    return {sponsor.name for sponsor in found.items}


def until(reached: Callable[[], bool]) -> None:
    latest = monotonic() + PATIENCE_SECONDS
    while not reached():
        assert monotonic() < latest
        sleep(0.01)


def test_who_comes_while_the_disk_is_at_work_shares_its_next_turn(
    slow_disk: SlowDisk, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    (tmp_path / "log").touch()
    shared = SharedSync(tmp_path / "log")
    shared.note()
    first = threads.submit(shared.wait)
    slow_disk.until_begun()
    late = []
    for _ in range(5):
        shared.note()
        late.append(threads.submit(shared.wait))
    slow_disk.may_end.release()
    first.result(PATIENCE_SECONDS)
    assert not any(waiting.done() for waiting in late), "they had written when the first turn had begun"
    slow_disk.let()
    for waiting in late:
        waiting.result(PATIENCE_SECONDS)
    assert 2 == slow_disk.turns
    shared.wait()
    assert 2 == slow_disk.turns, "nothing new was written"
    shared.close()


def test_a_process_of_the_same_server_waits_for_what_another_wrote(
    slow_disk: SlowDisk, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    """It shows nobody, and does nothing on account of, what a power cut would undo."""
    first, settings = Neighbours.of(2), Settings(database_url=f"sqlite:///{tmp_path / 'fittrack.db'}")
    with (
        open_fittrack(settings, neighbours=first) as here,
        open_fittrack(settings, neighbours=first.seen_by(1)) as there,
    ):
        assert isinstance(here.store, SqliteStore)
        migrate(here.store)
        written = threads.submit(add, here, "first")
        slow_disk.until_begun()
        read = threads.submit(there.fittrack.catalogue.sponsors, Paging(1, 100))
        slow_disk.until_begun()
        assert not read.done()
        slow_disk.may_end.release(2)
        written.result(PATIENCE_SECONDS)
        assert ["first"] == [sponsor.name for sponsor in read.result(PATIENCE_SECONDS).items]
        there.fittrack.catalogue.sponsors(Paging(1, 100))
        assert 2 == slow_disk.turns, "nothing new was written"


def test_a_log_that_is_gone_has_been_brought_into_the_database(tmp_path: Path) -> None:
    shared = SharedSync(tmp_path / "log")
    shared.note()
    shared.wait()


def test_a_commit_is_acknowledged_when_it_is_on_the_disk_and_others_may_write_meanwhile(
    installation: Installation, slow_disk: SlowDisk, threads: ThreadPoolExecutor
) -> None:
    first = threads.submit(add, installation, "first")
    slow_disk.until_begun()
    assert {"first"} == named(installation)
    second = threads.submit(add, installation, "second")
    until(lambda: named(installation) == {"first", "second"})
    assert not first.done()
    slow_disk.may_end.release()
    first.result(PATIENCE_SECONDS)
    assert not second.done()
    slow_disk.let()
    second.result(PATIENCE_SECONDS)


def test_who_is_told_what_another_has_written_waits_for_it_too(
    installation: Installation, slow_disk: SlowDisk, threads: ThreadPoolExecutor
) -> None:
    """A request that is repeated before the first one is on the disk, and a job that acts on what it reads."""
    store, catalogue = installation.store, installation.fittrack.catalogue
    draft = SponsorDraft(name="Sponsor")

    def again() -> None:
        with store.transaction() as tx:  # reads only, as a repeated request does
            assert tx.sponsors.page(Paging(1, 1), None).items

    writing = threads.submit(catalogue.add_sponsor, None, draft)
    slow_disk.until_begun()
    others: list[Future[Any]] = [threads.submit(again), threads.submit(catalogue.sponsors, Paging(1, 1))]
    sleep(0.2)
    assert not any(other.done() for other in others)
    slow_disk.may_end.release()
    for waiting in (writing, *others):
        waiting.result(PATIENCE_SECONDS)
    assert 1 == slow_disk.turns


def test_who_fails_among_others_undoes_and_delays_nothing_of_theirs(
    installation: Installation, slow_disk: SlowDisk, threads: ThreadPoolExecutor
) -> None:
    def fail() -> None:
        with installation.store.transaction() as tx:
            tx.sponsors.save(attrs.evolve(tx.sponsors.page(Paging(1, 1), None).items[0], name="changed"))
            raise ZeroDivisionError

    first = threads.submit(add, installation, "first")
    slow_disk.until_begun()
    failing, second = threads.submit(fail), threads.submit(add, installation, "second")
    with pytest.raises(ZeroDivisionError):
        failing.result(PATIENCE_SECONDS)
    slow_disk.may_end.release()
    slow_disk.let()
    first.result(PATIENCE_SECONDS)
    second.result(PATIENCE_SECONDS)
    assert {"first", "second"} == named(installation)


def test_once_the_disk_has_failed_nothing_counts_as_kept(
    installation: Installation, slow_disk: SlowDisk, threads: ThreadPoolExecutor
) -> None:
    slow_disk.is_broken = True
    waiting = [threads.submit(add, installation, name) for name in ("one", "two", "three")]
    until(lambda: len(named(installation)) == 3)
    slow_disk.let()
    for each in waiting:
        with pytest.raises(OutcomeUnknown):
            each.result(PATIENCE_SECONDS)
    slow_disk.is_broken = False
    with pytest.raises(StoreUnreachable):
        add(installation, "four")
    assert 1 == slow_disk.turns, "a later turn might succeed without what was lost in this one"


def test_a_power_cut_right_after_the_answer_loses_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is on the disk for sure is what was written before its turn began: of that each turn keeps a copy."""
    database = tmp_path / "fittrack.db"
    copies: list[Path] = []

    def kept(file: int) -> None:
        copy = tmp_path / f"copy-{len(copies)}.db"
        for suffix in ("-wal", ""):
            shutil.copyfile(f"{database}{suffix}", f"{copy}{suffix}")
        os.fdatasync(file)
        copies.append(copy)

    monkeypatch.setattr(disk, "SYNC", kept)

    def acknowledged(number: int) -> Path:
        add(installation, f"Sponsor {number}")
        return copies[-1]

    with ThreadPoolExecutor(8) as pool:
        for number, copy in enumerate(pool.map(acknowledged, range(60))):
            with closing(sqlite3.connect(copy)) as found:
                assert found.execute("select 1 from sponsors where name = ?", (f"Sponsor {number}",)).fetchall()
    assert len(copies) < 60, "they wait together"


KILLED = """
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_domain.sweepstakes.drafts import SponsorDraft

installation = an_installation(StoppedClock(datetime(2026, 3, 2, 12, tzinfo=UTC)), f"sqlite:///{sys.argv[1]}")

def add(number):
    installation.fittrack.catalogue.add_sponsor(None, SponsorDraft(name=f"Sponsor {number}"))
    os.write(1, f"Sponsor {number}\\n".encode())

with ThreadPoolExecutor(8) as pool:
    list(pool.map(add, range(100_000)))
"""


def test_a_killed_process_has_lost_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "fittrack.db"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().strip() for _ in range(50)]
        child.kill()
        acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
    with closing(sqlite3.connect(path)) as database:
        kept = {name for (name,) in database.execute("select name from sponsors")}
        assert [("ok",)] == database.execute("pragma integrity_check").fetchall()
    assert set(acknowledged) <= kept
