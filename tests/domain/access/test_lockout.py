"""Guessing passwords: five attempts, then a lock that doubles, whether or not anybody has the email."""

from datetime import timedelta

import attrs
import pytest

from fittrack_adapters.testing import StoppedClock
from fittrack_domain.access.attempts import email_hash
from fittrack_domain.access.errors import HashingBusy, Locked, WrongCredentials, WrongPassword
from fittrack_domain.access.model import (
    ATTEMPTS_MAX,
    FIRST_LOCK,
    LONGEST_LOCK,
    Attempts,
    Guarded,
    Purpose,
)
from tests.domain.access.gatehouse import ANOTHER_PASSWORD, WRONG_PASSWORD, Gatehouse

KNOWN, UNKNOWN = "ann@example.com", "nobody@example.com"
EMAILS = pytest.mark.parametrize("email", [KNOWN, UNKNOWN])


def guess(gate: Gatehouse, email: str = KNOWN, times: int = ATTEMPTS_MAX) -> None:
    """Wrong guesses, each of which is told nothing but that it is wrong."""
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            gate.log_in(email, WRONG_PASSWORD)


def locked_for(gate: Gatehouse, email: str = KNOWN) -> timedelta:
    with pytest.raises(Locked) as refused:
        gate.log_in(email, WRONG_PASSWORD)
    return refused.value.until - gate.clock.now()


@EMAILS
def test_the_fifth_failed_attempt_locks_the_email_and_each_lock_lasts_twice_as_long(
    gate: Gatehouse, email: str
) -> None:
    gate.join()
    lasted = []
    for _ in range(9):
        guess(gate, email)
        lasted.append(locked_for(gate, email))
        gate.clock.advance(lasted[-1])
    quarters = [lock / FIRST_LOCK for lock in lasted]
    assert [1, 2, 4, 8, 16, 32, 64, 96, 96] == quarters
    assert LONGEST_LOCK == lasted[-1]
    assert 9 == gate.audited().count("log_in.locked")


@EMAILS
def test_a_lock_says_until_when_and_what_to_do(gate: Gatehouse, email: str) -> None:
    gate.join()
    guess(gate, email)
    gate.clock.advance(timedelta(minutes=10, milliseconds=1))
    with pytest.raises(Locked) as refused:
        gate.log_in(email)
    assert 300 == refused.value.retry_after_seconds  # rounded up: a second sooner it would be locked still
    assert "Try again after 2026-03-02 12:15 UTC, or reset the password." in str(refused.value)


def test_the_right_password_does_not_open_a_lock(gate: Gatehouse) -> None:
    gate.join()
    guess(gate)
    looks = len(gate.hasher.looks)
    with pytest.raises(Locked):
        gate.log_in()
    assert looks == len(gate.hasher.looks)
    gate.clock.advance(FIRST_LOCK)
    assert gate.lets_in(gate.log_in())


def test_an_email_is_locked_in_any_case(gate: Gatehouse) -> None:
    gate.join()
    for email in ("ann@example.com", "Ann@example.com", "ANN@EXAMPLE.COM", "ann@Example.com", "aNN@example.com"):
        guess(gate, email, times=1)
    assert FIRST_LOCK == locked_for(gate)
    guess(gate, UNKNOWN)


def test_a_successful_log_in_forgets_failed_attempts_and_earlier_locks(gate: Gatehouse) -> None:
    gate.join()
    guess(gate)
    gate.clock.advance(FIRST_LOCK)
    guess(gate, times=4)
    gate.log_in()
    guess(gate)
    assert FIRST_LOCK == locked_for(gate)


def test_a_password_reset_opens_a_lock(gate: Gatehouse) -> None:
    gate.join()
    guess(gate)
    gate.passwords.forgot(KNOWN)
    [token] = gate.mailed(Purpose.RESET_PASSWORD)
    gate.passwords.reset(token, ANOTHER_PASSWORD)
    assert gate.lets_in(gate.log_in(password=ANOTHER_PASSWORD))


def test_counting_begins_anew_a_day_after_the_last_attempt(gate: Gatehouse) -> None:
    gate.join()
    guess(gate, times=4)
    gate.later(hours=24)
    guess(gate)
    assert FIRST_LOCK == locked_for(gate)


@EMAILS
@pytest.mark.parametrize("forgets", [True, False])
def test_a_lock_is_remembered_for_a_day_after_its_end_whether_or_not_the_job_runs(
    gate: Gatehouse, email: str, forgets: bool
) -> None:
    gate.join()
    for expected in (1, 2):
        guess(gate, email)
        gate.clock.advance(locked_for(gate, email) + timedelta(hours=24) - timedelta(microseconds=1))
        if forgets:
            gate.sessions.forget_expired()
        if expected == 2:
            break
    guess(gate, email)
    assert 4 * FIRST_LOCK == locked_for(gate, email)
    gate.clock.advance(4 * FIRST_LOCK + timedelta(hours=24))
    if forgets:
        gate.sessions.forget_expired()
    guess(gate, email)
    assert FIRST_LOCK == locked_for(gate, email)


def test_no_number_of_locks_is_too_many() -> None:
    clock = StoppedClock()
    attempts = Attempts(Guarded.LOG_IN, email_hash(KNOWN), clock.now(), locks=10_000, made=4)
    assert clock.now() + LONGEST_LOCK == attempts.again(clock.now()).locked_until


# An attempt that came to nothing


def refuse(_gate: Gatehouse) -> None:
    raise HashingBusy


def test_who_finds_the_hasher_busy_has_lost_no_attempt(gate: Gatehouse) -> None:
    gate.join()
    guess(gate, times=4)
    for _ in range(6):
        gate.hasher.meanwhile = lambda: refuse(gate)
        with pytest.raises(HashingBusy, match="Try again in a moment"):
            gate.log_in()
    assert gate.lets_in(gate.log_in())


def test_attempts_are_taken_back_one_by_one_and_never_below_none() -> None:
    attempts = Attempts(Guarded.LOG_IN, email_hash(KNOWN), StoppedClock().now())
    assert attempts == attempts.taken_back()
    assert attempts == attrs.evolve(attempts, made=1).taken_back()


def test_changing_the_password_counts_as_guessing_it(gate: Gatehouse) -> None:
    ann = gate.join()
    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(WrongPassword):
            gate.passwords.change(ann, WRONG_PASSWORD, ANOTHER_PASSWORD)
    with pytest.raises(Locked):
        gate.passwords.change(ann, WRONG_PASSWORD, ANOTHER_PASSWORD)
    assert FIRST_LOCK == locked_for(gate)
