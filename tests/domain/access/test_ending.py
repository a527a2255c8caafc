"""Logging out: here, there, everywhere; and who may not be logged in any more."""

import pytest

from fittrack_domain.access.errors import SessionNotFound
from fittrack_domain.shared.ids import SessionId
from tests.domain.access.gatehouse import AWAY, Gatehouse


def test_who_logs_out_is_out_here_and_stays_in_elsewhere(gate: Gatehouse) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in()
    assert gate.lets_in(here)
    gate.sessions.log_out(ann, here.session_id)
    assert (False, True) == (gate.lets_in(here), gate.lets_in(there))
    assert [there.session_id] == [session.id for session in gate.sessions.open_sessions(ann)]
    assert "session.ended" == gate.audited()[-1]


def test_logging_out_twice_is_as_once(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    for _ in range(2):
        gate.sessions.log_out(ann, tokens.session_id)
    assert 1 == gate.audited().count("session.ended")


def test_a_refresh_token_takes_its_session_along(gate: Gatehouse) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in()
    gate.sessions.log_out(ann, here.session_id, there.refresh_token)
    assert (False, False) == (gate.lets_in(here), gate.lets_in(there))
    assert [] == gate.sessions.open_sessions(ann)


def test_a_spent_refresh_token_takes_its_session_along_too(gate: Gatehouse) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in()
    gate.refresh(there)
    gate.sessions.log_out(ann, here.session_id, there.refresh_token)
    assert [] == gate.sessions.open_sessions(ann)


def test_ones_own_refresh_token_ends_one_session(gate: Gatehouse) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in()
    gate.sessions.log_out(ann, here.session_id, here.refresh_token)
    assert gate.lets_in(there)


@pytest.mark.parametrize("token", ["", "made up"])
def test_an_unknown_refresh_token_changes_nothing(gate: Gatehouse, token: str) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in()
    gate.sessions.log_out(ann, here.session_id, token)
    assert (False, True) == (gate.lets_in(here), gate.lets_in(there))


def test_nobody_ends_another_members_session(gate: Gatehouse) -> None:
    ann, bob = gate.join(), gate.join("bob@example.com")
    anns, bobs = gate.log_in(), gate.log_in("bob@example.com")
    gate.sessions.log_out(bob, bobs.session_id, anns.refresh_token)
    gate.sessions.log_out(bob, anns.session_id)
    with pytest.raises(SessionNotFound, match="You have no open session"):
        gate.sessions.end(bob, anns.session_id)
    gate.sessions.log_out_everywhere(bob)
    assert gate.lets_in(gate.refresh(anns))
    assert 1 == len(gate.sessions.open_sessions(ann))


def test_a_session_on_the_list_can_be_ended_once(gate: Gatehouse) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in(client=AWAY)
    gate.sessions.end(ann, there.session_id)
    assert (True, False) == (gate.lets_in(here), gate.lets_in(there))
    with pytest.raises(SessionNotFound):
        gate.sessions.end(ann, there.session_id)
    with pytest.raises(SessionNotFound):
        gate.sessions.end(ann, SessionId(gate.ids.new()))


def test_an_expired_session_cannot_be_ended(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    gate.later(days=30)
    assert [] == gate.sessions.open_sessions(ann)
    with pytest.raises(SessionNotFound):
        gate.sessions.end(ann, tokens.session_id)


def test_open_sessions_are_listed_by_their_last_use(gate: Gatehouse) -> None:
    ann = gate.join()
    first = gate.log_in(device="first")
    gate.later(seconds=1)
    gate.log_in(device="second")
    gate.later(seconds=1)
    gate.refresh(first)
    assert ["first", "second"] == [session.device_id for session in gate.sessions.open_sessions(ann)]


def test_everywhere_is_everywhere(gate: Gatehouse) -> None:
    ann = gate.join()
    everywhere = [gate.log_in() for _ in range(3)]
    assert all(map(gate.lets_in, everywhere))
    gate.sessions.log_out_everywhere(ann)
    assert not any(map(gate.lets_in, everywhere))
    assert "session.all_ended" == gate.audited()[-1]
    assert gate.lets_in(gate.log_in())


@pytest.mark.parametrize("change", ["suspend", "ban", "delete"])
def test_whoever_may_not_be_logged_in_any_more_is_logged_out_everywhere(gate: Gatehouse, change: str) -> None:
    ann = gate.join()
    gate.log_in()
    gate.log_in()
    getattr(gate.identity, change)(None, ann, "Two accounts")
    gate.fittrack.relay.drain()
    assert [] == gate.sessions.open_sessions(ann)
    assert 2 == len(gate.kept()["sessions"])


def test_who_is_reinstated_logs_in_again(gate: Gatehouse) -> None:
    ann = gate.join()
    before = gate.log_in()
    gate.identity.suspend(None, ann, "Two accounts")
    gate.fittrack.relay.drain()
    gate.identity.reinstate(None, ann, "Our mistake")
    gate.fittrack.relay.drain()
    gate.later(seconds=5)
    assert not gate.lets_in(before)
    assert gate.lets_in(gate.log_in())
