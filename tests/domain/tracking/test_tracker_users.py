"""The gateway's users come and go: they sign out, fail, and are replaced, told in any order."""

from datetime import timedelta
from typing import Any

import pytest

from fittrack_adapters.testing.terra import a_day
from fittrack_domain.tracking.binding import REFUSED_BY_MAKER
from fittrack_domain.tracking.links import Handling
from fittrack_domain.tracking.model import SyncStatus
from tests.domain.tracking.gated import Gated, auth, daily, deauth, failing, midnight, order, reauth
from tests.domain.tracking.world import NOON

TODAY = NOON.date()


def today(steps: int, **seconds: int) -> dict[str, Any]:
    return a_day(midnight(TODAY), steps, **seconds)


def test_who_signs_out_is_disconnected_and_the_gateway_is_not_told(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    assert Handling.DONE is gated.send(deauth(user), order=order(NOON, minutes=1)).outcome
    assert SyncStatus.REVOKED is gated.connection(member).sync_status
    assert (None, None) == (gated.current(member), gated.link(user).sealed_key)
    gated.syncing.run_due()
    assert [] == gated.terra.revoked
    late = gated.send(daily(user, today(1)), order=order(NOON, minutes=2))
    assert (Handling.REFUSED, "this user has signed out, or another one has taken their place") == (
        late.outcome,
        late.detail,
    )
    gated.later(seconds=1)
    assert Handling.DONE is gated.send(deauth(user), order=order(NOON, minutes=3)).outcome


def test_a_sign_out_that_is_told_late_ends_no_later_sign_in(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    assert Handling.DONE is gated.send(deauth(user), order=order(NOON, minutes=-1)).outcome
    assert gated.connection(member).is_live


def test_when_another_user_took_the_place_the_former_may_sign_out(gated: Gated) -> None:
    member = gated.world.a_member()
    former = gated.follow(member)
    gated.send(failing(former), order=order(NOON, minutes=1))
    gated.later(minutes=2)
    user = gated.follow(member, "another account")
    gated.send(deauth(former))
    assert user["user_id"] == gated.current(member)
    assert gated.link(former).sealed_key is None


def test_a_makers_refusal_is_shown_until_data_comes(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    assert Handling.DONE is gated.send(failing(user)).outcome
    connection = gated.connection(member)
    assert (SyncStatus.ERROR, REFUSED_BY_MAKER) == (connection.sync_status, connection.error_message)
    gated.later(minutes=1)
    gated.send(daily(user))
    gated.send(failing(user), order=order(NOON, seconds=30))
    assert (SyncStatus.SUCCESS, None) == (
        gated.connection(member).sync_status,
        gated.connection(member).error_message,
    )
    gated.world.tracking.disconnect(member, gated.connection(member).id)
    gated.send(failing(user), order=order(NOON, hours=1))
    assert SyncStatus.REVOKED is gated.connection(member).sync_status


@pytest.mark.parametrize("told_first", ["the sign-in", "the replacement"])
def test_the_same_account_under_a_new_name_counts_since_its_first_day(gated: Gated, told_first: str) -> None:
    member = gated.world.a_member()
    former = gated.follow(member)
    gated.later(days=10)
    gated.send(failing(former))
    user = gated.joined(member, "the same account")
    events = [(auth(user), order(gated.now)), (reauth(former, user), order(gated.now, seconds=1))]
    for event, at in events if told_first == "the sign-in" else reversed(events):
        assert Handling.DONE is gated.send(event, order=at).outcome
    assert (user["user_id"], TODAY) == (gated.current(member), gated.connection(member).connected_on)
    assert gated.link(former).sealed_key is None
    gated.syncing.run_due()
    assert [] == gated.terra.revoked
    assert [(user["user_id"], TODAY, TODAY + timedelta(days=11))] == gated.terra.asked


def test_a_replacement_is_parked_until_one_of_both_is_known(gated: Gated) -> None:
    member = gated.world.a_member()
    former, user = gated.joined(member, "former"), gated.joined(member, "now")
    assert Handling.PARKED is gated.send(reauth(former, user)).outcome
    gated.later(minutes=1)
    gated.send(auth(user))
    assert {Handling.DONE} == {event.outcome for event in gated.events()}
    assert user["user_id"] == gated.current(member)


def test_a_replacement_of_whom_the_member_disconnected_waits_for_their_sign_in(gated: Gated) -> None:
    member = gated.world.a_member()
    former = gated.follow(member)
    gated.world.tracking.disconnect(member, gated.connection(member).id)
    gated.later(days=1)
    user = gated.joined(member, "now")
    assert Handling.PARKED is gated.send(reauth(former, user)).outcome
    assert not gated.connection(member).is_live
    gated.send(auth(user), order=order(gated.now, seconds=1))
    assert (user["user_id"], TODAY) == (gated.current(member), gated.connection(member).connected_on)


def test_nobody_is_replaced_by_another_members_user(gated: Gated) -> None:
    ann, ben = gated.world.a_member(), gated.world.a_member()
    of_ann, of_ben = gated.follow(ann), gated.follow(ben)
    assert Handling.DONE is gated.send(reauth(of_ann, of_ben)).outcome
    assert (of_ann["user_id"], of_ben["user_id"]) == (gated.current(ann), gated.current(ben))


def test_a_replacement_of_a_user_who_is_replaced_already_passes_on_the_first_day(gated: Gated) -> None:
    member = gated.world.a_member()
    users = [gated.follow(member)]
    for day in (1, 2):
        gated.later(days=1)
        gated.send(failing(users[-1]))
        users.append(gated.follow(member, f"account {day}"))
    gated.send(reauth(users[0], users[1]))
    assert TODAY + timedelta(days=2) == gated.connection(member).connected_on
    gated.send(reauth(users[1], users[2]))
    assert TODAY == gated.connection(member).connected_on
