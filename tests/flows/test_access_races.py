"""Many at the gate at once, with real threads: never two for one, never a look too many, never a thief left inside."""

import time

import pytest

from fittrack_adapters.testing import PlainHasher
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_adapters.wiring import Installation
from fittrack_domain.access.errors import Locked, RefreshNotValid, TokenNotValid, WrongCredentials
from fittrack_domain.access.model import ATTEMPTS_MAX, Purpose
from fittrack_domain.access.sessions import LoggedIn
from fittrack_domain.identity.errors import EmailTaken
from fittrack_domain.identity.model import Account
from tests.domain.access.gatehouse import ANOTHER_PASSWORD, AWAY, HOME, WRONG_PASSWORD, Gatehouse
from tests.flows.racing import all_at_once, clock_of

ROUNDS = pytest.mark.parametrize("round_no", range(5))


class TakesItsTime(PlainHasher):
    """Long enough for others to come between."""

    def hash(self, password: str) -> str:
        time.sleep(0.005)
        return super().hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        time.sleep(0.005)
        return super().verify(password_hash, password)


@pytest.fixture
def gate(installation: Installation) -> Gatehouse:
    gate = Gatehouse(installation.store, clock_of(installation))
    gate.hasher.plain = TakesItsTime()
    return gate


def kinds(outcomes: list[object]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


@ROUNDS
def test_the_same_refresh_token_from_one_address_is_an_answer_that_was_lost(gate: Gatehouse, round_no: int) -> None:
    ann = gate.join()
    first = gate.log_in()
    outcomes = all_at_once(*[lambda: gate.refresh(first)] * 4)
    assert ["Tokens"] * 4 == kinds(outcomes)
    assert 4 == len({tokens.refresh_token for tokens in outcomes})
    assert all(map(gate.lets_in, outcomes))
    assert 1 == len(gate.sessions.open_sessions(ann))


@ROUNDS
def test_the_same_refresh_token_from_two_addresses_is_good_for_one_and_ends_the_session(
    gate: Gatehouse, round_no: int
) -> None:
    ann = gate.join()
    first = gate.log_in()
    outcomes = all_at_once(lambda: gate.refresh(first, HOME), lambda: gate.refresh(first, AWAY))
    assert ["RefreshNotValid", "Tokens"] == kinds(outcomes)
    (won,) = (outcome for outcome in outcomes if not isinstance(outcome, RefreshNotValid))
    assert not gate.lets_in(won)
    assert [] == gate.sessions.open_sessions(ann)
    assert "session.token_reused" in gate.audited()


@ROUNDS
def test_log_ins_on_one_device_leave_one_session(gate: Gatehouse, round_no: int) -> None:
    ann = gate.join()
    outcomes = all_at_once(*[lambda: gate.log_in(device="phone")] * 4)
    assert ["Tokens"] * 4 == kinds(outcomes)
    [session] = gate.sessions.open_sessions(ann)
    assert [session.id] == [tokens.session_id for tokens in outcomes if gate.lets_in(tokens)]


@ROUNDS
def test_a_token_to_reset_the_password_is_good_for_one(gate: Gatehouse, round_no: int) -> None:
    gate.join()
    gate.passwords.forgot("ann@example.com")
    [token] = gate.mailed(Purpose.RESET_PASSWORD)
    passwords = [f"Another-horse-{number}" for number in range(4)]
    outcomes = all_at_once(*[lambda password=password: gate.passwords.reset(token, password) for password in passwords])
    assert ["NoneType", *["TokenNotValid"] * 3] == kinds(outcomes)
    gate.log_in(password=passwords[outcomes.index(None)])


@ROUNDS
def test_a_token_to_verify_an_email_is_good_for_one(gate: Gatehouse, round_no: int) -> None:
    gate.register()
    [token] = gate.mailed(Purpose.VERIFY_EMAIL)
    outcomes = all_at_once(*[lambda: gate.registration.verify_email(token)] * 4)
    assert 3 == sum(isinstance(outcome, TokenNotValid) for outcome in outcomes)
    assert 1 == gate.audited().count("member.email_verified")


@ROUNDS
def test_an_email_is_registered_once(gate: Gatehouse, round_no: int) -> None:
    emails = ("ann@example.com", "ANN@example.com", "Ann@Example.com")
    outcomes = all_at_once(*[lambda email=email: gate.register(email) for email in emails])
    assert 2 == sum(isinstance(outcome, EmailTaken) for outcome in outcomes)
    (account,) = (outcome for outcome in outcomes if isinstance(outcome, Account))
    assert [account.id] == [credential.user_id for credential in gate.kept()["credentials"]]


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_twenty_guesses_at_once_are_five_looks_at_the_password(gate: Gatehouse, email: str) -> None:
    gate.join()
    outcomes = all_at_once(*[lambda: gate.log_in(email, WRONG_PASSWORD)] * 20)
    assert ATTEMPTS_MAX == len(gate.hasher.looks)
    assert ATTEMPTS_MAX == sum(isinstance(outcome, WrongCredentials) for outcome in outcomes)
    assert 20 - ATTEMPTS_MAX == sum(isinstance(outcome, Locked) for outcome in outcomes)


@ROUNDS
def test_log_ins_while_all_passwords_are_hashed_anew_let_everybody_in(gate: Gatehouse, round_no: int) -> None:
    gate.join()
    gate.hasher.plain = TakesItsTime("stronger")
    outcomes = all_at_once(*[gate.log_in] * 4)
    assert ["Tokens"] * 4 == kinds(outcomes)
    assert [f"stronger:{PASSWORD}"] == [credential.password_hash for credential in gate.kept()["credentials"]]


@ROUNDS
def test_a_refresh_does_not_disturb_a_log_in_on_the_same_device(gate: Gatehouse, round_no: int) -> None:
    ann = gate.join()
    first = gate.log_in(device="phone")
    opened, refreshed = all_at_once(lambda: gate.log_in(device="phone"), lambda: gate.refresh(first))
    [session] = gate.sessions.open_sessions(ann)
    assert session.id == opened.session_id
    assert gate.lets_in(opened)
    assert isinstance(refreshed, RefreshNotValid) or not gate.lets_in(refreshed)


@ROUNDS
def test_who_logs_out_everywhere_is_out_whatever_is_refreshed_meanwhile(gate: Gatehouse, round_no: int) -> None:
    ann = gate.join()
    before = [gate.log_in() for _ in range(3)]
    done, *refreshed = all_at_once(
        lambda: gate.sessions.log_out_everywhere(ann),
        *[lambda tokens=tokens: gate.refresh(tokens) for tokens in before],
    )
    assert done is None
    assert [] == gate.sessions.open_sessions(ann)
    assert not any(gate.lets_in(tokens) for tokens in refreshed if not isinstance(tokens, RefreshNotValid))


@ROUNDS
def test_a_reset_leaves_nobody_inside_who_knew_the_old_password(gate: Gatehouse, round_no: int) -> None:
    ann = gate.join()
    first = gate.log_in()
    gate.passwords.forgot("ann@example.com")
    [token] = gate.mailed(Purpose.RESET_PASSWORD)
    gate.later(seconds=1)
    reset, *thieves = all_at_once(
        lambda: gate.passwords.reset(token, ANOTHER_PASSWORD),
        gate.log_in,
        lambda: gate.sessions.log_in("ann@example.com", PASSWORD, AWAY, "phone"),
        lambda: gate.refresh(first),
    )
    assert reset is None
    assert [] == gate.sessions.open_sessions(ann)
    for thief in thieves:
        tokens = thief.tokens if isinstance(thief, LoggedIn) else thief
        assert isinstance(tokens, WrongCredentials | RefreshNotValid) or not gate.lets_in(tokens)
