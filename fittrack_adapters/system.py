"""The machine's own clock, source of chance, and ids."""

import secrets
from datetime import UTC, datetime
from uuid import UUID

import attrs
from uuid_utils.compat import uuid7


@attrs.frozen
class SystemClock:
    """The present time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@attrs.frozen
class SystemEntropy:
    """The operating system's secure random bytes."""

    def token(self, size: int) -> bytes:
        return secrets.token_bytes(size)


@attrs.frozen
class SystemIds:
    """UUIDs of version 7."""

    def new(self) -> UUID:
        return uuid7()
