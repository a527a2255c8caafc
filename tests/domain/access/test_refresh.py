"""Refresh tokens: good for one new pair, and an alarm when one comes again."""

from datetime import timedelta

import pytest

from fittrack_domain.access.errors import RefreshNotValid
from fittrack_domain.access.events import TokenReused
from fittrack_domain.access.model import ACCESS_TOKEN_LIFE, REFRESH_GRACE, REFRESH_TOKEN_LIFE, Tokens
from fittrack_domain.notices.model import NoticeKind
from tests.domain.access.gatehouse import AWAY, HOME, Gatehouse

MOMENT = timedelta(microseconds=1)


def is_refused(gate: Gatehouse, tokens: Tokens) -> None:
    with pytest.raises(RefreshNotValid, match="Log in again"):
        gate.refresh(tokens)


def test_a_refresh_token_brings_a_new_pair_of_the_same_session(gate: Gatehouse) -> None:
    ann = gate.join()
    first = gate.log_in()
    gate.later(minutes=50)
    second = gate.refresh(first, AWAY)
    assert first.session_id == second.session_id
    assert first.refresh_token != second.refresh_token
    gate.later(minutes=50)
    assert (False, True) == (gate.lets_in(first), gate.lets_in(second))
    [session] = gate.sessions.open_sessions(ann)
    used_at = gate.clock.now() - timedelta(minutes=50)
    assert (AWAY.address, used_at, used_at + REFRESH_TOKEN_LIFE) == (
        session.address,
        session.last_used_at,
        session.expires_at,
    )


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\u00e9"])
def test_a_made_up_token_is_refused(gate: Gatehouse, token: str) -> None:
    gate.join()
    with pytest.raises(RefreshNotValid):
        gate.sessions.refresh(token, HOME)


def test_a_session_lasts_thirty_days_after_its_last_use(gate: Gatehouse) -> None:
    gate.join()
    tokens = gate.log_in()
    for _ in range(3):
        gate.clock.advance(REFRESH_TOKEN_LIFE - MOMENT)
        tokens = gate.refresh(tokens)
    gate.clock.advance(REFRESH_TOKEN_LIFE)
    is_refused(gate, tokens)
    assert not gate.lets_in(tokens)


@pytest.mark.parametrize("generations", [1, 2, 5])
def test_a_spent_token_of_any_generation_ends_the_session_and_tells_the_member(
    gate: Gatehouse, generations: int
) -> None:
    ann = gate.join()
    stolen = newest = gate.log_in()
    for _ in range(generations):
        newest = gate.refresh(newest)
    gate.clock.advance(REFRESH_GRACE)
    is_refused(gate, stolen)
    assert not gate.lets_in(newest)
    assert [] == gate.sessions.open_sessions(ann)
    assert "session.token_reused" == gate.audited()[-1]
    assert [TokenReused(ann)] == gate.recorded(TokenReused)
    assert [NoticeKind.TOKEN_REUSED] == [told.kind for told in gate.told(ann)]
    is_refused(gate, newest)
    is_refused(gate, stolen)
    assert [TokenReused(ann)] == gate.recorded(TokenReused)


def test_other_sessions_of_the_member_go_on(gate: Gatehouse) -> None:
    gate.join()
    stolen, other = gate.log_in(), gate.log_in()
    gate.refresh(stolen)
    gate.later(minutes=1)
    is_refused(gate, stolen)
    assert gate.lets_in(gate.refresh(other))


def test_a_token_whose_answer_was_lost_is_good_once_more_from_the_same_address(gate: Gatehouse) -> None:
    gate.join()
    first = gate.log_in()
    lost = gate.refresh(first)
    gate.clock.advance(REFRESH_GRACE - MOMENT)
    again = gate.refresh(first)
    assert 3 == len({tokens.refresh_token for tokens in (first, lost, again)})
    assert gate.lets_in(again)
    assert gate.lets_in(gate.refresh(again))


def test_coming_again_does_not_prolong_the_grace(gate: Gatehouse) -> None:
    gate.join()
    first = gate.log_in()
    gate.refresh(first)
    gate.later(seconds=9)
    gate.refresh(first)
    gate.later(seconds=9)
    is_refused(gate, first)


def test_from_another_address_there_is_no_grace(gate: Gatehouse) -> None:
    gate.join()
    first = gate.log_in()
    second = gate.refresh(first)
    with pytest.raises(RefreshNotValid):
        gate.refresh(first, AWAY)
    assert not gate.lets_in(second)


def test_a_token_that_was_never_used_runs_out_though_its_session_goes_on(gate: Gatehouse) -> None:
    gate.join()
    first = gate.log_in()
    lost, kept = gate.refresh(first), gate.refresh(first)
    gate.later(days=20)
    kept = gate.refresh(kept)
    gate.later(days=10)
    is_refused(gate, lost)
    assert gate.lets_in(gate.refresh(kept))


def test_whoever_may_not_log_in_gets_no_new_tokens(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    gate.identity.suspend(None, ann, "Two accounts")
    is_refused(gate, tokens)  # before anything has followed from it
    gate.identity.reinstate(None, ann, "Our mistake")
    assert gate.lets_in(gate.refresh(tokens))


def test_an_ended_session_gives_no_new_tokens(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    gate.sessions.log_out(ann, tokens.session_id)
    is_refused(gate, tokens)
    assert [] == gate.recorded(TokenReused)


def test_a_refused_token_is_not_spent_by_it(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    gate.identity.suspend(None, ann, "Two accounts")
    is_refused(gate, tokens)
    [token] = gate.kept()["refresh_tokens"]
    assert token.spent_at is None


# What is forgotten


def test_what_has_expired_is_forgotten_and_nothing_else(gate: Gatehouse) -> None:
    gate.join()
    old = gate.log_in(device="old")
    for _ in range(3):
        old = gate.refresh(old)
    gate.later(days=20)
    gate.passwords.forgot("nobody@example.com")
    gate.passwords.forgot("ann@example.com")
    gate.fittrack.relay.drain()
    kept = gate.log_in(device="kept")
    gate.later(days=10)
    # a session, the token that verified the email, the one to reset the password, and how often mails were asked for
    assert 1 + 1 + 1 + 2 == gate.sessions.forget_expired()
    found = gate.kept()
    assert [kept.session_id] == [session.id for session in found["sessions"]]
    assert [kept.session_id] == [token.session_id for token in found["refresh_tokens"]]
    assert [] == found["one_time_tokens"]
    assert 1 == len(found["credentials"])
    assert 0 == gate.sessions.forget_expired()
    assert gate.lets_in(gate.refresh(kept))


def test_ended_sessions_are_kept_until_their_tokens_have_run_out(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in()
    gate.sessions.log_out(ann, tokens.session_id)
    gate.clock.advance(ACCESS_TOKEN_LIFE)
    gate.sessions.forget_expired()
    assert 1 == len(gate.kept()["sessions"])
