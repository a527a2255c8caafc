"""What ties connections to the gateway, in the store."""

from collections.abc import Collection, Sequence
from datetime import datetime

import attrs

from fittrack_adapters.store.rows import Before, OneOf, Rows, Since, UpTo
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.ids import ConnectionId, MemberId, TrackerEventId
from fittrack_domain.tracking.links import Handling, Link, SignIn, TrackerEvent
from fittrack_domain.tracking.model import Provider

SIGN_INS = Table(
    "tracker_sign_ins", SignIn, what="sign-in", key=("state_hash",), index=(("user_id",), ("reference", "provider"))
)
LINKS = Table("tracker_links", Link, what="link", key=("tracker_hash",), index=(("connection_id",),))
TRACKER_EVENTS = Table(
    "tracker_events",
    TrackerEvent,
    what="tracker event",
    unique=(("trace_id",), ("signature",)),
    index=(("tracker_hash",),),
)


@attrs.frozen
class SignInRows:
    """`SignIns` over rows."""

    rows: Rows[SignIn]

    def find(self, state_hash: str) -> SignIn | None:
        return self.rows.get(state_hash)

    def locked(self, state_hash: str) -> SignIn | None:
        return next(iter(self.rows.locked(state_hash=state_hash)), None)

    def begun(self, reference: str, provider: Provider) -> SignIn | None:
        return self.rows.first(order=("-begun_at", "state_hash"), reference=reference, provider=provider)

    def add(self, sign_in: SignIn) -> None:
        self.rows.add(sign_in)

    def save(self, sign_in: SignIn) -> SignIn:
        return self.rows.save(sign_in)

    def remove_of(self, member_id: MemberId) -> None:
        self.rows.remove(user_id=member_id)

    def purge(self, before: datetime) -> int:
        return self.rows.remove(begun_at=Before(before))


@attrs.frozen
class LinkRows:
    """`Links` over rows."""

    rows: Rows[Link]

    def find(self, tracker_hash: str) -> Link | None:
        return self.rows.get(tracker_hash)

    def current(self, connection_id: ConnectionId) -> Link | None:
        return self.rows.first(connection_id=connection_id, ended_at=None)

    def of(self, connection_ids: Collection[ConnectionId]) -> Sequence[Link]:
        return self.rows.where(connection_id=OneOf(connection_ids), order=("linked_at", "tracker_hash"))

    def due(self, now: datetime, limit: int) -> Sequence[Link]:
        return self.rows.where(due_at=UpTo(now), order=("due_at", "tracker_hash"), limit=limit)

    def made_since(self, since: datetime) -> Sequence[Link]:
        return self.rows.where(linked_at=Since(since), order=("linked_at", "tracker_hash"))

    def add(self, link: Link) -> None:
        self.rows.add(link)

    def save(self, link: Link) -> Link:
        return self.rows.save(link)

    def remove_of(self, connection_ids: Collection[ConnectionId]) -> None:
        self.rows.remove(connection_id=OneOf(connection_ids))


@attrs.frozen
class TrackerEventRows:
    """`TrackerEvents` over rows."""

    rows: Rows[TrackerEvent]

    def find(self, event_id: TrackerEventId) -> TrackerEvent | None:
        return self.rows.get(event_id)

    def locked(self, event_id: TrackerEventId) -> TrackerEvent | None:
        return next(iter(self.rows.locked(id=event_id)), None)

    def is_known(self, trace_id: str, signature: str) -> bool:
        return bool(self.rows.total(trace_id=trace_id) or self.rows.total(signature=signature))

    def parked(self, tracker_hash: str, limit: int) -> Sequence[TrackerEvent]:
        found = self.rows.taken(tracker_hash=tracker_hash, outcome=Handling.PARKED)
        return sorted(found, key=lambda event: (event.source_order, event.id))[:limit]

    def add(self, event: TrackerEvent) -> None:
        self.rows.add(event)

    def save(self, event: TrackerEvent) -> TrackerEvent:
        return self.rows.save(event)

    def remove_of(self, tracker_hashes: Collection[str]) -> None:
        self.rows.remove(tracker_hash=OneOf(tracker_hashes))

    def purge(self, before: datetime) -> int:
        return self.rows.remove(received_at=Before(before))
