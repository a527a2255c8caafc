import pytest

from tests.domain.points.world import PointsWorld, a_points_world
from tests.stores import MakeStore


@pytest.fixture
def world(new_store: MakeStore) -> PointsWorld:
    """One on each store."""
    return a_points_world(make_store=new_store)
