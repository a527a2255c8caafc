"""Logging in: who may, what is told to whom, and one session for each device."""

from collections.abc import Callable

import attrs
import pytest

from fittrack_adapters.store.access import CREDENTIALS
from fittrack_adapters.testing import PlainHasher
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import AccountClosed, EmailNotVerified, HashingBusy, WrongCredentials
from fittrack_domain.access.events import SessionOpened
from fittrack_domain.access.model import DEVICE_LENGTH_MAX, LABEL_LENGTH_MAX, SESSIONS_MAX, Client, Purpose
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId
from tests.domain.access.gatehouse import (
    ANOTHER_PASSWORD,
    AWAY,
    HOME,
    WRONG_PASSWORD,
    Gatehouse,
)


def test_who_logs_in_is_let_in_for_an_hour(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = gate.log_in("ANN@example.com")
    assert 3_600 == tokens.expires_in_seconds
    admitted = gate.sessions.admit(tokens.access_token)
    assert (ann, tokens.session_id, Role.USER) == (admitted.member_id, admitted.session_id, admitted.role)
    assert "session.opened" == gate.audited()[-1]
    gate.later(minutes=59, seconds=59)
    assert gate.lets_in(tokens)
    gate.later(seconds=1)
    assert not gate.lets_in(tokens)


def test_a_session_says_where_it_is_used(gate: Gatehouse) -> None:
    ann = gate.join()
    gate.log_in(client=attrs.evolve(HOME, label="x" * 300), device="phone")
    [session] = gate.sessions.open_sessions(ann)
    assert (HOME.address, "phone", "x" * LABEL_LENGTH_MAX) == (
        session.address,
        session.device_id,
        session.device_label,
    )
    assert gate.clock.now() == session.created_at == session.last_used_at


def test_an_unknown_email_and_a_wrong_password_are_the_same_in_class_and_text(gate: Gatehouse) -> None:
    gate.join()
    gate.identity.create_member(None, NewMember("bob@example.com", gate.clock.now().date().replace(year=1990), "CA"))
    told = set()
    for email in ("ann@example.com", "bob@example.com", "nobody@example.com", "\u00e9"):
        with pytest.raises(WrongCredentials) as refused:
            gate.log_in(email, WRONG_PASSWORD)
        told.add((type(refused.value), refused.value.code, str(refused.value)))
    assert 1 == len(told)


def test_who_is_not_verified_yet_is_told_so_only_with_the_right_password(gate: Gatehouse) -> None:
    gate.register()
    with pytest.raises(EmailNotVerified, match="Verify your email first"):
        gate.log_in()
    with pytest.raises(WrongCredentials):
        gate.log_in(password=WRONG_PASSWORD)


@pytest.mark.parametrize("closing", ["suspend", "ban"])
def test_the_suspended_and_the_banned_are_told_so_only_with_the_right_password(gate: Gatehouse, closing: str) -> None:
    ann = gate.join()
    getattr(gate.identity, closing)(None, ann, "Two accounts")
    with pytest.raises(AccountClosed) as refused:
        gate.log_in()
    assert str(refused.value).startswith(f"The account is {refused.value.status}.")
    with pytest.raises(WrongCredentials):
        gate.log_in(password=WRONG_PASSWORD)
    assert [] == gate.sessions.open_sessions(ann)


def test_a_deleted_account_is_as_if_there_were_none(gate: Gatehouse) -> None:
    gate.identity.leave(gate.join())
    with pytest.raises(WrongCredentials):
        gate.log_in()


def test_a_password_counts_however_its_accents_are_composed(gate: Gatehouse) -> None:
    gate.register(password="Cafe\u0301-horse-10")
    [token] = gate.mailed(Purpose.VERIFY_EMAIL)
    gate.registration.verify_email(token)
    assert gate.lets_in(gate.log_in(password="Caf\u00e9-horse-10"))


def test_another_log_in_on_the_same_device_takes_the_place_of_the_first(gate: Gatehouse) -> None:
    ann = gate.join()
    first = gate.log_in(device="phone")
    tablet = gate.log_in(device="tablet")
    assert gate.lets_in(first)
    second = gate.log_in(device="phone")
    assert [False, True, True] == [gate.lets_in(tokens) for tokens in (first, tablet, second)]
    assert {"phone", "tablet"} == {session.device_id for session in gate.sessions.open_sessions(ann)}
    opened = [SessionOpened(ann, tokens.session_id) for tokens in (first, tablet, second)]
    assert opened == gate.recorded(SessionOpened)


def test_devices_without_a_name_are_devices_of_their_own(gate: Gatehouse) -> None:
    ann = gate.join()
    tokens = [gate.log_in() for _ in range(3)]
    assert all(map(gate.lets_in, tokens))
    assert 3 == len({session.device_id for session in gate.sessions.open_sessions(ann)})
    assert [] == gate.recorded(SessionOpened)


def test_the_session_unused_for_longest_makes_room_for_the_twenty_first(gate: Gatehouse) -> None:
    ann = gate.join()
    opened = []
    for number in range(SESSIONS_MAX):
        opened.append(gate.log_in(device=f"device {number}"))
        gate.later(seconds=1)
    opened[0] = gate.refresh(opened[0])  # used just now: the second one is the oldest
    newest = gate.log_in(device="one more")
    assert SESSIONS_MAX == len(gate.sessions.open_sessions(ann))
    assert [True, False, True, True] == [gate.lets_in(tokens) for tokens in (opened[0], opened[1], opened[2], newest)]


@pytest.mark.parametrize("device", ["", " ", "x" * (DEVICE_LENGTH_MAX + 1), "a\nb", "a\x00b"])
def test_a_device_id_without_a_form_is_refused_before_anything_is_counted(gate: Gatehouse, device: str) -> None:
    gate.join()
    with pytest.raises(InvalidInput):
        gate.log_in(device=device)
    assert [] == gate.hasher.looks


def test_a_device_without_a_label_has_none(gate: Gatehouse) -> None:
    ann = gate.join()
    gate.log_in(client=Client("::1"))
    [session] = gate.sessions.open_sessions(ann)
    assert (None, "::1") == (session.device_label, session.address)


# Other parameters


def test_a_password_is_hashed_anew_when_the_parameters_have_changed(gate: Gatehouse) -> None:
    gate.join()
    gate.hasher.plain = PlainHasher("stronger")
    gate.log_in()
    [credential] = gate.kept()["credentials"]
    assert (f"stronger:{PASSWORD}", 2) == (credential.password_hash, credential.version)
    gate.log_in()
    assert [credential] == gate.kept()["credentials"]


def test_a_wrong_password_is_not_hashed_anew(gate: Gatehouse) -> None:
    gate.join()
    gate.hasher.plain = PlainHasher("stronger")
    with pytest.raises(WrongCredentials):
        gate.log_in(password=WRONG_PASSWORD)
    assert 1 == gate.kept()["credentials"][0].version


def renewed_meanwhile(gate: Gatehouse) -> None:
    with gate.store.transaction() as tx:
        [credential] = tx.rows(CREDENTIALS).where()
        tx.credentials.save(credential.with_hash(f"stronger:{PASSWORD}"))


def busy(_password: str) -> str:
    raise HashingBusy


def test_who_is_hashed_anew_by_two_log_ins_at_once_is_let_in_by_both(gate: Gatehouse) -> None:
    gate.join()
    gate.hasher.plain = PlainHasher("stronger")
    gate.hasher.meanwhile = lambda: renewed_meanwhile(gate)
    assert gate.lets_in(gate.log_in())
    assert 2 == gate.kept()["credentials"][0].version


def test_who_cannot_be_hashed_anew_now_is_let_in_all_the_same(gate: Gatehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.join()
    gate.hasher.plain = PlainHasher("stronger")
    monkeypatch.setattr(gate.hasher, "hash", busy)
    assert gate.lets_in(gate.log_in())
    assert 1 == gate.kept()["credentials"][0].version


# What happens while the password is being looked at


def reset_meanwhile(gate: Gatehouse, _: MemberId) -> None:
    gate.later(seconds=1)
    gate.passwords.forgot("ann@example.com")
    [token] = gate.mailed(Purpose.RESET_PASSWORD)
    gate.passwords.reset(token, ANOTHER_PASSWORD)


def left_meanwhile(gate: Gatehouse, ann: MemberId) -> None:
    gate.identity.leave(ann)


@pytest.mark.parametrize("happens", [reset_meanwhile, left_meanwhile])
def test_a_password_that_was_good_when_it_was_looked_at_opens_nothing_once_it_is_not(
    gate: Gatehouse, happens: Callable[[Gatehouse, MemberId], None]
) -> None:
    ann = gate.join()
    gate.hasher.meanwhile = lambda: happens(gate, ann)
    with pytest.raises(WrongCredentials):
        gate.log_in()
    assert [] == gate.sessions.open_sessions(ann)


def test_who_is_suspended_meanwhile_is_told_so(gate: Gatehouse) -> None:
    ann = gate.join()
    gate.hasher.meanwhile = lambda: gate.identity.suspend(None, ann, "Two accounts")
    with pytest.raises(AccountClosed):
        gate.log_in(client=AWAY)
    assert [] == gate.sessions.open_sessions(ann)
