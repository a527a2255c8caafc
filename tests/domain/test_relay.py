"""Events are delivered exactly once, whatever fails in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.store import shared
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.audit.service import Audit, record
from fittrack_domain.relay import (
    ATTEMPTS_MAX,
    BATCH,
    DELIVERED_KEPT_FOR,
    FORGOTTEN_AT_ONCE,
    HAND_OVER_WITHIN,
    HAND_OVERS_MAX,
    EventNotFound,
    EventNotParked,
    Relay,
)
from fittrack_domain.shared.errors import Refused, Unavailable
from fittrack_domain.shared.events import Envelope, Event
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.paging import Paging


@attrs.frozen
class Happened(Event):
    n: int


@attrs.frozen
class Followed(Event):
    n: int


@attrs.frozen
class MailWanted(Event):
    n: int


@attrs.define
class Scene:
    """A relay over a memory store, with reactions that write into the audit log."""

    clock: StoppedClock = attrs.field(factory=StoppedClock)
    failing: set[int] = attrs.field(factory=set)
    mail_error: Exception = attrs.field(factory=lambda: ConnectionError("no mail today"))
    mailed: list[int] = attrs.field(factory=list)
    store: MemoryStore = attrs.field(init=False)
    relay: Relay = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.store = MemoryStore(self.clock, CountingIds(self.clock))
        self.relay = Relay(
            self.store,
            self.clock,
            {Happened: (self.note, self.follow), Followed: (self.note,)},
            {MailWanted: self.mail},
        )

    def note(self, tx: Transaction, now: datetime, event: Any) -> None:
        record(tx, now, None, type(event).__name__, "event", event.n)
        if event.n in self.failing:
            raise ValueError(f"no {event.n} today")

    def follow(self, tx: Transaction, _now: datetime, event: Happened) -> None:
        tx.record(Followed(event.n))

    def mail(self, envelope: Envelope) -> None:
        assert isinstance(envelope.event, MailWanted)
        if envelope.event.n in self.failing:
            raise self.mail_error
        self.mailed.append(envelope.event.n)

    def record(self, *events: Event) -> None:
        with self.store.transaction() as tx:
            for event in events:
                tx.record(event)

    def attempts(self) -> list[int]:
        """How often each event that waits was tried."""
        with self.store.reading() as tx:
            return [row.attempts for row in tx.rows(shared.OUTBOX).where(delivered_at=None)]

    def noted(self) -> list[tuple[str, str]]:
        with self.store.reading() as tx:
            return [(entry.action, entry.subject_id) for entry in tx.audit.each()]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    for event in (Happened, Followed, MailWanted):
        monkeypatch.setitem(shared.EVENT_CLASSES, event.__name__, event)
    return Scene()


def test_reactions_run_once_and_what_they_record_follows(scene: Scene) -> None:
    scene.record(Happened(1), Happened(2))
    assert 2 == scene.relay.waiting()
    assert [Happened(1), Happened(2), Followed(1), Followed(2)] == scene.relay.drain()
    assert [] == scene.relay.drain()
    assert [("Happened", "1"), ("Happened", "2"), ("Followed", "1"), ("Followed", "2")] == scene.noted()
    assert 0 == scene.relay.waiting()


def test_a_failing_event_leaves_no_trace_and_holds_up_no_other(scene: Scene) -> None:
    scene.failing = {2}
    scene.record(Happened(1), Happened(2), Happened(3))
    assert [Happened(1), Happened(3), Followed(1), Followed(3)] == scene.relay.react()
    assert [("Happened", "1"), ("Happened", "3"), ("Followed", "1"), ("Followed", "3")] == scene.noted()


def test_a_failed_event_is_tried_again_later(scene: Scene) -> None:
    scene.failing = {2}
    scene.record(Happened(2))
    assert [] == scene.relay.drain()
    scene.failing = set()
    assert [] == scene.relay.drain()
    scene.clock.advance(timedelta(seconds=2))
    assert [Happened(2), Followed(2)] == scene.relay.drain()


def test_what_keeps_failing_is_parked_and_can_be_released(scene: Scene) -> None:
    scene.failing = {2}
    scene.record(Happened(2))
    for _ in range(ATTEMPTS_MAX):
        scene.relay.drain()
        scene.clock.advance(timedelta(hours=1))
    parked = scene.relay.parked().items
    assert ["ValueError: no 2 today"] == [envelope.last_error for envelope in parked]
    assert 0 == scene.relay.waiting()
    scene.failing = set()
    scene.relay.release(parked[0].id)
    assert ("event.released", str(parked[0].id)) == scene.noted()[-1]
    assert [Happened(2), Followed(2)] == scene.relay.drain()
    with pytest.raises(EventNotParked, match="not parked"):
        scene.relay.release(parked[0].id)
    with pytest.raises(EventNotFound, match="no event"):
        scene.relay.release(EventId(UUID(int=7)))


def test_what_was_delivered_a_week_ago_is_forgotten(scene: Scene) -> None:
    scene.failing = {3}
    scene.record(*(Happened(n) for n in range(FORGOTTEN_AT_ONCE)))
    scene.relay.drain()
    scene.clock.advance(timedelta(days=1))
    scene.record(MailWanted(1))
    scene.relay.drain()
    scene.clock.advance(DELIVERED_KEPT_FOR - timedelta(days=1, seconds=1))
    assert 0 == scene.relay.forget_delivered()
    scene.clock.advance(timedelta(seconds=1))
    assert 2 * (FORGOTTEN_AT_ONCE - 1) == scene.relay.forget_delivered()
    with scene.store.reading() as tx:
        assert {"Happened", "MailWanted"} == {row.kind for row in tx.rows(shared.OUTBOX).where()}
    assert 0 == scene.relay.forget_delivered()
    assert 1 == scene.relay.waiting() + len(scene.relay.parked().items)


def test_what_is_parked_comes_in_pages_the_oldest_first(scene: Scene) -> None:
    scene.failing = {1, 2, 3}
    scene.record(Happened(1), Happened(2), Happened(3))
    for _ in range(ATTEMPTS_MAX):
        scene.relay.drain()
        scene.clock.advance(timedelta(hours=1))
    page = scene.relay.parked(Paging(2, 2))
    assert ([Happened(3)], 3) == ([envelope.event for envelope in page.items], page.total)


def test_mail_goes_out_after_the_commit_and_a_failure_is_repeated(scene: Scene) -> None:
    scene.failing = {1}
    scene.record(MailWanted(1), MailWanted(2), Happened(3))
    assert {MailWanted(2), Happened(3), Followed(3)} == set(scene.relay.drain())
    assert [2] == scene.mailed
    scene.failing = set()
    scene.clock.advance(timedelta(minutes=1))
    assert [MailWanted(1)] == scene.relay.drain()
    assert [2, 1] == scene.mailed


def test_reactions_wait_for_no_mail(scene: Scene) -> None:
    scene.record(MailWanted(1), Happened(2))
    assert [Happened(2), Followed(2)] == scene.relay.react()
    assert [MailWanted(1)] == scene.relay.hand_over()


def test_more_mail_than_fits_into_a_batch_stands_in_no_reaction_s_way(scene: Scene) -> None:
    scene.record(*map(MailWanted, range(BATCH + 1)), Happened(1))
    assert [Happened(1), Followed(1)] == scene.relay.react()
    assert BATCH + 1 == len(scene.relay.hand_over())
    assert list(range(BATCH + 1)) == scene.mailed


def test_while_the_outside_is_unavailable_one_is_tried_and_the_others_wait(scene: Scene) -> None:
    scene.failing, scene.mail_error = {1, 2}, Unavailable("no mail today")
    scene.record(MailWanted(1), MailWanted(2), MailWanted(3))
    assert [] == scene.relay.hand_over()
    assert [0, 0, 1] == sorted(scene.attempts())
    assert [] == scene.relay.hand_over()
    assert [0, 1, 1] == sorted(scene.attempts())
    scene.failing = set()
    assert [MailWanted(3)] == scene.relay.hand_over()
    scene.clock.advance(timedelta(seconds=2))
    assert [MailWanted(1), MailWanted(2)] == scene.relay.hand_over()


def test_what_is_refused_outside_is_parked_at_once(scene: Scene) -> None:
    scene.failing, scene.mail_error = {1}, Refused("nobody has this address")
    scene.record(MailWanted(1), MailWanted(2))
    assert [MailWanted(2)] == scene.relay.hand_over()
    [parked] = scene.relay.parked().items
    assert (MailWanted(1), 1, "Refused: nobody has this address") == (parked.event, parked.attempts, parked.last_error)


def test_mail_is_tried_for_half_a_day_and_at_least_once_an_hour(scene: Scene) -> None:
    scene.failing = {1}
    scene.record(MailWanted(1))
    begun = scene.clock.now()
    while not scene.relay.parked().items:
        scene.relay.hand_over()
        with scene.store.reading() as tx:
            [envelope] = tx.rows(shared.OUTBOX).where()
        scene.clock.set(max(envelope.due_at, scene.clock.now()))
    assert HAND_OVERS_MAX == envelope.attempts
    assert timedelta(hours=12) < scene.clock.now() - begun < timedelta(hours=14)


def test_what_a_relay_died_over_while_handing_it_to_the_outside_is_handed_over_by_another(scene: Scene) -> None:
    scene.record(MailWanted(1))

    def die(_: Envelope) -> None:
        raise KeyboardInterrupt

    dying = attrs.evolve(scene.relay, deliveries={MailWanted: die})
    with pytest.raises(KeyboardInterrupt):
        dying.drain()
    assert [] == scene.relay.drain()
    scene.clock.advance(HAND_OVER_WITHIN)
    assert [MailWanted(1)] == scene.relay.drain()
    assert [1] == scene.mailed


def meanwhile(monkeypatch: pytest.MonkeyPatch, scene: Scene, act: Callable[[], object]) -> None:
    """Lets `act` happen between a relay's look at what is due and its own work on it."""
    once = iter([act])
    reading = scene.store.reading

    @contextmanager
    def interrupted() -> Iterator[Transaction]:
        with reading() as tx:
            yield tx
        for step in once:
            step()

    monkeypatch.setattr(scene.store, "reading", interrupted)


def test_what_another_relay_delivered_meanwhile_is_not_delivered_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Relay(scene.store, scene.clock, scene.relay.reactions, scene.relay.deliveries)
    scene.record(Happened(1), MailWanted(2))
    meanwhile(monkeypatch, scene, other.react)
    scene.relay.react()
    meanwhile(monkeypatch, scene, other.hand_over)
    assert [] == scene.relay.hand_over()
    assert [("Happened", "1"), ("Followed", "1")] == scene.noted()
    assert [2] == scene.mailed


def test_a_failure_of_what_another_relay_delivered_meanwhile_counts_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Relay(scene.store, scene.clock, scene.relay.reactions, scene.relay.deliveries)
    scene.record(MailWanted(1))

    def deliver_then_fail() -> None:
        other.drain()
        scene.failing = {1}

    meanwhile(monkeypatch, scene, deliver_then_fail)
    assert [] == scene.relay.hand_over()
    assert [1] == scene.mailed
    assert Audit(scene.store).verify().whole
    assert 0 == scene.relay.waiting()
