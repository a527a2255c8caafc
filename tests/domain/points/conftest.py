import pytest

from tests.domain.points.world import PointsWorld, a_points_world


@pytest.fixture
def world() -> PointsWorld:
    return a_points_world()
