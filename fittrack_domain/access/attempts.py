"""Counting what is tried for an email, whether or not anybody has it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fittrack_domain.access.errors import HashingBusy, Locked
from fittrack_domain.access.model import Guarded
from fittrack_domain.access.ports import AccessTx
from fittrack_domain.audit.service import record as audit
from fittrack_domain.identity.admission import email_key
from fittrack_domain.shared.ports import Store

SHOWN_OF_HASH = 16


def email_hash(email: str) -> str:
    """What stands for an email where it is only counted."""
    return hashlib.sha256(email_key(email).encode()).hexdigest()


def count(tx: AccessTx, kind: Guarded, hashed: str, now: datetime) -> None:
    """Counts one more attempt, before it is known how it ends: many at once cannot slip through. Raises `Locked`."""
    attempts = tx.attempts.locked(kind, hashed, now).again(now)
    tx.attempts.save(attempts)
    if attempts.is_locked(now) and kind is Guarded.LOG_IN:
        audit(tx, now, None, "log_in.locked", "email", hashed[:SHOWN_OF_HASH], {"locks": attempts.locks})


@contextmanager
def look(store: Store[AccessTx], hashed: str, now: datetime) -> Iterator[None]:
    """Counts one attempt to log in, for a look at the password in its block. One that finds no place is taken back.

    Raises: `Locked`.
    """
    with store.transaction() as tx:
        count(tx, Guarded.LOG_IN, hashed, now)
    try:
        yield
    except HashingBusy:
        with store.transaction() as tx:
            tx.attempts.save(tx.attempts.locked(Guarded.LOG_IN, hashed, now).taken_back())
        raise


def counted(tx: AccessTx, kind: Guarded, hashed: str, now: datetime) -> bool:
    """Counts one more attempt unless there were too many, and tells whether it may go on."""
    try:
        count(tx, kind, hashed, now)
    except Locked:
        return False
    return True
