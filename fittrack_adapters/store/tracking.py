"""Trackers and activities in the store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import attrs

from fittrack_adapters.store.rows import OneOf, Rows, between
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.tracking.errors import ActivityNotFound, ConnectionNotFound
from fittrack_domain.tracking.model import Activity, ActivityState, ActivityType, Connection, Provider

CONNECTIONS = Table(
    "tracker_connections",
    Connection,
    what="connection",
    unique=(("user_id", "provider"),),
    index=(("user_id",), ("tracker_user_key",)),
)
ACTIVITIES = Table(
    "activities",
    Activity,
    what="activity",
    unique=(("connection_id", "external_id"),),
    index=(("user_id",),),
)


@attrs.frozen
class ConnectionRows:
    """`Connections` over rows."""

    rows: Rows[Connection]

    def get(self, connection_id: ConnectionId) -> Connection:
        connection = self.rows.get(connection_id)
        if connection is None:
            raise ConnectionNotFound(connection_id)
        return connection

    def with_ids(self, connection_ids: Collection[ConnectionId]) -> Mapping[ConnectionId, Connection]:
        return {connection.id: connection for connection in self.rows.where(id=OneOf(connection_ids))}

    def of(self, member_id: MemberId) -> Sequence[Connection]:
        return self.rows.where(user_id=member_id, order=("id",))

    def of_members(self, member_ids: Collection[MemberId]) -> Sequence[Connection]:
        return self.rows.where(user_id=OneOf(member_ids), order=("id",))

    def of_trackers(self, provider: Provider, tracker_user_keys: Collection[str]) -> Sequence[Connection]:
        return self.rows.where(provider=provider, tracker_user_key=OneOf(tracker_user_keys), order=("id",))

    def add(self, connection: Connection) -> None:
        self.rows.add(connection)

    def save(self, connection: Connection) -> Connection:
        return self.rows.save(connection)

    def save_all(self, connections: Iterable[Connection]) -> None:
        self.rows.save_all(connections)


@attrs.frozen
class ActivityRows:
    """`Activities` over rows."""

    rows: Rows[Activity]

    def get(self, activity_id: ActivityId) -> Activity:
        activity = self.rows.get(activity_id)
        if activity is None:
            raise ActivityNotFound(activity_id)
        return activity

    def on_days(self, member_ids: Collection[MemberId], first: date, last: date) -> Sequence[Activity]:
        return self.rows.where(user_id=OneOf(member_ids), activity_day=between(first, last))

    def counting(self, member_id: MemberId, days: Collection[date]) -> Sequence[Activity]:
        return self.rows.where(user_id=member_id, activity_day=OneOf(days), state=ActivityState.ACCEPTED)

    def with_external_ids(
        self, connection_ids: Collection[ConnectionId], external_ids: Collection[str]
    ) -> Sequence[Activity]:
        return self.rows.where(connection_id=OneOf(connection_ids), external_id=OneOf(external_ids))

    def add_all(self, activities: Iterable[Activity]) -> None:
        self.rows.add_all(activities)

    def save_all(self, activities: Iterable[Activity]) -> None:
        self.rows.save_all(activities)

    def page(
        self,
        member_id: MemberId,
        paging: Paging,
        *,
        first: date | None = None,
        last: date | None = None,
        activity_type: ActivityType | None = None,
    ) -> Page[Activity]:
        wanted = {"activity_day": between(first, last), "activity_type": activity_type}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        order = ("-activity_day", "-start_time", "-id")
        items = self.rows.where(user_id=member_id, order=order, limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(user_id=member_id, **wanted))
