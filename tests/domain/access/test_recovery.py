"""Other passwords: forgotten, changed, given."""

import pytest

from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import TokenNotValid, WrongCredentials, WrongPassword
from fittrack_domain.access.events import PasswordChanged, TokenDue
from fittrack_domain.access.model import Purpose
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.errors import AccountDeleted, MemberNotFound
from fittrack_domain.identity.model import Status
from fittrack_domain.notices.model import NoticeKind
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId
from tests.domain.access.gatehouse import ANOTHER_PASSWORD, WRONG_PASSWORD, Gatehouse


def reset_token(gate: Gatehouse, email: str = "ann@example.com") -> str:
    gate.passwords.forgot(email)
    return gate.mailed(Purpose.RESET_PASSWORD, email)[-1]


def without_password(gate: Gatehouse) -> MemberId:
    born = gate.clock.now().date().replace(year=1990)
    return gate.identity.create_member(None, NewMember("bob@example.com", born, "CA")).id


# Forgotten


def test_a_mailed_token_sets_another_password_once_and_ends_all_sessions(gate: Gatehouse) -> None:
    ann = gate.join()
    before = [gate.log_in(), gate.log_in()]
    token = reset_token(gate)
    gate.later(minutes=59)
    gate.passwords.reset(token, ANOTHER_PASSWORD)
    assert not any(map(gate.lets_in, before))
    assert [] == gate.sessions.open_sessions(ann)
    with pytest.raises(WrongCredentials):
        gate.log_in()
    assert gate.lets_in(gate.log_in(password=ANOTHER_PASSWORD))
    with pytest.raises(TokenNotValid):
        gate.passwords.reset(token, PASSWORD)
    assert "password.reset" in gate.audited()
    assert [NoticeKind.PASSWORD_CHANGED] == [told.kind for told in gate.told(ann)]


def test_a_token_to_reset_holds_for_an_hour(gate: Gatehouse) -> None:
    gate.join()
    token = reset_token(gate)
    gate.later(hours=1)
    with pytest.raises(TokenNotValid):
        gate.passwords.reset(token, ANOTHER_PASSWORD)


def test_a_token_of_another_purpose_or_none_at_all_resets_nothing(gate: Gatehouse) -> None:
    gate.register()
    for token in (*gate.mailed(Purpose.VERIFY_EMAIL), "", "x" * 43):
        with pytest.raises(TokenNotValid):
            gate.passwords.reset(token, ANOTHER_PASSWORD)


def test_a_bad_password_does_not_spend_the_token(gate: Gatehouse) -> None:
    gate.join()
    token = reset_token(gate)
    with pytest.raises(InvalidInput):
        gate.passwords.reset(token, "short")
    gate.passwords.reset(token, ANOTHER_PASSWORD)


def test_a_token_that_came_by_mail_also_verifies_the_email(gate: Gatehouse) -> None:
    ann = gate.register().id
    gate.passwords.reset(reset_token(gate), ANOTHER_PASSWORD)
    account = gate.identity.member(ann).account
    assert (Status.ACTIVE, gate.clock.now()) == (account.status, account.email_verified_at)
    assert gate.lets_in(gate.log_in(password=ANOTHER_PASSWORD))


def test_who_was_made_by_an_administrator_comes_to_a_password_by_mail(gate: Gatehouse) -> None:
    without_password(gate)
    gate.passwords.reset(reset_token(gate, "bob@example.com"), ANOTHER_PASSWORD)
    assert gate.lets_in(gate.log_in("bob@example.com", ANOTHER_PASSWORD))
    assert [] == gate.recorded(PasswordChanged)


def test_a_deleted_account_gets_no_password(gate: Gatehouse) -> None:
    ann = gate.join()
    token = reset_token(gate)
    gate.identity.leave(ann)
    with pytest.raises(TokenNotValid):
        gate.passwords.reset(token, ANOTHER_PASSWORD)
    assert [f"plain:{PASSWORD}"] == [credential.password_hash for credential in gate.kept()["credentials"]]


def test_asking_for_a_reset_tells_nothing_and_mails_nothing_to_nobody(gate: Gatehouse) -> None:
    gate.identity.leave(gate.join())
    for email in ("ann@example.com", "nobody@example.com", "\u00e9"):
        gate.passwords.forgot(email)
    assert [] == gate.mailed(Purpose.RESET_PASSWORD)


def test_who_leaves_before_the_mail_goes_out_gets_none(gate: Gatehouse) -> None:
    ann = gate.join()
    gate.passwords.forgot("ann@example.com")
    gate.identity.leave(ann)
    assert [] == gate.mailed(Purpose.RESET_PASSWORD)
    assert [Purpose.VERIFY_EMAIL, Purpose.RESET_PASSWORD] == [
        event.purpose for event in gate.recorded(TokenDue) if isinstance(event, TokenDue)
    ]


def test_mails_of_all_kinds_are_counted_together_for_an_email(gate: Gatehouse) -> None:
    gate.register()
    for _ in range(3):
        gate.passwords.forgot("ann@example.com")
        gate.registration.resend_verification("ANN@example.com")
    assert 5 == len(gate.mailed(Purpose.RESET_PASSWORD) + gate.mailed(Purpose.VERIFY_EMAIL)[1:])


# Changed


def test_who_knows_the_password_changes_it_and_stays_logged_in_here_only(gate: Gatehouse) -> None:
    ann = gate.join()
    here, there = gate.log_in(), gate.log_in()
    gate.passwords.change(ann, PASSWORD, ANOTHER_PASSWORD, here.session_id)
    assert (True, False) == (gate.lets_in(here), gate.lets_in(there))
    assert gate.lets_in(gate.refresh(here))
    assert gate.lets_in(gate.log_in(password=ANOTHER_PASSWORD))
    assert "password.changed" in gate.audited()
    assert [PasswordChanged(ann)] == gate.recorded(PasswordChanged)


def test_who_does_not_know_the_password_cannot_change_it(gate: Gatehouse) -> None:
    ann, bob = gate.join(), without_password(gate)
    for member in (ann, bob):
        with pytest.raises(WrongPassword, match="current password is wrong"):
            gate.passwords.change(member, WRONG_PASSWORD, ANOTHER_PASSWORD)
    assert gate.lets_in(gate.log_in())


def test_a_new_password_that_is_none_is_refused_before_the_old_one_is_looked_at(gate: Gatehouse) -> None:
    ann = gate.join()
    with pytest.raises(InvalidInput) as refused:
        gate.passwords.change(ann, WRONG_PASSWORD, "short")
    assert {"/newPassword"} == {fault.pointer for fault in refused.value.faults}
    assert [] == gate.hasher.looks


def test_a_password_that_was_reset_meanwhile_is_not_overwritten(gate: Gatehouse) -> None:
    ann = gate.join()
    token = reset_token(gate)
    gate.later(seconds=1)
    gate.hasher.meanwhile = lambda: gate.passwords.reset(token, ANOTHER_PASSWORD)
    with pytest.raises(WrongPassword):
        gate.passwords.change(ann, PASSWORD, "Thief-of-horses-4")
    assert gate.lets_in(gate.log_in(password=ANOTHER_PASSWORD))


def test_changing_forgets_failed_attempts(gate: Gatehouse) -> None:
    ann = gate.join()
    for _ in range(4):
        with pytest.raises(WrongPassword):
            gate.passwords.change(ann, WRONG_PASSWORD, ANOTHER_PASSWORD)
    gate.passwords.change(ann, PASSWORD, ANOTHER_PASSWORD)
    with pytest.raises(WrongCredentials):
        gate.log_in()


# Given


def test_an_administrator_gives_a_password_without_asking_and_ends_all_sessions(gate: Gatehouse) -> None:
    ann, ada = gate.join(), without_password(gate)
    before = gate.log_in()
    gate.passwords.give(ada, ann, ANOTHER_PASSWORD)
    assert not gate.lets_in(before)
    assert gate.lets_in(gate.log_in(password=ANOTHER_PASSWORD))
    with gate.store.reading() as tx:
        [given] = [entry for entry in tx.audit.each() if entry.action == "password.given"]
    assert (ada, str(ann), {}) == (given.actor, given.subject_id, given.facts)
    assert [PasswordChanged(ann)] == gate.recorded(PasswordChanged)


def test_a_given_password_must_be_a_good_one_of_somebody(gate: Gatehouse) -> None:
    with pytest.raises(InvalidInput):
        gate.passwords.give(None, gate.join(), "short")
    with pytest.raises(MemberNotFound):
        gate.passwords.give(None, MemberId(gate.ids.new()), ANOTHER_PASSWORD)


def test_who_has_left_is_given_no_password(gate: Gatehouse) -> None:
    ann = gate.join()
    gate.identity.leave(ann)
    with pytest.raises(AccountDeleted):
        gate.passwords.give(None, ann, ANOTHER_PASSWORD)
    with gate.store.reading() as tx:
        assert "password.given" not in [entry.action for entry in tx.audit.each()]
