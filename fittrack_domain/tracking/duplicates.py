"""Which of several trackers' reports of the same activity counts (rules.md, chapter 5). Never are they added up.

A pure function of what is stored: the order of arrival matters only where the rules say so (the first received).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from fittrack_domain.shared.ids import ConnectionId
from fittrack_domain.tracking.model import Activity, ActivityState, ActivityType, Reason
from fittrack_domain.tracking.plausibility import too_much

DAY = timedelta(days=1)
WORKOUT_REACH_DAYS = 2
"""Workouts last at most a day and trackers may disagree about the date: so far apart can overlapping ones lie."""


def settled(activities: Iterable[Activity], primary: ConnectionId | None, days: Collection[date]) -> Iterator[Activity]:
    """The activities of one member on `days` that may count, each in the state that follows from all of them.

    `activities` are all of the member's on those days, and the workouts up to `WORKOUT_REACH_DAYS` around them; of
    these, the ones next to `days` are settled as well.
    """
    candidates = [activity for activity in activities if activity.objection is None]
    overfull = _overfull(candidates)
    possible = [a for a in candidates if _source_and_day(a) not in overfull] if overfull else candidates
    kept = _kept(possible, primary)
    for activity in candidates:
        if not _in_reach(activity, days):
            continue
        if activity.id in kept:
            yield activity.as_(ActivityState.ACCEPTED)
        elif _source_and_day(activity) in overfull:
            yield activity.as_(ActivityState.REJECTED, Reason.DAY_OVERFULL)
        else:
            yield activity.as_(ActivityState.SUPERSEDED, Reason.OTHER_TRACKER)


def _in_reach(activity: Activity, days: Collection[date]) -> bool:
    day = activity.activity_day
    if activity.activity_type is not ActivityType.WORKOUT:
        return day in days
    return day in days or day - DAY in days or day + DAY in days


def _source_and_day(activity: Activity) -> tuple[Any, ...]:
    return activity.connection_id, activity.activity_day, activity.activity_type


def _overfull(candidates: Iterable[Activity]) -> set[tuple[Any, ...]]:
    """Where one source reports more of a kind than a day can hold, none of it is believed."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for activity in candidates:
        sums[_source_and_day(activity)] += activity.amount
    return {key for key, amount in sums.items() if too_much(key[2], amount)}


def _kept(possible: Sequence[Activity], primary: ConnectionId | None) -> set[Any]:
    if len({activity.connection_id for activity in possible}) <= 1:
        return {activity.id for activity in possible}
    workouts = [a for a in possible if a.activity_type is ActivityType.WORKOUT]
    totals = [a for a in possible if a.activity_type is not ActivityType.WORKOUT]
    return {a.id for a in (*_kept_workouts(workouts, primary), *_kept_totals(totals, primary))}


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
