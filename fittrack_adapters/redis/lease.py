"""Which process does the periodic work, agreed on in Redis."""

from typing import Final

import attrs

from fittrack_adapters.redis.server import Call, RedisAway, RedisServer, Script

PREFIX: Final = "fittrack:lease:"
TAKE: Final = Script.load("take")
GIVE_BACK: Final = Script.load("give_back")


@attrs.frozen
class RedisLease:
    """`Lease` as `holder`, a name that no other process has. Without its server everybody gets everything."""

    server: RedisServer
    holder: str

    def take(self, name: str, seconds: float) -> bool:
        call = Call(TAKE, (PREFIX + name,), (self.holder, max(1, round(seconds * 1000))))
        try:
            return bool(self.server.call(call))
        except RedisAway:
            return True

    def give_back(self, name: str) -> None:
        try:
            self.server.call(Call(GIVE_BACK, (PREFIX + name,), (self.holder,)))
        except RedisAway:
            return  # it runs out by itself
