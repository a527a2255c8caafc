import pytest

from tests.domain.tracking.gated import Gated, a_gated_world
from tests.domain.tracking.world import World, a_world
from tests.stores import MakeStore


@pytest.fixture
def world(new_store: MakeStore) -> World:
    """One on each store."""
    return a_world(new_store)


@pytest.fixture
def gated(new_store: MakeStore) -> Gated:
    """One with a gateway on each store."""
    return a_gated_world(new_store)
