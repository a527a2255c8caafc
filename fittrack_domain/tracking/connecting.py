"""Connections made and ended within a transaction, by whomever: a member, an admin, an import, the gateway."""

from datetime import date, datetime

from fittrack_domain.identity.events import MemberStatusChanged
from fittrack_domain.identity.model import Status
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.ports import Ids
from fittrack_domain.tracking.errors import AlreadyConnected, ConnectionNotFound, NotConnected
from fittrack_domain.tracking.links import Link, order_of
from fittrack_domain.tracking.model import Connection, Provider
from fittrack_domain.tracking.ports import TrackingTx


def connected(
    tx: TrackingTx, ids: Ids, member_id: MemberId, provider: Provider, tracker_user_key: str | None, on: date
) -> Connection:
    """The member's connection to the provider, new or made live again; a member's first live one is primary.

    The account is locked. Raises `AlreadyConnected`.
    """
    own = tx.connections.of(member_id)
    primary = not any(connection.is_primary for connection in own)
    before = next((connection for connection in own if connection.provider is provider), None)
    if before is None:
        new_id = ConnectionId(ids.new())
        connection = Connection(new_id, member_id, provider, primary, tracker_user_key, on)
        tx.connections.add(connection)
        return connection
    if before.is_live:
        raise AlreadyConnected(provider.value)
    return tx.connections.save(before.reconnected(tracker_user_key, on, primary=primary))


def disconnected(tx: TrackingTx, connection: Connection, now: datetime) -> Connection:
    """The live connection, taken back. The oldest other one becomes primary if it was; the gateway will be told.

    The account is locked.
    """
    others = tx.connections.of(connection.user_id)
    left = [other for other in others if other.is_live and other.id != connection.id]
    if connection.is_primary and left:
        tx.connections.save(left[0].as_primary(primary=True))
    if (link := tx.links.current(connection.id)) is not None:
        tx.links.save(link.ended(order_of(now), now))
    return tx.connections.save(connection.disconnected())


def let_go(tx: TrackingTx, now: datetime, event: MemberStatusChanged) -> None:
    """Reaction: the trackers of who deletes their account are disconnected."""
    if event.new is not Status.DELETED:
        return
    tx.accounts.locked(event.member_id)
    live = [connection for connection in tx.connections.of(event.member_id) if connection.is_live]
    for connection in sorted(live, key=lambda each: each.is_primary):  # the primary last: no other is to take its place
        disconnected(tx, connection, now)


def forget(tx: TrackingTx, member_id: MemberId) -> None:
    """Drops all that ties a member's connections to the gateway, keys and kept events included, for good.

    Disconnect them before, and let the gateway be told (`Syncing.run_due`): afterwards nobody knows whom to name.
    """
    connection_ids = [connection.id for connection in tx.connections.of(member_id)]
    links = tx.links.of(connection_ids)
    tx.tracker_events.remove_of({link.tracker_hash for link in links})
    tx.links.remove_of(connection_ids)
    tx.sign_ins.remove_of(member_id)


def own_connection(tx: TrackingTx, member_id: MemberId, connection_id: ConnectionId) -> Connection:
    """Raises `ConnectionNotFound`."""
    connection = tx.connections.get(connection_id)
    if connection.user_id != member_id:
        raise ConnectionNotFound(connection_id)
    return connection


def connection_at(tx: TrackingTx, member_id: MemberId, provider: Provider) -> Connection:
    """The member's connection to the provider, live or not. Raises `NotConnected`."""
    for connection in tx.connections.of(member_id):
        if connection.provider is provider:
            return connection
    raise NotConnected(provider.value)


def locked_link(tx: TrackingTx, tracker_hash: str) -> Link | None:
    """The link, as it is once its member's account is locked: so that nobody else changes what belongs together."""
    link = tx.links.find(tracker_hash)
    if link is None:
        return None
    tx.accounts.locked(tx.connections.get(link.connection_id).user_id)
    return tx.links.find(tracker_hash)
