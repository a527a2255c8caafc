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

    connection_id: ConnectionId | None
    external_id: str
    change: Change
    state: ActivityState
    reason: Reason | None

    @classmethod
    def of(cls, activity: Activity, change: Change) -> "Outcome":
        """What became of the report that `activity` comes from."""
        return cls(activity.connection_id, activity.external_id, change, activity.state, activity.reason)


@attrs.frozen
class Receipt:
    """What became of the reports, in the order in which they were delivered."""

    outcomes: tuple[Outcome, ...]

    def total(self, change: Change) -> int:
        return sum(outcome.change is change for outcome in self.outcomes)

    @property
    def rejected(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.state is ActivityState.REJECTED)


@attrs.define(eq=False)
class Kept:
    """An activity on its way: as it is stored (None: not yet), and as it is going to be."""

    stored: Activity | None
    current: Activity


@attrs.define
class Intake:
    """One batch on its way in."""

    now: datetime
    new_id: Callable[[], UUID]
    bounds: Bounds
    _by_source: defaultdict[ConnectionId | None, dict[str, Kept]] = attrs.field(
        factory=lambda: defaultdict(dict), init=False
    )
    _touched: defaultdict[MemberId, set[date]] = attrs.field(factory=lambda: defaultdict(set), init=False)

    def know(self, activities: Iterable[Activity]) -> None:
        """What the store holds already of these members, days and ids."""
        for activity in activities:
            self._by_source[activity.connection_id][activity.external_id] = Kept(activity, activity)

    def unknown(self, delivery: Delivery) -> set[str]:
        """The external ids of a delivery that were not met so far."""
        named = {report.external_id for report in delivery.reports}
        named |= {deletion.external_id for deletion in delivery.deletions}
        return named.difference(self._by_source[delivery.connection_id])

    def take(self, member_id: MemberId, connection: Connection | None, report: ActivityReport) -> tuple[Kept, Change]:
        """Takes one report in; which of several trackers' counts is decided when all are in."""
        source = connection.id if connection else None
        reason = objection(report, connection, self.now, self.bounds)
        kept = self._by_source[source].get(report.external_id)
        if kept is None:
            return self._add(member_id, source, report, reason), Change.NEW
        known = kept.current
        if report.source_order < known.source_order or reason is Reason.TOO_OLD:
            return kept, Change.OUTDATED
        if _same(report, known) and known.objection is reason:
            if report.source_order > known.source_order:
                kept.current = attrs.evolve(known, source_order=report.source_order)
            return kept, Change.REPEATED
        kept.current = known.updated(report, reason)
        self._touched[member_id] |= {known.activity_day, report.activity_day}
        return kept, Change.UPDATED

    def _add(
        self, member_id: MemberId, source: ConnectionId | None, report: ActivityReport, reason: Reason | None
    ) -> Kept:
        new_id = ActivityId(self.new_id())
        kept = Kept(None, Activity.of(report, new_id, member_id, source, reason, self.now))
        self._by_source[source][report.external_id] = kept
        self._touched[member_id].add(report.activity_day)
        return kept

    def delete(self, connection: Connection, deletion: Deletion) -> None:
        """Takes a deletion in; of an unknown or newer activity it says nothing."""
        kept = self._by_source[connection.id].get(deletion.external_id)
        if kept is None or deletion.source_order < kept.current.source_order:
            return
        kept.current = kept.current.deleted(deletion.source_order)
        self._touched[connection.user_id].add(kept.current.activity_day)

    def settle(self, primaries: Mapping[MemberId, ConnectionId]) -> None:
        """Decides which of several trackers' reports counts, on every day that was touched."""
        of_member: defaultdict[MemberId, list[Kept]] = defaultdict(list)
        for kept in self._all():
            of_member[kept.current.user_id].append(kept)
        for member_id, days in self._touched.items():
            of_one = of_member[member_id]
            states = settled([kept.current for kept in of_one], primaries.get(member_id), days)
            for kept, activity in zip(of_one, states, strict=True):
                kept.current = activity

    def _all(self) -> Iterator[Kept]:
        return (kept for of_source in self._by_source.values() for kept in of_source.values())

    def added(self) -> Iterator[Activity]:
        return (kept.current for kept in self._all() if kept.stored is None)

    def changed(self) -> Iterator[Activity]:
        return (kept.current for kept in self._all() if kept.stored is not None and kept.stored is not kept.current)

    def changed_days(self) -> dict[MemberId, tuple[date, ...]]:
        """The days on which not the same counts as before, of each member."""
        days: defaultdict[MemberId, set[date]] = defaultdict(set)
        for kept in self._all():
            before, after = kept.stored, kept.current
            if before is None:
                if after.counts:
                    days[after.user_id].add(after.activity_day)
            elif before.counts != after.counts or (after.counts and not _same(before, after)):
                days[after.user_id] |= {before.activity_day, after.activity_day}
        return {member_id: tuple(sorted(of_one)) for member_id, of_one in days.items()}

    def newly_implausible(self) -> dict[MemberId, list[Activity]]:
        """What is implausible now and was not before, of each member, the latest day first."""
        found: defaultdict[MemberId, list[Activity]] = defaultdict(list)
        for kept in self._all():
            if _is_implausible(kept.current) and not (kept.stored and _is_implausible(kept.stored)):
                found[kept.current.user_id].append(kept.current)
        for of_one in found.values():
            of_one.sort(key=lambda activity: (activity.activity_day, activity.id), reverse=True)
        return found


def _is_implausible(activity: Activity) -> bool:
    """Whether a tracker reported what nobody can have done. What merely came too late says nothing of the kind."""
    rejected = activity.state is ActivityState.REJECTED and activity.reason is not Reason.TOO_OLD
    return rejected and activity.connection_id is not None


def _same(one: Measured, other: Measured) -> bool:
    """Whether both say the same, whenever they were sent."""
    return _content(one) == _content(other)


def _content(of: Measured) -> tuple[object, ...]:
    return of.activity_type, of.intensity, of.activity_day, of.start_time, of.end_time, of.duration_minutes, of.metrics
