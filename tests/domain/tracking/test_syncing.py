"""The gateway is asked for data at intervals and on demand, and told whom we do not follow any more."""

from datetime import timedelta
from typing import Any

import pytest

from fittrack_domain.shared.ids import ConnectionId
from fittrack_domain.tracking.connecting import forget
from fittrack_domain.tracking.errors import (
    ConnectionNotFound,
    Disconnected,
    GatewayBusy,
    GatewayUnreachable,
    NothingToAsk,
    SyncTooSoon,
)
from fittrack_domain.tracking.links import FORCED_SYNC_EVERY, PAUSE_MAX, SYNC_EVERY
from fittrack_domain.tracking.model import Provider, SyncStatus
from fittrack_domain.tracking.syncing import COULD_NOT_ASK, GONE, SYNC_REACH, SYNC_REACH_MAX, Synced
from tests.domain.tracking.gated import Gated, daily, failing
from tests.domain.tracking.world import NOON

TODAY, DAY = NOON.date(), timedelta(days=1)


def asked_of(gated: Gated) -> list[str]:
    return [key for key, _, _ in gated.terra.asked]


def test_the_first_sync_begins_by_itself(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    assert Synced(1, 0, {}) == gated.syncing.run_due()
    assert [(user["user_id"], TODAY, TODAY + DAY)] == gated.terra.asked
    assert SyncStatus.SYNCING is gated.connection(member).sync_status
    assert Synced(0, 0, {}) == gated.syncing.run_due()


def test_a_tracker_is_asked_again_when_its_data_is_old(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.syncing.run_due()
    gated.later(minutes=10)
    gated.send(daily(user))
    assert SyncStatus.SUCCESS is gated.connection(member).sync_status
    gated.later(minutes=5)
    assert Synced(0, 0, {}) == gated.syncing.run_due()
    gated.later(minutes=9)
    assert Synced(0, 0, {}) == gated.syncing.run_due()
    gated.later(minutes=1)
    assert Synced(1, 0, {}) == gated.syncing.run_due()
    assert (user["user_id"], TODAY - SYNC_REACH, TODAY + DAY) == gated.terra.asked[-1]


def test_a_tracker_that_does_not_answer_is_asked_again(gated: Gated) -> None:
    user = gated.follow(gated.world.a_member())
    for _ in range(3):
        assert Synced(1, 0, {}) == gated.syncing.run_due()
        gated.world.clock.advance(SYNC_EVERY)
    assert [user["user_id"]] * 3 == asked_of(gated)


def test_not_more_than_four_weeks_are_asked_for_at_once(gated: Gated) -> None:
    member = gated.world.a_member()
    gated.follow(member)
    gated.later(days=60)
    gated.syncing.run_due()
    today = gated.now.date()
    [(_, first, last)] = gated.terra.asked
    assert (today - SYNC_REACH_MAX, today + DAY) == (first, last)


def test_after_a_sign_in_what_may_be_missing_is_asked_for_whatever_came_meanwhile(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.syncing.run_due()
    gated.later(days=10)
    gated.send(failing(user))
    gated.follow(member)
    gated.send(daily(user))
    gated.syncing.run_due()
    assert (user["user_id"], TODAY, TODAY + 11 * DAY) == gated.terra.asked[-1]


def test_phones_send_by_themselves(gated: Gated) -> None:
    member = gated.world.a_member()
    begun = gated.linking.begin(member, Provider.APPLE_HEALTH)
    user = gated.terra.joined(begun.reference, "APPLE")
    connection = gated.linking.complete(member, Provider.APPLE_HEALTH, begun.state, user["user_id"])
    gated.later(days=1)
    assert Synced(0, 0, {}) == gated.syncing.run_due()
    with pytest.raises(NothingToAsk, match="Open the app on your phone"):
        gated.syncing.force(member, connection.id)


def test_failures_make_the_pause_grow_and_a_success_ends_it(gated: Gated) -> None:
    member = gated.world.a_member()
    gated.follow(member)
    gated.terra.trouble = GatewayUnreachable("a test")
    pauses = []
    for _ in range(9):
        assert [gated.connection(member).id] == list(gated.syncing.run_due().troubles)
        [link] = gated.links()
        assert link.due_at is not None
        pauses.append(link.due_at - gated.now)
        gated.world.clock.set(link.due_at)
    assert [SYNC_EVERY, 2 * SYNC_EVERY, 4 * SYNC_EVERY] == pauses[:3]
    assert [PAUSE_MAX] * 2 == pauses[-2:]
    assert COULD_NOT_ASK == gated.connection(member).error_message
    gated.terra.trouble = None
    gated.syncing.run_due()
    [link] = gated.links()
    assert (0, gated.now + SYNC_EVERY) == (link.failures, link.due_at)
    assert (SyncStatus.SYNCING, None) == (
        gated.connection(member).sync_status,
        gated.connection(member).error_message,
    )


def test_where_the_gateway_is_away_the_rest_waits_and_where_it_is_busy_it_does_not(gated: Gated) -> None:
    for _ in range(3):
        gated.follow(gated.world.a_member())
    gated.terra.trouble = GatewayUnreachable("a test")
    assert 1 == len(gated.syncing.run_due().troubles)
    gated.terra.trouble = GatewayBusy(7_200)
    assert 2 == len(gated.syncing.run_due().troubles)
    pauses = sorted(link.due_at - gated.now for link in gated.links() if link.due_at)
    assert [SYNC_EVERY, timedelta(hours=2), timedelta(hours=2)] == pauses


def test_a_user_whom_the_gateway_does_not_know_is_asked_no_more(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.terra.users.clear()
    assert 1 == len(gated.syncing.run_due().troubles)
    assert (SyncStatus.ERROR, GONE) == (gated.connection(member).sync_status, gated.connection(member).error_message)
    assert gated.link(user).due_at is None
    gated.later(days=1)
    assert Synced(0, 0, {}) == gated.syncing.run_due()


def test_whom_the_member_disconnects_the_gateway_is_told_to_forget(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.world.tracking.disconnect(member, gated.connection(member).id)
    gated.terra.trouble = GatewayUnreachable("a test")
    assert 1 == len(gated.syncing.run_due().troubles)
    assert SyncStatus.REVOKED is gated.connection(member).sync_status
    assert gated.link(user).sealed_key is not None
    gated.terra.trouble = None
    gated.world.clock.advance(SYNC_EVERY)
    assert Synced(0, 1, {}) == gated.syncing.run_due()
    assert [user["user_id"]] == gated.terra.revoked
    assert (None, None) == (gated.link(user).sealed_key, gated.link(user).due_at)


class Interrupted(Exception):
    """The process ends here."""


@pytest.mark.parametrize("what", ["ask", "revoke"])
def test_ended_in_the_middle_it_is_done_again(gated: Gated, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    if what == "revoke":
        gated.world.tracking.disconnect(member, gated.connection(member).id)

    def end(*_: Any) -> None:
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(type(gated.terra), what, end)
        with pytest.raises(Interrupted):
            gated.syncing.run_due()
    assert Synced(0, 0, {}) == gated.syncing.run_due()
    gated.world.clock.advance(SYNC_EVERY)
    gated.syncing.run_due()
    assert [user["user_id"]] == (asked_of(gated) if what == "ask" else gated.terra.revoked)


@pytest.mark.parametrize("trouble", [None, GatewayUnreachable("a test")])
def test_what_the_member_does_meanwhile_stands(
    gated: Gated, monkeypatch: pytest.MonkeyPatch, trouble: GatewayUnreachable | None
) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)

    def ask(*_: Any) -> None:
        gated.world.tracking.disconnect(member, gated.connection(member).id)
        if trouble:
            raise trouble

    monkeypatch.setattr(type(gated.terra), "ask", ask)
    gated.syncing.run_due()
    assert SyncStatus.REVOKED is gated.connection(member).sync_status
    gated.syncing.run_due()
    assert [user["user_id"]] == gated.terra.revoked


def test_whom_somebody_else_has_seen_to_is_passed_over(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at what is due and the claim, another process was here."""
    ann, ben = gated.world.a_member(), gated.world.a_member()
    gated.follow(ann)
    gated.later(seconds=1)
    of_ben = gated.follow(ben)
    ask = type(gated.terra).ask

    def ask_while_others_work(terra: Any, *what: Any) -> None:
        monkeypatch.setattr(type(gated.terra), "ask", ask)
        gated.syncing.run_due()
        with gated.world.store.transaction() as tx:
            forget(tx, ann)
        ask(terra, *what)

    monkeypatch.setattr(type(gated.terra), "ask", ask_while_others_work)
    assert Synced(1, 0, {}) == gated.syncing.run_due()
    assert 1 == asked_of(gated).count(of_ben["user_id"])


def test_a_member_may_force_a_sync_now_and_then(gated: Gated) -> None:
    member = gated.world.a_member()
    user = gated.follow(member)
    gated.syncing.run_due()
    gated.send(daily(user))
    gated.later(minutes=1)
    connection = gated.syncing.force(member, gated.connection(member).id)
    assert SyncStatus.SYNCING is connection.sync_status
    assert Synced(1, 0, {}) == gated.syncing.run_due()
    assert Synced(0, 0, {}) == gated.syncing.run_due()
    gated.later(minutes=4, milliseconds=500)
    with pytest.raises(SyncTooSoon) as refused:
        gated.syncing.force(member, connection.id)
    assert 60 == refused.value.retry_after_seconds
    gated.world.clock.advance(FORCED_SYNC_EVERY)
    gated.syncing.force(member, connection.id)


def test_only_what_can_be_asked_is_forced(gated: Gated) -> None:
    member = gated.world.a_member()
    imported = gated.world.tracking.connect(member, Provider.FITBIT, "1503960366")
    with pytest.raises(NothingToAsk):
        gated.syncing.force(member, imported.id)
    with pytest.raises(ConnectionNotFound):
        gated.syncing.force(gated.world.a_member(), imported.id)
    with pytest.raises(ConnectionNotFound):
        gated.syncing.force(member, ConnectionId(gated.world.ids.new()))
    gated.world.tracking.disconnect(member, imported.id)
    with pytest.raises(Disconnected):
        gated.syncing.force(member, imported.id)
