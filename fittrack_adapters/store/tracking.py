"""Trackers and activities in the store."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

import attrs

from fittrack_adapters.store.rows import OneOf, Rows, between
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.tracking.errors import ActivityNotFound, ConnectionNotFound
from fittrack_domain.tracking.model import (
    Activity,
    ActivityState,
    ActivityType,
    Connection,
    Effort,
    Intensity,
    Provider,
)

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


Efforts = Callable[[MemberId, date, date], Iterable[Effort]]
"""`Activities.counting`: written by hand, because whole activities take three times as long to read."""

COUNTING = """
select activity_type, intensity, activity_day, duration_minutes, metrics from activities
where user_id = :user_id and activity_day >= :first_day and activity_day <= :last_day and state = 'accepted'
"""


def row_efforts(rows: Rows[Activity]) -> Efforts:
    """From rows, for the store in memory."""

    def counting(member_id: MemberId, first: date, last: date) -> Iterable[Effort]:
        return rows.where(user_id=member_id, activity_day=between(first, last), state=ActivityState.ACCEPTED)

    return counting


def sql_efforts(session: SqlSession) -> Efforts:
    """From a database."""

    def counting(member_id: MemberId, first: date, last: date) -> Iterable[Effort]:
        ends = {"first_day": session.encoded("day", first), "last_day": session.encoded("day", last)}
        found = session.database.fetch(COUNTING, {"user_id": session.encoded("uuid", member_id), **ends})
        for kind, intensity, day, minutes, metrics in found:
            yield Effort(
                activity_type=ActivityType(kind),
                intensity=intensity and Intensity(intensity),
                activity_day=session.decoded("day", day),
                duration_minutes=minutes,
                metrics=session.decoded("json", metrics),
            )

    return counting


@attrs.frozen
class ActivityRows:
    """`Activities` over rows."""

    rows: Rows[Activity]
    efforts: Efforts

    def get(self, activity_id: ActivityId) -> Activity:
        activity = self.rows.get(activity_id)
        if activity is None:
            raise ActivityNotFound(activity_id)
        return activity

    def on_days(self, member_ids: Collection[MemberId], first: date, last: date) -> Sequence[Activity]:
        return self.rows.where(user_id=OneOf(member_ids), activity_day=between(first, last))

    def counting(self, member_id: MemberId, first: date, last: date) -> Iterable[Effort]:
        return self.efforts(member_id, first, last)

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
