"""Becoming a member: what is asked, and the proof that the email is one's own."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import TokenNotValid
from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.model import Purpose
from fittrack_domain.access.registration import RULES_VERSION, TERMS_VERSION
from fittrack_domain.identity.errors import EmailTaken
from fittrack_domain.identity.events import MemberCreated
from fittrack_domain.identity.model import Status
from fittrack_domain.shared.errors import InvalidInput
from tests.domain.access.gatehouse import ANOTHER_PASSWORD, Gatehouse, application


def test_who_registers_waits_for_a_mail_and_has_accepted_what_was_shown(gate: Gatehouse) -> None:
    account = gate.register("Ann@Example.com", referral_code="FRIEND-1")
    now = gate.clock.now()
    assert (Status.PENDING, None, "Ann@Example.com") == (account.status, account.email_verified_at, account.email)
    assert (now, TERMS_VERSION) == (account.terms_accepted_at, account.terms_version)
    assert (now, RULES_VERSION) == (account.rules_accepted_at, account.rules_version)
    assert "FRIEND-1" == account.referral_code
    member = gate.identity.member(account.id)
    assert account == member.account
    assert (date(1990, 6, 15), "CA") == (member.profile.date_of_birth, member.profile.state_of_residence)
    assert [MemberCreated(account.id), TokenDue(account.id, Purpose.VERIFY_EMAIL)] == gate.recorded(
        MemberCreated, TokenDue
    )
    assert ["member.registered"] == gate.audited()


def test_every_fault_is_told_at_once(gate: Gatehouse) -> None:
    with pytest.raises(InvalidInput) as refused:
        gate.register(
            "ann",
            password="short",
            date_of_birth=date(2010, 1, 1),
            state_of_residence="NY",
            accepted_terms=False,
            accepted_sweepstakes_rules=False,
            referral_code="\n",
        )
    assert [
        "/email",
        "/dateOfBirth",
        "/stateOfResidence",
        "/password",
        "/password",
        "/acceptedTerms",
        "/acceptedSweepstakesRules",
        "/referralCode",
    ] == [fault.pointer for fault in refused.value.faults]
    assert [] == gate.kept()["credentials"]


@pytest.mark.parametrize(
    "stated",
    [
        {"date_of_birth": date(2008, 3, 3)},
        {"date_of_birth": date(1905, 1, 1)},
        {"state_of_residence": "FL"},
        {"state_of_residence": "RI"},
        {"state_of_residence": "PR"},
        {"email": "ann@localhost"},
        {"email": "ann@example.com\x00"},
        {"referral_code": "x" * 33},
    ],
)
def test_who_may_not_join_is_refused(gate: Gatehouse, stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        gate.registration.register(attrs.evolve(application(), **stated))


def test_eighteen_is_counted_on_todays_date_in_platform_time(gate: Gatehouse) -> None:
    gate.clock.set(gate.clock.now().replace(hour=4))  # 23:00 the day before in New York
    with pytest.raises(InvalidInput, match="18 or older"):
        gate.register(date_of_birth=date(2008, 3, 2))
    gate.later(hours=1)
    assert Status.PENDING is gate.register(date_of_birth=date(2008, 3, 2)).status


@pytest.mark.parametrize("again", ["ann@example.com", "ANN@EXAMPLE.COM", "Ann@Example.Com"])
def test_an_email_is_taken_in_any_case(gate: Gatehouse, again: str) -> None:
    gate.register("ann@example.com")
    with pytest.raises(EmailTaken):
        gate.register(again)
    assert 1 == len(gate.kept()["credentials"])


def test_the_mailed_token_verifies_the_email_once(gate: Gatehouse) -> None:
    account = gate.register()
    [token] = gate.mailed(Purpose.VERIFY_EMAIL)
    gate.later(hours=1)
    verified = gate.registration.verify_email(token)
    assert (account.id, Status.ACTIVE, gate.clock.now()) == (
        verified.id,
        verified.status,
        verified.email_verified_at,
    )
    assert verified == gate.identity.member(account.id).account
    assert "member.email_verified" == gate.audited()[-1]
    with pytest.raises(TokenNotValid, match="used before"):
        gate.registration.verify_email(token)


def test_a_token_to_verify_an_email_holds_for_a_day(gate: Gatehouse) -> None:
    gate.register()
    [token] = gate.mailed(Purpose.VERIFY_EMAIL)
    gate.later(hours=24)
    with pytest.raises(TokenNotValid):
        gate.registration.verify_email(token)
    gate.clock.advance(-timedelta(microseconds=1))
    assert gate.registration.verify_email(token).is_active


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\u00e9"])
def test_a_made_up_token_verifies_nothing(gate: Gatehouse, token: str) -> None:
    gate.register()
    with pytest.raises(TokenNotValid):
        gate.registration.verify_email(token)


def test_a_token_of_another_purpose_verifies_nothing(gate: Gatehouse) -> None:
    gate.register()
    gate.passwords.forgot("ann@example.com")
    [token] = gate.mailed(Purpose.RESET_PASSWORD)
    with pytest.raises(TokenNotValid):
        gate.registration.verify_email(token)


def test_a_second_token_leaves_the_moment_of_verification_as_it_was(gate: Gatehouse) -> None:
    gate.register()
    gate.registration.resend_verification("ann@example.com")
    first, second = gate.mailed(Purpose.VERIFY_EMAIL)
    at = gate.registration.verify_email(first).email_verified_at
    gate.later(minutes=5)
    assert at == gate.registration.verify_email(second).email_verified_at


def test_verification_lifts_no_suspension(gate: Gatehouse) -> None:
    ann = gate.join()
    gate.identity.suspend(None, ann, "Two accounts")
    gate.passwords.forgot("ann@example.com")
    [token] = gate.mailed(Purpose.RESET_PASSWORD)
    gate.passwords.reset(token, ANOTHER_PASSWORD)
    assert Status.SUSPENDED is gate.identity.member(ann).account.status


def test_a_deleted_account_is_not_verified(gate: Gatehouse) -> None:
    account = gate.register()
    [token] = gate.mailed(Purpose.VERIFY_EMAIL)
    gate.identity.leave(account.id)
    with pytest.raises(TokenNotValid):
        gate.registration.verify_email(token)
    assert gate.identity.member(account.id).account.email_verified_at is None


def test_another_mail_can_be_asked_for_and_all_its_tokens_hold(gate: Gatehouse) -> None:
    account = gate.register()
    gate.registration.resend_verification("ANN@example.com")
    tokens = gate.mailed(Purpose.VERIFY_EMAIL)
    assert 2 == len(set(tokens))
    assert account.id == gate.registration.verify_email(tokens[0]).id


def test_asking_for_a_mail_tells_nothing_and_sends_nothing_to_others(gate: Gatehouse) -> None:
    gate.join()
    bob = gate.register("bob@example.com")
    gate.identity.leave(bob.id)
    before = len(gate.recorded(TokenDue))
    for email in ("ann@example.com", "bob@example.com", "nobody@example.com"):
        gate.registration.resend_verification(email)
    assert before == len(gate.recorded(TokenDue))


def test_after_a_handful_of_mails_there_are_none_for_a_while(gate: Gatehouse) -> None:
    gate.register()
    for _ in range(8):
        gate.registration.resend_verification("ann@example.com")
    assert 1 + 5 == len(gate.mailed(Purpose.VERIFY_EMAIL))
    gate.later(minutes=15)
    gate.registration.resend_verification("Ann@Example.com")
    assert 1 + 6 == len(gate.mailed(Purpose.VERIFY_EMAIL))


def test_nothing_that_is_kept_holds_a_secret(gate: Gatehouse) -> None:
    gate.register()
    tokens = gate.mailed(Purpose.VERIFY_EMAIL)
    with gate.store.reading() as tx:
        everything = [repr(tx.rows(table).where()) for table in _tables()]
    for secret in tokens:
        assert not any(secret in rows for rows in everything)
    assert PASSWORD not in repr(gate.kept()) + repr(application())


def _tables() -> list[Any]:
    from tests.contract.test_tables import all_tables

    return all_tables()
