"""Whether a caller is let in: token, session and account must be good at this moment."""

from datetime import timedelta

import pytest

from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import ACCESS_TOKEN_LIFE, Tokens
from fittrack_domain.identity.known import KNOWN_SECONDS
from fittrack_domain.identity.model import Role
from tests.domain.access.gatehouse import Gatehouse
from tests.domain.access.watched import WatchedStore

KNOWN_FOR = timedelta(seconds=KNOWN_SECONDS)


@pytest.fixture
def other(gate: Gatehouse) -> Gatehouse:
    """Another process of the same installation, without anything that both keep beside the store."""
    return Gatehouse(gate.store, gate.clock, seed=100)


def refusal(gate: Gatehouse, tokens: Tokens) -> str:
    with pytest.raises(NotLoggedIn) as refused:
        gate.sessions.admit(tokens.access_token)
    return str(refused.value)


@pytest.mark.parametrize("token", ["", "x", "{}", "\u00e9"])
def test_a_token_that_is_none_is_refused(gate: Gatehouse, token: str) -> None:
    with pytest.raises(NotLoggedIn):
        gate.sessions.admit(token)


def test_the_store_is_asked_once_in_five_seconds(gate: Gatehouse) -> None:
    gate.join()
    tokens = gate.log_in()
    watched = WatchedStore(gate.store)
    seen = Gatehouse(watched, gate.clock, seed=100)  # type: ignore[arg-type]  # stands in for a store
    for _ in range(3):
        assert seen.lets_in(tokens)
    assert ["read", "get sessions", "get users"] == watched.asked
    gate.clock.advance(KNOWN_FOR)
    assert seen.lets_in(tokens)
    assert 2 == watched.asked.count("read")


def test_a_session_that_ended_here_is_denied_at_once_and_until_its_tokens_have_run_out(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    assert gate.lets_in(tokens)
    gate.sessions.log_out(ann, tokens.session_id)
    assert "You were logged out. Log in again." == refusal(gate, tokens)
    gate.clock.advance(ACCESS_TOKEN_LIFE - timedelta(microseconds=1))
    assert "You were logged out. Log in again." == refusal(gate, tokens)


def test_a_session_that_ended_elsewhere_is_denied_within_five_seconds(gate: Gatehouse, other: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    assert other.lets_in(tokens)
    gate.sessions.log_out(ann, tokens.session_id)
    gate.clock.advance(KNOWN_FOR)
    assert "Your session is over. Log in again." == refusal(other, tokens)
    assert "You were logged out. Log in again." == refusal(other, tokens)


def test_a_session_that_ended_is_found_out_without_anything_beside_the_store(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    gate.sessions.log_out(ann, tokens.session_id)
    assert "Your session is over. Log in again." == refusal(Gatehouse(gate.store, gate.clock, seed=100), tokens)


def test_a_session_that_was_forgotten_is_over(gate: Gatehouse, other: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    with gate.store.transaction() as tx:
        tx.sessions.remove_of(ann)
    assert "Your session is over. Log in again." == refusal(other, tokens)


@pytest.mark.parametrize("change", ["suspend", "ban"])
def test_who_is_suspended_or_banned_here_is_out_at_once(gate: Gatehouse, change: str) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    assert gate.lets_in(tokens)
    status = getattr(gate.identity, change)(None, ann, "Two accounts").status
    assert f"The account is {status.value}." == refusal(gate, tokens)
    gate.clock.advance(KNOWN_FOR)
    gate.fittrack.relay.drain()
    assert "Your session is over. Log in again." == refusal(gate, tokens)


def test_who_leaves_is_out_at_once(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    assert gate.lets_in(tokens)
    gate.identity.leave(ann)
    assert "The account is deleted." == refusal(gate, tokens)


def test_who_is_suspended_elsewhere_is_out_within_five_seconds(gate: Gatehouse, other: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    assert other.lets_in(tokens)
    gate.identity.suspend(None, ann, "Two accounts")
    gate.clock.advance(KNOWN_FOR)
    assert "The account is suspended." == refusal(other, tokens)
    gate.fittrack.relay.drain()
    gate.clock.advance(KNOWN_FOR)
    assert "Your session is over. Log in again." == refusal(other, tokens)


def test_a_role_that_was_given_or_taken_here_counts_at_once(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    assert Role.USER is gate.sessions.admit(tokens.access_token).role
    gate.identity.set_role(None, ann, Role.ADMIN)
    assert Role.ADMIN is gate.sessions.admit(tokens.access_token).role
    gate.identity.set_role(None, ann, Role.USER)
    assert Role.USER is gate.sessions.admit(tokens.access_token).role


def test_the_role_in_a_token_counts_for_nothing(gate: Gatehouse, other: Gatehouse) -> None:
    ann = gate.join()
    gate.identity.set_role(None, ann, Role.ADMIN)
    tokens = gate.log_in()
    gate.identity.set_role(None, ann, Role.USER)
    assert Role.USER is other.sessions.admit(tokens.access_token).role


def test_what_was_told_meanwhile_is_not_overwritten_by_what_the_store_showed_before(gate: Gatehouse) -> None:
    ann = gate.join()
    before = gate.identity.member(ann).account
    gate.identity.suspend(None, ann, "Two accounts")
    gate.fittrack.identity.known.vouch(before)
    tokens_of_before = gate.fittrack.identity.known.of(ann)
    assert tokens_of_before is not None
    assert "suspended" == tokens_of_before.status.value
