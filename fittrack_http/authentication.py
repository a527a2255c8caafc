"""Registration, log-in and sessions over HTTP."""

from datetime import date, datetime
from typing import Annotated, Final

import attrs
from annotated_types import Len

from fittrack_domain.access import errors
from fittrack_domain.access.model import DEVICE_LENGTH_MAX, Client, Session
from fittrack_domain.access.passwords import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN
from fittrack_domain.access.registration import REFERRAL_CODE_LENGTH_MAX, NewAccount
from fittrack_domain.access.sessions import LoggedIn
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.admission import EMAIL_FORM, EMAIL_LENGTH_MAX, STATES
from fittrack_domain.identity.errors import EmailTaken
from fittrack_domain.identity.model import Account, Role, Status
from fittrack_domain.shared.ids import MemberId, SessionId
from fittrack_http.auth import Caller
from fittrack_http.routes import Access, Route
from fittrack_http.structuring import Pattern, Told

TAG: Final = "Authentication"
TOKEN_LENGTH_MAX: Final = 100

A_STATE: Final = Pattern("|".join(sorted(STATES)), "the two-letter code of a US state or DC, such as CA")
AN_EMAIL: Final = Pattern(EMAIL_FORM.pattern, "an email address such as name@example.com")

Email = Annotated[str, Len(1, EMAIL_LENGTH_MAX)]
NewEmail = Annotated[str, Told(Len(1, EMAIL_LENGTH_MAX)), Told(AN_EMAIL)]
Password = Annotated[str, Len(1, PASSWORD_LENGTH_MAX)]
NewPassword = Annotated[str, Told(Len(PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX))]
State = Annotated[str, Told(A_STATE)]
Token = Annotated[str, Len(1, TOKEN_LENGTH_MAX)]


@attrs.frozen(kw_only=True)
class NewAccountIn:
    """Who wants to join, and that they accept the terms and the rules of the sweepstakes."""

    email: NewEmail
    password: NewPassword = attrs.field(repr=False)
    date_of_birth: date
    state_of_residence: State
    accepted_terms: bool
    accepted_sweepstakes_rules: bool
    referral_code: Annotated[str, Told(Len(1, REFERRAL_CODE_LENGTH_MAX))] | None = None


@attrs.frozen
class Registered:
    """A new account. It waits until its email is verified."""

    user_id: MemberId
    email: str
    status: Status
    message: str


@attrs.frozen
class MailedToken:
    """A token that came by mail."""

    token: Token


@attrs.frozen
class EmailIn:
    """An email."""

    email: Email


@attrs.frozen
class Verified:
    """An account whose email is verified."""

    user_id: MemberId
    email: str
    status: Status


@attrs.frozen
class Accepted:
    """What happens next, the same whether or not anybody has this email."""

    message: str


@attrs.frozen(kw_only=True)
class Credentials:
    """Email and password. `deviceId` names the device: logging in there again replaces its session."""

    email: Email
    password: Password = attrs.field(repr=False)
    device_id: Annotated[str, Len(1, DEVICE_LENGTH_MAX)] | None = None


@attrs.frozen
class RefreshTokenIn:
    """The refresh token that came last."""

    refresh_token: Token = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class PasswordReset:
    """A token that came by mail, and the password from now on."""

    token: Token = attrs.field(repr=False)
    password: NewPassword = attrs.field(repr=False)


@attrs.frozen
class LoggedInUser:
    """Who is logged in."""

    user_id: MemberId
    email: str
    role: Role
    point_balance: int


@attrs.frozen
class LoggedInOut:
    """Tokens for a device.

    The access token goes into `Authorization: Bearer …` and is good for `expiresIn` seconds. The refresh token is good
    for one new pair, within 30 days.
    """

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    session_id: SessionId
    user: LoggedInUser

    @classmethod
    def of(cls, fittrack: FitTrack, found: LoggedIn) -> "LoggedInOut":
        account, tokens = found.account, found.tokens
        balance = fittrack.points.balance(account.id).balance
        return cls(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            token_type="Bearer",  # noqa: S106  # a type, no password
            expires_in=tokens.expires_in_seconds,
            session_id=tokens.session_id,
            user=LoggedInUser(account.id, account.email, account.role, balance),
        )


@attrs.frozen
class Device:
    """A device with an open session. `isCurrent` marks the one that asks."""

    session_id: SessionId
    device_id: str
    device_label: str | None
    address: str | None
    opened_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool

    @classmethod
    def of(cls, session: Session, current: SessionId) -> "Device":
        return cls(
            session_id=session.id,
            device_id=session.device_id,
            device_label=session.device_label,
            address=session.address,
            opened_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            is_current=session.id == current,
        )


@attrs.frozen
class Devices:
    """The devices on which you are logged in, the one used last first."""

    items: tuple[Device, ...]


def register(fittrack: FitTrack, body: NewAccountIn) -> Registered:
    """Register.

    A mail with a token follows; log-in works once the email is verified with it.
    """
    account: Account = fittrack.registration.register(NewAccount(**attrs.asdict(body)))
    return Registered(account.id, account.email, account.status, "We sent you a mail. Verify your email with it.")


def verify_email(fittrack: FitTrack, body: MailedToken) -> Verified:
    """Verify your email with the token that was mailed to you."""
    account = fittrack.registration.verify_email(body.token)
    return Verified(account.id, account.email, account.status)


def resend_verification(fittrack: FitTrack, body: EmailIn) -> Accepted:
    """Ask for another mail to verify your email.

    The answer is always the same. After a handful of mails there are none for a while.
    """
    fittrack.registration.resend_verification(body.email)
    return Accepted("If this email waits for verification, a mail is on its way.")


def log_in(fittrack: FitTrack, client: Client, body: Credentials) -> LoggedInOut:
    """Log in.

    After five failed attempts nobody can log in with this email for a quarter of an hour, and longer each time.
    """
    return LoggedInOut.of(fittrack, fittrack.sessions.log_in(body.email, body.password, client, body.device_id))


def refresh(fittrack: FitTrack, client: Client, body: RefreshTokenIn) -> LoggedInOut:
    """Get a new pair of tokens for a refresh token.

    It is spent by that. Using a spent one again ends the session: somebody may have stolen it.
    """
    return LoggedInOut.of(fittrack, fittrack.sessions.refresh(body.refresh_token, client))


def log_out(fittrack: FitTrack, caller: Caller, body: RefreshTokenIn | None) -> None:
    """Log out on this device.

    Access token and refresh token are good for nothing from now on. A refresh token in the body takes its session
    along, should it be of another device.
    """
    fittrack.sessions.log_out(caller.member_id, caller.session_id, None if body is None else body.refresh_token)


def log_out_everywhere(fittrack: FitTrack, caller: Caller) -> None:
    """Log out on all devices."""
    fittrack.sessions.log_out_everywhere(caller.member_id)


def forgot_password(fittrack: FitTrack, body: EmailIn) -> Accepted:
    """Ask for a mail to reset a forgotten password.

    The answer is always the same. After a handful of mails there are none for a while.
    """
    fittrack.passwords.forgot(body.email)
    return Accepted("If an account has this email, a mail is on its way.")


def reset_password(fittrack: FitTrack, body: PasswordReset) -> None:
    """Set another password with the token that was mailed to you.

    You are logged out on all devices. A token that came by mail also verifies the email.
    """
    fittrack.passwords.reset(body.token, body.password)


def sessions(fittrack: FitTrack, caller: Caller) -> Devices:
    """List the devices on which you are logged in.

    Sorted by when they were used, the latest first. At most 20 are open at a time.
    """
    found = fittrack.sessions.open_sessions(caller.member_id)
    return Devices(tuple(Device.of(session, caller.session_id) for session in found))


def end_session(fittrack: FitTrack, caller: Caller, session_id: SessionId) -> None:
    """Log out on one of your devices."""
    fittrack.sessions.end(caller.member_id, session_id)


def _route(method: str, path: str, handler: object, access: Access, **more: object) -> Route:
    return Route(method, f"/api/v1/auth/{path}", handler, access, TAG, **more)  # type: ignore[arg-type]


ROUTES: Final = (
    _route("POST", "register", register, Access.ANYONE, status=201, problems=(EmailTaken, errors.HashingBusy)),
    _route("POST", "verify-email", verify_email, Access.ANYONE, problems=(errors.TokenNotValid,)),
    _route("POST", "resend-verification", resend_verification, Access.ANYONE, status=202),
    _route(
        "POST",
        "login",
        log_in,
        Access.ANYONE,
        by_account=True,
        problems=(
            errors.WrongCredentials,
            errors.Locked,
            errors.EmailNotVerified,
            errors.AccountClosed,
            errors.HashingBusy,
        ),
    ),
    _route("POST", "refresh", refresh, Access.ANYONE, problems=(errors.RefreshNotValid,)),
    _route("POST", "logout", log_out, Access.MEMBER, status=204),
    _route("POST", "logout-all", log_out_everywhere, Access.MEMBER, status=204),
    _route("POST", "forgot-password", forgot_password, Access.ANYONE, status=202),
    _route(
        "POST",
        "reset-password",
        reset_password,
        Access.ANYONE,
        status=204,
        problems=(errors.TokenNotValid, errors.HashingBusy),
    ),
    _route("GET", "sessions", sessions, Access.MEMBER),
    _route(
        "DELETE", "sessions/{session_id}", end_session, Access.MEMBER, status=204, problems=(errors.SessionNotFound,)
    ),
)
