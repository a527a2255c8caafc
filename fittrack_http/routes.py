"""A route: the single source from which serving, validation and the OpenAPI document are made.

A handler is a plain function. Its signature says what it takes and gives: `fittrack`, `caller`, `client`, `body`,
`query`, `request` (under an idempotency key), `version` (of `If-Match`) and `exchange` (the request as it came) are
recognised by name; any other parameter is one of the path's. The types of all are checked before the handler runs. Its
docstring is the operation's summary (first line) and description.
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

import attrs

from fittrack_domain.access.attempts import email_hash
from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import Client
from fittrack_domain.shared.errors import Fault, FitTrackError, InvalidInput, NotFound, StaleVersion
from fittrack_domain.shared.requests import Request
from fittrack_http import structuring, turnstile, wire
from fittrack_http.auth import Authenticate, Caller, admins_only
from fittrack_http.errors import NotJson, PreconditionFailed, PreconditionRequired
from fittrack_http.turnstile import Turnstile

T = TypeVar("T")

JSON: Final = "application/json"
NOT_MODIFIED: Final = 304
OFFERED: Final = frozenset({"fittrack", "caller", "client", "body", "query", "request", "version", "exchange"})
KEY_FORM: Final = r'(?!""$)[!-~]{1,100}|"[!-~]{1,100}"'
IF_MATCH_FORM: Final = r'\*|"[!#-~]{0,98}"'
VERSION_TAG: Final = re.compile(r'"([0-9]{1,18})\.[0-9a-f]{32}"')
PATH_PARAMETER = re.compile(r"{(\w+)}")


class Access(Enum):
    """Who may call a route."""

    ANYONE = "anyone"
    MEMBER = "member"
    ADMIN = "admin"
    SIGNER = "signer"
    """Who signs the body, of which the handler makes sure."""


class Given(Enum):
    """Whether a header goes with a route: an `Idempotency-Key`, an `If-Match`."""

    NOT = "not"
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
    version: int | None = None
    """Of what is shown: it goes into the `ETag`, and comes back in `If-Match`."""


@attrs.frozen
class Content:
    """An answer that is no JSON of ours: a page, or bytes that must stay as they are."""

    data: bytes
    media_type: str
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Exchange:
    """What a request brings, as far as routes care; and `told`, the headers of its answer, however that turns out."""

    path: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str
    told: dict[str, str] = attrs.field(factory=dict)


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
        assert takes.keys() <= OFFERED, f"{path} has no {sorted(takes.keys() - OFFERED)}"
        return cls(takes, named, gives)


@attrs.frozen
class Route:
    """One method on one path. Parameters of the path are written `{snake_case}`."""

    method: str
    path: str
    handler: Callable[..., Any]
    access: Access
    tag: str
    name: str | None = None
    """What the operation is called, where one handler serves several paths."""
    status: int = 200
    other_statuses: tuple[int, ...] = ()
    problems: tuple[type[FitTrackError], ...] = ()
    key: Given = Given.NOT
    if_match: Given = Given.NOT
    by_account: bool = False
    """Counted by the email in its body too: for log-ins."""
    limited: bool = True
    media_type: str = JSON
    inline: bool = False
    """Runs on the event loop: for handlers that touch nothing outside the process."""
    quick: bool = False
    """Reads so little that the way to a thread and back would take longer, where the store is at hand."""
    signature: Signature = attrs.field(
        init=False, default=attrs.Factory(lambda self: Signature.of(self.handler, self.path), takes_self=True)
    )

    @property
    def operation(self) -> str:
        """The operation's name in the reference, and in the store of answers."""
        return structuring.camel(self.name or self.handler.__name__)

    @property
    def summary(self) -> str:
        return self._told.partition("\n")[0].removesuffix(".")

    @property
    def description(self) -> str:
        return self._told.partition("\n")[2].strip()

    @property
    def _told(self) -> str:
        return inspect.getdoc(self.handler) or ""

    def perform(self, fittrack: Any, gate: "Gate", exchange: Exchange) -> Outcome:
        """Lets the caller in, reads the request, runs the handler, writes the answer. Raises `FitTrackError`."""
        caller = self._admitted(gate, exchange)
        arguments = self._arguments(exchange, caller)
        if self.by_account:
            who = f"{exchange.address} {email_hash(arguments['body'].email)}"
            gate.turnstile.pass_through(turnstile.LOG_IN, who, exchange.told)
        offered = {"fittrack": fittrack, "caller": caller, "client": _client(exchange), "exchange": exchange}
        arguments |= {name: value for name, value in offered.items() if name in self.signature.takes}
        try:
            answer = self.handler(**arguments)
        except StaleVersion as error:
            if arguments.get("version") is None:
                raise
            raise PreconditionFailed(error.what) from error
        if (request := arguments.get("request")) is not None and request.replayed:
            exchange.told["idempotency-replayed"] = "true"
        return self._outcome(answer if isinstance(answer, Reply) else Reply(answer), exchange)

    def _admitted(self, gate: "Gate", exchange: Exchange) -> Caller | None:
        if self.access in (Access.ANYONE, Access.SIGNER):
            if self.limited:
                gate.turnstile.pass_through(turnstile.ANONYMOUS, exchange.address, exchange.told)
            return None
        try:
            caller = gate.authenticate(exchange.headers.get("authorization"))
        except NotLoggedIn:
            gate.turnstile.pass_through(turnstile.ANONYMOUS, exchange.address, exchange.told)
            raise
        limit = turnstile.ADMIN if caller.is_admin else turnstile.MEMBER
        gate.turnstile.pass_through(limit, str(caller.member_id), exchange.told)
        return admins_only(caller) if self.access is Access.ADMIN else caller

    def _arguments(self, exchange: Exchange, caller: Caller | None) -> dict[str, Any]:
        """The handler's arguments. Faults of query, body and headers are collected and told together."""
        arguments: dict[str, Any] = {
            name: _path_value(kind, name, exchange.path[name]) for name, kind in self.signature.path.items()
        }
        readers: dict[str, Callable[[], Any]] = {"query": lambda: self._query(exchange)}
        if "body" in self.signature.takes:
            readers["body"] = lambda: _read_body(self.signature.takes["body"], exchange)
        if "request" in self.signature.takes:
            readers["request"] = lambda: self._request(exchange, caller)
        if "version" in self.signature.takes:
            readers["version"] = lambda: _version(self.if_match, exchange.headers.get("if-match"))
        faults: list[Fault] = []
        unmet: FitTrackError | None = None
        for name, read in readers.items():
            try:
                arguments[name] = read()
            except InvalidInput as error:
                faults += error.faults
            except (PreconditionFailed, PreconditionRequired) as error:  # told when nothing else is wrong
                unmet = error
        if faults:
            well_formed = arguments.get("body") is not None
            raise InvalidInput((*faults, *(self._faults_besides(exchange) if well_formed else ())))
        if unmet is not None:
            raise unmet
        if "query" not in self.signature.takes:
            del arguments["query"]
        return arguments

    def _faults_besides(self, exchange: Exchange) -> Iterator[Fault]:
        """Those of a body that is well-formed, while something else is wrong with the request."""
        body, _ = structuring.bare(self.signature.takes["body"])
        return structuring.faults_by_the_domain(body, wire.read_json(exchange.body))

    def _query(self, exchange: Exchange) -> Any:
        return wire.read_query(self.signature.takes.get("query", NoParameters), exchange.query)

    def _request(self, exchange: Exchange, caller: Caller | None) -> Request | None:
        assert caller is not None, "only those who are logged in repeat their requests"
        key = _read_key(self.key, exchange.headers.get("idempotency-key"))
        if key is None:
            return None
        body = hashlib.sha256(exchange.body).hexdigest()
        return Request(caller.member_id, self.operation, key, {"path": dict(exchange.path), "body": body})

    def _outcome(self, reply: Reply[Any], exchange: Exchange) -> Outcome:
        status = reply.status or self.status
        if reply.body is None:
            return Outcome(status)
        if isinstance(reply.body, Content):
            outcome = Outcome(status, reply.body.data, reply.body.media_type, reply.body.headers)
        else:
            outcome = Outcome(status, wire.write_json(reply.body), JSON)
        known = exchange.headers.get("if-none-match")
        if self.method == "GET" and status == self.status:
            return _tagged(outcome, reply.version, known)
        return outcome if reply.version is None else _tagged(outcome, reply.version, None)


@attrs.frozen
class Gate:
    """Who is let in, and how often."""

    authenticate: Authenticate
    turnstile: Turnstile


@attrs.frozen
class NoParameters:
    """The query of routes that take none."""


def _tagged(outcome: Outcome, version: int | None, known: str | None) -> Outcome:
    """The answer with its `ETag`, or 304 where the client holds the same bytes already."""
    digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    tag = f'"{digest}"' if version is None else f'"{version}.{digest}"'
    headers = {**outcome.headers, "etag": tag}
    if known is not None and (known.strip() == "*" or tag in re.findall(r'"[^"]*"', known)):
        return Outcome(NOT_MODIFIED, headers=headers)
    return attrs.evolve(outcome, headers=headers)


def _version(rule: Given, header: str | None) -> int | None:
    """The version that `If-Match` asks for; of an `ETag` it is what stands before the dot.

    So what else is shown may change meanwhile, odds for instance, and the edit still fits.
    """
    if header is None:
        if rule is Given.REQUIRED:
            raise PreconditionRequired
        return None
    tag = header.strip()
    if not re.fullmatch(IF_MATCH_FORM, tag):
        raise InvalidInput((Fault("/ifMatch", "must be an ETag in double quotes, or *"),))
    if tag == "*":
        return None
    found = VERSION_TAG.fullmatch(tag)
    if found is None:
        raise PreconditionFailed("resource")
    return int(found[1])


def _client(exchange: Exchange) -> Client:
    label = "".join(filter(str.isprintable, exchange.headers.get("user-agent") or "")).strip()
    return Client(exchange.address, label or None)


def _path_value(kind: Any, name: str, text: str) -> Any:
    try:
        return structuring.structure(kind, text)
    except InvalidInput as error:
        raise PathNotFound(structuring.camel(name), error.faults[0].detail) from None


def _read_body(kind: Any, exchange: Exchange) -> Any:
    body, optional = structuring.bare(kind)
    if not exchange.body:
        if optional:
            return None
        raise InvalidInput((Fault("", "a JSON body is required"),))
    media_type, _, parameters = exchange.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() != JSON or ("charset" in parameters and "utf-8" not in parameters):
        raise NotJson
    return structuring.structure(body, wire.read_json(exchange.body))


def _read_key(rule: Given, header: str | None) -> str | None:
    """The idempotency key: a quoted string as the IETF draft has it, or the bare characters."""
    if header is None:
        if rule is Given.REQUIRED:
            raise InvalidInput((Fault("/idempotencyKey", "the header Idempotency-Key is required"),))
        return None
    key = header.strip()
    if not re.fullmatch(KEY_FORM, key):
        raise InvalidInput((Fault("/idempotencyKey", "must be 1 to 100 visible characters"),))
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
