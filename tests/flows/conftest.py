from collections.abc import Iterator
from pathlib import Path

import pytest

from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.wiring import Installation
from tests.flows.racing import MORNING
from tests.live_oracle import LIVE


@pytest.fixture(params=["memory", "sqlite", "postgres", "double", *(["oracle"] if LIVE else [])])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each store."""
    if request.param in ("postgres", "double", "oracle"):
        address: str = request.getfixturevalue(f"{request.param}_url")
        return address
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path}/flow.db"


@pytest.fixture
def installation(url: str) -> Iterator[Installation]:
    """A FitTrack on each store, empty, on a Monday morning."""
    with an_installation(StoppedClock(MORNING), url) as opened:
        yield opened
