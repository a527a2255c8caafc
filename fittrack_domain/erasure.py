"""Forgetting who left: what tells who a member was is erased, and only the id remains (rules.md, chapter 2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import attrs

from fittrack_domain.access.attempts import email_hash
from fittrack_domain.access.model import Guarded
from fittrack_domain.audit.service import record as audit
from fittrack_domain.fulfillment import steps
from fittrack_domain.identity.model import Account
from fittrack_domain.notices.ports import NoticesTx
from fittrack_domain.shared.errors import Conflict
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.ports import Clock, Store
from fittrack_domain.tracking.connecting import forget

ERASED_AFTER: Final = timedelta(days=21)
"""The rules ask for 30 days at most. A prize that is under way has run its course by then: claims end after 14."""

ERASED_AT_ONCE: Final = 500


class KeptMail(Protocol):
    """Mail that was kept instead of sent, where there is no mail server."""

    def remove_to(self, email: str) -> None: ...


class ErasureTx(NoticesTx, Protocol):
    """A transaction over everything that is personal."""

    @property
    def kept_mail(self) -> KeptMail: ...


@attrs.frozen
class Erasure:
    """Erases personal data. Ledger, entries, standings, reviews and audit keep the id, which then names nobody."""

    store: Store[ErasureTx]
    clock: Clock

    def erase_due(self) -> Sequence[MemberId]:
        """Job: forgets up to `ERASED_AT_ONCE` members who left 21 days ago or earlier, and answers them; audited.

        Each in a transaction of its own; whom somebody else changes at the same moment is left to the next run. May
        run twice, and twice at once; interrupted, it goes on with the next one.
        """
        now = self.clock.now()
        with self.store.reading() as tx:
            due = tx.accounts.to_erase(now - ERASED_AFTER, ERASED_AT_ONCE)
        return [member_id for member_id in due if self._erased(member_id, now)]

    def _erased(self, member_id: MemberId, now: datetime) -> bool:
        try:
            with self.store.transaction() as tx:
                account = tx.accounts.locked(member_id)
                if account.erased_at is not None:
                    return False
                _erase(tx, account, now)
        except Conflict:
            return False
        return True


def _erase(tx: ErasureTx, account: Account, now: datetime) -> None:
    _erase_access(tx, account)
    _erase_what_was_told(tx, account)
    _erase_what_was_stated(tx, account, now)
    forget(tx, account.id)
    for connection in tx.connections.of(account.id):
        tx.connections.save(connection.erased())
    for review in tx.reviews.of(account.id):
        tx.reviews.save(review.erased())
    for fulfillment in tx.fulfillments.of(account.id):  # late, because it is audited: the audit's end is locked last
        steps.erase(tx, now, fulfillment)
    audit(tx, now, None, "member.erased", "member", account.id)


def _erase_access(tx: ErasureTx, account: Account) -> None:
    tx.credentials.remove(account.id)
    tx.sessions.remove_of(account.id)
    tx.one_time_tokens.remove_of(account.id)
    for kind in Guarded:
        tx.attempts.forget(kind, email_hash(account.email))


def _erase_what_was_told(tx: ErasureTx, account: Account) -> None:
    tx.notifications.remove_of(account.id)
    tx.kept_mail.remove_to(account.email)


def _erase_what_was_stated(tx: ErasureTx, account: Account, now: datetime) -> None:
    tx.preferences.remove(account.id)
    tx.profiles.save(tx.profiles.get(account.id).erased())
    tx.accounts.save(account.erased(now))
