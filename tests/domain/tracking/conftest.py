from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.domain.tracking.world import World, a_world


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """One on each store."""
    made = a_world(tmp_path if request.param == "sqlite" else None)
    yield made
    made.store.close()
