"""What the gateway sent is sealed, and forgotten after a while."""

from datetime import date
from typing import Any

import attrs

from fittrack_adapters.store.gateway import TRACKER_EVENTS
from fittrack_adapters.testing.terra import a_day
from fittrack_domain.identity.events import MemberStatusChanged
from fittrack_domain.identity.model import Status
from fittrack_domain.relay import ATTEMPTS_MAX
from fittrack_domain.shared.errors import SealBroken
from fittrack_domain.tracking.connecting import forget
from fittrack_domain.tracking.links import EVENTS_KEPT_FOR, SIGN_INS_KEPT_FOR, Handling
from fittrack_domain.tracking.model import Provider, Reason
from tests.domain.tracking.gated import Gated, auth, daily, midnight
from tests.domain.tracking.world import NOON

TODAY = NOON.date()


def today(steps: int, **seconds: int) -> dict[str, Any]:
    return a_day(midnight(TODAY), steps, **seconds)


def test_nobody_finds_the_users_name_or_the_data_in_the_store(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.send(daily(user, today(12_024)))
    everything = repr([*gated.events(), *gated.links()])
    raw = b"".join([event.body or b"" for event in gated.events()] + [link.sealed_key or b"" for link in gated.links()])
    for secret in (user["user_id"], user["reference_id"]):
        assert secret not in everything
        assert secret.encode() not in raw
    assert b"12024" not in raw


def test_a_sealed_event_does_not_open_for_another(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.post(daily(user, today(1)))
    with gated.world.store.transaction() as tx:
        first, last = tx.rows(TRACKER_EVENTS).where(order=("id",))
        tx.rows(TRACKER_EVENTS).save(attrs.evolve(last, body=first.body))
    assert [] == gated.relay.drain()
    for _ in range(ATTEMPTS_MAX):
        gated.later(hours=1)
        gated.relay.drain()
    [given_up] = gated.relay.parked().items
    assert SealBroken.__name__ in (given_up.last_error or "")
    assert gated.events()[-1].is_waiting


def test_events_and_sign_ins_are_forgotten_after_a_while(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.world.clock.advance(SIGN_INS_KEPT_FOR)
    gated.inbox.sweep()
    assert gated.send(auth(user)).outcome is Handling.DONE
    gated.later(seconds=1)
    gated.inbox.sweep()
    assert Handling.REFUSED is gated.send(auth(user)).outcome
    gated.world.clock.advance(EVENTS_KEPT_FOR)
    assert 2 == gated.inbox.sweep()
    gated.later(seconds=1)
    assert 1 == gated.inbox.sweep()
    assert [] == gated.events()


def test_an_event_that_was_forgotten_meanwhile_is_passed_over(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.post(daily(user, today(1)))
    with gated.world.store.transaction() as tx:
        forget(tx, member)
    gated.relay.drain()
    assert [[], [], []] == [gated.events(), gated.links(), gated.world.activities(member)]


def test_who_deletes_their_account_is_disconnected_and_forgotten(gated: Gated) -> None:
    member, other = gated.world.a_member(), gated.world.a_member()
    user, of_other = gated.follow(member), gated.follow(other)
    for provider in (Provider.APPLE_HEALTH, Provider.GOOGLE_FIT):
        gated.world.tracking.connect(member, provider, "imported")
    gated.world.tracking.disconnect(member, gated.world.tracking.connection_at(member, Provider.GOOGLE_FIT).id)
    begun = gated.linking.begin(member, Provider.GOOGLE_FIT)
    with gated.world.store.transaction() as tx:
        account = tx.accounts.locked(member)
        tx.accounts.save(account.deleted(gated.now))
        tx.record(MemberStatusChanged(member, Status.ACTIVE, Status.DELETED, "left"))
        tx.record(MemberStatusChanged(other, Status.ACTIVE, Status.SUSPENDED, "a test"))
    gated.relay.drain()
    gated.syncing.run_due()
    assert [user["user_id"]] == gated.terra.revoked
    assert not any(connection.is_live for connection in gated.world.tracking.connections(member))
    assert gated.connection(other).is_live
    back = gated.send(auth(dict(gated.terra.joined(begun.reference, "HEALTH_CONNECT"))))
    assert Handling.REFUSED is back.outcome
    with gated.world.store.transaction() as tx:
        forget(tx, member)
    assert [gated.binding.hash_of(of_other["user_id"])] == [link.tracker_hash for link in gated.links()]


def test_a_day_long_past_is_kept_and_counts_for_nothing(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.send(daily(user, a_day(midnight(date(2026, 1, 1)), 5_000)))
    [old] = gated.world.activities(member)
    assert Reason.TOO_OLD is old.reason
