"""What a password must be (rules, chapter 2)."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from fittrack_domain.shared.errors import Fault

PASSWORD_LENGTH_MIN: Final = 12
PASSWORD_LENGTH_MAX: Final = 128

COMMON: Final = frozenset(
    "password1234! password123!! password2024! password2025! password2026! p@ssw0rd1234 p@ssword1234 p@$$w0rd1234 "  # noqa: SIM905
    "passw0rd1234! qwerty123456! qwertyuiop1! qwertyuiop123! 1qaz2wsx3edc! 1qaz!qaz2wsx zaq12wsxcde3! welcome12345! "
    "welcome1234! welcome2025! welcome2026! letmein12345! admin1234567! administrator1! changeme1234! changeme123! "
    "iloveyou1234! iloveyou123! summer2025!! summer2026!! winter2025!! winter2026!! spring2026!! autumn2026!! "
    "monkey123456! dragon123456! football1234! baseball1234! superman1234! trustno1234! abc123456789! abcd12345678! "
    "abcdefgh1234! company12345! fittrack1234! fittrack12345! fittrack123! fittrack2026! test12345678! secret123456! "
    "temp12345678! default12345! letmein123!! hello1234567! master123456! sunshine1234! princess1234!".split()
)
"""Common passwords that would pass the other rules, in lower case."""


def normal_password(password: str) -> str:
    """A password as it is hashed: whatever keyboard composed its accents, it is the same text."""
    return unicodedata.normalize("NFKC", password)


def password_faults(pointer: str, password: str, email: str) -> Iterator[Fault]:
    """What is wrong with a new password of whoever has this email."""
    password = normal_password(password)
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        yield Fault(pointer, f"must have {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters")
    lacking = [
        name
        for name, has in (
            ("an upper-case letter", any(map(str.isupper, password))),
            ("a lower-case letter", any(map(str.islower, password))),
            ("a digit", any(map(str.isdecimal, password))),
            ("a special character", any(not c.isalnum() for c in password)),
        )
        if not has
    ]
    if lacking:
        yield Fault(pointer, f"must have {', '.join(lacking)}")
    if password.casefold() == normal_password(email).casefold():
        yield Fault(pointer, "must not be the email")
    if password.lower() in COMMON:
        yield Fault(pointer, "is one of the most common passwords: choose another")
