"""Sanic's connection and request with deadlines that dripping bytes do not extend, and request ids that are checked."""

import asyncio
import re
import secrets
from itertools import count
from time import monotonic
from typing import Any, Final

from sanic import Request
from sanic.exceptions import BadURL, RequestTimeout
from sanic.http.constants import Stage
from sanic.server.protocols.http_protocol import HttpProtocol
from structlog.contextvars import bind_contextvars

REQUEST_ID: Final = "x-request-id"
ADDRESS_FORM = re.compile(r"[0-9A-Fa-f.:]{2,45}")
REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
STAND_IN_METHOD: Final = "NONE"
"""What Sanic calls the method of the empty request with which it answers a malformed one."""

PROCESS: Final = secrets.token_hex(5)
NUMBERS: Final = count(1)


class FitTrackRequest(Request[Any, Any]):
    """A request with a deadline for its body and an id of a safe form."""

    def __init__(self, url_bytes: bytes, *args: Any, **kwargs: Any) -> None:
        # A URL that cannot be parsed must not fail a second time, in the stand-in that carries the answer.
        stands_in = kwargs["method"] == STAND_IN_METHOD
        if b"#" in url_bytes and not stands_in:
            raise BadURL("A fragment is the client's own business")
        super().__init__(b"*" if stands_in else url_bytes, *args, **kwargs)
        bind_contextvars(request_id=self.id)  # until the connection's next request

    @property
    def id(self) -> str:
        """The client's `X-Request-ID` where it has 1 to 64 letters, digits, dots, dashes; else a fresh one."""
        if self._id is None:
            given = self.headers.getone(REQUEST_ID, "")
            self._id = given if REQUEST_ID_FORM.fullmatch(given) else f"{PROCESS}-{next(NUMBERS):x}"
        return str(self._id)

    async def receive_body(self) -> None:
        """Reads the body. Raises `RequestTimeout` (408) when it takes too long."""
        try:
            async with asyncio.timeout(self.app.config.BODY_TIMEOUT):
                await super().receive_body()  # type: ignore[no-untyped-call]
        except TimeoutError:
            hang_up(self)
            raise RequestTimeout from None


class FitTrackProtocol(HttpProtocol):
    """A connection. Sanic counts its timeouts from the last byte received; here from the first of each request."""

    __slots__ = ("heard_at",)  # when the last byte was received

    def data_received(self, data: bytes) -> None:
        begun, http = self._time, self.http
        super().data_received(data)
        self.heard_at = self._time
        if http is not None and (http.stage is not Stage.IDLE or http.request_body):
            self._time = begun


def seconds_waited(request: Any) -> float:
    """For how long the whole request has been here by now."""
    return monotonic() - float(request.stream.protocol.heard_at)


def client_address(request: Request[Any, Any], proxies: int) -> str:
    """The network address that the request comes from, as the last `proxies` proxies on its way tell it.

    What stands further left in `X-Forwarded-For` anybody can claim.
    """
    if proxies:
        told = [part.strip() for part in ",".join(request.headers.getall("x-forwarded-for", [])).split(",")]
        if len(told) >= proxies and ADDRESS_FORM.fullmatch(told[-proxies]):
            return told[-proxies]
    return str(request.ip)


def hang_up(request: Any) -> None:
    """Lets the connection end after the answer, without waiting for the rest of the request."""
    request.stream.request_body = None
    request.stream.keep_alive = False
