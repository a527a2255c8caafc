"""Activities over HTTP."""

from datetime import date, datetime
from typing import Annotated, Final

import attrs
from annotated_types import Ge, Le

from fittrack_domain.app import FitTrack
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.points.summary import Totals
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.requests import Request
from fittrack_domain.tracking.errors import ActivityNotFound
from fittrack_domain.tracking.model import (
    NUMBER_MAX,
    Activity,
    ActivityReport,
    ActivityState,
    ActivityType,
    Intensity,
)
from fittrack_http.admin import route
from fittrack_http.auth import AdminsOnly, Caller, own_or_as_admin
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Given, Route

TAG: Final = "Activities"


@attrs.frozen
class ActivityOut:
    """An activity as a tracker reported it, and whether it counts; if it does not, why."""

    activity_id: ActivityId
    connection_id: ConnectionId | None
    type: ActivityType
    intensity: Intensity | None
    activity_day: date
    start_time: datetime
    end_time: datetime
    duration_minutes: int
    metrics: dict[str, int]
    state: ActivityState
    reason: str | None
    received_at: datetime

    @classmethod
    def of(cls, activity: Activity) -> "ActivityOut":
        return cls(
            activity_id=activity.id,
            connection_id=activity.connection_id,
            type=activity.activity_type,
            intensity=activity.intensity,
            activity_day=activity.activity_day,
            start_time=activity.start_time,
            end_time=activity.end_time,
            duration_minutes=activity.duration_minutes,
            metrics=dict(activity.metrics),
            state=activity.state,
            reason=None if activity.reason is None else activity.reason.value,
            received_at=activity.created_at,
        )


@attrs.frozen(kw_only=True)
class ActivitiesQuery(PageQuery):
    """Which activities, by activity day; another member's for administrators only."""

    type: ActivityType | None = None
    start_date: date | None = None
    end_date: date | None = None
    user_id: MemberId | None = None


Figure = Annotated[int, Ge(-NUMBER_MAX), Le(NUMBER_MAX)]


@attrs.frozen(kw_only=True)
class MetricsIn:
    """What was measured: steps of a total of steps, or the minutes of a workout by intensity."""

    steps: Figure | None = None
    light_minutes: Figure | None = None
    moderate_minutes: Figure | None = None
    vigorous_minutes: Figure | None = None


@attrs.frozen(kw_only=True)
class NewActivity:
    """An activity to record for a member: a total of steps or of active minutes in a window, or a workout."""

    user_id: MemberId
    type: ActivityType
    intensity: Intensity | None = None
    activity_day: date
    start_time: datetime
    end_time: datetime
    duration_minutes: Figure = 0
    metrics: MetricsIn | None = None

    @property
    def report(self) -> ActivityReport:
        measured = {} if self.metrics is None else attrs.asdict(self.metrics, filter=lambda _, value: value is not None)
        return ActivityReport(
            activity_type=self.type,
            intensity=self.intensity,
            activity_day=self.activity_day,
            duration_minutes=self.duration_minutes,
            metrics=measured,
            external_id="admin",
            start_time=self.start_time,
            end_time=self.end_time,
            source_order=0,
        )


@attrs.frozen(kw_only=True)
class OwnerQuery:
    """Whose; another member's for administrators only."""

    user_id: MemberId | None = None


@attrs.frozen
class Today:
    """Today so far, and what it can still bring."""

    steps: int
    active_minutes: int
    workouts: int
    points_earned: int
    points_cap: int
    points_remaining: int


@attrs.frozen
class ThisWeek:
    """The week since Monday, and the run of active days as it stands."""

    steps: int
    active_minutes: int
    workouts: int
    points_earned: int
    streak_days: int


@attrs.frozen
class ThisMonth:
    """The month since its first day."""

    steps: int
    active_minutes: int
    workouts: int
    points_earned: int


@attrs.frozen
class ActivitySummary:
    """What you have done, in platform days (New York)."""

    today: Today
    this_week: ThisWeek
    this_month: ThisMonth


def activities(fittrack: FitTrack, caller: Caller, query: ActivitiesQuery) -> Listed[ActivityOut]:
    """List your activities.

    Those that do not count too, with the reason. Sorted by activity day, the latest first.
    """
    found = fittrack.tracking.activities(
        own_or_as_admin(caller, query.user_id),
        query.paging,
        first=query.start_date,
        last=query.end_date,
        activity_type=query.type,
    )
    return Listed.of(found.map(ActivityOut.of))


def activity(fittrack: FitTrack, caller: Caller, activity_id: ActivityId, query: OwnerQuery) -> ActivityOut:
    """Show one of your activities."""
    owner = own_or_as_admin(caller, query.user_id)
    return ActivityOut.of(fittrack.tracking.activity(owner, activity_id))


def record_activity(fittrack: FitTrack, caller: Caller, body: NewActivity, request: Request | None) -> ActivityOut:
    """Record an activity for a member.

    Under the same rules as one that a tracker reports: what is implausible is kept, and does not count.
    """
    return ActivityOut.of(fittrack.tracking.record_activity(caller.member_id, body.user_id, body.report, request))


def activity_summary(fittrack: FitTrack, caller: Caller) -> ActivitySummary:
    """Sum up your today, this week and this month."""
    found = fittrack.points.summary(caller.member_id)
    return ActivitySummary(
        Today(*_figures(found.today), found.points_cap, found.points_remaining),
        ThisWeek(*_figures(found.week), found.streak_days),
        ThisMonth(*_figures(found.month)),
    )


def _figures(totals: Totals) -> tuple[int, int, int, int]:
    return totals.steps, totals.active_minutes, totals.workouts, totals.points_earned


ROUTES: Final = (
    Route("GET", "/api/v1/activities", activities, Access.MEMBER, TAG, problems=(AdminsOnly,)),
    Route(
        "GET",
        "/api/v1/activities/{activity_id}",
        activity,
        Access.MEMBER,
        TAG,
        problems=(ActivityNotFound, AdminsOnly),
    ),
    Route("GET", "/api/v1/activities/summary", activity_summary, Access.MEMBER, TAG, quick=True),
    route("POST", "activities", record_activity, TAG, status=201, key=Given.OPTIONAL, problems=(MemberNotFound,)),
)
