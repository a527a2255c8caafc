"""What one can do with trackers and activities."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import attrs

from fittrack_domain.audit.service import record
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import AlreadyExists, Fault, InvalidInput
from fittrack_domain.shared.ids import ActivityId, ConnectionId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.tracking.connecting import connected, connection_at, disconnected, own_connection
from fittrack_domain.tracking.errors import ActivityNotFound, Disconnected, TrackerTaken
from fittrack_domain.tracking.intake import Delivery, Intake, Receipt
from fittrack_domain.tracking.model import Activity, ActivityReport, ActivityType, Connection, Provider
from fittrack_domain.tracking.plausibility import LIVE, Bounds
from fittrack_domain.tracking.ports import TrackingTx
from fittrack_domain.tracking.receiving import REACH, finish, received

REPORTS_PER_BATCH_MAX = 50_000


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
        *,
        actor: MemberId | None = None,
        request: Request | None = None,
    ) -> Connection:
        """Connects a tracker, today unless told otherwise. A member's first live one becomes primary.

        It brings what `receive` is given, and is not asked for anything; those that are, come of `Linking`. An admin's
        doing (`actor`) is audited. Raises `MemberNotFound`, `AlreadyConnected`, `TrackerTaken`, `KeyReused`.
        """
        now = self.clock.now()
        on = connected_on or platform_day(now)
        try:
            with self.store.transaction() as tx:
                if request and (made := request.made_before(tx, now)):
                    return tx.connections.get(ConnectionId(made))
                tx.accounts.locked(member_id)
                self._check_free(tx, member_id, provider, tracker_user_key)
                connection = connected(tx, self.ids, member_id, provider, tracker_user_key, on)
                if request:
                    request.made(tx, now, connection.id)
                if actor:
                    facts = {"member": str(member_id), "provider": provider.value}
                    record(tx, now, actor, "connection.create", "connection", connection.id, facts)
                return connection
        except AlreadyExists:  # somebody else connected the same tracker account at this moment
            raise TrackerTaken(provider.value) from None

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
            chosen = own_connection(tx, member_id, connection_id)
            if not chosen.is_live:
                raise Disconnected(connection_id)
            for other in tx.connections.of(member_id):
                if other.is_primary and other.id != connection_id:
                    tx.connections.save(other.as_primary(primary=False))
            return chosen if chosen.is_primary else tx.connections.save(chosen.as_primary(primary=True))

    def disconnect(
        self, member_id: MemberId, connection_id: ConnectionId, *, actor: MemberId | None = None
    ) -> Connection:
        """Takes a tracker back: nothing more is received through it; what it brought stays.

        The oldest other one becomes primary if it was, and the gateway is told soon after. An admin's doing (`actor`)
        is audited. Raises `ConnectionNotFound`, `Disconnected`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            connection = own_connection(tx, member_id, connection_id)
            if not connection.is_live:
                raise Disconnected(connection_id)
            gone = disconnected(tx, connection, now)
            if actor:
                record(tx, now, actor, "connection.disconnect", "connection", connection_id, {"member": str(member_id)})
            return gone

    def receive(self, deliveries: Sequence[Delivery], bounds: Bounds = LIVE) -> Receipt:
        """Stores what trackers report, decides what counts, and tells what became of each report.

        Of many members and days at once, all or nothing. Delivered again, it changes nothing. Raises
        `ConnectionNotFound`, `Disconnected`, and `InvalidInput` for more than `REPORTS_PER_BATCH_MAX` reports.
        """
        if sum(len(delivery.reports) + len(delivery.deletions) for delivery in deliveries) > REPORTS_PER_BATCH_MAX:
            raise InvalidInput((Fault("", f"must have at most {REPORTS_PER_BATCH_MAX} reports"),))
        intake = Intake(self.clock.now(), self.ids.new, bounds)
        with self.store.transaction() as tx:
            return received(tx, intake, deliveries)

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
            finish(tx, intake, {member_id})
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

    def connection(self, connection_id: ConnectionId) -> Connection:
        """Any member's. Raises `ConnectionNotFound`."""
        with self.store.reading() as tx:
            return tx.connections.get(connection_id)

    def connection_at(self, member_id: MemberId, provider: Provider) -> Connection:
        """A member's connection to the provider, live or not. Raises `NotConnected`."""
        with self.store.reading() as tx:
            return connection_at(tx, member_id, provider)

    def connections_of(self, provider: Provider, tracker_user_keys: Collection[str]) -> Mapping[str, Connection]:
        """The live connections of these tracker accounts, by the account's key at the provider."""
        with self.store.reading() as tx:
            found = tx.connections.of_trackers(provider, tracker_user_keys)
        return {c.tracker_user_key: c for c in found if c.is_live and c.tracker_user_key is not None}
