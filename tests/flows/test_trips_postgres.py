"""How often a use case waits for PostgreSQL, read off the wire: the twin of what the other driver counts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.wiring import Installation
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.tickets import Sweepstakes
from tests.flows.racing import MORNING
from tests.trips import trips_of

PURCHASE_MOST = 5
WARM_UP = 7
"""Times until every statement is prepared."""

Act = Callable[[Sweepstakes, MemberId, DrawingId, str], Any]


@pytest.fixture
def installation(postgres_url: str) -> Iterator[Installation]:
    with an_installation(StoppedClock(MORNING), postgres_url) as opened:
        yield opened


def buy(sweepstakes: Sweepstakes, member_id: MemberId, drawing_id: DrawingId, key: str) -> object:
    return sweepstakes.buy_tickets(member_id, drawing_id, 2, key)


def buy_without_key(sweepstakes: Sweepstakes, member_id: MemberId, drawing_id: DrawingId, _: str) -> object:
    return sweepstakes.buy_tickets(member_id, drawing_id, 2)


def enter_free(sweepstakes: Sweepstakes, member_id: MemberId, drawing_id: DrawingId, _: str) -> object:
    return sweepstakes.free_entry(member_id, drawing_id)


@pytest.mark.parametrize("act", [buy, buy_without_key, enter_free])
def test_tickets_keep_to_their_budget(installation: Installation, act: Act) -> None:
    fittrack, store = installation.fittrack, installation.store
    assert isinstance(store, PostgresStore)
    drawing = an_open_drawing(fittrack)
    members = [a_member(fittrack, f"m{n}", points=1_000) for n in range(WARM_UP + 1)]
    trips = [
        trips_of(store, lambda m=m: act(fittrack.sweepstakes, m, drawing.id, "key"))  # type: ignore[misc]  # bound
        for m in members
    ]
    assert PURCHASE_MOST >= max(trips), trips
    assert 4 == trips[-1]  # BEGIN, what is locked and read, what is written, COMMIT


def test_a_replay_ends_when_it_was_read(installation: Installation) -> None:
    fittrack, store = installation.fittrack, installation.store
    assert isinstance(store, PostgresStore)
    drawing, ann = an_open_drawing(fittrack), a_member(fittrack, points=1_000)
    for _ in range(WARM_UP):
        trips = trips_of(store, lambda: buy(fittrack.sweepstakes, ann, drawing.id, "key"))
    assert 3 == trips
