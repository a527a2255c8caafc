"""What access needs: of a transaction, of whoever hashes passwords, and of whoever signs access tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from fittrack_domain.access.model import Attempts, Claims, Credential, Guarded, OneTimeToken, RefreshToken, Session
from fittrack_domain.identity.ports import IdentityTx
from fittrack_domain.shared.ids import MemberId, SessionId


class Credentials(Protocol):
    """The members' passwords. Who was made by an admin or an import has none until they reset it."""

    def of(self, member_id: MemberId) -> Credential | None: ...

    def add(self, credential: Credential) -> None: ...

    def save(self, credential: Credential) -> Credential:
        """Raises `StaleVersion`."""
        ...

    def remove(self, member_id: MemberId) -> None: ...


class StoredSessions(Protocol):
    """All sessions, ended ones until they are forgotten."""

    def find(self, session_id: SessionId) -> Session | None: ...

    def locked(self, session_id: SessionId) -> Session | None:
        """As `find`, and nobody else changes it until the transaction is over."""
        ...

    def open_of(self, member_id: MemberId, now: datetime) -> Sequence[Session]:
        """A member's open ones, the one used last first."""
        ...

    def of(self, member_id: MemberId) -> Sequence[Session]:
        """All of a member that are not forgotten yet, the one used last first."""
        ...

    def members_on(self, device_id: str, since: datetime, limit: int) -> Sequence[MemberId]:
        """Who had a session on this device that was used since then: up to `limit`, who used it last first."""
        ...

    def locked_open_of(self, member_id: MemberId, now: datetime) -> Sequence[Session]:
        """As `open_of`, and nobody else changes them until the transaction is over."""
        ...

    def add(self, session: Session) -> None: ...

    def save(self, session: Session) -> Session: ...

    def save_all(self, sessions: Sequence[Session]) -> None: ...

    def remove_of(self, member_id: MemberId) -> None:
        """With their refresh tokens."""
        ...

    def purge(self, now: datetime, limit: int) -> int:
        """Drops up to `limit` that have expired, with their refresh tokens, and tells how many."""
        ...


class RefreshTokens(Protocol):
    """All refresh tokens by their hashes, spent ones as long as their session is kept."""

    def locked(self, token_hash: str) -> RefreshToken | None:
        """The token, for this transaction alone."""
        ...

    def add(self, token: RefreshToken) -> None: ...

    def save(self, token: RefreshToken) -> RefreshToken: ...


class OneTimeTokens(Protocol):
    """All single-use tokens by their hashes."""

    def find(self, token_hash: str) -> OneTimeToken | None: ...

    def locked(self, token_hash: str) -> OneTimeToken | None:
        """As `find`, for this transaction alone."""
        ...

    def add(self, token: OneTimeToken) -> None: ...

    def save(self, token: OneTimeToken) -> OneTimeToken: ...

    def remove_of(self, member_id: MemberId) -> None: ...

    def purge(self, now: datetime) -> int: ...


class AttemptCounts(Protocol):
    """Attempts by kind and email."""

    def locked(self, kind: Guarded, email_hash: str, now: datetime) -> Attempts:
        """What was counted so far, for this transaction alone; nothing yet for a new email."""
        ...

    def save(self, attempts: Attempts) -> None: ...

    def forget(self, kind: Guarded, email_hash: str) -> None: ...

    def purge(self, before: datetime) -> int:
        """Drops those that were last made before then, and whose lock was over before then."""
        ...


class AccessTx(IdentityTx, Protocol):
    """A transaction over everything that lets members in."""

    @property
    def credentials(self) -> Credentials: ...

    @property
    def sessions(self) -> StoredSessions: ...

    @property
    def refresh_tokens(self) -> RefreshTokens: ...

    @property
    def one_time_tokens(self) -> OneTimeTokens: ...

    @property
    def attempts(self) -> AttemptCounts: ...


class PasswordHasher(Protocol):
    """Hashes passwords, slowly on purpose. Is called outside of transactions only.

    Every method raises `HashingBusy` when more passwords are under way than the machine can bear.
    """

    def hash(self, password: str) -> str:
        """A salted hash, with its parameters."""
        ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the one that was hashed. Without a hash it takes as long, and the answer is no."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than the present ones."""
        ...


class AccessTokens(Protocol):
    """Signs what a session may show for an hour instead of its password."""

    def issue(self, claims: Claims) -> str:
        """Raises `Unavailable` where there is no key to sign with."""
        ...

    def read(self, token: str, now: datetime) -> Claims:
        """The claims of a token that we issued and that is good at `now`. Raises `NotLoggedIn`."""
        ...
