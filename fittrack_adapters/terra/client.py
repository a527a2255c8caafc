"""Terra's HTTP API, as far as we use it."""

import asyncio
import contextlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import attrs
import httpx
import orjson
import stamina
import structlog

from fittrack_domain.tracking.errors import GatewayBusy, GatewayUnreachable, TrackerUserUnknown

ANSWER_SECONDS: Final = 10.0
ANSWER_BYTES_MAX: Final = 256 * 1024
ATTEMPTS: Final = 3
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
BUSY_SECONDS: Final = 60
BUSY_SECONDS_MAX: Final = 24 * 3_600
"""How long Terra is left alone when it says that it is asked too often, and not for how long."""

Answer = Mapping[str, Any]

log = structlog.get_logger("fittrack.terra")


def _without_slash(url: str) -> str:
    return url.rstrip("/")


class PassingTrouble(GatewayUnreachable):
    """Gone the next moment, perhaps: worth another attempt."""


@attrs.frozen
class TerraClient:
    """Calls with our credentials. To be used where no event loop runs, as all of the domain.

    Attributes:
        url: Of the API.
        answer_seconds: How long a call may take from the connection to the last byte.
    """

    url: str = attrs.field(converter=_without_slash)
    dev_id: str
    api_key: str = attrs.field(repr=False)
    answer_seconds: float = ANSWER_SECONDS

    def post(self, path: str, parameters: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Answer:
        """Makes something: tried once. Raises `GatewayUnreachable`, `GatewayBusy`."""
        return asyncio.run(self._answer("POST", path, parameters, body))

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """Raises `TrackerUserUnknown` (404), and as `post` after a few attempts."""
        return self._tried("GET", path, parameters)

    def delete(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """Raises as `get`."""
        return self._tried("DELETE", path, parameters)

    def check(self) -> None:
        """Makes sure that Terra answers and takes our credentials. Raises `GatewayUnreachable`, `GatewayBusy`."""
        with contextlib.suppress(TrackerUserUnknown):
            self.get("/userInfo", {"user_id": NOBODY})

    def _tried(self, method: str, path: str, parameters: Mapping[str, str]) -> Answer:
        answer: Answer = {}
        # Not the decorator: it would write the arguments, and with them whose tracker it is, into the log.
        for attempt in stamina.retry_context(
            on=PassingTrouble, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=2.0, wait_jitter=0.5
        ):
            with attempt:
                answer = asyncio.run(self._answer(method, path, parameters))
        return answer

    async def _answer(
        self, method: str, path: str, parameters: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Answer:
        try:
            status, headers, content = await self._exchange(method, path, parameters, body)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("terra does not answer", path=path, reason=repr(error))
            raise PassingTrouble("it does not answer") from None
        if status == HTTPStatus.OK:
            return _object(content)
        if status == HTTPStatus.NOT_FOUND and method != "POST":
            raise TrackerUserUnknown
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise GatewayBusy(_pause(headers.get("retry-after")))
        log.warning("terra refuses", path=path, status=status)
        kind = PassingTrouble if status >= HTTPStatus.INTERNAL_SERVER_ERROR else GatewayUnreachable
        raise kind(f"it answers {status}")

    async def _exchange(
        self, method: str, path: str, parameters: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """One deadline spans it all: httpx's own timeouts span single reads, and an answer that drips outlasts them."""
        headers = {"dev-id": self.dev_id, "x-api-key": self.api_key, "accept-encoding": "identity"}
        content = b""
        async with (
            asyncio.timeout(self.answer_seconds),
            httpx.AsyncClient(timeout=self.answer_seconds, headers=headers) as client,
            client.stream(method, f"{self.url}{path}", params=dict(parameters), json=body) as response,
        ):
            async for piece in response.aiter_raw():
                content += piece
                if len(content) > ANSWER_BYTES_MAX:
                    raise GatewayUnreachable("its answer is too long")
        return response.status_code, response.headers, content


def _object(content: bytes) -> Answer:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise GatewayUnreachable("its answer is no JSON object")
    return found


def _pause(retry_after: str | None) -> int:
    """In seconds; an HTTP date, which Terra does not send, is taken for no word at all."""
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return BUSY_SECONDS
    return max(1, min(int(retry_after), BUSY_SECONDS_MAX))
