"""Delivers recorded events to whoever reacts: after the commit, exactly once in the store, at least once outside it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import attrs

from fittrack_domain.audit.ports import AuditTx
from fittrack_domain.audit.service import record as audit
from fittrack_domain.shared.errors import NotFound, Refused, Unavailable
from fittrack_domain.shared.events import Envelope, Event
from fittrack_domain.shared.ids import EventId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Store

BATCH = 100
ATTEMPTS_MAX = 8
"""For reactions: some four minutes. What fails longer inside the store needs somebody to mend it."""
HAND_OVERS_MAX = 24
"""For deliveries: some thirteen hours. Servers of others are down for a night."""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
HAND_OVER_WITHIN = timedelta(minutes=5)
"""After so long, who was handing an event to the outside is taken for dead, and another relay does it."""
ERROR_LENGTH_MAX = 1_000
DELIVERED_KEPT_FOR = timedelta(days=7)
"""Long enough to look into what happened; short enough that nothing told of who left outlives their erasure by much."""
FORGOTTEN_AT_ONCE = 500
"""In one transaction, so that nobody waits long behind it."""
FIRST_PAGE = Paging()

Reaction = Callable[[Any, datetime, Any], None]
"""`(tx, now, event)`: changes the store through `tx` and nothing else."""

Delivery = Callable[[Envelope], None]
"""Hands an event to something outside the store. May come twice: the envelope's id tells.

Raises `Refused` when it will never be taken, `Unavailable` when nothing can be handed over at present.
"""


class Envelopes(Protocol):
    """The outbox as the relay sees it."""

    def due(self, now: datetime, limit: int, kinds: Collection[type[Event]]) -> Sequence[Envelope]:
        """Events of these kinds: undelivered, not parked, and not waiting for a retry; the oldest first."""
        ...

    def due_except(self, now: datetime, limit: int, kinds: Collection[type[Event]]) -> Sequence[Envelope]:
        """As `due`, of all kinds but these."""
        ...

    def taken(self, event_ids: Collection[EventId]) -> Sequence[Envelope]:
        """Those that are still to be delivered, for this transaction alone, the oldest first.

        Without those that another transaction has taken: so relays share the work instead of waiting for each other.
        """
        ...

    def get(self, event_id: EventId) -> Envelope:
        """Raises `EventNotFound`."""
        ...

    def save(self, envelope: Envelope) -> None: ...

    def parked(self, paging: Paging) -> Page[Envelope]:
        """Given up, the oldest first."""
        ...

    def waiting(self) -> int: ...

    def given_up(self) -> int:
        """How many are parked."""
        ...

    def purge(self, before: datetime, limit: int) -> int:
        """Drops up to `limit` events that were delivered until then, and tells how many."""
        ...

    def earliest_due(self) -> datetime | None:
        """When the one that waits longest was to be delivered; None when nothing waits."""
        ...


class RelayTx(AuditTx, Protocol):
    """A transaction with the outbox."""

    @property
    def envelopes(self) -> Envelopes: ...


@attrs.frozen
class EventNotFound(NotFound):
    """No event has this id."""

    event_id: EventId
    code = "event_not_found"

    def __str__(self) -> str:
        return f"There is no event {self.event_id}."


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
    is handed over first and marked afterwards, and apart from the reactions: a slow server outside delays none of them.
    """

    store: Store[RelayTx]
    clock: Clock
    reactions: Mapping[type[Event], tuple[Reaction, ...]]
    deliveries: Mapping[type[Event], Delivery]

    def drain(self) -> Sequence[Event]:
        """As `react` and `hand_over` in turn, until nothing is due. Answers what was delivered."""
        return _repeated(lambda: [*self.react(), *self.hand_over()])

    def react(self) -> Sequence[Event]:
        """Runs the reactions to all that is due, what they record included, and answers what was delivered.

        An event that fails is tried again later, and holds up no other.
        """
        return _repeated(self._react_to_due)

    def hand_over(self) -> Sequence[Event]:
        """Hands over all that is due outside, one after the other, and answers what was taken.

        An event that fails is tried again later; one that is refused is parked at once. When the outside is unavailable
        the others wait, too, without having been tried: they would fail alike, each after a long wait.
        """
        return _repeated(self._hand_over_due)

    def _react_to_due(self) -> list[Event]:
        with self.store.reading() as tx:
            due = tx.envelopes.due_except(self.clock.now(), BATCH, self.deliveries.keys())
        if not due:
            return []
        try:
            return self._react(*(envelope.id for envelope in due))  # one commit for all; where that fails, one for each
        except Exception:  # noqa: BLE001  # whatever a reaction raises is this event's failure, told apart here
            return [event for envelope in due for event in self._react_alone(envelope.id)]

    def _react_alone(self, event_id: EventId) -> list[Event]:
        try:
            return self._react(event_id)
        except Exception as error:  # noqa: BLE001  # kept with the event, for whoever looks at what is parked
            self._failed(event_id, error, ATTEMPTS_MAX)
            return []

    def _react(self, *event_ids: EventId) -> list[Event]:
        with self.store.transaction() as tx:
            now = self.clock.now()
            taken = [envelope for envelope in tx.envelopes.taken(event_ids) if envelope.due_at <= now]
            for envelope in taken:
                for reaction in self.reactions.get(type(envelope.event), ()):
                    reaction(tx, now, envelope.event)
                tx.envelopes.save(envelope.delivered(now))
        return [envelope.event for envelope in taken]

    def _hand_over_due(self) -> list[Event]:
        with self.store.reading() as tx:
            due = tx.envelopes.due(self.clock.now(), BATCH, self.deliveries.keys())
        taken: list[Event] = []
        for envelope in due:
            try:
                taken += self._hand_over(envelope.id)
            except Exception as error:  # noqa: BLE001  # as above
                self._failed(envelope.id, error, attempts_max=1 if isinstance(error, Refused) else HAND_OVERS_MAX)
                if isinstance(error, Unavailable):
                    break
        return taken

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

    def _failed(self, event_id: EventId, error: Exception, attempts_max: int) -> None:
        now = self.clock.now()
        told = f"{type(error).__name__}: {error}"[:ERROR_LENGTH_MAX]
        with self.store.transaction() as tx:
            for envelope in tx.envelopes.taken([event_id]):
                if envelope.attempts + 1 >= attempts_max:
                    tx.envelopes.save(envelope.parked(told, now))
                else:
                    pause = min(FIRST_PAUSE * 2**envelope.attempts, LONGEST_PAUSE)
                    tx.envelopes.save(envelope.retried_later(told, now + pause))

    def waiting(self) -> int:
        """How many events are still to be delivered."""
        with self.store.reading() as tx:
            return tx.envelopes.waiting()

    def parked(self, paging: Paging = FIRST_PAGE) -> Page[Envelope]:
        """What was given up, the oldest first."""
        with self.store.reading() as tx:
            return tx.envelopes.parked(paging)

    def release(self, event_id: EventId, actor: MemberId | None = None) -> None:
        """Tries a parked event again; audited. Raises `EventNotFound`, `EventNotParked`."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            envelope = tx.envelopes.get(event_id)
            if envelope.parked_at is None:
                raise EventNotParked(event_id)
            tx.envelopes.save(envelope.released(now))
            audit(tx, now, actor, "event.released", "event", event_id, {"kind": type(envelope.event).__name__})

    def forget_delivered(self) -> int:
        """Job: drops all events that were delivered a week ago or earlier, and tells how many.

        Some in each transaction; interrupted, it goes on with the others.
        """
        before = self.clock.now() - DELIVERED_KEPT_FOR
        forgotten = 0
        while dropped := self._forget(before):
            forgotten += dropped
        return forgotten

    def _forget(self, before: datetime) -> int:
        with self.store.transaction() as tx:
            return tx.envelopes.purge(before, FORGOTTEN_AT_ONCE)


def _repeated(step: Callable[[], list[Event]]) -> list[Event]:
    """All that `step` delivers until it delivers nothing more."""
    delivered: list[Event] = []
    while batch := step():
        delivered += batch
    return delivered
