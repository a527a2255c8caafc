"""Trackers connected to members, and activities as we keep them, whichever tracker they come from."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
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
    """How a tracker came to know of an activity. Only what was measured earns points.

    `WITHDRAWN` is the provider's word that there never was such an activity, or is not any more.
    """

    MEASURED = "measured"
    BY_HAND = "by_hand"
    VEHICLE = "vehicle"
    STILL = "still"
    WITHDRAWN = "withdrawn"


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
class Effort:
    """What was done on a day, as far as points go. Metrics are whole numbers, named with their units.

    `steps` and `active_minutes` are totals of their window (usually a day); a workout may split its minutes by
    intensity in the metrics `light_minutes`, `moderate_minutes`, `vigorous_minutes`.
    """

    activity_type: ActivityType
    intensity: Intensity | None
    activity_day: date
    duration_minutes: int
    metrics: Mapping[str, int]

    @property
    def steps(self) -> int:
        return self.metrics.get("steps", 0)

    @property
    def split(self) -> Mapping[Intensity, int]:
        """Minutes by intensity: as the tracker splits them, else all of its one intensity, else unknown (empty)."""
        told = {kind: self.metrics[kind.metric] for kind in Intensity if kind.metric in self.metrics}
        if told or self.intensity is None:
            return told
        return {self.intensity: self.duration_minutes}

    @property
    def amount(self) -> int:
        """How much of its kind it is: steps, or minutes (of a workout not less than those it is split into)."""
        if self.activity_type is ActivityType.STEPS:
            return self.steps
        if self.activity_type is ActivityType.ACTIVE_MINUTES:
            return self.duration_minutes
        return max(self.duration_minutes, sum(self.split.values()))


@attrs.frozen
class Measured(Effort):
    """What was measured, in normal form. Instants are UTC.

    `source_order` is the provider's ordering timestamp: the same activity with a smaller one is outdated.
    """

    external_id: str
    start_time: datetime
    end_time: datetime
    source_order: int


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
        numbers = (self.duration_minutes, *self.metrics.values(), 0)
        if min(numbers) < -NUMBER_MAX or max(numbers) > NUMBER_MAX:
            faults.append(Fault("", f"numbers must be between {-NUMBER_MAX} and {NUMBER_MAX}"))
        if self.start_time.utcoffset() != NO_OFFSET or self.end_time.utcoffset() != NO_OFFSET:
            faults.append(Fault("", "instants must be in UTC"))
        return faults

    @classmethod
    def of_steps(cls, day: date, steps: int, *, source_order: int = 0, **metrics: int) -> "ActivityReport":
        """A day's total of steps. Without a known offset the day is taken as UTC's."""
        start, end = _whole(day)
        every_metric = {"steps": steps, **metrics}
        return cls(ActivityType.STEPS, None, day, 0, every_metric, f"steps:{day}", start, end, source_order)

    @classmethod
    def of_minutes(
        cls, day: date, intensity: Intensity, minutes: int, *, source_order: int = 0, **metrics: int
    ) -> "ActivityReport":
        """A day's total of active minutes of one intensity."""
        start, end = _whole(day)
        kind, external_id = ActivityType.ACTIVE_MINUTES, f"{intensity.metric}:{day}"
        return cls(kind, intensity, day, minutes, metrics, external_id, start, end, source_order)


@lru_cache(maxsize=1_024)  # files and deliveries repeat their days thousands of times
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

    @classmethod
    def of(
        cls,
        report: Measured,
        new_id: ActivityId,
        member_id: MemberId,
        connection_id: ConnectionId | None,
        reason: Reason | None,
        now: datetime,
    ) -> "Activity":
        """A report as it is stored; `reason`: why it cannot count. Duplicates are told apart afterwards."""
        return cls(
            **_measured(report),
            id=new_id,
            user_id=member_id,
            connection_id=connection_id,
            state=_state_for(reason),
            reason=reason,
            created_at=now,
        )

    @property
    def counts(self) -> bool:
        return self.state is ActivityState.ACCEPTED

    @property
    def objection(self) -> Reason | None:
        """What it has against itself; None where only the member's other reports decide whether it counts."""
        return None if self.reason in _COMPARED else self.reason

    def judged(self, reason: Reason | None) -> "Activity":
        """With or without a reason not to count that lies in the member's other reports."""
        if reason is self.reason:
            return self
        return attrs.evolve(self, state=_state_for(reason), reason=reason)

    def updated(self, report: Measured, reason: Reason | None) -> "Activity":
        """With the content of a newer report, as in `of`."""
        return attrs.evolve(self, **_measured(report), state=_state_for(reason), reason=reason)

    def deleted(self, source_order: int) -> "Activity":
        """As deleted at its provider. What was awarded for it stays."""
        reason = Reason.DELETED_BY_PROVIDER
        return attrs.evolve(self, state=_state_for(reason), reason=reason, source_order=source_order)


_MEASURED = tuple(field.name for field in attrs.fields(Measured))
_COMPARED = frozenset({None, Reason.OTHER_TRACKER, Reason.DAY_OVERFULL})
_STATES = {
    None: ActivityState.ACCEPTED,
    Reason.OTHER_TRACKER: ActivityState.SUPERSEDED,
    Reason.BY_HAND: ActivityState.EXCLUDED,
    Reason.VEHICLE: ActivityState.EXCLUDED,
    Reason.STILL: ActivityState.EXCLUDED,
    Reason.BEFORE_CONNECTION: ActivityState.EXCLUDED,
    Reason.DELETED_BY_PROVIDER: ActivityState.DELETED,
}


def _measured(report: Measured) -> dict[str, Any]:
    """What reports and activities have in common, by name."""
    return {name: getattr(report, name) for name in _MEASURED}


def _state_for(reason: Reason | None) -> ActivityState:
    """The state that goes with a reason: whatever is not named above is implausible."""
    return _STATES.get(reason, ActivityState.REJECTED)


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

    def being_asked(self) -> "Connection":
        """Its data was asked for, and is on its way."""
        return attrs.evolve(self, sync_status=SyncStatus.SYNCING, error_message=None)

    def failing(self, message: str) -> "Connection":
        return attrs.evolve(self, sync_status=SyncStatus.ERROR, error_message=message)

    def counting_since(self, day: date) -> "Connection":
        return attrs.evolve(self, connected_on=day)

    def as_primary(self, *, primary: bool) -> "Connection":
        return attrs.evolve(self, is_primary=primary)

    def disconnected(self) -> "Connection":
        return attrs.evolve(self, sync_status=SyncStatus.REVOKED, is_primary=False)

    def erased(self) -> "Connection":
        """Disconnected, and without anything that tells whose tracker it was."""
        return attrs.evolve(self.disconnected(), tracker_user_key=None, error_message=None)

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
