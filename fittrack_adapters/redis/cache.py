"""Copies in Redis, seen by all processes."""

from typing import Final, cast

import attrs

from fittrack_adapters.redis.server import RedisAway, RedisServer

PREFIX: Final = "fittrack:cache:"


@attrs.frozen
class RedisCache:
    """`Cache`. Without its server nothing is found and nothing kept."""

    server: RedisServer

    def get(self, key: str) -> bytes | None:
        try:
            return cast("bytes | None", self.server.run(lambda client: client.get(PREFIX + key)))
        except RedisAway:
            return None

    def put(self, key: str, value: bytes, seconds: float) -> None:
        self._set(key, value, seconds, only_new=False)

    def put_new(self, key: str, value: bytes, seconds: float) -> None:
        self._set(key, value, seconds, only_new=True)

    def drop(self, key: str) -> None:
        try:
            self.server.run(lambda client: client.delete(PREFIX + key))
        except RedisAway:
            return  # it runs out by itself

    def _set(self, key: str, value: bytes, seconds: float, *, only_new: bool) -> None:
        milliseconds = max(1, round(seconds * 1000))
        try:
            self.server.run(lambda client: client.set(PREFIX + key, value, px=milliseconds, nx=only_new))
        except RedisAway:
            return
