"""Leagues on every store."""

from collections.abc import Callable

import pytest

from tests.domain.competition.league import League
from tests.stores import MakeStore


@pytest.fixture
def new_league(new_store: MakeStore) -> Callable[[], League]:
    """Makes leagues, each on a store of its own."""
    return lambda: League(new_store)


@pytest.fixture
def league(new_league: Callable[[], League]) -> League:
    return new_league()
