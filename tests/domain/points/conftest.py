from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.domain.points.world import PointsWorld, a_points_world


@pytest.fixture(params=["memory", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PointsWorld]:
    """One on each store."""
    made = a_points_world(folder=tmp_path if request.param == "sqlite" else None)
    yield made
    made.tracked.store.close()
