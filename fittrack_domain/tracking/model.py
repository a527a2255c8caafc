"""Trackers connected to members, and activities as we keep them, whichever tracker they come from."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any

import attrs

from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId

EXTERNAL_ID_LENGTH_MAX = 255
METRICS_MAX = 40
NO_OFFSET = timedelta(0)
NUMBER_MAX = 1_000_000_000
"""Bound on any reported number: beyond it is no measurement, only an attack on the columns."""


class Provider(Enum):
    """Where a tracker's data comes from."""

    APPLE_HEALTH = "apple_health"
    GOOGLE_FIT = "google_fit"
    FITBIT = "fitbit"


class SyncStatus(Enum):
    """How the last synchronisation went."""

    PENDING = "pending"
    SYNCING = "syncing"
    SUCCESS = "success"
    ERROR = "error"
    REVOKED = "revoked"


class ActivityType(Enum):
    """The three kinds of activity that earn points."""

    STEPS = "steps"
    ACTIVE_MINUTES = "active_minutes"
    WORKOUT = "workout"


class Intensity(Enum):
    """How hard it was."""

    LIGHT = "light"
    MODERATE = "moderate"
    VIGOROUS = "vigorous"

    @property
    def metric(self) -> str:
        """The metric under which a workout tells its minutes of this intensity."""
        return f"{self.value}_minutes"


class Origin(Enum):
    """How a tracker came to know of an activity. Only what was measured earns points."""

    MEASURED = "measured"
    BY_HAND = "by_hand"
    VEHICLE = "vehicle"
    STILL = "still"


class ActivityState(Enum):
    """Whether an activity counts; only `ACCEPTED` does. Nothing that was received is ever dropped."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    EXCLUDED = "excluded"
    REJECTED = "rejected"
    DELETED = "deleted"


class Reason(Enum):
    """Why an activity does not count, in words for people."""

    OTHER_TRACKER = "another tracker's report of the same activity counts"
    BY_HAND = "entered by hand"
    VEHICLE = "in a vehicle"
    STILL = "without movement"
    BEFORE_CONNECTION = "before the tracker was connected"
    NEGATIVE = "a negative value"
    ENDS_BEFORE_START = "it ends before it starts"
    OTHER_DAY = "its day is not the day of its start"
    IN_FUTURE = "more than 5 minutes in the future"
    TOO_OLD = "older than 30 days"
    TOO_MANY_MINUTES = "more than 1,440 minutes a day"
    TOO_MANY_STEPS = "more than 100,000 steps a day"
    DAY_OVERFULL = "together with the tracker's other reports more than a day can hold"
    DELETED_BY_PROVIDER = "deleted at the tracker's provider"


@attrs.frozen
class Measured:
    """What was measured, in normal form. Metrics are whole numbers, named with their units; instants are UTC.

    `steps` and `active_minutes` are totals of their window (usually a day); a workout may split its minutes by
    intensity in the metrics `light_minutes`, `moderate_minutes`, `vigorous_minutes`.
    `source_order` is the provider's ordering timestamp: the same activity with a smaller one is outdated.
    """

    external_id: str
    activity_type: ActivityType
    intensity: Intensity | None
    activity_day: date
    start_time: datetime
    end_time: datetime
    duration_minutes: int
    metrics: Mapping[str, int]
    source_order: int

    @property
    def steps(self) -> int:
        return self.metrics.get("steps", 0)

    @property
    def amount(self) -> int:
        """How much of its kind it is: steps, or minutes."""
        return self.steps if self.activity_type is ActivityType.STEPS else self.duration_minutes


@attrs.frozen
class ActivityReport(Measured):
    """An activity as an adapter hands it over. Raises `InvalidInput` when it is not in normal form."""

    origin: Origin = Origin.MEASURED

    def __attrs_post_init__(self) -> None:
        if faults := tuple(self._faults()):
            raise InvalidInput(faults)

    def _faults(self) -> list[Fault]:
        faults = []
        if not (1 <= len(self.external_id) <= EXTERNAL_ID_LENGTH_MAX and self.external_id.isprintable()):
            faults.append(Fault("/externalId", f"must have 1 to {EXTERNAL_ID_LENGTH_MAX} visible characters"))
        if self.activity_type is ActivityType.STEPS and "steps" not in self.metrics:
            faults.append(Fault("/metrics/steps", "is required"))
        if self.activity_type is ActivityType.ACTIVE_MINUTES and self.intensity is None:
            faults.append(Fault("/intensity", "is required"))
        if len(self.metrics) > METRICS_MAX:
            faults.append(Fault("/metrics", f"must have at most {METRICS_MAX} entries"))
        if not all(-NUMBER_MAX <= number <= NUMBER_MAX for number in (self.duration_minutes, *self.metrics.values())):
            faults.append(Fault("", f"numbers must be between {-NUMBER_MAX} and {NUMBER_MAX}"))
        if self.start_time.utcoffset() != NO_OFFSET or self.end_time.utcoffset() != NO_OFFSET:
            faults.append(Fault("", "instants must be in UTC"))
        return faults

    @classmethod
    def of_steps(cls, day: date, steps: int, *, source_order: int = 0, **metrics: int) -> "ActivityReport":
        """A day's total of steps. Without a known offset the day is taken as UTC's."""
        start, end = _whole(day)
        every_metric = {"steps": steps, **metrics}
        return cls(f"steps:{day}", ActivityType.STEPS, None, day, start, end, 0, every_metric, source_order)

    @classmethod
    def of_minutes(
        cls, day: date, intensity: Intensity, minutes: int, *, source_order: int = 0, **metrics: int
    ) -> "ActivityReport":
        """A day's total of active minutes of one intensity."""
        start, end = _whole(day)
        external_id = f"active_minutes:{intensity.value}:{day}"
        kind = ActivityType.ACTIVE_MINUTES
        return cls(external_id, kind, intensity, day, start, end, minutes, metrics, source_order)


def _whole(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, UTC)
    return start, start + timedelta(days=1)


@attrs.frozen
class Activity(Measured):
    """A stored activity of a member. `connection_id` is None where an admin recorded it.

    `created_at` is when it was first received; of duplicates alike the first received counts.
    """

    id: ActivityId
    user_id: MemberId
    connection_id: ConnectionId | None
    state: ActivityState
    reason: Reason | None
    created_at: datetime
    version: int = 1

    @property
    def counts(self) -> bool:
        return self.state is ActivityState.ACCEPTED

    @property
    def objection(self) -> Reason | None:
        """What it has against itself; None where only the member's other reports decide whether it counts."""
        return None if self.reason in _COMPARED else self.reason

    def as_(self, state: ActivityState, reason: Reason | None = None) -> "Activity":
        """The same activity in this state; itself where nothing changes."""
        if self.state is state and self.reason is reason:
            return self
        return attrs.evolve(self, state=state, reason=reason)

    def updated(self, report: Measured, reason: Reason | None) -> "Activity":
        """With the content of a newer report; `reason`: why it cannot count. Duplicates are told apart afterwards."""
        return attrs.evolve(self, **measured(report), state=state_for(reason), reason=reason)

    def deleted(self, source_order: int) -> "Activity":
        """As deleted at its provider. What was awarded for it stays."""
        state, reason = ActivityState.DELETED, Reason.DELETED_BY_PROVIDER
        return attrs.evolve(self, state=state, reason=reason, source_order=source_order)


_MEASURED = tuple(field.name for field in attrs.fields(Measured))
_COMPARED = frozenset({None, Reason.OTHER_TRACKER, Reason.DAY_OVERFULL})
_EXCLUDING = frozenset({Reason.BY_HAND, Reason.VEHICLE, Reason.STILL, Reason.BEFORE_CONNECTION})


def measured(report: Measured) -> dict[str, Any]:
    """What reports and activities have in common, by name."""
    return {name: getattr(report, name) for name in _MEASURED}


def state_for(reason: Reason | None) -> ActivityState:
    """The state in which a report is stored that has this against it."""
    if reason is None:
        return ActivityState.ACCEPTED
    return ActivityState.EXCLUDED if reason in _EXCLUDING else ActivityState.REJECTED


@attrs.frozen
class Connection:
    """A member's tracker. Days before `connected_on` earn nothing. At most one of a member's connections is primary."""

    id: ConnectionId
    user_id: MemberId
    provider: Provider
    is_primary: bool
    tracker_user_key: str | None
    connected_on: date
    last_sync_at: datetime | None = None
    sync_status: SyncStatus = SyncStatus.PENDING
    error_message: str | None = None
    version: int = 1

    @property
    def is_live(self) -> bool:
        return self.sync_status is not SyncStatus.REVOKED

    def synced(self, now: datetime) -> "Connection":
        return attrs.evolve(self, last_sync_at=now, sync_status=SyncStatus.SUCCESS, error_message=None)

    def as_primary(self, *, primary: bool) -> "Connection":
        return attrs.evolve(self, is_primary=primary)

    def disconnected(self) -> "Connection":
        return attrs.evolve(self, sync_status=SyncStatus.REVOKED, is_primary=False)

    def reconnected(self, tracker_user_key: str | None, on: date, *, primary: bool) -> "Connection":
        """Connected once more: with the same tracker account it counts as connected since its first day."""
        same_account = tracker_user_key is not None and tracker_user_key == self.tracker_user_key
        return attrs.evolve(
            self,
            tracker_user_key=tracker_user_key,
            connected_on=self.connected_on if same_account else on,
            sync_status=SyncStatus.PENDING,
            error_message=None,
            is_primary=primary,
        )
