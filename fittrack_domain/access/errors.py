"""How access says no."""

from datetime import datetime
from math import ceil

import attrs

from fittrack_domain.shared.errors import Limited, NotFound, Refused, Unauthenticated, Unavailable
from fittrack_domain.shared.ids import SessionId


@attrs.frozen
class WrongCredentials(Unauthenticated):
    """Email or password is wrong. Which of them is not told."""

    code = "wrong_credentials"

    def __str__(self) -> str:
        return "Email or password is wrong."


@attrs.frozen
class Locked(Limited):
    """Too many failed attempts, whether or not anybody has this email."""

    until: datetime
    at: datetime
    code = "too_many_attempts"

    @property
    def retry_after_seconds(self) -> int:
        return max(1, ceil((self.until - self.at).total_seconds()))

    def __str__(self) -> str:
        return f"Too many failed attempts. Try again after {self.until:%Y-%m-%d %H:%M} UTC, or reset the password."


@attrs.frozen
class EmailNotVerified(Refused):
    """The password is right, but nobody has shown yet that the email is theirs."""

    code = "email_not_verified"

    def __str__(self) -> str:
        return "Verify your email first: follow the mail we sent, or ask for another one."


@attrs.frozen
class AccountClosed(Refused):
    """The password is right, but the account is suspended or banned."""

    status: str
    code = "account_closed"

    def __str__(self) -> str:
        return f"The account is {self.status}. The mail about it says why, and how to appeal."


@attrs.frozen
class NotLoggedIn(Unauthenticated):
    """The request has no access token that is good: none, a wrong one, an expired one, or one of an ended session."""

    reason: str
    code = "not_logged_in"

    def __str__(self) -> str:
        return self.reason


@attrs.frozen
class RefreshNotValid(Unauthenticated):
    """The refresh token is unknown, expired, used before, or its session is over: log in again."""

    code = "refresh_not_valid"

    def __str__(self) -> str:
        return "This refresh token is not valid any more. Log in again."


@attrs.frozen
class TokenNotValid(NotFound):
    """A mailed token is unknown, used, or expired."""

    purpose: str
    code = "token_not_valid"

    def __str__(self) -> str:
        return "This token is not valid: it was used before, has expired, or is mistyped. Ask for a new mail."


@attrs.frozen
class WrongPassword(Refused):
    """The current password, asked once more, is wrong."""

    code = "wrong_password"

    def __str__(self) -> str:
        return "The current password is wrong."


@attrs.frozen
class SessionNotFound(NotFound):
    """There is no such open session of the member."""

    session_id: SessionId
    code = "session_not_found"

    def __str__(self) -> str:
        return f"You have no open session {self.session_id}."


@attrs.frozen
class HashingBusy(Unavailable):
    """As many passwords are being checked as the machine can bear."""

    code = "log_in_busy"

    def __str__(self) -> str:
        return "Too many log-ins are under way. Try again in a moment."
