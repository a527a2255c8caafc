"""What is kept beside the store, as Protocols: copies, counts, denials and leases, in this process or shared by all.

Nothing here is ever the truth. Every method may find its server slow, empty or gone, and answers all the same, without
raising: then things take longer, and nothing else is different.
"""

from typing import Protocol
from uuid import UUID

import attrs


class Cache(Protocol):
    """Copies of what can be had elsewhere. Any of them may be forgotten at any moment."""

    def get(self, key: str) -> bytes | None:
        """The copy; None when there is none, or none any more."""
        ...

    def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a copy for so long, in place of the one before."""
        ...

    def put_new(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a copy for so long, unless there is one."""
        ...

    def drop(self, key: str) -> None: ...


class DenyList(Protocol):
    """Which sessions are over, known faster than the store can tell. The store's word counts where nothing is known."""

    def deny(self, session_id: UUID, seconds: float) -> None:
        """Tells all at once that the session is over; `seconds` is how long its last access token would be valid."""
        ...

    def vouch(self, session_id: UUID) -> None:
        """Tells that the store just called the session good. Holds for a few seconds; never undoes a denial."""
        ...

    def is_denied(self, session_id: UUID) -> bool | None:
        """None when nothing is known: ask the store, then `vouch` or `deny`."""
        ...


@attrs.frozen
class RateLimit:
    """At most so many calls by one caller in any window of so many seconds."""

    name: str
    calls: int
    seconds: int


@attrs.frozen
class Allowance:
    """Whether a call may go ahead, how many more may, and in how many seconds there is room again."""

    allowed: bool
    remaining: int
    seconds_to_reset: int


class RateLimiter(Protocol):
    """Counts calls. Forgotten counts forgive; without the shared ones each process counts for itself."""

    def spend(self, limit: RateLimit, caller: str) -> Allowance:
        """Counts one call by `caller` against `limit`."""
        ...


class Lease(Protocol):
    """Lets one process at a time do periodic work that all could do.

    It saves work and guards nothing: it runs out by itself, two may hold it across an outage, and without its server
    everybody does. So the work must be safe to do twice, and twice at once, as all jobs are.
    """

    def take(self, name: str, seconds: float) -> bool:
        """Whether the work of this name is ours from now on for so long. Whoever has it may take it again."""
        ...

    def give_back(self, name: str) -> None:
        """Lets others have it at once, if it is ours."""
        ...
