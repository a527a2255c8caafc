"""One transaction, with every repository of every context. Contexts see the part that their Protocol names."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol, TypeVar

from fittrack_adapters.store import audit, identity, shared
from fittrack_adapters.store.rows import Rows
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.events import Envelope, Event
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.ports import Clock, Ids

T = TypeVar("T")
P = TypeVar("P")


class Session(Protocol):
    """A store's side of a transaction."""

    def rows(self, table: Table[T]) -> Rows[T]:
        """The rows of a table."""
        ...

    def either(self, memory: Callable[[Any], P], sql: Callable[[Any], P], /) -> P:
        """Of a port with two implementations, the one for this store, over this session."""
        ...


class Transaction:
    """Repositories are made when first asked for: a purchase touches five of some thirty."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def rows(self, table: Table[T]) -> Rows[T]:
        """The rows of a table."""
        return self._session.rows(table)

    def record(self, event: Event) -> None:
        """Puts an event into the outbox, in this transaction."""
        now = self._clock.now()
        self.envelopes.add(Envelope(EventId(self._ids.new()), event, occurred_at=now, due_at=now))

    @cached_property
    def envelopes(self) -> shared.EnvelopeRows:
        return shared.EnvelopeRows(self.rows(shared.OUTBOX))

    @cached_property
    def answers(self) -> shared.AnswerRows:
        return shared.AnswerRows(self.rows(shared.IDEMPOTENCY_KEYS))

    @cached_property
    def audit(self) -> audit.AuditLogRows:
        return audit.AuditLogRows(self.rows(audit.AUDIT_LOG))

    @cached_property
    def accounts(self) -> identity.AccountRows:
        return identity.AccountRows(self._session.rows(identity.USERS))

    @cached_property
    def profiles(self) -> identity.ProfileRows:
        return identity.ProfileRows(self._session.rows(identity.PROFILES))
