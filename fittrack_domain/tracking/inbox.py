"""What the gateway sends: made sure of and stored while it waits for the answer, worked on right afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.errors import AlreadyExists
from fittrack_domain.shared.ids import TrackerEventId
from fittrack_domain.shared.ports import Clock, Ids, Sealer, Store
from fittrack_domain.tracking.binding import Binding, release
from fittrack_domain.tracking.connecting import locked_link
from fittrack_domain.tracking.errors import AlreadyConnected, TrackerTaken
from fittrack_domain.tracking.events import TrackerEventArrived
from fittrack_domain.tracking.gateway import (
    Brought,
    Failing,
    Garbled,
    News,
    Opened,
    SignedIn,
    SignedInAgain,
    SignedOut,
    Told,
    TrackerGateway,
    Unwanted,
)
from fittrack_domain.tracking.intake import Delivery, Intake
from fittrack_domain.tracking.links import EVENTS_KEPT_FOR, SIGN_INS_KEPT_FOR, Handling, Link, TrackerEvent
from fittrack_domain.tracking.plausibility import LIVE
from fittrack_domain.tracking.ports import TrackingTx
from fittrack_domain.tracking.receiving import received

DETAIL_LENGTH_MAX: Final = 500
LOOKED_BACK: Final = timedelta(hours=1)
"""So long after a connection was made, what was parked meanwhile is looked for."""

Outcome = tuple[Handling, str | None]
DONE: Final[Outcome] = (Handling.DONE, None)
PARKED: Final[Outcome] = (Handling.PARKED, None)


@attrs.frozen
class Inbox:
    """The events of the gateway. Each is worked off once, whatever is sent twice, and wherever a process ends."""

    store: Store[TrackingTx]
    clock: Clock
    ids: Ids
    sealer: Sealer
    gateway: TrackerGateway
    binding: Binding

    def take_in(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Stores what was sent, to be worked on after the commit. What came before is acknowledged and ignored.

        Nothing is stored that the gateway did not sign. Raises `NotFromGateway`, `UnreadableEvent`,
        `GatewayNotConfigured`.
        """
        now = self.clock.now()
        opened = self.gateway.opened(body, headers, now)
        event = self._event(opened, self.gateway.read(body, opened.source_order, UTC), body, now)
        try:
            with self.store.transaction() as tx:
                if tx.tracker_events.is_known(opened.trace_id, opened.signature):
                    return
                tx.tracker_events.add(event)
                if event.is_waiting:
                    tx.record(TrackerEventArrived(event.id))
        except AlreadyExists:  # the same, at the same moment
            return

    def _event(self, opened: Opened, told: Told, body: bytes, now: datetime) -> TrackerEvent:
        event_id = TrackerEventId(self.ids.new())
        event = TrackerEvent(
            id=event_id,
            trace_id=opened.trace_id,
            signature=opened.signature,
            kind=told.kind,
            tracker_hash=None if told.user is None else self.binding.hash_of(told.user.key),
            source_order=opened.source_order,
            received_at=now,
            body=None if isinstance(told, Unwanted) else self.sealer.seal(body, _purpose(event_id)),
        )
        if isinstance(told, Garbled):
            return event.worked_off(Handling.REFUSED, told.reason[:DETAIL_LENGTH_MAX], now)
        return event if isinstance(told, News) else event.worked_off(Handling.NOTED, None, now)

    def react(self, tx: TrackingTx, now: datetime, arrived: TrackerEventArrived) -> None:
        """Reaction: works the event off. About a user under whom nobody is connected, it is parked."""
        event = tx.tracker_events.find(arrived.tracker_event_id)
        tracker_hash = None if event is None else event.tracker_hash
        link = None if tracker_hash is None else locked_link(tx, tracker_hash)
        event = tx.tracker_events.locked(arrived.tracker_event_id)
        if event is None or event.body is None or not event.is_waiting:
            return
        body = self.sealer.unseal(event.body, _purpose(event.id))
        told = self.gateway.read(body, event.source_order, _local(tx, link))
        outcome, detail = self._work(tx, now, event.source_order, told, link)
        tx.tracker_events.save(event.worked_off(outcome, detail, now))

    def _work(self, tx: TrackingTx, now: datetime, order: int, told: Told, link: Link | None) -> Outcome:
        match told:
            case SignedIn():
                return self._sign_in(tx, now, order, told)
            case SignedInAgain():
                former = None if told.former is None else told.former.key
                return DONE if self.binding.succeed(tx, former, told.user.key, order, now) else PARKED
            case SignedOut():
                return DONE if self.binding.part(tx, told.user.key, order, now) else PARKED
            case Failing():
                return DONE if self.binding.doubt(tx, told.user.key, order) else PARKED
            case Brought():
                return self._receive(tx, now, told, link)
            case _:
                return Handling.NOTED, None

    def _sign_in(self, tx: TrackingTx, now: datetime, order: int, told: SignedIn) -> Outcome:
        """Binds the user only to the member who began a sign-in with their reference, at their provider."""
        user = told.user
        if user.provider is None or user.reference is None:
            return Handling.REFUSED, "not a sign-in of ours"
        sign_in = tx.sign_ins.begun(user.reference, user.provider)
        if sign_in is None:
            return Handling.REFUSED, "no member has begun this sign-in"
        try:
            self.binding.bind(tx, sign_in.user_id, sign_in.provider, user.key, order, now)
        except (AlreadyConnected, TrackerTaken, MemberNotFound) as error:
            return Handling.REFUSED, str(error)
        return DONE

    def _receive(self, tx: TrackingTx, now: datetime, told: Brought, link: Link | None) -> Outcome:
        if link is None:
            return PARKED
        if not link.is_current:
            return Handling.REFUSED, "this user has signed out, or another one has taken their place"
        delivery = Delivery(link.connection_id, told.reports, told.deletions)
        received(tx, Intake(now, self.ids.new, LIVE), [delivery])
        return Handling.DONE, "; ".join(told.unread)[:DETAIL_LENGTH_MAX] or None

    def sweep(self) -> int:
        """Job: works on what was parked at the very moment when its connection was made; forgets what is old.

        Tells how many events were forgotten.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            for link in tx.links.made_since(now - LOOKED_BACK):
                release(tx, link.tracker_hash)
            tx.sign_ins.purge(now - SIGN_INS_KEPT_FOR)
            return tx.tracker_events.purge(now - EVENTS_KEPT_FOR)


def _local(tx: TrackingTx, link: Link | None) -> tzinfo:
    """What a member's clocks show, for times that come without an offset."""
    if link is None:
        return UTC
    member_id = tx.connections.get(link.connection_id).user_id
    return ZoneInfo(tx.preferences.of(member_id).time_zone)


def _purpose(event_id: TrackerEventId) -> str:
    return f"tracker event {event_id}"
