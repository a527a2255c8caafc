"""Takes reports in: told apart into new, newer, repeated and outdated ones, then settled among the member's trackers.

It works on what was read and answers what is to be written, so that thousands of days cost a handful of statements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from uuid import UUID

import attrs

from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.tracking.duplicates import settled
from fittrack_domain.tracking.model import (
    Activity,
    ActivityReport,
    ActivityState,
    Connection,
    Measured,
    Reason,
    measured,
    state_for,
)
from fittrack_domain.tracking.plausibility import Bounds, objection


class Change(Enum):
    """What a report brought."""

    NEW = "new"
    UPDATED = "updated"
    REPEATED = "repeated"
    OUTDATED = "outdated"


@attrs.frozen
class Deletion:
    """A provider's word that an activity is gone."""

    external_id: str
    source_order: int


@attrs.frozen
class Delivery:
    """What one connection brings."""

    connection_id: ConnectionId
    reports: tuple[ActivityReport, ...] = ()
    deletions: tuple[Deletion, ...] = ()


@attrs.frozen
class Outcome:
    """What became of one report."""

    connection_id: ConnectionId
    external_id: str
    change: Change
    state: ActivityState
    reason: Reason | None


@attrs.frozen
class Receipt:
    """What became of the reports, in the order in which they were delivered."""

    outcomes: tuple[Outcome, ...]

    def total(self, change: Change) -> int:
        return sum(outcome.change is change for outcome in self.outcomes)

    @property
    def rejected(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.state is ActivityState.REJECTED)


Key = tuple[ConnectionId | None, str]


@attrs.define
class Intake:
    """One batch on its way in."""

    now: datetime
    new_id: Callable[[], UUID]
    bounds: Bounds
    _stored: dict[ActivityId, Activity] = attrs.field(factory=dict, init=False)
    _current: dict[ActivityId, Activity] = attrs.field(factory=dict, init=False)
    _by_key: dict[Key, ActivityId] = attrs.field(factory=dict, init=False)
    _touched: defaultdict[MemberId, set[date]] = attrs.field(factory=lambda: defaultdict(set), init=False)

    def know(self, activities: Iterable[Activity]) -> None:
        """What the store holds already of these members, days and ids."""
        for activity in activities:
            self._stored[activity.id] = self._current[activity.id] = activity
            self._by_key[activity.connection_id, activity.external_id] = activity.id

    def knows(self, connection_id: ConnectionId, external_id: str) -> bool:
        return (connection_id, external_id) in self._by_key

    def take(
        self, member_id: MemberId, connection: Connection | None, report: ActivityReport
    ) -> tuple[ActivityId, Change]:
        """Takes one report in; which of several trackers' counts is decided when all are in."""
        key = (connection.id if connection else None, report.external_id)
        reason = objection(report, connection, self.now, self.bounds)
        if key not in self._by_key:
            return self._add(member_id, key, report, reason), Change.NEW
        known = self._current[self._by_key[key]]
        if report.source_order < known.source_order or reason is Reason.TOO_OLD:
            return known.id, Change.OUTDATED
        if _same(report, known) and known.objection is reason:
            if report.source_order > known.source_order:
                self._current[known.id] = attrs.evolve(known, source_order=report.source_order)
            return known.id, Change.REPEATED
        self._current[known.id] = known.updated(report, reason)
        self._touched[member_id] |= {known.activity_day, report.activity_day}
        return known.id, Change.UPDATED

    def _add(self, member_id: MemberId, key: Key, report: ActivityReport, reason: Reason | None) -> ActivityId:
        activity_id = ActivityId(self.new_id())
        self._by_key[key] = activity_id
        self._touched[member_id].add(report.activity_day)
        self._current[activity_id] = Activity(
            **measured(report),
            id=activity_id,
            user_id=member_id,
            connection_id=key[0],
            state=state_for(reason),
            reason=reason,
            created_at=self.now,
        )
        return activity_id

    def delete(self, connection: Connection, deletion: Deletion) -> None:
        """Takes a deletion in; of an unknown or newer activity it says nothing."""
        activity_id = self._by_key.get((connection.id, deletion.external_id))
        known = self._current.get(activity_id) if activity_id else None
        if known is None or deletion.source_order < known.source_order:
            return
        self._current[known.id] = known.deleted(deletion.source_order)
        self._touched[known.user_id].add(known.activity_day)

    def settle(self, primaries: Mapping[MemberId, ConnectionId]) -> None:
        """Decides which of several trackers' reports counts, on every day that was touched."""
        of_member = defaultdict(list)
        for activity in self._current.values():
            if activity.user_id in self._touched:
                of_member[activity.user_id].append(activity)
        for member_id, activities in of_member.items():
            for activity in settled(activities, primaries.get(member_id), self._touched[member_id]):
                self._current[activity.id] = activity

    def __getitem__(self, activity_id: ActivityId) -> Activity:
        return self._current[activity_id]

    def added(self) -> list[Activity]:
        return [activity for activity in self._current.values() if activity.id not in self._stored]

    def changed(self) -> list[Activity]:
        return [after for before, after in self._pairs() if after is not before]

    def changed_days(self) -> dict[MemberId, tuple[date, ...]]:
        """The days on which not the same counts as before, of each member."""
        days: defaultdict[MemberId, set[date]] = defaultdict(set)
        for activity in self.added():
            if activity.counts:
                days[activity.user_id].add(activity.activity_day)
        for before, after in self._pairs():
            if before.counts != after.counts or (after.counts and not _same(before, after)):
                days[after.user_id] |= {before.activity_day, after.activity_day}
        return {member_id: tuple(sorted(of_member)) for member_id, of_member in days.items()}

    def _pairs(self) -> Iterator[tuple[Activity, Activity]]:
        return ((before, self._current[before.id]) for before in self._stored.values())


def _same(one: Measured, other: Measured) -> bool:
    """Whether both say the same, whenever they were sent."""
    return _content(one) == _content(other)


def _content(of: Measured) -> tuple[object, ...]:
    return of.activity_type, of.intensity, of.activity_day, of.start_time, of.end_time, of.duration_minutes, of.metrics
