"""Delivers recorded events to whoever reacts: after the commit, exactly once in the store, at least once outside it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import attrs

from fittrack_domain.shared.errors import NotFound
from fittrack_domain.shared.events import Envelope, Event
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.ports import Clock, Store

BATCH = 100
ATTEMPTS_MAX = 8
FIRST_PAUSE = timedelta(seconds=2)
HAND_OVER_WITHIN = timedelta(minutes=5)
"""After so long, who was handing an event to the outside is taken for dead, and another relay does it."""
ERROR_LENGTH_MAX = 1_000
PARKED_SHOWN_MAX = 100

Reaction = Callable[[Any, datetime, Any], None]
"""`(tx, now, event)`: changes the store through `tx` and nothing else."""

Delivery = Callable[[Envelope], None]
"""Hands an event to something outside the store. May come twice: the envelope's id tells."""


class Envelopes(Protocol):
    """The outbox as the relay sees it."""

    def due(self, now: datetime, limit: int) -> Sequence[Envelope]:
        """Undelivered, not parked, and not waiting for a retry; the oldest first."""
        ...

    def taken(self, event_ids: Collection[EventId]) -> Sequence[Envelope]:
        """Those that are still to be delivered, for this transaction alone, the oldest first.

        Without those that another transaction has taken: so relays share the work instead of waiting for each other.
        """
        ...

    def get(self, event_id: EventId) -> Envelope:
        """Raises `NotFound`."""
        ...

    def save(self, envelope: Envelope) -> None: ...

    def parked(self, limit: int) -> Sequence[Envelope]: ...

    def waiting(self) -> int: ...


class RelayTx(Protocol):
    """A transaction with the outbox."""

    @property
    def envelopes(self) -> Envelopes: ...


@attrs.frozen
class EventNotParked(NotFound):
    """Only what was given up can be released."""

    event_id: EventId
    code = "event_not_parked"

    def __str__(self) -> str:
        return f"Event {self.event_id} is not parked."


@attrs.frozen
class Relay:
    """Runs the reactions to each event in one transaction, and marks the event as delivered in that same transaction.

    So a crash anywhere, or two relays at once, leave every reaction done exactly once. What leaves the store (mail)
    is handed over first and marked afterwards.
    """

    store: Store[RelayTx]
    clock: Clock
    reactions: Mapping[type[Event], tuple[Reaction, ...]]
    deliveries: Mapping[type[Event], Delivery]

    def drain(self) -> Sequence[Event]:
        """Delivers until nothing is due, what reactions record included, and answers what was delivered."""
        delivered: list[Event] = []
        while batch := self.deliver_due():
            delivered += batch
        return delivered

    def deliver_due(self) -> Sequence[Event]:
        """Delivers up to `BATCH` events that are due. One that fails is tried again later, and holds up no other."""
        with self.store.reading() as tx:
            due = tx.envelopes.due(self.clock.now(), BATCH)
        inside = [envelope.id for envelope in due if type(envelope.event) not in self.deliveries]
        outside = [envelope.id for envelope in due if type(envelope.event) in self.deliveries]
        delivered = [event for event_id in outside for event in self._tried(self._hand_over, event_id)]
        if not inside:
            return delivered
        try:
            return delivered + self._react(*inside)  # one commit for all; only where that fails, one for each
        except Exception:  # noqa: BLE001  # whatever a reaction raises is this event's failure, told apart here
            return delivered + [event for event_id in inside for event in self._tried(self._react, event_id)]

    def _react(self, *event_ids: EventId) -> list[Event]:
        with self.store.transaction() as tx:
            now = self.clock.now()
            taken = [envelope for envelope in tx.envelopes.taken(event_ids) if envelope.due_at <= now]
            for envelope in taken:
                for reaction in self.reactions.get(type(envelope.event), ()):
                    reaction(tx, now, envelope.event)
                tx.envelopes.save(envelope.delivered(now))
        return [envelope.event for envelope in taken]

    def _hand_over(self, event_id: EventId) -> list[Event]:
        now = self.clock.now()
        with self.store.transaction() as tx:
            taken = [envelope for envelope in tx.envelopes.taken([event_id]) if envelope.due_at <= now]
            for envelope in taken:
                tx.envelopes.save(envelope.being_handed_over(now + HAND_OVER_WITHIN))
        for envelope in taken:
            self.deliveries[type(envelope.event)](envelope)
            with self.store.transaction() as tx:
                tx.envelopes.save(tx.envelopes.get(event_id).delivered(self.clock.now()))
        return [envelope.event for envelope in taken]

    def _tried(self, deliver: Callable[[EventId], list[Event]], event_id: EventId) -> list[Event]:
        try:
            return deliver(event_id)
        except Exception as error:  # noqa: BLE001  # kept with the event, for whoever looks at what is parked
            self._failed(event_id, f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX])
            return []

    def _failed(self, event_id: EventId, error: str) -> None:
        now = self.clock.now()
        with self.store.transaction() as tx:
            for envelope in tx.envelopes.taken([event_id]):
                if envelope.attempts + 1 >= ATTEMPTS_MAX:
                    tx.envelopes.save(envelope.parked(error, now))
                else:
                    tx.envelopes.save(envelope.retried_later(error, now + FIRST_PAUSE * 2**envelope.attempts))

    def waiting(self) -> int:
        """How many events are still to be delivered."""
        with self.store.reading() as tx:
            return tx.envelopes.waiting()

    def parked(self) -> Sequence[Envelope]:
        """What was given up after `ATTEMPTS_MAX` attempts, the oldest first."""
        with self.store.reading() as tx:
            return tx.envelopes.parked(PARKED_SHOWN_MAX)

    def release(self, event_id: EventId) -> None:
        """Tries a parked event again. Raises `EventNotParked`."""
        with self.store.transaction() as tx:
            envelope = tx.envelopes.get(event_id)
            if envelope.parked_at is None:
                raise EventNotParked(event_id)
            tx.envelopes.save(envelope.released(self.clock.now()))
