"""A route: the single source from which serving, validation and the OpenAPI document are made.

A handler is a plain function. Its signature says what it takes and gives: `fittrack`, `caller`, `body`, `query` and
`key` are recognised by name, every other parameter is one of the path's; the types of all are checked before the
handler runs. Its docstring is the operation's summary (first line) and description.
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

import attrs

from fittrack_domain.shared.errors import Fault, FitTrackError, InvalidInput, NotFound
from fittrack_http import wire
from fittrack_http.auth import Authenticate, Caller, admins_only
from fittrack_http.errors import NotJson

T = TypeVar("T")

JSON: Final = "application/json"
NOT_MODIFIED: Final = 304
PATH_PARAMETER = re.compile(r"{(\w+)}")


class Access(Enum):
    """Who may call a route."""

    ANYONE = "anyone"
    MEMBER = "member"
    ADMIN = "admin"


class Key(Enum):
    """Whether a route takes an `Idempotency-Key`."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@attrs.frozen
class PathNotFound(NotFound):
    """A part of the path cannot be the name of anything."""

    name: str
    reason: str
    code = "path_not_found"

    def __str__(self) -> str:
        return f"There is nothing under this path: {self.name} {self.reason}."


@attrs.frozen
class Reply(Generic[T]):
    """A handler's answer, where there is more to say than the body."""

    body: T
    status: int | None = None
    replayed: bool = False


@attrs.frozen
class Content:
    """An answer that is no JSON of ours: a page, or bytes that must stay as they are."""

    data: bytes
    media_type: str
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Exchange:
    """What a request brings, as far as routes care."""

    path: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes


@attrs.frozen
class Outcome:
    """What goes back."""

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Signature:
    """What a handler takes and gives."""

    takes: Mapping[str, Any]
    path: Mapping[str, Any]
    gives: Any

    @classmethod
    def of(cls, handler: Callable[..., Any], path: str) -> "Signature":
        hints = get_type_hints(handler, include_extras=True)
        gives = hints.pop("return")
        gives = get_args(gives)[0] if get_origin(gives) is Reply else gives
        named = {name: hints[name] for name in PATH_PARAMETER.findall(path)}
        takes = {name: kind for name, kind in hints.items() if name not in named}
        assert takes.keys() <= {"fittrack", "caller", "body", "query", "key"}, f"{path} has no {sorted(takes)}"
        return cls(takes, named, gives)


@attrs.frozen
class Route:
    """One method on one path. Parameters of the path are written `{snake_case}`."""

    method: str
    path: str
    handler: Callable[..., Any]
    access: Access
    tag: str
    status: int = 200
    other_statuses: tuple[int, ...] = ()
    problems: tuple[type[FitTrackError], ...] = ()
    key: Key = Key.NONE
    media_type: str = JSON
    inline: bool = False
    """Runs on the event loop: for handlers that touch nothing outside the process."""
    signature: Signature = attrs.field(
        init=False, default=attrs.Factory(lambda self: Signature.of(self.handler, self.path), takes_self=True)
    )

    @property
    def summary(self) -> str:
        return self._told.partition("\n")[0].removesuffix(".")

    @property
    def description(self) -> str:
        return self._told.partition("\n")[2].strip()

    @property
    def _told(self) -> str:
        return inspect.getdoc(self.handler) or ""

    def perform(self, fittrack: Any, authenticate: Authenticate, exchange: Exchange) -> Outcome:
        """Lets the caller in, reads the request, runs the handler, writes the answer. Raises `FitTrackError`."""
        caller = self._admitted(authenticate, exchange)
        arguments = self._arguments(exchange)
        offered = {"fittrack": fittrack, "caller": caller}
        arguments |= {name: value for name, value in offered.items() if name in self.signature.takes}
        answer = self.handler(**arguments)
        reply = answer if isinstance(answer, Reply) else Reply(answer)
        return self._outcome(reply, exchange.headers.get("if-none-match"))

    def _admitted(self, authenticate: Authenticate, exchange: Exchange) -> Caller | None:
        if self.access is Access.ANYONE:
            return None
        caller = authenticate(exchange.headers.get("authorization"))
        return admins_only(caller) if self.access is Access.ADMIN else caller

    def _arguments(self, exchange: Exchange) -> dict[str, Any]:
        """The handler's arguments. Faults of query, body and key are collected and told together."""
        arguments: dict[str, Any] = {
            name: _path_value(kind, name, exchange.path[name]) for name, kind in self.signature.path.items()
        }
        readers: dict[str, Callable[[], Any]] = {"query": lambda: self._query(exchange)}
        if "body" in self.signature.takes:
            readers["body"] = lambda: _read_body(self.signature.takes["body"], exchange)
        if "key" in self.signature.takes:
            readers["key"] = lambda: _read_key(self.key, exchange.headers.get("idempotency-key"))
        faults: list[Fault] = []
        for name, read in readers.items():
            try:
                arguments[name] = read()
            except InvalidInput as error:
                faults += error.faults
        if faults:
            raise InvalidInput(tuple(faults))
        if "query" not in self.signature.takes:
            del arguments["query"]
        return arguments

    def _query(self, exchange: Exchange) -> Any:
        return wire.read_query(self.signature.takes.get("query", NoParameters), exchange.query)

    def _outcome(self, reply: Reply[Any], known: str | None) -> Outcome:
        status = reply.status or self.status
        if reply.body is None:
            return Outcome(status)
        headers = {"idempotency-replayed": "true"} if reply.replayed else {}
        if isinstance(reply.body, Content):
            outcome = Outcome(status, reply.body.data, reply.body.media_type, {**headers, **reply.body.headers})
        else:
            outcome = Outcome(status, wire.write_json(reply.body), JSON, headers)
        return _tagged(outcome, known) if self.method == "GET" and status == self.status else outcome


@attrs.frozen
class NoParameters:
    """The query of routes that take none."""


def _tagged(outcome: Outcome, known: str | None) -> Outcome:
    """The answer to a GET with its `ETag`, or 304 where the client holds the same bytes already."""
    tag = f'"{hashlib.blake2b(outcome.body, digest_size=16).hexdigest()}"'
    headers = {**outcome.headers, "etag": tag}
    if known is not None and (known.strip() == "*" or tag in re.findall(r'"[^"]*"', known)):
        return Outcome(NOT_MODIFIED, headers=headers)
    return attrs.evolve(outcome, headers=headers)


def _path_value(kind: Any, name: str, text: str) -> Any:
    try:
        return wire.structure(kind, text)
    except InvalidInput as error:
        raise PathNotFound(wire.camel(name), error.faults[0].detail) from None


def _read_body(kind: Any, exchange: Exchange) -> Any:
    if not exchange.body:
        raise InvalidInput((Fault("", "a JSON body is required"),))
    media_type, _, parameters = exchange.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() != JSON or ("charset" in parameters and "utf-8" not in parameters):
        raise NotJson
    return wire.structure(kind, wire.read_json(exchange.body))


def _read_key(rule: Key, header: str | None) -> str | None:
    """The idempotency key: a quoted string as the IETF draft has it, or the bare characters."""
    if header is None:
        if rule is Key.REQUIRED:
            raise InvalidInput((Fault("/idempotencyKey", "the header Idempotency-Key is required"),))
        return None
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not re.fullmatch(r"[!-~]{1,100}", key):
        raise InvalidInput((Fault("/idempotencyKey", "must be 1 to 100 visible characters"),))
    return key
