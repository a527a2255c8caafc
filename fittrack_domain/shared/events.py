"""What happened, as values: recorded in the transaction that did it, delivered after it (see `relay.py`)."""

from datetime import datetime

import attrs

from fittrack_domain.shared.ids import EventId


@attrs.frozen
class Event:
    """Base of all events. The class name is the event's kind in the store: renaming one needs a migration."""


@attrs.frozen
class Envelope:
    """An event on its way: when it happened, whether it was delivered, and what went wrong so far."""

    id: EventId
    event: Event
    occurred_at: datetime
    due_at: datetime
    delivered_at: datetime | None = None
    parked_at: datetime | None = None
    attempts: int = 0
    last_error: str | None = None
    version: int = 1

    def being_handed_over(self, until: datetime) -> "Envelope":
        """Left alone by others until then."""
        return attrs.evolve(self, due_at=until)

    def delivered(self, now: datetime) -> "Envelope":
        return attrs.evolve(self, delivered_at=now, last_error=None)

    def retried_later(self, error: str, due_at: datetime) -> "Envelope":
        return attrs.evolve(self, attempts=self.attempts + 1, last_error=error, due_at=due_at)

    def parked(self, error: str, now: datetime) -> "Envelope":
        return attrs.evolve(self, attempts=self.attempts + 1, last_error=error, parked_at=now)

    def released(self, now: datetime) -> "Envelope":
        return attrs.evolve(self, parked_at=None, attempts=0, due_at=now)
