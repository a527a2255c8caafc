"""What one can do with trackers and activities."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import attrs

from fittrack_domain.audit.service import record
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import AlreadyExists, Fault, InvalidInput
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.tracking.duplicates import WORKOUT_REACH_DAYS
from fittrack_domain.tracking.errors import (
    ActivityNotFound,
    AlreadyConnected,
    ConnectionNotFound,
    Disconnected,
    TrackerTaken,
)
from fittrack_domain.tracking.events import REJECTED_TOLD_MAX, DaysChanged, RejectedReport, ReportsRejected
from fittrack_domain.tracking.intake import Change, Delivery, Intake, Kept, Outcome, Receipt
from fittrack_domain.tracking.model import Activity, ActivityReport, ActivityType, Connection, Provider
from fittrack_domain.tracking.plausibility import LIVE, Bounds
from fittrack_domain.tracking.ports import TrackingTx

REPORTS_PER_BATCH_MAX = 50_000
REACH = timedelta(days=WORKOUT_REACH_DAYS)


@attrs.frozen
class Tracking:
    """Connections to trackers, and what comes through them."""

    store: Store[TrackingTx]
    clock: Clock
    ids: Ids

    def connect(
        self,
        member_id: MemberId,
        provider: Provider,
        tracker_user_key: str | None = None,
        connected_on: date | None = None,
    ) -> Connection:
        """Connects a tracker, today unless told otherwise. A member's first live one becomes primary.

        Raises `MemberNotFound`, `AlreadyConnected`, `TrackerTaken`.
        """
        on = connected_on or platform_day(self.clock.now())
        try:
            with self.store.transaction() as tx:
                return self._connect(tx, member_id, provider, tracker_user_key, on)
        except AlreadyExists:  # somebody else connected the same tracker account at this moment
            raise TrackerTaken(provider.value) from None

    def _connect(
        self, tx: TrackingTx, member_id: MemberId, provider: Provider, tracker_user_key: str | None, on: date
    ) -> Connection:
        tx.accounts.locked(member_id)
        self._check_free(tx, member_id, provider, tracker_user_key)
        own = tx.connections.of(member_id)
        primary = not any(connection.is_primary for connection in own)
        before = next((connection for connection in own if connection.provider is provider), None)
        if before is None:
            new_id = ConnectionId(self.ids.new())
            connection = Connection(new_id, member_id, provider, primary, tracker_user_key, on)
            tx.connections.add(connection)
            return connection
        if before.is_live:
            raise AlreadyConnected(provider.value)
        return tx.connections.save(before.reconnected(tracker_user_key, on, primary=primary))

    def _check_free(self, tx: TrackingTx, member_id: MemberId, provider: Provider, key: str | None) -> None:
        others = tx.connections.of_trackers(provider, [key]) if key else ()
        if any(other.is_live and other.user_id != member_id for other in others):
            raise TrackerTaken(provider.value)

    def make_primary(self, member_id: MemberId, connection_id: ConnectionId) -> Connection:
        """Prefers this tracker's reports over the member's other trackers', on days reported from now on.

        Raises `ConnectionNotFound`, `Disconnected`.
        """
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            chosen = _own(tx, member_id, connection_id)
            if not chosen.is_live:
                raise Disconnected(connection_id)
            for other in tx.connections.of(member_id):
                if other.is_primary and other.id != connection_id:
                    tx.connections.save(other.as_primary(primary=False))
            return chosen if chosen.is_primary else tx.connections.save(chosen.as_primary(primary=True))

    def disconnect(self, member_id: MemberId, connection_id: ConnectionId) -> Connection:
        """Takes a tracker back: nothing more is received through it; what it brought stays.

        The oldest other one becomes primary if it was. Raises `ConnectionNotFound`, `Disconnected`.
        """
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            connection = _own(tx, member_id, connection_id)
            if not connection.is_live:
                raise Disconnected(connection_id)
            left = [other for other in tx.connections.of(member_id) if other.is_live and other.id != connection_id]
            if connection.is_primary and left:
                tx.connections.save(left[0].as_primary(primary=True))
            return tx.connections.save(connection.disconnected())

    def receive(self, deliveries: Sequence[Delivery], bounds: Bounds = LIVE) -> Receipt:
        """Stores what trackers report, decides what counts, and tells what became of each report.

        Of many members and days at once, all or nothing. Delivered again, it changes nothing. Raises
        `ConnectionNotFound`, `Disconnected`, and `InvalidInput` for more than `REPORTS_PER_BATCH_MAX` reports.
        """
        if sum(len(delivery.reports) + len(delivery.deletions) for delivery in deliveries) > REPORTS_PER_BATCH_MAX:
            raise InvalidInput((Fault("", f"must have at most {REPORTS_PER_BATCH_MAX} reports"),))
        now = self.clock.now()
        intake = Intake(now, self.ids.new, bounds)
        with self.store.transaction() as tx:
            connections = _locked(tx, {delivery.connection_id for delivery in deliveries})
            _read(tx, intake, connections, deliveries)
            taken: list[tuple[Kept, Change]] = []
            for delivery in deliveries:
                connection = connections[delivery.connection_id]
                taken += [intake.take(connection.user_id, connection, report) for report in delivery.reports]
                for deletion in delivery.deletions:
                    intake.delete(connection, deletion)
            _finish(tx, intake, {connection.user_id for connection in connections.values()})
            tx.connections.save_all(connection.synced(now) for connection in connections.values())
        return Receipt(tuple(Outcome.of(kept.current, change) for kept, change in taken))

    def record_activity(
        self, actor: MemberId | None, member_id: MemberId, report: ActivityReport, request: Request | None = None
    ) -> Activity:
        """Records an activity by hand of an admin, under the same rules as a synced one; always a new one.

        Raises `MemberNotFound`, `KeyReused`. What is implausible is stored as rejected, with its reason.
        """
        now = self.clock.now()
        intake = Intake(now, self.ids.new, LIVE)
        report = attrs.evolve(report, external_id=f"admin:{self.ids.new()}")
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            if request and (made := request.made_before(tx, now)):
                return tx.activities.get(ActivityId(made))
            day = report.activity_day
            intake.know(tx.activities.on_days([member_id], day - REACH, day + REACH))
            recorded, _ = intake.take(member_id, None, report)
            _finish(tx, intake, {member_id})
            activity = recorded.current
            facts = {"member": str(member_id), "state": activity.state.value}
            record(tx, now, actor, "activity.record", "activity", activity.id, facts)
            if request:
                request.made(tx, now, activity.id)
        return activity

    def activities(
        self,
        member_id: MemberId,
        paging: Paging,
        *,
        first: date | None = None,
        last: date | None = None,
        activity_type: ActivityType | None = None,
    ) -> Page[Activity]:
        """A member's activities in any state, the latest day first."""
        with self.store.reading() as tx:
            return tx.activities.page(member_id, paging, first=first, last=last, activity_type=activity_type)

    def activity(self, member_id: MemberId, activity_id: ActivityId) -> Activity:
        """One activity of the member. Raises `ActivityNotFound`."""
        with self.store.reading() as tx:
            activity = tx.activities.get(activity_id)
        if activity.user_id != member_id:
            raise ActivityNotFound(activity_id)
        return activity

    def connections(self, member_id: MemberId) -> Sequence[Connection]:
        """A member's connections, disconnected ones too, in the order in which they were made."""
        with self.store.reading() as tx:
            return tx.connections.of(member_id)

    def connections_of(self, provider: Provider, tracker_user_keys: Collection[str]) -> Mapping[str, Connection]:
        """The live connections of these tracker accounts, by the account's key at the provider."""
        with self.store.reading() as tx:
            found = tx.connections.of_trackers(provider, tracker_user_keys)
        return {c.tracker_user_key: c for c in found if c.is_live and c.tracker_user_key is not None}


def _own(tx: TrackingTx, member_id: MemberId, connection_id: ConnectionId) -> Connection:
    connection = tx.connections.get(connection_id)
    if connection.user_id != member_id:
        raise ConnectionNotFound(connection_id)
    return connection


def _locked(tx: TrackingTx, wanted: Collection[ConnectionId]) -> Mapping[ConnectionId, Connection]:
    """The connections, all live, of members whose accounts are locked: no other tracker of theirs reports meanwhile."""
    tx.accounts.lock({connection.user_id for connection in tx.connections.with_ids(wanted).values()})
    return _live(tx, wanted)


def _live(tx: TrackingTx, wanted: Collection[ConnectionId]) -> Mapping[ConnectionId, Connection]:
    found = tx.connections.with_ids(wanted)
    for connection_id in wanted:
        if connection_id not in found:
            raise ConnectionNotFound(connection_id)
        if not found[connection_id].is_live:
            raise Disconnected(connection_id)
    return found


def _read(
    tx: TrackingTx,
    intake: Intake,
    connections: Mapping[ConnectionId, Connection],
    deliveries: Sequence[Delivery],
) -> None:
    """Reads what the reports may meet: the same days, and the same activities on other days."""
    days = {report.activity_day for delivery in deliveries for report in delivery.reports}
    members = {connection.user_id for connection in connections.values()}
    if days:
        intake.know(tx.activities.on_days(members, min(days) - REACH, max(days) + REACH))
    unknown = {external_id for delivery in deliveries for external_id in intake.unknown(delivery)}
    elsewhere = tx.activities.with_external_ids(connections.keys(), unknown)
    if elsewhere:
        days = {activity.activity_day for activity in elsewhere}
        members = {activity.user_id for activity in elsewhere}
        intake.know(tx.activities.on_days(members, min(days) - REACH, max(days) + REACH))


def _finish(tx: TrackingTx, intake: Intake, members: Collection[MemberId]) -> None:
    """Settles duplicates, writes, and tells which days changed and what was implausible."""
    own = tx.connections.of_members(members)
    intake.settle({connection.user_id: connection.id for connection in own if connection.is_primary})
    tx.activities.add_all(intake.added())
    tx.activities.save_all(intake.changed())
    for member_id, days in intake.changed_days().items():
        tx.record(DaysChanged(member_id, days))
    for member_id, rejected in intake.newly_implausible().items():
        tx.record(ReportsRejected(member_id, tuple(map(RejectedReport.of, rejected[:REJECTED_TOLD_MAX]))))
