"""How an installation is doing, in figures."""

from datetime import timedelta

import pytest

from fittrack_adapters.mail.box import BoxMailer
from fittrack_adapters.testing import StoppedClock
from fittrack_domain.relay import HAND_OVERS_MAX
from fittrack_domain.vitals import OVERDUE_AFTER, Vitals
from tests.domain.notices.house import House
from tests.stores import MakeStore


@pytest.fixture
def house(new_store: MakeStore) -> House:
    clock = StoppedClock()
    return House(new_store(clock), clock)


def vitals(house: House) -> Vitals:
    return house.fittrack.pulse.vitals()


def test_of_nothing_there_is_nothing_to_tell(house: House) -> None:
    nothing = Vitals(
        events_waiting=0,
        events_parked=0,
        events_late_seconds=0,
        drawings_on_sale=0,
        drawings_overdue=0,
        holds_overdue=0,
        newest_transfer_at=None,
    )
    assert nothing == vitals(house)


def test_events_wait_and_are_late_until_they_are_delivered(house: House) -> None:
    house.member("ann")
    house.later(seconds=30)
    found = vitals(house)
    assert (1, 30, 0) == (found.events_waiting, found.events_late_seconds, found.events_parked)
    house.fittrack.relay.drain()
    assert (0, 0) == (vitals(house).events_waiting, vitals(house).events_late_seconds)


def test_an_event_that_is_tried_again_later_is_not_late_meanwhile_and_is_parked_at_last(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a mail server that fails")

    ann = house.member("ann")
    house.fittrack.relay.drain()
    monkeypatch.setattr(BoxMailer, "send", fail)
    house.fittrack.identity.suspend(None, ann, "Two accounts")
    house.fittrack.relay.drain()
    assert (1, 0) == (vitals(house).events_waiting, vitals(house).events_late_seconds)
    for _ in range(HAND_OVERS_MAX):
        house.later(hours=1)
        house.fittrack.relay.drain()
    found = vitals(house)
    assert (0, 1, 0) == (found.events_waiting, found.events_parked, found.events_late_seconds)


def test_a_drawing_is_on_sale_and_then_overdue_until_it_is_drawn(house: House) -> None:
    ann = house.member("ann")
    drawing_id = house.drawing()
    house.fittrack.sweepstakes.buy_tickets(ann, drawing_id, 1)
    assert (1, 0) == (vitals(house).drawings_on_sale, vitals(house).drawings_overdue)
    drawing = house.fittrack.drawings.get(None, drawing_id).drawing
    house.clock.set(drawing.ticket_sales_close + OVERDUE_AFTER - timedelta(seconds=1))
    assert (0, 0) == (vitals(house).drawings_on_sale, vitals(house).drawings_overdue)
    house.later(seconds=1)
    assert 1 == vitals(house).drawings_overdue
    house.fittrack.draws.close(drawing_id)
    assert 0 == vitals(house).drawings_overdue
    house.clock.set(drawing.drawing_time + OVERDUE_AFTER)
    assert 1 == vitals(house).drawings_overdue
    house.fittrack.draws.run_due()
    assert 0 == vitals(house).drawings_overdue


def test_points_that_move_are_noticed(house: House) -> None:
    house.member("ann")
    at = house.clock.now()
    house.later(minutes=5)
    assert at == vitals(house).newest_transfer_at
    house.member("bob")
    assert house.clock.now() == vitals(house).newest_transfer_at
