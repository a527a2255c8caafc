"""A database is emptied from within, rows of record and all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import pending
from fittrack_adapters.store.wiping import wipe
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_domain.shared.paging import Paging


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_everything_goes_and_one_can_begin_anew(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    lend: Callable[[], str] = request.getfixturevalue("new_database") if kind == "postgres" else lambda: ""
    url = lend() or f"sqlite:///{tmp_path / 'fittrack.db'}"
    with an_installation(StoppedClock(), url) as installation:
        assert not isinstance(installation.store, MemoryStore)
        for _ in range(2):  # it is filled again after it was emptied
            drawing = an_open_drawing(installation.fittrack)
            ann = a_member(installation.fittrack, points=1_000)
            installation.fittrack.sweepstakes.buy_tickets(ann, drawing.id, 1)
            wipe(installation.store)
            assert [] == pending(installation.store)
            assert 0 == installation.fittrack.identity.members(Paging()).total
            assert 0 == installation.fittrack.audit.verify().records
