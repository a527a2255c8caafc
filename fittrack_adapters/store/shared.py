"""Events on their way and answers given, in the store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from fittrack_adapters.store.rows import Condition, Not, OneOf, Rows, UpTo
from fittrack_adapters.store.tables import Table, json_converter
from fittrack_domain.reactions import EVENTS
from fittrack_domain.relay import EventNotFound
from fittrack_domain.shared.events import Envelope, Event
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.requests import Answered

EVENT_CLASSES: Mapping[str, type[Event]] = {event.__name__: event for event in EVENTS}


@attrs.frozen
class EnvelopeRow:
    """An `Envelope` as it lies in the outbox: the event as its kind and a JSON body."""

    id: EventId
    kind: str
    body: Mapping[str, Any]
    occurred_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    parked_at: datetime | None
    attempts: int
    last_error: str | None
    version: int

    @classmethod
    def of(cls, envelope: Envelope) -> "EnvelopeRow":
        rest = {f.name: getattr(envelope, f.name) for f in attrs.fields(Envelope) if f.name != "event"}
        return cls(kind=type(envelope.event).__name__, body=json_converter.unstructure(envelope.event), **rest)

    def envelope(self) -> Envelope:
        event = json_converter.structure(self.body, EVENT_CLASSES[self.kind])
        rest = {f.name: getattr(self, f.name) for f in attrs.fields(Envelope) if f.name != "event"}
        return Envelope(event=event, **rest)


OUTBOX = Table("outbox", EnvelopeRow, what="event", index=(("delivered_at",),))
IDEMPOTENCY_KEYS = Table("idempotency_keys", Answered, what="answer", key=("principal", "operation", "idempotency_key"))


@attrs.frozen
class EnvelopeRows:
    """`Envelopes` over rows."""

    rows: Rows[EnvelopeRow]

    def add(self, envelope: Envelope) -> None:
        self.rows.add(EnvelopeRow.of(envelope))

    def taken(self, event_ids: Collection[EventId]) -> Sequence[Envelope]:
        rows = self.rows.taken(id=OneOf(event_ids), delivered_at=None, parked_at=None)
        return [row.envelope() for row in rows]

    def get(self, event_id: EventId) -> Envelope:
        row = self.rows.get(event_id)
        if row is None:
            raise EventNotFound(event_id)
        return row.envelope()

    def save(self, envelope: Envelope) -> None:
        self.rows.save(EnvelopeRow.of(envelope))

    def due(self, now: datetime, limit: int, kinds: Collection[type[Event]]) -> Sequence[Envelope]:
        return self._due(now, limit, OneOf([kind.__name__ for kind in kinds]))

    def due_except(self, now: datetime, limit: int, kinds: Collection[type[Event]]) -> Sequence[Envelope]:
        return self._due(now, limit, tuple(Not(kind.__name__) for kind in kinds))

    def _due(self, now: datetime, limit: int, kind: Condition) -> Sequence[Envelope]:
        rows = self.rows.where(
            delivered_at=None, parked_at=None, due_at=UpTo(now), kind=kind, order=("id",), limit=limit
        )
        return [row.envelope() for row in rows]

    def parked(self, paging: Paging) -> Page[Envelope]:
        given_up = {"delivered_at": None, "parked_at": Not(None)}
        rows = self.rows.where(order=("id",), limit=paging.limit, offset=paging.offset, **given_up)
        return Page([row.envelope() for row in rows], paging, self.rows.total(**given_up))

    def waiting(self) -> int:
        return self.rows.total(delivered_at=None, parked_at=None)

    def given_up(self) -> int:
        return self.rows.total(delivered_at=None, parked_at=Not(None))

    def purge(self, before: datetime, limit: int) -> int:
        over = self.rows.where(delivered_at=UpTo(before), limit=limit)
        return self.rows.remove(id=OneOf([row.id for row in over]))

    def earliest_due(self) -> datetime | None:
        row = self.rows.first(order=("due_at",), delivered_at=None, parked_at=None)
        return None if row is None else row.due_at


@attrs.frozen
class AnswerRows:
    """`Answers` over rows."""

    rows: Rows[Answered]

    def find(self, principal: UUID, operation: str, key: str) -> Answered | None:
        return self.rows.get(principal, operation, key)

    def add(self, answered: Answered) -> None:
        self.rows.add(answered)

    def forget(self, principal: UUID, operation: str, key: str) -> None:
        self.rows.remove(principal=principal, operation=operation, idempotency_key=key)

    def purge(self, now: datetime) -> int:
        return self.rows.remove(expires_at=UpTo(now))
