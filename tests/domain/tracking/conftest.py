import pytest

from tests.domain.tracking.world import World, a_world
from tests.stores import MakeStore


@pytest.fixture
def world(new_store: MakeStore) -> World:
    """One on each store."""
    return a_world(new_store)
