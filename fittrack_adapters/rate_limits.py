"""Calls counted in Redis by the library `limits`: every window of time, not only those that begin on the minute."""

from math import ceil
from time import time
from typing import TYPE_CHECKING

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from fittrack_adapters.in_process import ProcessRateLimiter
from fittrack_adapters.redis.server import RedisAway, RedisServer
from fittrack_domain.shared.beside import Allowance, RateLimit

if TYPE_CHECKING:
    from redis import Redis

PREFIX = "fittrack:limit"


class RedisRateLimiter:
    """`RateLimiter` of all processes. Without its server each counts for itself."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._alone = ProcessRateLimiter()
        self._windows: MovingWindowRateLimiter | None = None

    def spend(self, limit: RateLimit, caller: str) -> Allowance:
        try:
            return self._server.run(lambda client: _spend(self._shared(client), limit, caller))
        except RedisAway:
            return self._alone.spend(limit, caller)

    def _shared(self, client: "Redis") -> MovingWindowRateLimiter:
        if self._windows is None:
            storage = RedisStorage(self._server.url, connection_pool=client.connection_pool, key_prefix=PREFIX)
            self._windows = MovingWindowRateLimiter(storage)
        return self._windows


def _spend(windows: MovingWindowRateLimiter, limit: RateLimit, caller: str) -> Allowance:
    item = RateLimitItemPerSecond(limit.calls, limit.seconds)
    allowed = windows.hit(item, limit.name, caller)
    reset_at, remaining = windows.get_window_stats(item, limit.name, caller)
    return Allowance(allowed, remaining, max(0, ceil(reset_at - time())))
