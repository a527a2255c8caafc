"""Processes that are killed in the middle of closing and drawing, and processes that do both at once."""

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.sweepstakes.model import Drawing
from tests.domain.sweepstakes.world import World, a_prize

ROOT = Path(__file__).parents[3]
KILLED = -9


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Drawing]:
    """A database with a drawing that ten members have bought into."""
    path = tmp_path_factory.mktemp("sold") / "fittrack.db"
    with closing(_store(path, StoppedClock())) as store:
        migrate(store)
        world = World(lambda clock: _store(path, clock))
        drawing = world.an_open_drawing(prizes=(a_prize(quantity=2),))
        for n in range(1, 11):
            world.sweepstakes.buy_tickets(world.member(f"member{n}"), drawing.id, n)
        world.store.close()
    return path, drawing


@pytest.fixture
def database(sold: tuple[Path, Drawing], tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(sold[0], tmp_path / "fittrack.db"))


def _store(path: Path, clock: StoppedClock) -> SqliteStore:
    return SqliteStore(path, clock, CountingIds(clock), durable=False)


def start(database: Path, drawing: Drawing, deadly: int = -1, when: str = "before") -> "subprocess.Popen[str]":
    times = (drawing.ticket_sales_close.isoformat(), drawing.drawing_time.isoformat())
    arguments = [str(database), str(drawing.id), *times, str(deadly), when]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.domain.sweepstakes.closer", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def published(database: Path, drawing: Drawing) -> Any:
    """Everything public about the drawing, and that the log is whole."""
    world = World(lambda clock: _store(database, clock))
    with closing(world.store):
        assert world.proofs.verify_log().whole
        log = [(entry["kind"], entry["hash"]) for entry in world.proofs.whole_log()]
        return log, world.proofs.bundle(drawing.id), list(world.proofs.snapshot(drawing.id))


@pytest.fixture(scope="module")
def undisturbed(sold: tuple[Path, Drawing], tmp_path_factory: pytest.TempPathFactory) -> Any:
    database = Path(shutil.copy(sold[0], tmp_path_factory.mktemp("undisturbed") / "fittrack.db"))
    process = start(database, sold[1])
    out, err = process.communicate()
    assert (0, "") == (process.returncode, err), out
    return published(database, sold[1])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(7))
def test_a_process_killed_at_any_step_leaves_the_same_bytes_to_the_next(
    sold: tuple[Path, Drawing], database: Path, undisturbed: Any, step: int, when: str
) -> None:
    """Fence, four times blocks, closing, result: each killed before and after its commit."""
    killed, next_one = start(database, sold[1], step, when), None
    killed.communicate()
    assert KILLED == killed.returncode
    next_one = start(database, sold[1])
    _, err = next_one.communicate()
    assert (0, "") == (next_one.returncode, err)
    assert undisturbed == published(database, sold[1])


def test_processes_that_close_and_draw_at_once_give_one_result(
    sold: tuple[Path, Drawing], database: Path, undisturbed: Any
) -> None:
    rivals = [start(database, sold[1]) for _ in range(3)]
    answers = [rival.communicate() for rival in rivals]
    assert [("", 0)] * 3 == [(err, rival.returncode) for rival, (_, err) in zip(rivals, answers, strict=True)]
    assert 1 == len({out for out, _ in answers})
    assert undisturbed == published(database, sold[1])
