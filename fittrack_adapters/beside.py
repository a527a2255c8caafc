"""What is kept beside the store: in Redis for all processes where there is one, else in those of one server."""

from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

import attrs

from fittrack_adapters.denials import CachedDenyList
from fittrack_adapters.in_process import ProcessCache, ProcessLease, ProcessRateLimiter
from fittrack_adapters.neighbours import Neighbours
from fittrack_adapters.side_by_side import SharedCache, SharedRateLimiter
from fittrack_domain.shared.beside import Cache, DenyList, Lease, RateLimiter

if TYPE_CHECKING:
    from fittrack_adapters.redis.server import RedisServer


@attrs.frozen
class Beside:
    """The cache, the deny list, the rate limiter and the lease of this process, each made when first asked for."""

    redis: "RedisServer | None" = None
    neighbours: Neighbours | None = None
    """The other processes of this server, if it has any."""

    @cached_property
    def cache(self) -> Cache:
        if self.redis is None:
            return ProcessCache() if self.neighbours is None else SharedCache(self.neighbours.changes)
        from fittrack_adapters.redis.cache import RedisCache  # noqa: PLC0415  # only where Redis is used

        return RedisCache(self.redis)

    @cached_property
    def deny_list(self) -> DenyList:
        return CachedDenyList(self.cache)

    @cached_property
    def rate_limiter(self) -> RateLimiter:
        if self.redis is None:
            return ProcessRateLimiter() if self.neighbours is None else SharedRateLimiter(self.neighbours.calls)
        from fittrack_adapters.rate_limits import RedisRateLimiter  # noqa: PLC0415  # only where Redis is used

        return RedisRateLimiter(self.redis)

    @cached_property
    def lease(self) -> Lease:
        if self.redis is None:
            return ProcessLease()
        from fittrack_adapters.redis.lease import RedisLease  # noqa: PLC0415  # only where Redis is used

        return RedisLease(self.redis, holder=uuid4().hex)

    def close(self) -> None:
        if self.redis is not None:
            self.redis.close()
