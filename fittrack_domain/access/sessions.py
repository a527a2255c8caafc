"""Being logged in: sessions on devices, their tokens, and whether a caller is let in."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from fittrack_domain.access import errors
from fittrack_domain.access.attempts import email_hash, look
from fittrack_domain.access.events import SessionOpened, TokenReused
from fittrack_domain.access.model import (
    ACCESS_TOKEN_LIFE,
    ATTEMPTS_FORGOTTEN_AFTER,
    DEVICE_LENGTH_MAX,
    LABEL_LENGTH_MAX,
    REFRESH_TOKEN_LIFE,
    SESSIONS_MAX,
    TOKEN_BYTES,
    Admitted,
    Claims,
    Client,
    Credential,
    Guarded,
    RefreshToken,
    Session,
    Tokens,
    token_hash,
    token_text,
)
from fittrack_domain.access.passwords import normal_password
from fittrack_domain.access.ports import AccessTokens, AccessTx, PasswordHasher
from fittrack_domain.audit.service import record as audit
from fittrack_domain.identity.admission import email_key
from fittrack_domain.identity.events import MemberStatusChanged
from fittrack_domain.identity.known import Known, KnownAccounts
from fittrack_domain.identity.model import Account, Status
from fittrack_domain.shared.beside import DenyList
from fittrack_domain.shared.errors import InvalidInput, StaleVersion
from fittrack_domain.shared.ids import MemberId, SessionId
from fittrack_domain.shared.ports import Clock, Entropy, Ids, Store
from fittrack_domain.shared.text import line_faults

PURGED_AT_ONCE: Final = 1_000
NOBODY: Final = MemberId(UUID(int=0))
"""Whose password is looked for where an email is nobody's: what one can see or measure is the same then."""


@attrs.frozen
class LoggedIn:
    """A member on a device, and the tokens for it."""

    account: Account
    tokens: Tokens


@attrs.frozen(kw_only=True)
class Sessions:
    """Logging in and out, and letting callers in."""

    store: Store[AccessTx]
    clock: Clock
    ids: Ids
    entropy: Entropy
    hasher: PasswordHasher
    access_tokens: AccessTokens
    deny_list: DenyList
    known: KnownAccounts

    def log_in(self, email: str, password: str, client: Client, device_id: str | None = None) -> LoggedIn:
        """Opens a session on a device, in place of the one that was open there.

        An unknown email and a wrong password are the same to whoever asks, in words and in time.

        Raises: `Locked`, `WrongCredentials`, `HashingBusy`; and for those who know the password `EmailNotVerified`,
            `AccountClosed`; `InvalidInput` for a device id without a form.
        """
        if device_id is not None and (faults := line_faults("/deviceId", device_id, DEVICE_LENGTH_MAX)):
            raise InvalidInput(tuple(faults))
        now, hashed = self.clock.now(), email_hash(email)
        with look(self.store, hashed, now):
            known = self._with_password(email, normal_password(password))
        with self.store.transaction() as tx:
            account = tx.accounts.locked(known.user_id)
            if account.is_deleted or not known.is_of_same_password(tx.credentials.of(account.id)):
                raise errors.WrongCredentials  # since we looked
            tx.attempts.forget(Guarded.LOG_IN, hashed)
            opened = self._opened(tx, account, client, device_id, now) if account.is_active else None
        if opened is None:
            pending = account.status is Status.PENDING
            raise errors.EmailNotVerified if pending else errors.AccountClosed(account.status.value)
        session, token, replaced = opened
        self._deny(replaced)
        return LoggedIn(account, self._tokens(account, session, token, now))

    def _with_password(self, email: str, password: str) -> Credential:
        """Whose email and password these are. Raises `WrongCredentials`, after the same work whatever is wrong."""
        with self.store.reading() as tx:
            account = tx.accounts.by_email_key(email_key(email))
            credential = tx.credentials.of(NOBODY if account is None else account.id)
        right = self.hasher.verify(None if credential is None else credential.password_hash, password)
        if credential is None or not right:
            raise errors.WrongCredentials
        if self.hasher.is_outdated(credential.password_hash):
            self._renew(credential, password)
        return credential

    def _renew(self, credential: Credential, password: str) -> None:
        """Hashes a password with the present parameters; at another log-in if there is no time for it at this one."""
        with suppress(errors.HashingBusy, StaleVersion):
            renewed = credential.with_hash(self.hasher.hash(password))
            with self.store.transaction() as tx:
                tx.credentials.save(renewed)

    def _opened(
        self, tx: AccessTx, account: Account, client: Client, device_id: str | None, now: datetime
    ) -> tuple[Session, str, Sequence[Session]]:
        """The new session, its first refresh token, and the sessions that ended for it."""
        session_id = SessionId(self.ids.new())
        device = device_id or f"unnamed {session_id}"
        session = Session(
            id=session_id,
            user_id=account.id,
            device_id=device,
            device_label=None if client.label is None else client.label[:LABEL_LENGTH_MAX],
            address=client.address,
            created_at=now,
            last_used_at=now,
            expires_at=now + REFRESH_TOKEN_LIFE,
        )
        others = tx.sessions.locked_open_of(account.id, now)
        elsewhere = [other for other in others if other.device_id != device]
        replaced = [other for other in others if other not in elsewhere[: SESSIONS_MAX - 1]]
        _end(tx, now, replaced)
        tx.sessions.add(session)
        audit(tx, now, account.id, "session.opened", "session", session.id)
        if device_id is not None:
            tx.record(SessionOpened(account.id, session.id))
        return session, self._refresh_token(tx, session), replaced

    def _refresh_token(self, tx: AccessTx, session: Session) -> str:
        token = token_text(self.entropy.token(TOKEN_BYTES))
        tx.refresh_tokens.add(RefreshToken(token_hash(token), session.id, session.expires_at))
        return token

    def _tokens(self, account: Account, session: Session, refresh_token: str, now: datetime) -> Tokens:
        claims = Claims(
            member_id=account.id,
            session_id=session.id,
            role=account.role,
            token_id=str(self.ids.new()),
            issued_at=now,
            expires_at=now + ACCESS_TOKEN_LIFE,
        )
        seconds = int(ACCESS_TOKEN_LIFE.total_seconds())
        return Tokens(self.access_tokens.issue(claims), refresh_token, seconds, session.id)

    def refresh(self, refresh_token: str, client: Client) -> LoggedIn:
        """Gives a new pair of tokens for a refresh token, which is spent by that.

        A spent token that comes again ends the whole session: one of two who have it stole it. Only where its answer
        seems to have been lost, within `REFRESH_GRACE` and from the same address, it is good once more.

        Raises: `RefreshNotValid`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            token = tx.refresh_tokens.locked(token_hash(refresh_token))
            session = None if token is None else tx.sessions.locked(token.session_id)
            if token is None or session is None or not session.is_open(now):
                raise errors.RefreshNotValid
            account = tx.accounts.get(session.user_id)
            if token.is_stolen(client, now):
                fresh = None
                _end(tx, now, [session])
                audit(tx, now, account.id, "session.token_reused", "session", session.id)
                tx.record(TokenReused(account.id))
            else:
                fresh = self._next_token(tx, account, session, token, client, now)
        if fresh is None:
            self._deny([session])
            raise errors.RefreshNotValid
        return LoggedIn(account, self._tokens(account, session, fresh, now))

    def _next_token(
        self, tx: AccessTx, account: Account, session: Session, token: RefreshToken, client: Client, now: datetime
    ) -> str:
        if not account.is_active:
            raise errors.RefreshNotValid
        spent = token.spent(client, now)
        if spent is not token:
            tx.refresh_tokens.save(spent)
        return self._refresh_token(tx, tx.sessions.save(session.used(client, now)))

    def log_out(self, member_id: MemberId, session_id: SessionId, refresh_token: str | None = None) -> None:
        """Ends a session of a member: its tokens, access tokens too, are good for nothing any more.

        With a refresh token, its session as well, if that is the member's.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            token = None if refresh_token is None else tx.refresh_tokens.locked(token_hash(refresh_token))
            ids = {session_id} if token is None else {session_id, token.session_id}
            found = [tx.sessions.locked(each) for each in sorted(ids)]
            ending = [each for each in found if each and each.user_id == member_id and each.is_open(now)]
            _end(tx, now, ending)
            for session in ending:
                audit(tx, now, member_id, "session.ended", "session", session.id)
        self._deny(ending)

    def log_out_everywhere(self, member_id: MemberId) -> None:
        """Ends all sessions of a member."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            tx.accounts.locked(member_id)
            ended = end_all(tx, now, member_id)
            audit(tx, now, member_id, "session.all_ended", "member", member_id, {"sessions": len(ended)})
        self._deny(ended)

    def open_sessions(self, member_id: MemberId) -> Sequence[Session]:
        """The devices on which a member is logged in, the one used last first."""
        with self.store.reading() as tx:
            return tx.sessions.open_of(member_id, self.clock.now())

    def end(self, member_id: MemberId, session_id: SessionId) -> None:
        """Logs a member out on one of their devices. Raises `SessionNotFound`, also for another member's."""
        with self.store.reading() as tx:
            session = tx.sessions.find(session_id)
        if session is None or session.user_id != member_id or not session.is_open(self.clock.now()):
            raise errors.SessionNotFound(session_id)
        self.log_out(member_id, session_id)

    def admit(self, access_token: str) -> Admitted:
        """Lets a caller in whose token, session and account are good now.

        What the store says is remembered for a few seconds; a session that ended here or a status that changed here
        counts at once. Raises `NotLoggedIn`.
        """
        now = self.clock.now()
        claims = self.access_tokens.read(access_token, now)
        denied = self.deny_list.is_denied(claims.session_id)
        if denied:
            raise errors.NotLoggedIn("You were logged out. Log in again.")
        known = self.known.of(claims.member_id)
        if denied is None or known is None:
            known = self._asked(claims, now)
        if known.status is not Status.ACTIVE:
            raise errors.NotLoggedIn(f"The account is {known.status.value}.")
        return Admitted(claims.member_id, claims.session_id, known.role)

    def _asked(self, claims: Claims, now: datetime) -> Known:
        with self.store.reading() as tx:
            session = tx.sessions.find(claims.session_id)
            if session is not None and session.is_open(now):
                account = tx.accounts.get(session.user_id)
                self.deny_list.vouch(session.id)
                return self.known.vouch(account)
        self.deny_list.deny(claims.session_id, (claims.expires_at - now).total_seconds())
        raise errors.NotLoggedIn("Your session is over. Log in again.")

    def react(self, tx: AccessTx, now: datetime, event: MemberStatusChanged) -> None:
        """Reaction: who may not log in any more is logged out everywhere."""
        if event.new in (Status.SUSPENDED, Status.BANNED, Status.DELETED):
            end_all(tx, now, event.member_id)

    def forget_expired(self) -> int:
        """Job: drops sessions, tokens and counts that nobody can use any more, and tells how many."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            forgotten = tx.one_time_tokens.purge(now) + tx.attempts.purge(now - ATTEMPTS_FORGOTTEN_AFTER)
            return forgotten + tx.sessions.purge(now, PURGED_AT_ONCE)

    def _deny(self, ended: Iterable[Session]) -> None:
        for session in ended:
            self.deny_list.deny(session.id, ACCESS_TOKEN_LIFE.total_seconds())


def end_all(tx: AccessTx, now: datetime, member_id: MemberId, but: SessionId | None = None) -> Sequence[Session]:
    """Ends all open sessions of a member but one, and answers them: deny them after the commit."""
    ending = [session for session in tx.sessions.locked_open_of(member_id, now) if session.id != but]
    _end(tx, now, ending)
    return ending


def _end(tx: AccessTx, now: datetime, sessions: Sequence[Session]) -> None:
    tx.sessions.save_all([session.ended(now) for session in sessions])
