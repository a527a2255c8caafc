"""Killed at any step of closing or drawing, and run again: the same bytes."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import PrizeDraft

CHILD = Path(__file__).with_name("crash_child.py")


@pytest.mark.timeout(300)
def test_killed_before_any_statement_or_around_any_commit_and_run_again_gives_the_same_bytes(tmp_path: Path) -> None:
    sold = tmp_path / "sold.db"
    with an_installation(StoppedClock(datetime(2026, 3, 2, 12, tzinfo=UTC)), f"sqlite:///{sold}") as installation:
        fittrack = installation.fittrack
        prizes = (
            PrizeDraft(rank=1, name="Bicycle", value_usd=Usd.of("300.00")),
            PrizeDraft(rank=2, name="Bottle", value_usd=Usd.of("10.00"), quantity=2),
        )
        drawing = an_open_drawing(fittrack, prizes=prizes)
        for n in range(7):
            fittrack.sweepstakes.buy_tickets(a_member(fittrack, f"m{n}", points=1_000), drawing.id, n + 1)
        fittrack.relay.drain()

    folder = tmp_path / "copies"
    folder.mkdir()
    command = [sys.executable, str(CHILD), str(sold), str(drawing.id), str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]

    outcomes = [line.split()[1] for line in told]
    assert ["survived"] == outcomes[-1:]
    assert {"killed"} == set(outcomes[:-1])
    assert 60 <= len(told), "a closing and a drawing touch the database more often than that"
    assert 1 == len({line.split()[2] for line in told})
