"""Ties the gateway's users to connections, and parts them again, within a transaction.

What the gateway tells may come late, twice and in any order: the ordering timestamps decide, never the arrival.
"""

from datetime import UTC, date, datetime
from typing import Final

import attrs

from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.model import Status
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.ports import Ids, Sealer
from fittrack_domain.tracking.connecting import connected, disconnected, locked_link
from fittrack_domain.tracking.errors import TrackerTaken
from fittrack_domain.tracking.events import TrackerEventArrived
from fittrack_domain.tracking.gateway import TrackerGateway
from fittrack_domain.tracking.links import Link, order_of
from fittrack_domain.tracking.model import Connection, Provider
from fittrack_domain.tracking.ports import TrackingTx

RELEASED_AT_ONCE: Final = 500
REFUSED_BY_MAKER: Final = "The tracker's maker refuses access. If this stays so, connect the tracker again."


@attrs.frozen
class Binding:
    """Which of the gateway's users stands behind which connection. `key` is always its name for the user."""

    ids: Ids
    sealer: Sealer
    gateway: TrackerGateway

    def hash_of(self, key: str) -> str:
        """What a user is found by."""
        return self.sealer.fingerprint(key.encode(), "tracker user")

    def key_of(self, link: Link) -> str:
        """The gateway's name for a user whom it still knows."""
        assert link.sealed_key is not None, "about a user whom the gateway has forgotten, nothing is to be said"
        return self.sealer.unseal(link.sealed_key, _purpose(link.connection_id)).decode()

    def bind(
        self, tx: TrackingTx, member_id: MemberId, provider: Provider, key: str, order: int, now: datetime
    ) -> Connection:
        """The member has signed in: the user stands behind the connection, unless a later one does already.

        Days since the sign-in count; of an account that was connected before, since the first one. Raises
        `MemberNotFound`, `TrackerTaken`, and `AlreadyConnected` where the data comes from elsewhere.
        """
        if tx.accounts.locked(member_id).status is Status.DELETED:
            raise MemberNotFound(member_id)
        own = (each for each in tx.connections.of(member_id) if each.provider is provider)
        connection = next(own, None)
        current = None if connection is None else tx.links.current(connection.id)
        known = tx.links.find(self.hash_of(key))
        if known is not None and (connection is None or known.connection_id != connection.id):
            raise TrackerTaken(provider.value)
        since = platform_day(min(now, _instant(order))) if known is None else known.since
        if connection is not None and _is_told_late(order, known, current):
            if known is None:
                tx.links.add(self._link(connection.id, key, since, order, now).ended(order, now))
            return connection
        if connection is None or current is None:
            connection = connected(tx, self.ids, member_id, provider, None, since)
        else:
            if current != known:
                tx.links.save(current.ended(order, now))
            connection = tx.connections.save(connection.reconnected(None, since, primary=connection.is_primary))
        self._follow(tx, connection, known, key, order, now)
        return connection

    def _link(self, connection_id: ConnectionId, key: str, since: date, order: int, now: datetime) -> Link:
        return Link(self.hash_of(key), connection_id, self._sealed(connection_id, key), since, order, now)

    def _sealed(self, connection_id: ConnectionId, key: str) -> bytes:
        return self.sealer.seal(key.encode(), _purpose(connection_id))

    def _follow(
        self, tx: TrackingTx, connection: Connection, known: Link | None, key: str, order: int, now: datetime
    ) -> Link:
        """Lets the user stand behind the connection, and what was parked about them be worked on."""
        due_at = None if self.gateway.is_on_phone(connection.provider) else now
        if known is None:
            link = self._link(connection.id, key, connection.connected_on, order, now).postponed(due_at)
            tx.links.add(link)
        else:
            link = tx.links.save(known.signed_in(self._sealed(connection.id, key), order, due_at))
        release(tx, link.tracker_hash)
        return link

    def succeed(self, tx: TrackingTx, former: str | None, key: str, order: int, now: datetime) -> bool:
        """The user is the same account as the `former` one, and counts since that one's first day.

        False while nobody is connected under either.
        """
        new = locked_link(tx, self.hash_of(key))
        old = None if former is None else locked_link(tx, self.hash_of(former))
        if old is None or (new is not None and new.connection_id != old.connection_id):
            return new is not None
        if new is None and (not old.is_current or order < old.source_order):
            return False
        tx.links.save(old.gone(max(order, old.source_order), now))
        connection = tx.connections.get(old.connection_id)
        if new is None:
            new = self._follow(tx, connection, None, key, order, now)
        new = tx.links.save(new.counting_since(old.since, now))
        if new.is_current:
            tx.connections.save(connection.counting_since(new.since))
        return True

    def part(self, tx: TrackingTx, key: str, order: int, now: datetime) -> bool:
        """The gateway has forgotten the user. False while nobody is connected under them."""
        link = locked_link(tx, self.hash_of(key))
        if link is None:
            return False
        if link.is_current and order < link.source_order:
            return True
        tx.links.save(link.gone(max(order, link.source_order), now))
        if link.is_current:
            disconnected(tx, tx.connections.get(link.connection_id), now)
        return True

    def doubt(self, tx: TrackingTx, key: str, order: int) -> bool:
        """The maker refuses the gateway for the user. False while nobody is connected under them."""
        link = locked_link(tx, self.hash_of(key))
        if link is None:
            return False
        connection = tx.connections.get(link.connection_id)
        synced_since = connection.last_sync_at is not None and order < order_of(connection.last_sync_at)
        if link.is_current and not synced_since:
            tx.connections.save(connection.failing(REFUSED_BY_MAKER))
        return True


def release(tx: TrackingTx, tracker_hash: str) -> None:
    """Lets what was parked about a user be worked on, in the order in which the gateway made it."""
    for event in tx.tracker_events.parked(tracker_hash, RELEASED_AT_ONCE):
        tx.tracker_events.save(event.released())
        tx.record(TrackerEventArrived(event.id))


def _is_told_late(order: int, known: Link | None, current: Link | None) -> bool:
    """Whether something newer is known: about this user, or about another one in their place."""
    if known is not None and order <= known.source_order:
        return True
    return current is not None and order < current.source_order


def _instant(order: int) -> datetime:
    return datetime.fromtimestamp(order / 1_000, UTC)


def _purpose(connection_id: ConnectionId) -> str:
    return f"connection {connection_id}"
