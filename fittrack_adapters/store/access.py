"""What lets members in, in the store."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from fittrack_adapters.store.rows import After, Before, Rows, Since, UpTo, in_order
from fittrack_adapters.store.tables import Table
from fittrack_domain.access.model import Attempts, Credential, Guarded, OneTimeToken, RefreshToken, Session
from fittrack_domain.shared.ids import MemberId, SessionId

CREDENTIALS = Table("credentials", Credential, what="password", key=("user_id",))
SESSIONS = Table("sessions", Session, what="session", index=(("user_id",), ("device_id",)))
REFRESH_TOKENS = Table(
    "refresh_tokens", RefreshToken, what="refresh token", key=("token_hash",), index=(("session_id",),)
)
ONE_TIME_TOKENS = Table(
    "one_time_tokens", OneTimeToken, what="mailed token", key=("token_hash",), index=(("user_id",),)
)
ATTEMPTS = Table("attempts", Attempts, what="count of attempts", key=("kind", "email_hash"))

LAST_USED_FIRST = ("-last_used_at", "-id")


@attrs.frozen
class CredentialRows:
    """`Credentials` over rows."""

    rows: Rows[Credential]

    def of(self, member_id: MemberId) -> Credential | None:
        return self.rows.get(member_id)

    def add(self, credential: Credential) -> None:
        self.rows.add(credential)

    def save(self, credential: Credential) -> Credential:
        return self.rows.save(credential)

    def remove(self, member_id: MemberId) -> None:
        self.rows.remove(user_id=member_id)


@attrs.frozen
class SessionRows:
    """`StoredSessions` over rows."""

    rows: Rows[Session]
    tokens: Rows[RefreshToken]

    def find(self, session_id: SessionId) -> Session | None:
        return self.rows.get(session_id)

    def locked(self, session_id: SessionId) -> Session | None:
        return next(iter(self.rows.locked(id=session_id)), None)

    def open_of(self, member_id: MemberId, now: datetime) -> Sequence[Session]:
        return self.rows.where(order=LAST_USED_FIRST, user_id=member_id, ended_at=None, expires_at=After(now))

    def locked_open_of(self, member_id: MemberId, now: datetime) -> Sequence[Session]:
        return in_order(self.rows.locked(user_id=member_id, ended_at=None, expires_at=After(now)), LAST_USED_FIRST)

    def of(self, member_id: MemberId) -> Sequence[Session]:
        return self.rows.where(order=LAST_USED_FIRST, user_id=member_id)

    def members_on(self, device_id: str, since: datetime, limit: int) -> Sequence[MemberId]:
        used = self.rows.each(order=LAST_USED_FIRST, device_id=device_id, last_used_at=Since(since))
        members: dict[MemberId, None] = {}
        for session in used:
            members[session.user_id] = None
            if len(members) == limit:
                break
        return list(members)

    def add(self, session: Session) -> None:
        self.rows.add(session)

    def save(self, session: Session) -> Session:
        return self.rows.save(session)

    def save_all(self, sessions: Sequence[Session]) -> None:
        self.rows.save_all(sessions)

    def remove_of(self, member_id: MemberId) -> None:
        for session in self.rows.where(user_id=member_id):
            self.tokens.remove(session_id=session.id)
        self.rows.remove(user_id=member_id)

    def purge(self, now: datetime, limit: int) -> int:
        removed = 0
        for session in self.rows.where(order=("expires_at",), limit=limit, expires_at=UpTo(now)):
            self.tokens.remove(session_id=session.id)
            # Asked once more: it may have been used in its last moment, after we looked.
            removed += self.rows.remove(id=session.id, expires_at=UpTo(now))
        return removed


@attrs.frozen
class RefreshTokenRows:
    """`RefreshTokens` over rows."""

    rows: Rows[RefreshToken]

    def locked(self, token_hash: str) -> RefreshToken | None:
        return next(iter(self.rows.locked(token_hash=token_hash)), None)

    def add(self, token: RefreshToken) -> None:
        self.rows.add(token)

    def save(self, token: RefreshToken) -> RefreshToken:
        return self.rows.save(token)


@attrs.frozen
class OneTimeTokenRows:
    """`OneTimeTokens` over rows."""

    rows: Rows[OneTimeToken]

    def find(self, token_hash: str) -> OneTimeToken | None:
        return self.rows.get(token_hash)

    def locked(self, token_hash: str) -> OneTimeToken | None:
        return next(iter(self.rows.locked(token_hash=token_hash)), None)

    def add(self, token: OneTimeToken) -> None:
        self.rows.add(token)

    def save(self, token: OneTimeToken) -> OneTimeToken:
        return self.rows.save(token)

    def remove_of(self, member_id: MemberId) -> None:
        self.rows.remove(user_id=member_id)

    def purge(self, now: datetime) -> int:
        return self.rows.remove(expires_at=UpTo(now))


@attrs.frozen
class AttemptRows:
    """`AttemptCounts` over rows."""

    rows: Rows[Attempts]

    def locked(self, kind: Guarded, email_hash: str, now: datetime) -> Attempts:
        while True:  # again, when somebody forgot it between the two statements
            self.rows.add_missing([Attempts(kind, email_hash, last_at=now)])
            for attempts in self.rows.locked(kind=kind, email_hash=email_hash):
                return attempts

    def save(self, attempts: Attempts) -> None:
        self.rows.save(attempts)

    def forget(self, kind: Guarded, email_hash: str) -> None:
        self.rows.remove(kind=kind, email_hash=email_hash)

    def purge(self, before: datetime) -> int:
        over = {"last_at": Before(before), "locked_until": Before(before)}
        return self.rows.remove(**over) + self.rows.remove(last_at=Before(before), locked_until=None)
