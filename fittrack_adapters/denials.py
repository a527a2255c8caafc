"""Sessions that are over, and those just found good, as copies in a cache of any kind."""

from typing import Final
from uuid import UUID

import attrs

from fittrack_domain.shared.beside import Cache

DENIED: Final = b"denied"
GOOD: Final = b"good"

VOUCHED_SECONDS: Final = 5.0
"""How long a good session needs no second look: "a cache of at most a few seconds" (rules, chapter 3)."""


@attrs.frozen
class CachedDenyList:
    """`DenyList` over a `Cache`."""

    cache: Cache

    def deny(self, session_id: UUID, seconds: float) -> None:
        self.cache.put(_key(session_id), DENIED, seconds)

    def vouch(self, session_id: UUID) -> None:
        # Never over a denial: it may have come while the store was being asked.
        self.cache.put_new(_key(session_id), GOOD, VOUCHED_SECONDS)

    def is_denied(self, session_id: UUID) -> bool | None:
        found = self.cache.get(_key(session_id))
        return None if found is None else found == DENIED


def _key(session_id: UUID) -> str:
    return f"session:{session_id}"
