"""What tracking needs of a transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from fittrack_domain.identity.ports import IdentityTx
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId, TrackerEventId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.requests import AnswersTx
from fittrack_domain.tracking.links import Link, SignIn, TrackerEvent
from fittrack_domain.tracking.model import Activity, ActivityType, Connection, Effort, Provider


class Connections(Protocol):
    """The members' trackers."""

    def get(self, connection_id: ConnectionId) -> Connection:
        """Raises `ConnectionNotFound`."""
        ...

    def with_ids(self, connection_ids: Collection[ConnectionId]) -> Mapping[ConnectionId, Connection]:
        """Those that exist."""
        ...

    def of(self, member_id: MemberId) -> Sequence[Connection]:
        """A member's, in the order in which they were made."""
        ...

    def of_members(self, member_ids: Collection[MemberId]) -> Sequence[Connection]:
        """Those of all these members."""
        ...

    def of_trackers(self, provider: Provider, tracker_user_keys: Collection[str]) -> Sequence[Connection]:
        """Those of these tracker accounts, live or not."""
        ...

    def add(self, connection: Connection) -> None:
        """Raises `AlreadyExists` for a second one of member and provider."""
        ...

    def save(self, connection: Connection) -> Connection: ...

    def save_all(self, connections: Iterable[Connection]) -> None: ...


class Activities(Protocol):
    """Everything that trackers ever reported."""

    def get(self, activity_id: ActivityId) -> Activity:
        """Raises `ActivityNotFound`."""
        ...

    def on_days(self, member_ids: Collection[MemberId], first: date, last: date) -> Sequence[Activity]:
        """All of these members from one day to the other, whatever their state."""
        ...

    def counting(self, member_id: MemberId, first: date, last: date) -> Iterable[Effort]:
        """What counts of a member from one day to the other: as much of the accepted ones as points depend on."""
        ...

    def with_external_ids(
        self, connection_ids: Collection[ConnectionId], external_ids: Collection[str]
    ) -> Sequence[Activity]:
        """Those received through one of the connections under one of the ids."""
        ...

    def add_all(self, activities: Iterable[Activity]) -> None: ...

    def save_all(self, activities: Iterable[Activity]) -> None: ...

    def page(
        self,
        member_id: MemberId,
        paging: Paging,
        *,
        first: date | None = None,
        last: date | None = None,
        activity_type: ActivityType | None = None,
    ) -> Page[Activity]:
        """A member's, the latest day first."""
        ...


class SignIns(Protocol):
    """The sign-ins that members have begun at the gateway."""

    def find(self, state_hash: str) -> SignIn | None: ...

    def locked(self, state_hash: str) -> SignIn | None:
        """As `find`, for this transaction alone."""
        ...

    def begun(self, reference: str, provider: Provider) -> SignIn | None:
        """The latest with this reference and provider, used or not."""
        ...

    def add(self, sign_in: SignIn) -> None: ...

    def save(self, sign_in: SignIn) -> SignIn: ...

    def remove_of(self, member_id: MemberId) -> None: ...

    def purge(self, before: datetime) -> int:
        """Drops those begun before, and tells how many."""
        ...


class Links(Protocol):
    """The gateway's users behind connections, ended ones too. Whoever changes one has locked the member's account."""

    def find(self, tracker_hash: str) -> Link | None: ...

    def current(self, connection_id: ConnectionId) -> Link | None:
        """The one that stands behind the connection now."""
        ...

    def of(self, connection_ids: Collection[ConnectionId]) -> Sequence[Link]: ...

    def due(self, now: datetime, limit: int) -> Sequence[Link]:
        """Those that the gateway is to be asked or told about by now, the longest due first."""
        ...

    def made_since(self, since: datetime) -> Sequence[Link]: ...

    def add(self, link: Link) -> None: ...

    def save(self, link: Link) -> Link: ...

    def remove_of(self, connection_ids: Collection[ConnectionId]) -> None: ...


class TrackerEvents(Protocol):
    """What the gateway sent lately. No two have the same `trace_id`, and no two the same `signature`."""

    def find(self, event_id: TrackerEventId) -> TrackerEvent | None: ...

    def locked(self, event_id: TrackerEventId) -> TrackerEvent | None:
        """As `find`, for this transaction alone."""
        ...

    def is_known(self, trace_id: str, signature: str) -> bool:
        """Whether one with either came before."""
        ...

    def parked(self, tracker_hash: str, limit: int) -> Sequence[TrackerEvent]:
        """What is parked about a user, for this transaction alone, in the order in which the gateway made it.

        Without what another transaction has taken: it is being looked at already.
        """
        ...

    def add(self, event: TrackerEvent) -> None:
        """Raises `AlreadyExists` for what `is_known`."""
        ...

    def save(self, event: TrackerEvent) -> TrackerEvent: ...

    def remove_of(self, tracker_hashes: Collection[str]) -> None: ...

    def purge(self, before: datetime) -> int:
        """Drops what was received before, and tells how many."""
        ...


class TrackingTx(IdentityTx, AnswersTx, Protocol):
    """A transaction with connections, what ties them to the gateway, and activities."""

    @property
    def connections(self) -> Connections: ...

    @property
    def activities(self) -> Activities: ...

    @property
    def sign_ins(self) -> SignIns: ...

    @property
    def links(self) -> Links: ...

    @property
    def tracker_events(self) -> TrackerEvents: ...
