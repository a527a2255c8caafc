"""A gatehouse on every store."""

import pytest

from fittrack_adapters.testing import StoppedClock
from tests.domain.access.gatehouse import Gatehouse
from tests.stores import MakeStore


@pytest.fixture
def gate(new_store: MakeStore) -> Gatehouse:
    clock = StoppedClock()
    return Gatehouse(new_store(clock), clock)
