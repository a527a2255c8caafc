import pytest

from tests.domain.tracking.world import World, a_world


@pytest.fixture
def world() -> World:
    return a_world()
