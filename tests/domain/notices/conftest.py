"""A whole FitTrack on every store, with a mail box."""

import pytest

from fittrack_adapters.testing import StoppedClock
from tests.domain.notices.house import House
from tests.stores import MakeStore


@pytest.fixture
def house(new_store: MakeStore) -> House:
    clock = StoppedClock()
    return House(new_store(clock), clock)
