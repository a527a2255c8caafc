"""Every answer leaves through here: security headers, request id, cross-origin headers, and problems for errors."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import structlog
from sanic import HTTPResponse, Request
from sanic import exceptions as sanic_exceptions
from sanic.handlers import ErrorHandler
from sanic.helpers import has_message_body

from fittrack_domain.shared.errors import FitTrackError
from fittrack_http import errors
from fittrack_http.metrics import NOWHERE, Begun, Metrics
from fittrack_http.protocol import STAND_IN_METHOD
from fittrack_http.routes import Outcome

SECURITY: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-cache",
}
EXPOSED: Final = "ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
ACCEPTED: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID"
PREFLIGHT_SECONDS: Final = 600

log = structlog.get_logger("fittrack.http")


class Answer(HTTPResponse):
    """A response whose headers are encoded at one stroke.

    Sanic looks for characters to escape by translating every name and value: of small answers a third of all work.
    """

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        if has_message_body(self.status):  # type: ignore[no-untyped-call]
            self.headers.setdefault("content-type", self.content_type)
        values = [str(value) for value in self.headers.values()]
        if not all(map(str.isprintable, values)):
            return super().processed_headers
        return zip(map(str.encode, self.headers), map(str.encode, values), strict=True)


class Answers:
    """Makes responses for a server that pages of `origins` may call, and counts them."""

    def __init__(self, origins: tuple[str, ...], metrics: Metrics) -> None:
        self._origins = frozenset(origins)
        self._metrics = metrics
        self._prepared = {**SECURITY, "vary": "Authorization, Origin"}
        self.stopping = False

    def of(self, request: Request[Any, Any], outcome: Outcome, error: FitTrackError | None = None) -> HTTPResponse:
        """The response for an outcome, or for an `error`. While the server stops, it is the connection's last."""
        self._metrics.ended(getattr(request.ctx, "begun", None), request.method, outcome.status, error)
        told = getattr(request.ctx, "told", {})
        headers = {**self._prepared, "x-request-id": str(request.id), **told, **outcome.headers}
        origin = request.headers.getone("origin", None)
        if origin in self._origins:
            headers |= {"access-control-allow-origin": origin, "access-control-expose-headers": EXPOSED}
        if request.method not in ("GET", "HEAD"):
            headers["cache-control"] = "no-store"
        if self.stopping and request.stream is not None:
            request.stream.keep_alive = False  # type: ignore[attr-defined]  # of HTTP/1.1, the only one served
        return Answer(outcome.body, outcome.status, headers, outcome.media_type if outcome.body else None)

    def options(self, request: Request[Any, Any], allowed: str) -> HTTPResponse:
        """What a path allows, to whoever asks, and to a browser before it calls from another origin."""
        headers = {"allow": allowed}
        if request.headers.getone("origin", None) in self._origins:
            headers |= {
                "access-control-allow-methods": allowed,
                "access-control-allow-headers": ACCEPTED,
                "access-control-max-age": str(PREFLIGHT_SECONDS),
            }
        return self.of(request, Outcome(204, headers=headers))


class Problems(ErrorHandler):
    """Answers every exception with problem details: the domain's, Sanic's, malformed requests, and surprises."""

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self._answers = answers

    def response(self, request: Any, exception: Exception) -> HTTPResponse:
        error = self._translated(request, exception)
        if errors.is_internal(error):
            begun: Begun | None = getattr(request.ctx, "begun", None)
            # Not the path as it came: anybody may write anything into that.
            log.error("request failed", route=NOWHERE if begun is None else begun.path, exc_info=exception)
        kind = type(error)
        headers: Mapping[str, str] = errors.headers_of(error)
        body = errors.problem(error, str(request.id))
        return self._answers.of(request, Outcome(errors.status_of(kind), body, errors.PROBLEM_JSON, headers), error)

    def _translated(self, request: Any, exception: Exception) -> FitTrackError:
        if isinstance(exception, sanic_exceptions.MethodNotAllowed):
            route, _, _ = request.app.router.get(request.path, "OPTIONS", None)
            return errors.MethodNotAllowed(route.ctx.allowed)
        if isinstance(exception, sanic_exceptions.PayloadTooLarge) and request.method == STAND_IN_METHOD:
            return errors.HeadersTooLarge()
        return errors.translated(exception)
