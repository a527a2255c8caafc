"""What tracking needs of a transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from fittrack_domain.identity.ports import IdentityTx
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.paging import Page, Paging
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


class TrackingTx(IdentityTx, Protocol):
    """A transaction with connections and activities."""

    @property
    def connections(self) -> Connections: ...

    @property
    def activities(self) -> Activities: ...
