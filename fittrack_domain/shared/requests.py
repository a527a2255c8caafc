"""Requests that may arrive twice: the answer is stored with the effect, in one transaction, and given again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import attrs

from fittrack_domain.shared.errors import Fault, InvalidInput, KeyReused
from fittrack_domain.shared.ports import Clock, Store

KEY_LENGTH_MAX = 100
ANSWERS_KEPT_FOR = timedelta(hours=24)


@attrs.frozen
class Answered:
    """A request that was carried out: whose, which, with what arguments, and what it answered."""

    principal: UUID
    operation: str
    idempotency_key: str
    fingerprint: str
    answer: Mapping[str, Any]
    expires_at: datetime


class Answers(Protocol):
    """The answers given so far."""

    def find(self, principal: UUID, operation: str, key: str) -> Answered | None: ...

    def add(self, answered: Answered) -> None:
        """Raises `AlreadyExists` when the same request was carried out at the same moment."""
        ...

    def forget(self, principal: UUID, operation: str, key: str) -> None: ...

    def purge(self, now: datetime) -> int:
        """Drops what has expired, and tells how many."""
        ...


class AnswersTx(Protocol):
    """A transaction with the answers given so far."""

    @property
    def answers(self) -> Answers: ...


@attrs.frozen
class Requests:
    """The answers kept for requests that come again."""

    store: Store[AnswersTx]
    clock: Clock

    def forget_expired(self) -> int:
        """Drops the answers that are older than a day, and tells how many."""
        with self.store.transaction() as tx:
            return tx.answers.purge(self.clock.now())


@attrs.define
class Request:
    """One request of a member under an idempotency key of the client's choice.

    `replayed` tells afterwards whether it had been carried out before, so that nothing was done this time. Raises
    `InvalidInput` unless the key has 1 to 100 visible ASCII characters.
    """

    principal: UUID
    operation: str
    key: str
    arguments: Mapping[str, Any]
    replayed: bool = attrs.field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        visible = self.key.isascii() and self.key.isprintable() and " " not in self.key
        if not (visible and 1 <= len(self.key) <= KEY_LENGTH_MAX):
            raise InvalidInput((Fault("/idempotencyKey", f"must be 1 to {KEY_LENGTH_MAX} visible characters"),))

    @property
    def fingerprint(self) -> str:
        """Tells requests with other arguments apart."""
        return hashlib.sha256(json.dumps(self.arguments, sort_keys=True, default=str).encode()).hexdigest()

    def answered_before(self, tx: AnswersTx, now: datetime) -> Mapping[str, Any] | None:
        """The answer given to this request within the last 24 hours.

        Raises `KeyReused` when the key came with other arguments.
        """
        return self.still_answered(tx, tx.answers.find(self.principal, self.operation, self.key), now)

    def still_answered(self, tx: AnswersTx, found: Answered | None, now: datetime) -> Mapping[str, Any] | None:
        """As `answered_before`, where what was answered under the key is at hand."""
        if found is None:
            return None
        if found.expires_at <= now:
            tx.answers.forget(self.principal, self.operation, self.key)
            return None
        if found.fingerprint != self.fingerprint:
            raise KeyReused(self.key)
        self.replayed = True
        return found.answer

    def answered(self, now: datetime, answer: Mapping[str, Any]) -> Answered:
        """The answer, to be kept for 24 hours."""
        return Answered(self.principal, self.operation, self.key, self.fingerprint, answer, now + ANSWERS_KEPT_FOR)

    def answer(self, tx: AnswersTx, now: datetime, answer: Mapping[str, Any]) -> None:
        """Stores the answer, to be given again for 24 hours."""
        tx.answers.add(self.answered(now, answer))

    def made_before(self, tx: AnswersTx, now: datetime) -> UUID | None:
        """The id of what this request made within the last 24 hours. Raises as `answered_before`."""
        answer = self.answered_before(tx, now)
        return None if answer is None else UUID(answer["id"])

    def made(self, tx: AnswersTx, now: datetime, made_id: UUID) -> None:
        """Stores the id of what was made, to be found by the same request for 24 hours."""
        self.answer(tx, now, {"id": str(made_id)})
