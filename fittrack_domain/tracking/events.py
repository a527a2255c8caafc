"""What happens in tracking."""

from datetime import date

import attrs

from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import ActivityId, MemberId, TrackerEventId
from fittrack_domain.tracking.model import Activity, Reason

REJECTED_TOLD_MAX = 20
"""Of more, whoever looks at them finds the others among the member's activities."""


@attrs.frozen
class DaysChanged(Event):
    """What counts on these days of a member is not what it was."""

    member_id: MemberId
    days: tuple[date, ...]


@attrs.frozen
class TrackerEventArrived(Event):
    """Something that the gateway sent is stored, and is to be worked on."""

    tracker_event_id: TrackerEventId


@attrs.frozen
class RejectedReport:
    """What a tracker reported and nobody can have done, and why not."""

    activity_id: ActivityId
    activity_day: date
    reason: Reason

    @classmethod
    def of(cls, activity: Activity) -> "RejectedReport":
        assert activity.reason is not None, "what is rejected says why"
        return cls(activity.id, activity.activity_day, activity.reason)


@attrs.frozen
class ReportsRejected(Event):
    """A member's tracker reported what is implausible: up to `REJECTED_TOLD_MAX` reports, those of the last days."""

    member_id: MemberId
    reports: tuple[RejectedReport, ...]
