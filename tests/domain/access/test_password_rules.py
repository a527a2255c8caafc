"""What a password must be (rules, chapter 2), and which forms of secrets there are."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from fittrack_domain.access.model import TOKEN_BYTES, Credential, Purpose, Tokens, token_hash, token_text
from fittrack_domain.access.passwords import COMMON, PASSWORD_LENGTH_MAX, normal_password, password_faults
from fittrack_domain.access.registration import NewAccount
from fittrack_domain.shared.ids import MemberId, SessionId

EMAIL = "ann@example.com"


def faults(password: str, email: str = EMAIL) -> list[str]:
    found = list(password_faults("/password", password, email))
    assert {"/password"} >= {fault.pointer for fault in found}
    return [fault.detail for fault in found]


@pytest.mark.parametrize(
    "password",
    [
        "Correct-horse-1",
        "Abcdefghij1!",
        "A1" + "b" * (PASSWORD_LENGTH_MAX - 3) + " ",
        "Ωmega-omega-1ß",
        "Пароль-длинный-7",
        "Aa1 Aa1 Aa1 ",
        "²²²²Abcdefgh-",  # a two once it is normal
    ],
)
def test_a_password_of_every_kind_of_character_is_taken(password: str) -> None:
    assert [] == faults(password)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("Abcdefgh-1", "must have 12 to 128 characters"),
        ("A1-" + "b" * 126, "must have 12 to 128 characters"),
        ("abcdefgh-ijk1", "must have an upper-case letter"),
        ("ABCDEFGH-IJK1", "must have a lower-case letter"),
        ("Abcdefgh-ijkl", "must have a digit"),
        ("Abcdefghijkl1", "must have a special character"),
        ("------------", "must have an upper-case letter, a lower-case letter, a digit"),
    ],
)
def test_a_password_says_what_it_lacks(password: str, told: str) -> None:
    assert [told] == faults(password)


def test_a_password_without_anything_lacks_everything() -> None:
    assert ["must have 12 to 128 characters"] == faults("Ab1-")
    assert 2 == len(faults(""))


@pytest.mark.parametrize("email", ["Ann.Q1-lee@example.com", "ANN.Q1-LEE@EXAMPLE.COM"])
def test_a_password_is_not_the_email_in_any_case(email: str) -> None:
    assert ["must not be the email"] == faults("Ann.Q1-lee@example.com", email)


@pytest.mark.parametrize("password", ["Password1234!", "Qwerty123456!", "FitTrack2026!", "P@ssw0rd1234"])
def test_a_common_password_is_refused_in_any_case(password: str) -> None:
    assert "is one of the most common passwords: choose another" in faults(password)


def test_every_common_password_would_pass_the_other_rules_in_some_case() -> None:
    for password in COMMON:
        found = faults(password.capitalize())
        assert found[-1:] == ["is one of the most common passwords: choose another"]


def test_a_password_is_the_same_however_it_is_composed() -> None:
    assert normal_password("Cafe\u0301-horse-10") == normal_password("Caf\u00e9-horse-10")


def test_secrets_travel_as_43_characters_and_are_kept_as_64_digits() -> None:
    token = token_text(bytes(range(TOKEN_BYTES)))
    assert 43 == len(token)
    assert 64 == len(token_hash(token))
    assert token_hash(token) != token_hash(token_text(bytes(TOKEN_BYTES)))


def test_no_secret_is_shown() -> None:
    nobody, now = UUID(int=1), datetime(2026, 3, 2, tzinfo=UTC)
    new = NewAccount(
        email=EMAIL,
        password="the-secret",
        date_of_birth=date(1990, 1, 1),
        state_of_residence="CA",
        accepted_terms=True,
        accepted_sweepstakes_rules=True,
    )
    shown = (
        Credential(MemberId(nobody), "the-secret", now),
        Tokens("the-secret", "the-secret", 1, SessionId(nobody)),
        new,
    )
    assert "the-secret" not in repr(shown)


def test_a_purpose_says_how_long_its_tokens_hold() -> None:
    assert {"verify_email": 24.0, "reset_password": 1.0, "appeal": 720.0} == {
        purpose.value: purpose.life.total_seconds() / 3_600 for purpose in Purpose
    }
