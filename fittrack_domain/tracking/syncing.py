"""Asking the gateway for data, and telling it whom we do not follow any more: at intervals, and on demand.

The gateway only takes the wish down; the data comes as an event. So there is one way in, and one clock for its order.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import attrs

from fittrack_domain.shared.errors import Unavailable
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.ports import Clock, Store
from fittrack_domain.tracking.binding import Binding
from fittrack_domain.tracking.connecting import locked_link, own_connection
from fittrack_domain.tracking.errors import Disconnected, GatewayBusy, NothingToAsk, SyncTooSoon, TrackerUserUnknown
from fittrack_domain.tracking.gateway import TrackerGateway
from fittrack_domain.tracking.links import FORCED_SYNC_EVERY, SYNC_EVERY, Link
from fittrack_domain.tracking.model import Connection
from fittrack_domain.tracking.ports import TrackingTx

SYNCED_AT_ONCE: Final = 50
SYNC_REACH: Final = timedelta(days=3)
"""So far back is asked in any case: a watch may reach its phone late, and an event may get lost."""
SYNC_REACH_MAX: Final = timedelta(days=28)
"""More than a month at once the gateway takes for a large request, and sends in pieces."""

COULD_NOT_ASK: Final = "The tracker could not be asked for its data. It is asked again by and by."
GONE: Final = "The tracker's maker does not know this sign-in any more. Connect the tracker again."


@attrs.frozen
class Synced:
    """What a look at what was due came to. `troubles` are for operators."""

    asked: int
    told: int
    troubles: Mapping[ConnectionId, str]


@attrs.frozen
class Syncing:
    """What the gateway is asked and told about connections."""

    store: Store[TrackingTx]
    clock: Clock
    gateway: TrackerGateway
    binding: Binding

    def force(self, member_id: MemberId, connection_id: ConnectionId) -> Connection:
        """Has the tracker asked at the next opportunity.

        Raises `ConnectionNotFound`, `Disconnected`, `NothingToAsk`, and `SyncTooSoon` within `FORCED_SYNC_EVERY` of the
        last time.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            connection = own_connection(tx, member_id, connection_id)
            if not connection.is_live:
                raise Disconnected(connection_id)
            link = tx.links.current(connection_id)
            if link is None or self.gateway.is_on_phone(connection.provider):
                raise NothingToAsk(connection_id)
            if link.forced_at is not None and now < link.forced_at + FORCED_SYNC_EVERY:
                raise SyncTooSoon(-(-(link.forced_at + FORCED_SYNC_EVERY - now) // timedelta(seconds=1)))
            tx.links.save(link.forced(now))
            return tx.connections.save(connection.being_asked())

    def run_due(self) -> Synced:
        """Job: asks for what is older than `SYNC_EVERY`, and tells who was disconnected; up to `SYNCED_AT_ONCE` of it.

        Safe to end anywhere, and in several processes at once. Where the gateway is away, the rest waits.
        """
        with self.store.reading() as tx:
            due = tx.links.due(self.clock.now(), SYNCED_AT_ONCE)
        done: list[Link] = []
        troubles: dict[ConnectionId, str] = {}
        for each in due:
            claim = self._claimed(each.tracker_hash)
            if claim is None:
                continue
            try:
                self._call(claim)
            except (Unavailable, TrackerUserUnknown) as error:
                self._failed(claim.link, error)
                troubles[claim.link.connection_id] = str(error)
                if isinstance(error, Unavailable) and not isinstance(error, GatewayBusy):
                    break
            else:
                self._succeeded(claim.link)
                done.append(claim.link)
        asked = sum(link.is_current for link in done)
        return Synced(asked, len(done) - asked, troubles)

    def _claimed(self, tracker_hash: str) -> "_Claim | None":
        """The link, if it is due and nobody else cares for it, and from which day on its data is wanted."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            link = locked_link(tx, tracker_hash)
            if link is None or not link.is_due(now):
                return None
            first = link.since
            if link.is_current:
                connection = tx.connections.get(link.connection_id)
                synced = connection.last_sync_at
                if synced is not None and link.asked_at is not None:
                    first = min(synced, now).date() - SYNC_REACH
                    if now < synced + SYNC_EVERY and not link.is_forced:
                        tx.links.save(link.postponed(synced + SYNC_EVERY))
                        return None
                tx.connections.save(connection.being_asked())
            return _Claim(tx.links.save(link.claimed(now)), first)

    def _call(self, claim: "_Claim") -> None:
        key = self.binding.key_of(claim.link)
        if claim.link.is_current:
            today = self.clock.now().date()  # the latest date anywhere on earth is at most one ahead
            self.gateway.ask(key, max(claim.first, today - SYNC_REACH_MAX), today + timedelta(days=1))
        else:
            self.gateway.revoke(key)

    def _succeeded(self, link: Link) -> None:
        now = self.clock.now()
        with self.store.transaction() as tx:
            after = _unchanged(tx, link)
            if after is not None:
                tx.links.save(after.asked(now) if after.is_current else after.gone(after.source_order, now))

    def _failed(self, link: Link, error: Unavailable | TrackerUserUnknown) -> None:
        now = self.clock.now()
        with self.store.transaction() as tx:
            after = _unchanged(tx, link)
            if after is None:
                return
            is_gone = isinstance(error, TrackerUserUnknown)
            pause = timedelta(seconds=error.retry_after_seconds) if isinstance(error, GatewayBusy) else timedelta()
            tx.links.save(after.postponed(None) if is_gone else after.failed(now, pause))
            if after.is_current:
                connection = tx.connections.get(after.connection_id)
                tx.connections.save(connection.failing(GONE if is_gone else COULD_NOT_ASK))


@attrs.frozen
class _Claim:
    link: Link
    first: date


def _unchanged(tx: TrackingTx, link: Link) -> Link | None:
    """The link as it is by now, unless the member has signed in or out meanwhile."""
    after = locked_link(tx, link.tracker_hash)
    return after if after is not None and after.is_current == link.is_current else None
