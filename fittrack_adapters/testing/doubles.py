"""A clock that stands still, ids that count, chance that repeats itself, passwords and tokens without secrets."""

import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs

from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import Claims
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId, SessionId


@attrs.define
class StoppedClock:
    """Stands at `at` until told otherwise."""

    at: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by

    def set(self, to: datetime) -> None:
        self.at = to


class CountingIds:
    """UUIDs of version 7 that follow each other: the clock's time, then a counter. `seed` tells two series apart."""

    def __init__(self, clock: StoppedClock, seed: int = 0) -> None:
        self._clock = clock
        self._seed = seed
        self._given = 0
        self._guard = threading.Lock()

    def new(self) -> UUID:
        with self._guard:
            self._given += 1
            milliseconds = int(self._clock.at.timestamp() * 1000)
            counter = self._given
        value = milliseconds << 80 | 7 << 76 | (counter >> 30 & 0xFFF) << 64 | 2 << 62
        return UUID(int=value | (counter & 0x3FFFFFFF) << 32 | self._seed & 0xFFFFFFFF)


class FixedEntropy:
    """Bytes that look random and are the same in every run with the same seed. For tests and demo data only."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._given = 0
        self._guard = threading.Lock()

    def token(self, size: int) -> bytes:
        with self._guard:
            self._given += 1
            given = self._given
        return hashlib.shake_256(f"{self._seed}/{given}".encode()).digest(size)


@attrs.frozen
class PlainHasher:
    """A `PasswordHasher` that hides nothing and takes no time. `mark` stands for the parameters."""

    mark: str = "plain"

    def hash(self, password: str) -> str:
        return f"{self.mark}:{password}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash is not None and password_hash.partition(":")[2] == password

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"{self.mark}:")


@attrs.frozen
class PlainTokens:
    """`AccessTokens` that anybody could forge."""

    def issue(self, claims: Claims) -> str:
        return json.dumps(attrs.asdict(claims) | {"role": claims.role.value}, default=str)

    def read(self, token: str, now: datetime) -> Claims:
        try:
            said = json.loads(token)
            claims = Claims(
                member_id=MemberId(UUID(said["member_id"])),
                session_id=SessionId(UUID(said["session_id"])),
                role=Role(said["role"]),
                token_id=said["token_id"],
                issued_at=datetime.fromisoformat(said["issued_at"]),
                expires_at=datetime.fromisoformat(said["expires_at"]),
            )
        except (ValueError, KeyError, TypeError):
            raise NotLoggedIn("The access token is not valid.") from None
        if now >= claims.expires_at:
            raise NotLoggedIn("The access token has expired.")
        return claims
