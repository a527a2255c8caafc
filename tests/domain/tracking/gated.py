"""A member, and a gateway beside the store: sign-ins, events, syncs."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from fittrack_adapters.security.sealing import AesSealer
from fittrack_adapters.store.gateway import LINKS, TRACKER_EVENTS
from fittrack_adapters.testing import FakeTerra, FixedEntropy
from fittrack_domain.identity.events import MemberStatusChanged
from fittrack_domain.relay import Reaction, Relay
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.tracking import connecting
from fittrack_domain.tracking.binding import Binding
from fittrack_domain.tracking.events import TrackerEventArrived
from fittrack_domain.tracking.inbox import Inbox
from fittrack_domain.tracking.linking import Linking
from fittrack_domain.tracking.links import Link, TrackerEvent, order_of
from fittrack_domain.tracking.model import Connection, Provider
from fittrack_domain.tracking.syncing import Syncing
from tests.domain.tracking.world import World, a_world
from tests.stores import MakeStore, in_memory

SEALER = AesSealer(bytes(32))


@attrs.frozen
class Gated:
    """Everything a test about the gateway touches."""

    world: World
    terra: FakeTerra
    linking: Linking
    syncing: Syncing
    inbox: Inbox
    relay: Relay
    binding: Binding

    @property
    def now(self) -> datetime:
        return self.world.clock.at

    def later(self, **by: float) -> None:
        self.world.clock.advance(timedelta(**by))

    def send(self, event: Mapping[str, Any], **delivery: Any) -> TrackerEvent:
        """Delivers an event, sees to it that it is worked off, and answers what became of it."""
        self.post(event, **delivery)
        self.relay.drain()
        return self.events()[-1]

    def post(self, event: Mapping[str, Any], **delivery: Any) -> None:
        """Delivers an event."""
        self.inbox.take_in(*self.terra.sent(event, **({"at": self.now} | delivery)))

    def reference(self, member_id: MemberId, provider: Provider = Provider.FITBIT) -> str:
        """What Terra is told of a sign-in that the member has begun."""
        return self.linking.begin(member_id, provider).reference

    def joined(self, member_id: MemberId, name: str = "", **user: Any) -> dict[str, Any]:
        """The user that comes of a sign-in which the member has begun and carried out; we have not heard of it yet."""
        return dict(self.terra.joined(self.reference(member_id, **user), name=name))

    def follow(self, member_id: MemberId, name: str = "") -> dict[str, Any]:
        """The user behind a connection that is made and works."""
        user = self.joined(member_id, name)
        self.send(auth(user))
        return user

    def connection(self, member_id: MemberId) -> Connection:
        [connection] = self.world.tracking.connections(member_id)
        return connection

    def link(self, user: Mapping[str, Any]) -> Link:
        with self.world.store.reading() as tx:
            link = tx.links.find(self.binding.hash_of(user["user_id"]))
        assert link is not None
        return link

    def current(self, member_id: MemberId) -> str | None:
        """Terra's name for the user behind the member's connection."""
        with self.world.store.reading() as tx:
            link = tx.links.current(self.connection(member_id).id)
        return None if link is None else self.binding.key_of(link)

    def events(self) -> list[TrackerEvent]:
        with self.world.store.reading() as tx:
            return tx.rows(TRACKER_EVENTS).where(order=("id",))

    def links(self) -> list[Link]:
        with self.world.store.reading() as tx:
            return tx.rows(LINKS).where(order=("linked_at", "tracker_hash"))


def a_gated_world(make_store: MakeStore = in_memory) -> Gated:
    """An empty one, on Monday 2 March 2026 at noon UTC."""
    world, terra = a_world(make_store), FakeTerra()
    store, clock, ids = world.store, world.clock, world.ids
    binding = Binding(ids, SEALER, terra)
    inbox = Inbox(store, clock, ids, SEALER, terra, binding)
    reactions: Mapping[type[Event], tuple[Reaction, ...]] = {
        TrackerEventArrived: (inbox.react,),
        MemberStatusChanged: (connecting.let_go,),
    }
    return Gated(
        world,
        terra,
        Linking(store, clock, FixedEntropy(), terra, binding),
        Syncing(store, clock, terra, binding),
        inbox,
        Relay(store, clock, reactions, {}),
        binding,
    )


def auth(user: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "auth", "status": "success", "user": user} | more


def deauth(user: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "deauth", "status": "success", "user": user}


def reauth(former: Mapping[str, Any] | None, user: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "user_reauth", "status": "warning", "new_user": user, "old_user": former}


def failing(user: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "connection_error", "status": "warning", "user": user}


def daily(user: Mapping[str, Any], *days: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "daily", "user": user, "data": list(days)}


def activity(user: Mapping[str, Any], *items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "activity", "user": user, "data": list(items)}


def order(at: datetime, **later: float) -> int:
    return order_of(at + timedelta(**later))


def midnight(day: date) -> str:
    """The start of a day in New York's winter."""
    return f"{day}T00:00:00.000000-05:00"
