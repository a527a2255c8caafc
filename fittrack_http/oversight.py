"""The audit log, and events that were given up, over HTTP, for administrators."""

from datetime import datetime
from typing import Annotated, Any, Final

import attrs
from annotated_types import Len

from fittrack_domain.app import FitTrack
from fittrack_domain.audit.model import AuditEntry, Wanted
from fittrack_domain.relay import EventNotFound, EventNotParked
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.events import Envelope
from fittrack_domain.shared.ids import EventId, MemberId
from fittrack_http.admin import route
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Route

TAG: Final = "Oversight"
Words = Annotated[str, Len(1, 64)]


@attrs.frozen(kw_only=True)
class AuditQuery(PageQuery):
    """Which records: of an actor, an action, a subject, from `since` until before `until`."""

    actor: MemberId | None = None
    action: Words | None = None
    subject_type: Words | None = None
    subject_id: Words | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            actor=self.actor,
            action=self.action,
            subject_type=self.subject_type,
            subject_id=self.subject_id,
            since=self.since,
            before=self.until,
        )


@attrs.frozen
class AuditRecord:
    """Who did what to what, and when. Without an actor it was the system itself. Hashes chain the records."""

    seq: int
    at: datetime
    actor: MemberId | None
    action: str
    subject_type: str
    subject_id: str
    facts: dict[str, Any]
    prev_hash: str
    entry_hash: str

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditRecord":
        return cls(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject_type=entry.subject_type,
            subject_id=entry.subject_id,
            facts=dict(entry.facts),
            prev_hash=entry.prev_hash,
            entry_hash=entry.entry_hash,
        )


@attrs.frozen
class ParkedEvent:
    """What happened, but was given up after so many attempts to follow it up, and why the last one failed."""

    event_id: EventId
    kind: str
    occurred_at: datetime
    parked_at: datetime | None
    attempts: int
    last_error: str | None

    @classmethod
    def of(cls, envelope: Envelope) -> "ParkedEvent":
        return cls(
            event_id=envelope.id,
            kind=type(envelope.event).__name__,
            occurred_at=envelope.occurred_at,
            parked_at=envelope.parked_at,
            attempts=envelope.attempts,
            last_error=envelope.last_error,
        )


def audit_log(fittrack: FitTrack, query: AuditQuery) -> Listed[AuditRecord]:
    """List the records of the audit log.

    Sorted by number, the latest first.
    """
    return Listed.of(fittrack.audit.page(query.paging, query.wanted).map(AuditRecord.of))


def parked_events(fittrack: FitTrack, query: PageQuery) -> Listed[ParkedEvent]:
    """List the events that were given up.

    Sorted by when they happened, the earliest first.
    """
    return Listed.of(fittrack.relay.parked(query.paging).map(ParkedEvent.of))


def release_event(fittrack: FitTrack, caller: Caller, event_id: EventId) -> None:
    """Try an event again that was given up."""
    fittrack.relay.release(event_id, caller.member_id)


ROUTES: Final[tuple[Route, ...]] = (
    route("GET", "admin/audit", audit_log, TAG),
    route("GET", "admin/events", parked_events, TAG),
    route(
        "POST",
        "admin/events/{event_id}/release",
        release_event,
        TAG,
        status=204,
        problems=(EventNotFound, EventNotParked, StaleVersion),
    ),
)
