"""What a report has against it, before other reports are looked at (rules.md, chapter 5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from fittrack_domain.tracking.model import ActivityReport, ActivityType, Connection, Measured, Origin, Reason

STEPS_PER_DAY_MAX = 100_000
MINUTES_PER_DAY_MAX = 1_440
CLOCK_TOLERANCE = timedelta(minutes=5)
REPORT_AGE_MAX = timedelta(days=30)
DAY = timedelta(days=1)

_WITHOUT_EFFORT: Mapping[Origin, Reason] = {
    Origin.BY_HAND: Reason.BY_HAND,
    Origin.VEHICLE: Reason.VEHICLE,
    Origin.STILL: Reason.STILL,
}


@attrs.frozen
class Bounds:
    """How old a report may be; None: of any age."""

    age_max: timedelta | None


LIVE = Bounds(REPORT_AGE_MAX)
HISTORICAL = Bounds(None)
"""For files of days long past."""


def objection(
    report: ActivityReport, connection: Connection | None, now: datetime, bounds: Bounds = LIVE
) -> Reason | None:
    """Why the report cannot count: implausible, or nothing that earns; None where it may."""
    if report.origin is Origin.WITHDRAWN:
        return Reason.DELETED_BY_PROVIDER
    return (
        _implausible(report)
        or _outside(report, now, bounds)
        or _WITHOUT_EFFORT.get(report.origin)
        or _before(report, connection)
    )


def _implausible(report: Measured) -> Reason | None:
    if min(report.duration_minutes, *report.metrics.values(), 0) < 0:
        return Reason.NEGATIVE
    if report.end_time < report.start_time:
        return Reason.ENDS_BEFORE_START
    if too_much(report.activity_type, report.amount):
        return too_much(report.activity_type, report.amount)
    if report.activity_type is ActivityType.WORKOUT and report.end_time - report.start_time > DAY:
        return Reason.TOO_MANY_MINUTES
    # The member's local date is at most one off from UTC's.
    if abs(report.start_time.date() - report.activity_day) > DAY:
        return Reason.OTHER_DAY
    return None


def too_much(activity_type: ActivityType, amount: int) -> Reason | None:
    """Why nobody can do this much of it in one day."""
    if activity_type is ActivityType.STEPS:
        return Reason.TOO_MANY_STEPS if amount > STEPS_PER_DAY_MAX else None
    return Reason.TOO_MANY_MINUTES if amount > MINUTES_PER_DAY_MAX else None


def _outside(report: Measured, now: datetime, bounds: Bounds) -> Reason | None:
    # The total of a running day ends at the next midnight; only its start must have come.
    latest = report.end_time if report.activity_type is ActivityType.WORKOUT else report.start_time
    if latest > now + CLOCK_TOLERANCE:
        return Reason.IN_FUTURE
    if bounds.age_max is not None and report.end_time < now - bounds.age_max:
        return Reason.TOO_OLD
    return None


def _before(report: Measured, connection: Connection | None) -> Reason | None:
    connected = connection is None or report.activity_day >= connection.connected_on
    return None if connected else Reason.BEFORE_CONNECTION
