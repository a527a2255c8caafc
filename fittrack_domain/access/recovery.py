"""Other passwords: forgotten ones reset by mail, known ones changed, and those that an administrator gives."""

from datetime import datetime

import attrs

from fittrack_domain.access.attempts import counted, email_hash, look
from fittrack_domain.access.errors import TokenNotValid, WrongPassword
from fittrack_domain.access.events import PasswordChanged, TokenDue
from fittrack_domain.access.model import (
    ACCESS_TOKEN_LIFE,
    Credential,
    Guarded,
    OneTimeToken,
    Purpose,
    token_hash,
)
from fittrack_domain.access.passwords import normal_password, password_faults
from fittrack_domain.access.ports import AccessTx, PasswordHasher
from fittrack_domain.access.sessions import end_all
from fittrack_domain.audit.service import record as audit
from fittrack_domain.identity.admission import email_key
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Account
from fittrack_domain.shared.beside import DenyList
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId, SessionId
from fittrack_domain.shared.ports import Clock, Store


@attrs.frozen
class Passwords:
    """How members come to another password."""

    store: Store[AccessTx]
    clock: Clock
    hasher: PasswordHasher
    deny_list: DenyList
    known: KnownAccounts

    def forgot(self, email: str) -> None:
        """Mails a reset token to whoever has this email; whether anybody has is not told.

        A handful of times, then no more for a while.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            if counted(tx, Guarded.MAIL, email_hash(email), now):
                account = tx.accounts.by_email_key(email_key(email))
                if account is not None and not account.is_deleted:
                    tx.record(TokenDue(account.id, Purpose.RESET_PASSWORD))

    def reset(self, token: str, password: str) -> None:
        """Sets another password for whoever shows the token that was mailed to them, and ends all their sessions.

        The token also verifies the email: it was sent there. Raises `TokenNotValid`, `InvalidInput`, `HashingBusy`.
        """
        now = self.clock.now()
        with self.store.reading() as tx:
            found = _found(tx.one_time_tokens.find(token_hash(token)))
            found.used(now)
            _check(password, tx.accounts.get(found.user_id))
        password_hash = self.hasher.hash(normal_password(password))
        with self.store.transaction() as tx:
            found = _found(tx.one_time_tokens.locked(token_hash(token)))
            tx.one_time_tokens.save(found.used(now))
            account = tx.accounts.locked(found.user_id)
            if account.is_deleted:
                raise TokenNotValid(found.purpose.value)
            if account.email_verified_at is None:
                account = tx.accounts.save(account.verified(now))
            ended = _set(tx, now, account, password_hash)
            audit(tx, now, account.id, "password.reset", "member", account.id)
        self.known.tell(account)
        self._deny(ended)

    def change(self, member_id: MemberId, current: str, new: str, session_id: SessionId | None = None) -> None:
        """Sets another password for a member who knows the current one, and ends all their sessions but this one.

        Raises: `Locked`, `WrongPassword`, `InvalidInput` (the new one), `HashingBusy`.
        """
        now = self.clock.now()
        with self.store.reading() as tx:
            account = tx.accounts.get(member_id)
            credential = tx.credentials.of(member_id)
        _check(new, account, "/newPassword")
        known = None if credential is None else credential.password_hash
        with look(self.store, email_hash(account.email), now):
            if not self.hasher.verify(known, normal_password(current)):
                raise WrongPassword
            password_hash = self.hasher.hash(normal_password(new))
        with self.store.transaction() as tx:
            account = tx.accounts.locked(member_id)
            if credential is None or not credential.is_of_same_password(tx.credentials.of(member_id)):
                raise WrongPassword  # since we looked
            ended = _set(tx, now, account, password_hash, but=session_id)
            audit(tx, now, member_id, "password.changed", "member", member_id)
        self._deny(ended)

    def give(self, actor: MemberId | None, member_id: MemberId, password: str) -> None:
        """Sets a member's password without asking them, and ends all their sessions. Audited.

        Raises: `MemberNotFound`, `AccountDeleted`, `InvalidInput`, `HashingBusy`.
        """
        now = self.clock.now()
        with self.store.reading() as tx:
            _check(password, tx.accounts.get(member_id))
        password_hash = self.hasher.hash(normal_password(password))
        with self.store.transaction() as tx:
            account = tx.accounts.locked(member_id)
            account.require_kept()
            ended = _set(tx, now, account, password_hash)
            audit(tx, now, actor, "password.given", "member", member_id)
        self._deny(ended)

    def _deny(self, ended: list[SessionId]) -> None:
        for session_id in ended:
            self.deny_list.deny(session_id, ACCESS_TOKEN_LIFE.total_seconds())


def _set(
    tx: AccessTx, now: datetime, account: Account, password_hash: str, but: SessionId | None = None
) -> list[SessionId]:
    """Stores the password, and answers which sessions ended for it."""
    credential = tx.credentials.of(account.id)
    if credential is None:
        tx.credentials.add(Credential(account.id, password_hash, changed_at=now))
    else:
        tx.credentials.save(credential.changed(password_hash, now))
        tx.record(PasswordChanged(account.id))
    tx.attempts.forget(Guarded.LOG_IN, email_hash(account.email))
    return [session.id for session in end_all(tx, now, account.id, but)]


def _found(token: OneTimeToken | None) -> OneTimeToken:
    if token is None or token.purpose is not Purpose.RESET_PASSWORD:
        raise TokenNotValid(Purpose.RESET_PASSWORD.value)
    return token


def _check(password: str, account: Account, pointer: str = "/password") -> None:
    if faults := tuple(password_faults(pointer, password, account.email)):
        raise InvalidInput(faults)
