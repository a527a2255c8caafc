"""Which of several trackers' reports of the same activity counts (rules.md, chapter 5). Never are they added up.

A pure function of what is stored: the order of arrival matters only where the rules say so (the first received).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from fittrack_domain.shared.ids import ActivityId, ConnectionId
from fittrack_domain.tracking.model import Activity, ActivityType, Reason
from fittrack_domain.tracking.plausibility import too_much

DAY = timedelta(days=1)
WORKOUT_REACH_DAYS = 2
"""Workouts last at most a day and trackers may disagree about the date: so far apart can overlapping ones lie."""


def settled(activities: Sequence[Activity], primary: ConnectionId | None, days: Collection[date]) -> list[Activity]:
    """The same activities of one member: those on `days` that may count, in the state that follows from all of them.

    `activities` are all of the member's on those days, and the workouts up to `WORKOUT_REACH_DAYS` around them; of
    these, the ones next to `days` are settled as well.
    """
    reasons = _reasons([activity for activity in activities if activity.objection is None], primary)
    return [
        activity.judged(reasons.get(activity.id))
        if activity.objection is None and _in_reach(activity, days)
        else activity
        for activity in activities
    ]


def _in_reach(activity: Activity, days: Collection[date]) -> bool:
    day = activity.activity_day
    if day in days or activity.activity_type is not ActivityType.WORKOUT:
        return day in days
    return day - DAY in days or day + DAY in days


def _reasons(candidates: Iterable[Activity], primary: ConnectionId | None) -> dict[ActivityId, Reason]:
    """Why some do not count; the others do."""
    of_source: defaultdict[ConnectionId | None, list[Activity]] = defaultdict(list)
    for activity in candidates:
        of_source[activity.connection_id].append(activity)
    possible, reasons = [], {}
    for own in of_source.values():
        overfull = _overfull(own)
        for activity in own:
            if (activity.activity_day, activity.activity_type) in overfull:
                reasons[activity.id] = Reason.DAY_OVERFULL
            else:
                possible.append(activity)
    if len(of_source) > 1:
        kept = {activity.id for activity in _kept(possible, primary)}
        reasons |= {activity.id: Reason.OTHER_TRACKER for activity in possible if activity.id not in kept}
    return reasons


def _overfull(own: Iterable[Activity]) -> set[tuple[date, ActivityType]]:
    """Where one source reports more of a kind than a day can hold: none of that is believed."""
    sums: defaultdict[tuple[date, ActivityType], int] = defaultdict(int)
    for activity in own:
        sums[activity.activity_day, activity.activity_type] += activity.amount
    return {(day, kind) for (day, kind), amount in sums.items() if too_much(kind, amount)}


def _kept(possible: Iterable[Activity], primary: ConnectionId | None) -> Iterator[Activity]:
    workouts: list[Activity] = []
    totals: list[Activity] = []
    for activity in possible:
        (workouts if activity.activity_type is ActivityType.WORKOUT else totals).append(activity)
    yield from _kept_workouts(workouts, primary)
    yield from _kept_totals(totals, primary)


def _kept_totals(totals: Iterable[Activity], primary: ConnectionId | None) -> Iterator[Activity]:
    """Per day and intensity all reports of the preferred source."""
    rivals: defaultdict[tuple[Any, ...], defaultdict[ConnectionId | None, list[Activity]]]
    rivals = defaultdict(lambda: defaultdict(list))
    for a in totals:
        rivals[a.activity_day, a.activity_type, a.intensity][a.connection_id].append(a)
    for sources in rivals.values():
        yield from min(sources.values(), key=lambda group: _preference(group, primary))


def _kept_workouts(workouts: Iterable[Activity], primary: ConnectionId | None) -> list[Activity]:
    """The preferred first, then each that overlaps none of another source that is kept."""
    kept: list[Activity] = []
    for workout in sorted(workouts, key=lambda w: _preference([w], primary)):
        if not any(_same_workout(workout, other) for other in kept):
            kept.append(workout)
    return kept


def _same_workout(one: Activity, other: Activity) -> bool:
    overlap = one.start_time < other.end_time and other.start_time < one.end_time
    return overlap and one.connection_id != other.connection_id


def _preference(group: Sequence[Activity], primary: ConnectionId | None) -> tuple[Any, ...]:
    """Sorts the preferred first. A tracker that measured nothing (not worn) stands back behind one that did."""
    measured_nothing = not any(activity.amount for activity in group)
    not_primary = group[0].connection_id is None or group[0].connection_id != primary
    metrics = {name for activity in group for name in activity.metrics}
    first_received = min((activity.created_at, activity.id) for activity in group)
    return measured_nothing, not_primary, -len(metrics), first_received
