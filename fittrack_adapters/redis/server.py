"""One Redis server: bounded waits, and a pause after it failed, so that a dead one does not slow every request."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.resources import files
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
import structlog

from fittrack_domain.shared.errors import Unavailable

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import Pipeline

T = TypeVar("T")

TIMEOUT_SECONDS: Final = 0.15
"""How long to wait for a connection, and for each answer."""

AWAY_SECONDS: Final = 5.0
"""How long Redis is left alone after a failure. Then one call tries again; the others wait for its success."""


@attrs.frozen
class RedisAway(Unavailable):
    """Redis does not answer, or did not a moment ago. Do without it."""

    code = "redis_away"

    def __str__(self) -> str:
        return "Redis does not answer (FITTRACK_REDIS_URL). FitTrack works without it, only slower."


@attrs.frozen
class Script:
    """A Lua script of this package: several steps that nothing comes between, in one round trip."""

    text: str
    sha: str

    @classmethod
    def load(cls, name: str) -> "Script":
        text = (files("fittrack_adapters.redis") / f"{name}.lua").read_text(encoding="utf-8")
        return cls(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


@attrs.frozen
class Call:
    """A script with its keys and arguments."""

    script: Script
    keys: Sequence[str]
    arguments: Sequence[Any]


class RedisServer:
    """The server at `url`. The client library is imported when first needed: that takes 0.2 s."""

    def __init__(
        self, url: str, *, away_seconds: float = AWAY_SECONDS, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self.url = url
        self._timeout_seconds = timeout_seconds
        self._away_seconds = away_seconds
        self._away_until = 0.0
        self._guard = threading.Lock()
        self._log = structlog.get_logger("fittrack.redis")

    @cached_property
    def client(self) -> "Redis":
        """The library's client, for calls inside `run`."""
        from redis import Redis  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.exceptions import ConnectionError as Disconnected  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        return Redis.from_url(
            self.url,
            socket_timeout=self._timeout_seconds,
            socket_connect_timeout=self._timeout_seconds,
            # Once, at once, and only for connections that turn out closed: those of a server that was restarted.
            retry=Retry(NoBackoff(), 1, (Disconnected,)),
        )

    @property
    def is_away(self) -> bool:
        return monotonic() < self._away_until

    def run(self, work: "Callable[[Redis], T]") -> T:
        """What `work` makes of the client. Raises `RedisAway`, at once while the pause after a failure lasts."""
        from redis.exceptions import RedisError  # noqa: PLC0415

        was_away = self._admit()
        try:
            result = work(self.client)
        except (RedisError, OSError) as error:
            self._leave_alone(error)
            raise RedisAway from error
        if was_away:
            self._away_until = 0.0
            self._log.info("redis is back")
        return result

    def call(self, call: Call) -> Any:
        """Runs a script. Raises `RedisAway`."""
        return self.run(lambda client: _call(client, call))

    def call_all(self, calls: Sequence[Call]) -> list[Any]:
        """Runs scripts in one round trip; others may come between two of them. Raises `RedisAway`."""
        return self.run(lambda client: _call_all(client, calls))

    def version(self) -> str:
        """Raises `RedisAway`."""
        return str(self.run(lambda client: client.info("server"))["redis_version"])

    def close(self) -> None:
        if "client" in vars(self):
            self.client.close()

    def _admit(self) -> bool:
        """Whether Redis was away; of those who come after the pause, only the first is let through."""
        if self._away_until == 0.0:
            return False
        with self._guard:
            now = monotonic()
            if now < self._away_until:
                raise RedisAway
            self._away_until = now + self._away_seconds
        return True

    def _leave_alone(self, error: Exception) -> None:
        with self._guard:
            self._away_until = monotonic() + self._away_seconds
        self._log.warning("redis is away", error=type(error).__name__, pause_seconds=self._away_seconds)


def _call(client: "Redis", call: Call) -> Any:
    from redis.exceptions import NoScriptError  # noqa: PLC0415

    operands = (*call.keys, *call.arguments)
    try:
        return client.evalsha(call.script.sha, len(call.keys), *operands)
    except NoScriptError:  # new, restarted or flushed
        return client.eval(call.script.text, len(call.keys), *operands)


def _call_all(client: "Redis", calls: Sequence[Call]) -> list[Any]:
    from redis.exceptions import NoScriptError  # noqa: PLC0415

    try:
        return _pipeline(client, calls).execute()
    except NoScriptError:
        for script in {call.script for call in calls}:
            client.script_load(script.text)
        return _pipeline(client, calls).execute()  # all of them again: each may be done twice


def _pipeline(client: "Redis", calls: Sequence[Call]) -> "Pipeline":
    pipeline = client.pipeline(transaction=False)
    for call in calls:
        pipeline.evalsha(call.script.sha, len(call.keys), *call.keys, *call.arguments)
    return pipeline
