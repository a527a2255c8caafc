"""What lets a member in: a password, sessions with tokens that rotate, single-use tokens; what guards against guessing.

Of every secret only a hash is kept (rules, chapter 3).
"""

import base64
import hashlib
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import attrs

from fittrack_domain.access import errors
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId, SessionId

ACCESS_TOKEN_LIFE: Final = timedelta(hours=1)
REFRESH_TOKEN_LIFE: Final = timedelta(days=30)
REFRESH_GRACE: Final = timedelta(seconds=10)
"""So long the same address may come again with a spent token: its answer was lost on the way."""
SESSIONS_MAX: Final = 20
"""Open sessions of one member; the one unused for longest makes room for another."""

ATTEMPTS_MAX: Final = 5
FIRST_LOCK: Final = timedelta(minutes=15)
LONGEST_LOCK: Final = timedelta(hours=24)
DOUBLINGS_MAX: Final = 7
"""After so many a lock has reached its longest."""
ATTEMPTS_FORGOTTEN_AFTER: Final = timedelta(hours=24)
"""Without any attempt for so long after the last lock, counting begins anew."""

TOKEN_BYTES: Final = 32
DEVICE_LENGTH_MAX: Final = 100
LABEL_LENGTH_MAX: Final = 200


def token_text(token: bytes) -> str:
    """A secret as it travels: base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """What is kept of a secret that travels as `token`: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


class Purpose(Enum):
    """What a single-use token is good for, and for how long."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # a purpose, no password
    APPEAL = "appeal"

    @property
    def life(self) -> timedelta:
        return _LIVES[self]


_LIVES: Final = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.APPEAL: timedelta(days=30),
}


@attrs.frozen
class Credential:
    """A member's password, hashed."""

    user_id: MemberId
    password_hash: str = attrs.field(repr=False)
    changed_at: datetime
    version: int = 1

    def with_hash(self, password_hash: str) -> "Credential":
        """The same password under other parameters."""
        return attrs.evolve(self, password_hash=password_hash)

    def changed(self, password_hash: str, now: datetime) -> "Credential":
        """Another password."""
        return attrs.evolve(self, password_hash=password_hash, changed_at=now)

    def is_of_same_password(self, other: "Credential | None") -> bool:
        """Whether both stand for one password, hashed anew perhaps, and not for another that was set meanwhile."""
        return other is not None and self.changed_at == other.changed_at


@attrs.frozen
class Client:
    """From where somebody calls: the network address, and what the device calls itself."""

    address: str
    label: str | None = None


@attrs.frozen
class Session:
    """A device on which a member is logged in. All tokens that follow from one log-in belong to it."""

    id: SessionId
    user_id: MemberId
    device_id: str
    device_label: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    version: int = 1

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.expires_at

    def used(self, client: Client, now: datetime) -> "Session":
        """Used from `client` at `now`, and good for another `REFRESH_TOKEN_LIFE`."""
        return attrs.evolve(self, address=client.address, last_used_at=now, expires_at=now + REFRESH_TOKEN_LIFE)

    def ended(self, now: datetime) -> "Session":
        return attrs.evolve(self, ended_at=now)


@attrs.frozen
class RefreshToken:
    """A token that is good for one new pair of tokens. Spent ones are kept, to notice that somebody uses them again."""

    token_hash: str
    session_id: SessionId
    expires_at: datetime
    spent_at: datetime | None = None
    spent_from: str | None = None
    version: int = 1

    def is_stolen(self, client: Client, now: datetime) -> bool:
        """Whether it was spent before, and not just now by the same client, whose answer may be lost (RFC 9700)."""
        if self.spent_at is None:
            return False
        return client.address != self.spent_from or now >= self.spent_at + REFRESH_GRACE

    def spent(self, client: Client, now: datetime) -> "RefreshToken":
        """Spent now, unless it was before: coming again does not prolong the time in which it may.

        Raises: `RefreshNotValid` when it has expired.
        """
        if now >= self.expires_at:
            raise errors.RefreshNotValid
        return self if self.spent_at is not None else attrs.evolve(self, spent_at=now, spent_from=client.address)


@attrs.frozen
class OneTimeToken:
    """A secret that was mailed to a member, good once."""

    token_hash: str
    user_id: MemberId
    purpose: Purpose
    expires_at: datetime
    used_at: datetime | None = None
    version: int = 1

    def used(self, now: datetime) -> "OneTimeToken":
        """Raises `TokenNotValid` when it was used before or has expired."""
        if self.used_at is not None or now >= self.expires_at:
            raise errors.TokenNotValid(self.purpose.value)
        return attrs.evolve(self, used_at=now)


class Guarded(Enum):
    """What is counted against guessing and flooding."""

    LOG_IN = "log_in"
    MAIL = "mail"


@attrs.frozen
class Attempts:
    """How often something was tried for one email, whether or not anybody has it: so that a lock tells nothing.

    `email_hash` is all that is kept of the email.
    """

    kind: Guarded
    email_hash: str
    last_at: datetime
    made: int = 0
    locks: int = 0
    locked_until: datetime | None = None
    version: int = 1

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def again(self, now: datetime) -> "Attempts":
        """One more attempt. The `ATTEMPTS_MAX`-th locks, for twice as long as the lock before.

        Raises: `Locked`.
        """
        if self.locked_until is not None and now < self.locked_until:
            raise errors.Locked(self.locked_until, now)
        fresh = now >= max(self.last_at, self.locked_until or self.last_at) + ATTEMPTS_FORGOTTEN_AFTER
        locks, made = (0, 1) if fresh else (self.locks, self.made + 1)
        if made < ATTEMPTS_MAX:
            return attrs.evolve(self, last_at=now, made=made, locks=locks, locked_until=None)
        lock = min(FIRST_LOCK * 2 ** min(locks, DOUBLINGS_MAX), LONGEST_LOCK)
        return attrs.evolve(self, last_at=now, made=0, locks=locks + 1, locked_until=now + lock)

    def taken_back(self) -> "Attempts":
        """One attempt less, and without the lock that it brought: it came to nothing, neither right nor wrong."""
        if self.locked_until is not None:
            return attrs.evolve(self, made=ATTEMPTS_MAX - 1, locks=self.locks - 1, locked_until=None)
        return attrs.evolve(self, made=max(0, self.made - 1))


@attrs.frozen
class Claims:
    """What an access token says: who, in which session, until when. `token_id` tells tokens apart."""

    member_id: MemberId
    session_id: SessionId
    role: Role
    token_id: str
    issued_at: datetime
    expires_at: datetime


@attrs.frozen
class Tokens:
    """What a device gets at a log-in or refresh: a short-lived access token, and the token for the next pair."""

    access_token: str = attrs.field(repr=False)
    refresh_token: str = attrs.field(repr=False)
    expires_in_seconds: int
    session_id: SessionId


@attrs.frozen
class Admitted:
    """A caller whose access token, session and account are good at this moment."""

    member_id: MemberId
    session_id: SessionId
    role: Role
