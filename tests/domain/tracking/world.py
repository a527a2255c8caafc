"""A member with trackers, on a store in memory."""

from datetime import UTC, date, datetime, timedelta

import attrs

from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.store.tables import json_converter
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.identity.model import Account, Status
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.tracking.events import DaysChanged
from fittrack_domain.tracking.intake import Deletion, Delivery, Receipt
from fittrack_domain.tracking.model import Activity, ActivityReport, ActivityType, Intensity, Provider
from fittrack_domain.tracking.plausibility import LIVE, Bounds
from fittrack_domain.tracking.service import Tracking
from tests.stores import AnyStore, MakeStore, in_memory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@attrs.frozen
class World:
    """Everything a test about trackers touches."""

    clock: StoppedClock
    store: AnyStore
    tracking: Tracking
    ids: CountingIds

    def a_member(self) -> MemberId:
        member_id = MemberId(self.ids.new())
        email = f"{member_id}@example.org"
        with self.store.transaction() as tx:
            tx.accounts.add(Account(member_id, email, email, self.clock.now(), Status.ACTIVE))
        return member_id

    def a_tracker(
        self, member_id: MemberId, provider: Provider = Provider.FITBIT, since: date = date(2026, 1, 1)
    ) -> ConnectionId:
        return self.tracking.connect(member_id, provider, f"{provider.value}/{member_id}", since).id

    def deliver(self, connection_id: ConnectionId, *reports: ActivityReport, bounds: Bounds = LIVE) -> Receipt:
        return self.tracking.receive([Delivery(connection_id, reports)], bounds)

    def delete(self, connection_id: ConnectionId, external_id: str, source_order: int) -> None:
        self.tracking.receive([Delivery(connection_id, deletions=(Deletion(external_id, source_order),))])

    def activities(self, member_id: MemberId) -> list[Activity]:
        with self.store.reading() as tx:
            found = tx.activities.on_days([member_id], date(2000, 1, 1), date(2100, 1, 1))
        return sorted(found, key=lambda activity: activity.id)

    def counting(self, member_id: MemberId) -> list[str]:
        return sorted(activity.external_id for activity in self.activities(member_id) if activity.counts)

    def changed_days(self) -> list[tuple[MemberId, tuple[date, ...]]]:
        """What was told about changed days, in order."""
        with self.store.reading() as tx:
            rows = tx.rows(OUTBOX).where(kind=DaysChanged.__name__, order=("id",))
        events = [json_converter.structure(row.body, DaysChanged) for row in rows]
        return [(event.member_id, event.days) for event in events]


def a_world(make_store: MakeStore = in_memory) -> World:
    """An empty one, on Monday 2 March 2026 at noon UTC."""
    clock = StoppedClock(NOON)
    store, ids = make_store(clock), CountingIds(clock, seed=1)
    return World(clock, store, Tracking(store, clock, ids), ids)


def a_workout(
    external_id: str, start: datetime, minutes: int = 30, *, intensity: Intensity | None = None, **metrics: int
) -> ActivityReport:
    """A workout on the day of its start in UTC."""
    end = start + timedelta(minutes=minutes)
    kind = ActivityType.WORKOUT
    return ActivityReport(kind, intensity, start.date(), minutes, metrics, external_id, start, end, 0)
