"""A tracker is connected through a sign-in at the gateway: begun, carried out and completed."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from fittrack_adapters.terra.none import NoGateway
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.tracking.errors import (
    AlreadyConnected,
    GatewayNotConfigured,
    GatewayUnreachable,
    NotYourTracker,
    SignInNotValid,
    TrackerTaken,
    TrackerUserUnknown,
)
from fittrack_domain.tracking.gateway import PhoneSignIn, WebSignIn
from fittrack_domain.tracking.links import SIGN_IN_LIFE, Handling
from fittrack_domain.tracking.model import Provider, SyncStatus
from tests.domain.tracking.gated import Gated, auth, failing, order
from tests.domain.tracking.world import NOON

FITBIT, APPLE = Provider.FITBIT, Provider.APPLE_HEALTH


def complete(gated: Gated, member: MemberId, state: str, user: Any, provider: Provider = FITBIT) -> Any:
    return gated.linking.complete(member, provider, state, user["user_id"])


def test_a_sign_in_goes_on_in_a_browser_or_on_the_phone(gated: Gated) -> None:
    member = gated.world.a_member()
    web, phone = gated.linking.begin(member, FITBIT), gated.linking.begin(member, APPLE)
    assert isinstance(web.goes_on, WebSignIn)
    assert web.state in web.goes_on.url
    assert isinstance(phone.goes_on, PhoneSignIn)
    assert web.reference == phone.reference
    assert web.state != phone.state
    assert 43 == len(web.state)


def test_a_reference_is_the_members_own_and_does_not_show_them(gated: Gated) -> None:
    ann, ben = gated.world.a_member(), gated.world.a_member()
    assert gated.reference(ann) != gated.reference(ben)
    assert ann.hex not in gated.reference(ann)


def test_it_is_completed_once_the_gateway_confirms_the_user(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, FITBIT)
    user = gated.terra.joined(begun.reference)
    connection = complete(gated, member, begun.state, user)
    assert (member, FITBIT, True, NOON.date()) == (
        connection.user_id,
        connection.provider,
        connection.is_primary,
        connection.connected_on,
    )
    assert connection.tracker_user_key is None
    assert user["user_id"] == gated.current(member)
    assert [connection] == gated.world.tracking.connections(member)


def test_a_state_is_good_once(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, FITBIT)
    user = gated.terra.joined(begun.reference)
    complete(gated, member, begun.state, user)
    with pytest.raises(SignInNotValid, match="no sign-in of yours at fitbit"):
        complete(gated, member, begun.state, user)


def test_a_state_is_good_for_its_member_and_provider_within_an_hour(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, FITBIT)
    user = gated.terra.joined(begun.reference)
    with pytest.raises(SignInNotValid):
        complete(gated, gated.world.a_member(), begun.state, user)
    with pytest.raises(SignInNotValid):
        complete(gated, member, begun.state, user, APPLE)
    with pytest.raises(SignInNotValid):
        complete(gated, member, "made-up", user)
    gated.world.clock.advance(SIGN_IN_LIFE)
    with pytest.raises(SignInNotValid):
        complete(gated, member, begun.state, user)


def test_somebody_elses_tracker_is_refused_whoever_brings_its_id(gated: Gated) -> None:
    ann, ben = gated.world.a_member(), gated.world.a_member()
    of_ann = gated.joined(ann)
    begun = gated.linking.begin(ben, FITBIT)
    with pytest.raises(NotYourTracker, match="not signed in for you at fitbit"):
        complete(gated, ben, begun.state, of_ann)
    of_another_maker = gated.terra.joined(begun.reference, "APPLE")
    with pytest.raises(NotYourTracker):
        complete(gated, ben, begun.state, of_another_maker)
    assert [] == gated.world.tracking.connections(ben)


def test_while_the_gateway_does_not_confirm_the_state_stays_good(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, FITBIT)
    with pytest.raises(TrackerUserUnknown):
        gated.linking.complete(member, FITBIT, begun.state, "not there yet")
    gated.terra.trouble = GatewayUnreachable("a test")
    user = gated.terra.joined(begun.reference)
    with pytest.raises(GatewayUnreachable):
        complete(gated, member, begun.state, user)
    gated.terra.trouble = None
    assert complete(gated, member, begun.state, user).is_live


def test_without_a_gateway_no_sign_in_is_begun(gated: Gated) -> None:
    gated.terra.trouble = GatewayUnreachable("a test")
    with pytest.raises(GatewayUnreachable, match="does not help: a test"):
        gated.linking.begin(gated.world.a_member(), FITBIT)
    with pytest.raises(MemberNotFound):
        gated.linking.begin(MemberId(gated.world.ids.new()), FITBIT)


def test_where_no_gateway_is_set_up_no_sign_in_is_begun(gated: Gated) -> None:
    linking = attrs.evolve(gated.linking, gateway=NoGateway())
    with pytest.raises(GatewayNotConfigured, match="runs without Terra"):
        linking.begin(gated.world.a_member(), FITBIT)


def test_the_gateways_own_word_makes_the_connection_and_the_member_comes_back_to_it(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, FITBIT)
    user = gated.terra.joined(begun.reference)
    assert Handling.DONE is gated.send(auth(user)).outcome
    made = gated.connection(member)
    gated.later(minutes=1)
    back = complete(gated, member, begun.state, user)
    assert (made.id, made.connected_on) == (back.id, back.connected_on)
    assert 1 == len(gated.links())


def test_the_word_that_comes_after_the_member_changes_nothing(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, FITBIT)
    user = gated.terra.joined(begun.reference)
    gated.later(seconds=2)
    made = complete(gated, member, begun.state, user)
    assert Handling.DONE is gated.send(auth(user), order=order(NOON)).outcome
    assert [made] == gated.world.tracking.connections(member)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reference_id": "somebody else's"}, "no member has begun this sign-in"),
        ({"reference_id": None}, "not a sign-in of ours"),
        ({"provider": "APPLE"}, "no member has begun this sign-in"),
        ({"provider": "GARMIN"}, "not a sign-in of ours"),
    ],
)
def test_a_sign_in_that_no_member_has_begun_is_refused(gated: Gated, change: dict[str, Any], reason: str) -> None:
    member = gated.world.a_member()
    event = gated.send(auth(gated.joined(member) | change))
    assert (Handling.REFUSED, reason) == (event.outcome, event.detail)
    assert [] == gated.world.tracking.connections(member)


def test_a_failed_sign_in_is_noted(gated: Gated) -> None:
    user = gated.joined(gated.world.a_member())
    assert Handling.NOTED is gated.send(auth(user, status="error")).outcome
    assert Handling.NOTED is gated.send({"type": "auth_cancelled", "status": "error"}).outcome
    assert [] == gated.links()


def test_a_tracker_that_works_is_not_signed_in_again(gated: Gated) -> None:
    member = gated.world.a_member()
    gated.follow(member)
    with pytest.raises(AlreadyConnected):
        gated.linking.begin(member, FITBIT)
    assert gated.linking.begin(member, APPLE).state


def test_an_imported_connection_must_be_disconnected_first(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.joined(member)
    imported = gated.world.tracking.connect(member, FITBIT, "1503960366")
    with pytest.raises(AlreadyConnected):
        gated.linking.begin(member, FITBIT)
    event = gated.send(auth(user))
    assert (Handling.REFUSED, True) == (event.outcome, "connected already" in (event.detail or ""))
    gated.world.tracking.disconnect(member, imported.id)
    assert gated.linking.begin(member, FITBIT).state


def test_a_tracker_in_trouble_is_signed_in_again_by_the_same_or_another_account(gated: Gated) -> None:
    member = gated.world.a_member()
    first = gated.follow(member)
    gated.later(days=3)
    gated.send(failing(first))
    assert SyncStatus.ERROR is gated.connection(member).sync_status
    second = gated.follow(member, "another account")
    connection = gated.connection(member)
    assert (second["user_id"], NOON.date() + timedelta(days=3)) == (gated.current(member), connection.connected_on)
    assert (SyncStatus.PENDING, None, True) == (
        connection.sync_status,
        connection.error_message,
        connection.is_primary,
    )
    gated.syncing.run_due()
    assert [first["user_id"]] == gated.terra.revoked


def test_signed_in_again_as_the_same_user_it_counts_since_its_first_day(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.world.tracking.disconnect(member, gated.connection(member).id)
    gated.later(days=5)
    assert user["user_id"] == gated.follow(member)["user_id"] == gated.current(member)
    assert (NOON.date(), True) == (gated.connection(member).connected_on, gated.connection(member).is_live)
    gated.later(days=1)
    gated.send(failing(user))
    gated.follow(member)
    assert (NOON.date(), 1) == (gated.connection(member).connected_on, len(gated.links()))


def test_a_sign_in_that_is_told_late_replaces_no_later_one(gated: Gated) -> None:
    member = gated.world.a_member()
    late, later = gated.joined(member, "late"), gated.joined(member, "later")
    gated.send(auth(later), order=order(NOON))
    assert Handling.DONE is gated.send(auth(late), order=order(NOON, minutes=-1)).outcome
    assert later["user_id"] == gated.current(member)
    gated.send(auth(late), order=order(NOON, minutes=-1), trace_id="again")
    gated.syncing.run_due()
    assert [late["user_id"]] == gated.terra.revoked


def test_a_user_stays_with_their_member(gated: Gated) -> None:
    ann, ben = gated.world.a_member(), gated.world.a_member()
    user = gated.follow(ann)
    stolen = user | {"reference_id": gated.reference(ben)}
    event = gated.send(auth(stolen))
    assert (Handling.REFUSED, str(TrackerTaken("fitbit"))) == (event.outcome, event.detail)
    assert user["user_id"] == gated.current(ann)


def test_a_sign_in_counts_from_its_own_day_however_late_it_is_told(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.joined(member)
    gated.later(days=2)
    gated.send(auth(user), order=order(NOON))
    assert date(2026, 3, 2) == gated.connection(member).connected_on
