"""What ties connections to the gateway: sign-ins on their way, the gateway's users, and what it sent about them."""

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

import attrs

from fittrack_domain.shared.ids import ConnectionId, MemberId, TrackerEventId
from fittrack_domain.tracking.errors import SignInNotValid
from fittrack_domain.tracking.model import Provider

SIGN_IN_LIFE: Final = timedelta(hours=1)
SIGN_INS_KEPT_FOR: Final = timedelta(days=7)
"""So late the gateway may still tell of a sign-in: it tries for a day or two when we do not answer."""

SYNC_EVERY: Final = timedelta(minutes=15)
FORCED_SYNC_EVERY: Final = timedelta(minutes=5)
PAUSE_MAX: Final = timedelta(hours=24)
"""The longest pause after failures; each is twice as long as the one before."""

EVENTS_KEPT_FOR: Final = timedelta(days=30)
"""After so long no report counts any more (`REPORT_AGE_MAX`), and no delivery comes again."""


def order_of(instant: datetime) -> int:
    """The instant as an ordering timestamp."""
    return int(instant.timestamp() * 1_000)


@attrs.frozen
class SignIn:
    """A member on the way to a tracker, who comes back with the state of which we keep the hash.

    `reference` is what the gateway tells of the sign-in. Only the member and the gateway know it.
    """

    state_hash: str
    user_id: MemberId
    provider: Provider
    reference: str = attrs.field(repr=False)
    begun_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    version: int = 1

    def used(self, member_id: MemberId, provider: Provider, now: datetime) -> "SignIn":
        """Used by the member who began it, once and in time. Raises `SignInNotValid`."""
        if (member_id, provider) != (self.user_id, self.provider) or self.used_at or now >= self.expires_at:
            raise SignInNotValid(provider.value)
        return attrs.evolve(self, used_at=now)


@attrs.frozen
class Link:
    """A user of the gateway who stands, or stood, behind a connection; the one that did not end stands behind it now.

    Attributes:
        tracker_hash: The fingerprint of the gateway's name for the user, to find them by.
        sealed_key: That name, sealed for this connection. None once the gateway has forgotten the user.
        since: Days before earn nothing.
        source_order: The ordering timestamp of the last sign-in or sign-out: what is older says nothing.
        due_at: When the gateway is to be asked for data; of one that ended, to be told so. None: never.
        asked_at: When it was asked last, and took the wish down. None: the first time reaches back to `since`.
        forced_at: When the member wanted it to be asked last.
        failures: How often in a row it could not be asked.
    """

    tracker_hash: str
    connection_id: ConnectionId
    sealed_key: bytes | None = attrs.field(repr=False)
    since: date
    source_order: int
    linked_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None
    asked_at: datetime | None = None
    forced_at: datetime | None = None
    failures: int = 0
    version: int = 1

    @property
    def is_current(self) -> bool:
        return self.ended_at is None

    @property
    def is_forced(self) -> bool:
        """Whether the member waits for it to be asked."""
        return self.forced_at is not None and (self.asked_at is None or self.asked_at < self.forced_at)

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def signed_in(self, sealed_key: bytes, source_order: int, due_at: datetime | None) -> "Link":
        """Signed in, perhaps again: the same account counts since its first day."""
        return attrs.evolve(
            self,
            sealed_key=sealed_key,
            source_order=source_order,
            ended_at=None,
            due_at=due_at,
            asked_at=None,
            failures=0,
        )

    def counting_since(self, day: date, now: datetime) -> "Link":
        """The same account as one that counts since `day`. What it brought of earlier days is asked for once more."""
        if day >= self.since:
            return self
        return attrs.evolve(self, since=day, asked_at=None, due_at=self.due_at and now)

    def ended(self, source_order: int, now: datetime) -> "Link":
        """Ended from our side: the gateway is to be told."""
        return attrs.evolve(self, source_order=source_order, ended_at=now, due_at=now, failures=0)

    def gone(self, source_order: int, now: datetime) -> "Link":
        """Ended and forgotten at the gateway."""
        ended_at = self.ended_at or now
        return attrs.evolve(self, source_order=source_order, ended_at=ended_at, sealed_key=None, due_at=None)

    def postponed(self, due_at: datetime | None) -> "Link":
        return attrs.evolve(self, due_at=due_at)

    def claimed(self, now: datetime) -> "Link":
        """Being seen to now. Should nobody be left to say how that ended, it is seen to again in time."""
        return attrs.evolve(self, due_at=now + SYNC_EVERY)

    def asked(self, now: datetime) -> "Link":
        return attrs.evolve(self, asked_at=now, failures=0)

    def failed(self, now: datetime, pause_at_least: timedelta) -> "Link":
        """Asked again after a pause, which grows."""
        pause = min(SYNC_EVERY * 2 ** min(self.failures, 10), PAUSE_MAX)
        return attrs.evolve(self, failures=self.failures + 1, due_at=now + max(pause, pause_at_least))

    def forced(self, now: datetime) -> "Link":
        """To be asked at the next opportunity."""
        return attrs.evolve(self, forced_at=now, due_at=now)


class Handling(Enum):
    """What became of an event."""

    DONE = "done"
    NOTED = "noted"
    PARKED = "parked"
    REFUSED = "refused"


@attrs.frozen
class TrackerEvent:
    """Something that the gateway sent: stored before it is worked on, and kept for `EVENTS_KEPT_FOR`.

    Attributes:
        trace_id: Names the delivery: a second one of the same name is none.
        signature: As it was sent: a second one with the same signature is none.
        tracker_hash: Of the user whom it is about.
        body: The bytes as they came, sealed. None where we have no use for them.
        outcome: None while it waits to be worked on. `PARKED`: nobody is connected under this user yet. `NOTED`:
            nothing follows from it. `REFUSED`: `detail` says why.
        processed_at: None while something may still be done about it.
    """

    id: TrackerEventId
    trace_id: str
    signature: str
    kind: str
    tracker_hash: str | None
    source_order: int
    received_at: datetime
    body: bytes | None = attrs.field(repr=False)
    outcome: Handling | None = None
    detail: str | None = None
    processed_at: datetime | None = None
    version: int = 1

    @property
    def is_waiting(self) -> bool:
        return self.outcome is None

    def worked_off(self, outcome: Handling, detail: str | None, now: datetime) -> "TrackerEvent":
        processed_at = None if outcome is Handling.PARKED else now
        return attrs.evolve(self, outcome=outcome, detail=detail, processed_at=processed_at)

    def released(self) -> "TrackerEvent":
        """To be worked on again."""
        return attrs.evolve(self, outcome=None, detail=None)
