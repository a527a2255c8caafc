"""Worlds on every store."""

from collections.abc import Callable

import pytest

from tests.domain.sweepstakes.world import World
from tests.stores import MakeStore


@pytest.fixture
def new_world(new_store: MakeStore) -> Callable[[], World]:
    """Makes worlds, each on a store of its own."""
    return lambda: World(new_store)


@pytest.fixture
def world(new_world: Callable[[], World]) -> World:
    return new_world()
