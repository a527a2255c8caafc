"""Reports taken in within a transaction: read what they may meet, decide, write, tell what changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.tracking.duplicates import WORKOUT_REACH_DAYS
from fittrack_domain.tracking.errors import ConnectionNotFound, Disconnected
from fittrack_domain.tracking.events import REJECTED_TOLD_MAX, DaysChanged, RejectedReport, ReportsRejected
from fittrack_domain.tracking.intake import Change, Delivery, Intake, Kept, Outcome, Receipt
from fittrack_domain.tracking.model import Connection
from fittrack_domain.tracking.ports import TrackingTx

REACH = timedelta(days=WORKOUT_REACH_DAYS)


def received(tx: TrackingTx, intake: Intake, deliveries: Sequence[Delivery]) -> Receipt:
    """What became of the reports. Raises `ConnectionNotFound`, `Disconnected`."""
    connections = _locked(tx, {delivery.connection_id for delivery in deliveries})
    _read(tx, intake, connections, deliveries)
    taken: list[tuple[Kept, Change]] = []
    for delivery in deliveries:
        connection = connections[delivery.connection_id]
        taken += [intake.take(connection.user_id, connection, report) for report in delivery.reports]
        for deletion in delivery.deletions:
            intake.delete(connection, deletion)
    finish(tx, intake, {connection.user_id for connection in connections.values()})
    tx.connections.save_all(connection.synced(intake.now) for connection in connections.values())
    return Receipt(tuple(Outcome.of(kept.current, change) for kept, change in taken))


def finish(tx: TrackingTx, intake: Intake, members: Collection[MemberId]) -> None:
    """Settles duplicates, writes, and tells which days changed and what was implausible."""
    own = tx.connections.of_members(members)
    intake.settle({connection.user_id: connection.id for connection in own if connection.is_primary})
    tx.activities.add_all(intake.added())
    tx.activities.save_all(intake.changed())
    for member_id, days in intake.changed_days().items():
        tx.record(DaysChanged(member_id, days))
    for member_id, rejected in intake.newly_implausible().items():
        tx.record(ReportsRejected(member_id, tuple(map(RejectedReport.of, rejected[:REJECTED_TOLD_MAX]))))


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
