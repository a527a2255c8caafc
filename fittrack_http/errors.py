"""How refusals become answers: RFC 9457 problem details, from one table of the domain's kinds of error."""

from asyncio import CancelledError
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import attrs
import orjson
from sanic.exceptions import SanicException

from fittrack_domain.shared.errors import (
    Conflict,
    Fault,
    FitTrackError,
    Invalid,
    KeyReused,
    Limited,
    NotFound,
    Refused,
    SealBroken,
    StoreUnreachable,
    Unauthenticated,
    Unavailable,
)

PROBLEM_JSON: Final = "application/problem+json"
CATALOGUE: Final = "/docs/errors"
RETRY_AFTER_SECONDS: Final = 2


@attrs.frozen
class MalformedRequest(Invalid):
    """The request is not HTTP/1.1 as the standard has it: its first line, a header, the length or the URL is wrong."""

    code = "malformed_request"

    def __str__(self) -> str:
        return "The request is malformed. Check its first line, headers, length and URL."


@attrs.frozen
class MalformedJson(Invalid):
    """The body is not JSON text."""

    reason: str
    code = "malformed_json"

    def __str__(self) -> str:
        return f"The body is not valid JSON: {self.reason}."


@attrs.frozen
class UnknownPath(NotFound):
    """Nothing is served under this path."""

    code = "unknown_path"

    def __str__(self) -> str:
        return "There is nothing under this path. See /docs for what there is."


@attrs.frozen
class MethodNotAllowed(Invalid):
    """The path does not know this method; the `Allow` header names those it knows."""

    allowed: tuple[str, ...]
    code = "method_not_allowed"

    def __str__(self) -> str:
        return f"This path answers {', '.join(self.allowed)} only."


@attrs.frozen
class RequestTooSlow(Invalid):
    """The request was not received whole in time."""

    code = "request_too_slow"

    def __str__(self) -> str:
        return "The request did not arrive in time. Send it again in one go."


@attrs.frozen
class BodyTooLarge(Invalid):
    """The body is larger than what is accepted."""

    code = "body_too_large"

    def __str__(self) -> str:
        return "The body is too large: at most 1 MiB is accepted."


@attrs.frozen
class NotJson(Invalid):
    """The body is of another media type than JSON."""

    code = "not_json"

    def __str__(self) -> str:
        return "Send the body as UTF-8 JSON, with Content-Type: application/json."


@attrs.frozen
class ExpectationUnknown(Invalid):
    """The `Expect` header asks for something else than `100-continue`."""

    code = "expectation_unknown"

    def __str__(self) -> str:
        return "Only Expect: 100-continue is understood."


@attrs.frozen
class HeadersTooLarge(Invalid):
    """The headers together are larger than what is accepted."""

    code = "headers_too_large"

    def __str__(self) -> str:
        return "The headers are too large: at most 16 KiB is accepted."


@attrs.frozen
class PreconditionFailed(Conflict):
    """`If-Match` names another state than the present one: somebody changed it since it was read."""

    what: str
    code = "stale_if_match"

    def __str__(self) -> str:
        return f"The {self.what} is not as If-Match says any more. Read it again, and repeat with its new ETag."


@attrs.frozen
class PreconditionRequired(Invalid):
    """An edit has to say in `If-Match` which state it was made from."""

    code = "if_match_required"

    def __str__(self) -> str:
        return "Send If-Match with the ETag that you got with what you are changing, so that no other change is lost."


@attrs.frozen
class TooBusy(Unavailable):
    """More requests are under way than can be served in good time; nothing was done for this one."""

    code = "too_busy"

    def __str__(self) -> str:
        return "Too many requests are under way. Try again in a moment."


@attrs.frozen
class Unexpected(FitTrackError):
    """A fault of FitTrack itself, which is logged under the request id."""

    code: ClassVar[str] = "unexpected"

    def __str__(self) -> str:
        return "Something does not work on our side. Try again later; if it goes on, tell us the request id."


STATUSES: Final[dict[type[FitTrackError], int]] = {
    Invalid: 400,
    Unauthenticated: 401,
    Refused: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    RequestTooSlow: 408,
    Conflict: 409,
    PreconditionFailed: 412,
    BodyTooLarge: 413,
    NotJson: 415,
    ExpectationUnknown: 417,
    KeyReused: 422,
    PreconditionRequired: 428,
    Limited: 429,
    HeadersTooLarge: 431,
    Unexpected: 500,
    Unavailable: 503,
}
"""The nearest class that an error is one of decides."""

OF_THE_SERVER: Final[dict[int, FitTrackError]] = {
    404: UnknownPath(),
    408: RequestTooSlow(),
    413: BodyTooLarge(),
    417: ExpectationUnknown(),
    503: TooBusy(),
}
"""What the HTTP server refuses by itself, by its status; everything else of its is a malformed request."""


INTERNAL: Final = (Unexpected, StoreUnreachable, SealBroken)
"""What is logged, and told without its particulars: they are for operators."""


def is_internal(error: FitTrackError) -> bool:
    """Whether an operator must look into it."""
    return isinstance(error, INTERNAL)


def status_of(kind: type[FitTrackError]) -> int:
    """The HTTP status for a class of errors."""
    return next(STATUSES[base] for base in kind.__mro__ if base in STATUSES)


def title_of(kind: type[FitTrackError]) -> str:
    """The error's stable short name for people: its code in words."""
    return kind.code.replace("_", " ").capitalize()


def translated(exception: BaseException) -> FitTrackError:
    """What to tell of an exception: nothing internal leaks, whatever it is."""
    if isinstance(exception, FitTrackError):
        return exception
    if isinstance(exception, CancelledError):
        return TooBusy()  # the client has left, or the server ends: nobody reads this
    if isinstance(exception, SanicException):
        return OF_THE_SERVER.get(exception.status_code, MalformedRequest())
    return Unexpected()


def headers_of(error: FitTrackError) -> dict[str, str]:
    """The headers that some statuses need."""
    match error:
        case MethodNotAllowed():
            return {"allow": ", ".join(error.allowed)}
        case Unauthenticated():
            return {"www-authenticate": "Bearer"}
        case Limited() | Unavailable():
            return {"retry-after": str(getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS))}
        case _:
            return {}


def problem(error: FitTrackError, instance: str) -> bytes:
    """The problem details (RFC 9457) of an error, with the request id as `instance`."""
    told: dict[str, Any] = {
        "type": f"{CATALOGUE}#{error.code}",
        "title": title_of(type(error)),
        "status": status_of(type(error)),
        "detail": str(Unexpected()) if is_internal(error) else str(error),
        "instance": instance,
    }
    if isinstance(error, Invalid):
        faults = [attrs.asdict(fault) for fault in error.faults if fault != Fault("", str(error))]
        told |= {"errors": faults} if faults else {}
    return orjson.dumps(told)


def catalogue() -> list[type[FitTrackError]]:
    """Every class of errors that an answer can name, one for each code, by status and code."""
    found: dict[str, type[FitTrackError]] = {}
    for kind in _below(FitTrackError):
        found.setdefault(kind.code, kind)
    return sorted(found.values(), key=lambda kind: (status_of(kind), kind.code))


def _below(kind: type[FitTrackError]) -> Iterator[type[FitTrackError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)
