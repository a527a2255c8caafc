"""The OpenAPI 3.1 document, made from the route table: what is served is described, and nothing else."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin
from uuid import UUID

import attrs
from annotated_types import Ge, Le, Len

from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.shared.errors import (
    AlreadyExists,
    FitTrackError,
    InvalidInput,
    KeyReused,
    StoreBusy,
    StoreUnreachable,
)
from fittrack_domain.shared.money import Usd
from fittrack_http import errors
from fittrack_http.auth import AdminsOnly
from fittrack_http.routes import (
    IF_MATCH_FORM,
    JSON,
    KEY_FORM,
    PATH_PARAMETER,
    Access,
    Content,
    Given,
    PathNotFound,
    Route,
)
from fittrack_http.structuring import INT64_MAX, ITEMS_MAX, Pattern, Told, bare, camel
from fittrack_http.turnstile import RateLimited

Schema = dict[str, Any]

API_VERSION: Final = "1"
INTRODUCTION: Final = """\
Activity becomes points, points become tickets, and every drawing can be verified by anyone.

Instants are ISO 8601 in UTC, ids are UUIDs, money is a decimal string. Unknown fields and parameters are refused. \
Errors are problem details (RFC 9457); their types are listed under /docs/errors. Answers to GET carry an ETag and \
honour If-None-Match. HEAD and OPTIONS work on every path. Every answer has an X-Request-ID, which is taken over from \
the request when it has 1 to 64 letters, digits, dots, dashes."""

BODY_PROBLEMS: Final = (errors.MalformedJson, errors.NotJson, errors.RequestTooSlow, errors.BodyTooLarge)
PLAIN: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer", "format": "int64", "minimum": -INT64_MAX, "maximum": INT64_MAX},
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Usd: {"type": "string", "pattern": r"^\d{1,8}\.\d\d$", "examples": ["50.00"]},
    Decimal: {"type": "string", "pattern": r"^\d+\.\d\d$", "examples": ["1250.00"]},
    Any: {},
}

NO_NUL: Final = r"^[^\u0000]*$"

PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "Which error it is: /docs/errors# and the error's code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong, and what to do next."},
        "instance": {"type": "string", "description": "The request id."},
        "errors": {
            "type": "array",
            "description": "Every fault of the input.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer; of a parameter, a slash and its name."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
KEY_PARAMETER: Final[Schema] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "1 to 100 visible characters, quoted or not. The same key and body within 24 hours give the stored "
    "answer again, with `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "pattern": f"^(?:{KEY_FORM})$"},
}

IF_MATCH_PARAMETER: Final[Schema] = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` that came with what is changed, or `*`. 412 when somebody else changed it meanwhile.",
    "schema": {"type": "string", "pattern": f"^(?:{IF_MATCH_FORM})$"},
}
HEADERS: Final[dict[str, tuple[str, str]]] = {
    "RateLimit": ("rateLimit", 'How many more requests may come, and in how many seconds: `"member";r=97;t=60`.'),
    "RateLimit-Policy": ("rateLimitPolicy", 'The limit that is counted: `"member";q=100;w=60`.'),
    "ETag": ("eTag", "Stands for what is shown; send it back in `If-None-Match` or `If-Match`."),
    "Idempotency-Replayed": ("replayed", "`true` when the same request was carried out before."),
}
"""Headers of answers, under their names in the components."""


SECURITY_SCHEMES: Final[Schema] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "terraSignature": {"type": "apiKey", "in": "header", "name": "terra-signature"},
}
SECURITY: Final[dict[Access, list[Schema]]] = {Access.ANYONE: [], Access.SIGNER: [{"terraSignature": []}]}
"""What other routes than members' ask for."""


class Schemas:
    """JSON Schemas of types; those of classes are collected as components and referred to."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {"Problem": PROBLEM}
        self._kinds: dict[str, Any] = {}

    def of(self, kind: Any, *, read: bool) -> Schema:
        """The schema of a type; `read` tells input, where fields with a default may be missing, from answers."""
        if get_origin(kind) is Annotated:
            base, *limits = get_args(kind)
            schema = dict(self.of(base, read=read))
            for limit in limits:
                schema |= _limit(limit.limit if isinstance(limit, Told) else limit, schema)
            return schema
        inner, optional = bare(kind)
        if optional:
            (arm,) = (arm for arm in get_args(kind) if arm is not type(None))
            return _nullable(self.of(arm, read=read))
        if get_origin(inner) is tuple:
            items = self.of(get_args(inner)[0], read=read)
            return {"type": "array", "items": items} | ({"maxItems": ITEMS_MAX} if read else {})
        if get_origin(inner) is dict:
            return {"type": "object", "additionalProperties": self.of(get_args(inner)[1], read=read)}
        if inner is str and read:
            return {"type": "string", "pattern": NO_NUL}
        return dict(PLAIN[inner]) if inner in PLAIN else self._referred(inner, read=read)

    def _referred(self, kind: Any, *, read: bool) -> Schema:
        name = _name(kind)
        if name not in self._kinds:
            self._kinds[name] = (kind, read)
            self.components[name] = {}  # holds the place, for classes that contain themselves
            self.components[name] = self._defined(kind, read=read)
        is_enum = isinstance(kind, type) and issubclass(kind, Enum)
        assert self._kinds[name] == (kind, read) or is_enum, f"two different things are called {name}"
        return {"$ref": f"#/components/schemas/{name}"}

    def _defined(self, kind: Any, *, read: bool) -> Schema:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"type": "string", "enum": [member.value for member in kind], "description": _told(kind)}
        cls = get_origin(kind) or kind
        filled = dict(zip(getattr(cls, "__parameters__", ()), get_args(kind), strict=True))
        fields = attrs.fields(cls)
        required = [camel(field.name) for field in fields if not read or field.default is attrs.NOTHING]
        return {
            "type": "object",
            "description": _told(cls),
            "properties": {camel(field.name): self._field(field, filled, read=read) for field in fields},
            "additionalProperties": False,
        } | ({"required": required} if required else {})

    def _field(self, field: "attrs.Attribute[Any]", filled: dict[TypeVar, Any], *, read: bool) -> Schema:
        kind: Any = field.type
        for variable, argument in filled.items():
            kind = kind[argument] if variable in getattr(kind, "__parameters__", ()) else kind
        return self.of(kind, read=read) | (_default(field) if read else {})


def _default(field: "attrs.Attribute[Any]") -> Schema:
    if field.default in (attrs.NOTHING, None):
        return {}
    return {"default": field.default.value if isinstance(field.default, Enum) else field.default}


def _limit(limit: Any, schema: Schema) -> Schema:
    match limit:
        case Ge(ge):
            return {"minimum": ge}
        case Le(le):
            return {"maximum": le}
        case Len(least, most):
            unit = "Length" if schema["type"] == "string" else "Items"
            return {f"min{unit}": least} | ({f"max{unit}": most} if most is not None else {})
        case Pattern(regex, says):
            return {"pattern": f"^(?:{regex})$", "description": f"Must be {says}."}
    raise AssertionError(f"{limit} is not checked on the wire")


def _nullable(schema: Schema) -> Schema:
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _name(kind: Any) -> str:
    if get_origin(kind) is dict:
        return "Record"
    arguments = "".join(_name(argument) for argument in get_args(kind))
    name = (get_origin(kind) or kind).__name__
    return f"{name}Of{arguments}" if arguments else str(name)


def _told(kind: Any) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def document(routes: Sequence[Route]) -> Schema:
    """The whole document."""
    schemas = Schemas()
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(wire_path(route), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "FitTrack", "version": API_VERSION, "description": INTRODUCTION},
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "headers": {name: {"description": told, "schema": {"type": "string"}} for name, told in HEADERS.values()},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def wire_path(route: Route) -> str:
    """The path as the wire has it: `/drawings/{drawingId}`."""
    return PATH_PARAMETER.sub(lambda found: f"{{{camel(found[1])}}}", route.path)


def _operation(route: Route, schemas: Schemas) -> Schema:
    operation: Schema = {
        "operationId": route.operation,
        "tags": [route.tag],
        "summary": route.summary,
        "description": route.description,
        "security": SECURITY.get(route.access, [{"bearer": []}]),
        "parameters": _parameters(route, schemas),
        "responses": _responses(route, schemas),
    }
    if "body" in route.signature.takes:
        body, optional = bare(route.signature.takes["body"])
        schema = schemas.of(body, read=True)
        operation["requestBody"] = {"required": not optional, "content": {JSON: {"schema": schema}}}
    elif route.access is Access.SIGNER:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}
    return operation


def _parameters(route: Route, schemas: Schemas) -> list[Schema]:
    found = [
        {"name": camel(name), "in": "path", "required": True, "schema": schemas.of(kind, read=True)}
        for name, kind in route.signature.path.items()
    ]
    if "query" in route.signature.takes:
        found += [
            {
                "name": camel(field.name),
                "in": "query",
                "required": field.default is attrs.NOTHING,
                "schema": schemas.of(field.type, read=True) | _default(field),
            }
            for field in attrs.fields(route.signature.takes["query"])
        ]
    for given, parameter in ((route.key, KEY_PARAMETER), (route.if_match, IF_MATCH_PARAMETER)):
        if given is not Given.NOT:
            found.append(parameter | {"required": given is Given.REQUIRED})
    return found


def _responses(route: Route, schemas: Schemas) -> Schema:
    responses: Schema = {}
    for status in (route.status, *route.other_statuses):
        responses[str(status)] = {"description": "Done." if status == route.status else "As the body says."}
        responses[str(status)] |= _content(route, schemas) | {"headers": _headers(route)}
    if route.method == "GET":
        responses["304"] = {"description": "The client's copy, named by If-None-Match, is current."}
    by_status: dict[int, list[type[FitTrackError]]] = {}
    for kind in problems_of(route):
        by_status.setdefault(errors.status_of(kind), []).append(kind)
    for status, kinds in sorted(by_status.items()):
        text = "\n".join(f"- `{kind.code}`: {_told(kind)}" for kind in kinds)
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        content = responses.get(str(status), {}).get("content", {}) | {errors.PROBLEM_JSON: problem}
        responses[str(status)] = {"description": text, "content": content}
    return responses


def _headers(route: Route) -> Schema:
    sent = {
        "RateLimit": route.limited,
        "RateLimit-Policy": route.limited,
        "ETag": route.method == "GET" or route.if_match is not Given.NOT,
        "Idempotency-Replayed": route.key is not Given.NOT,
    }
    return {name: {"$ref": f"#/components/headers/{HEADERS[name][0]}"} for name, is_sent in sent.items() if is_sent}


def _content(route: Route, schemas: Schemas) -> Schema:
    gives = route.signature.gives
    if gives is type(None):
        return {}
    several = get_origin(gives) in (Union, UnionType)
    return {"content": dict(_answer(route, each, schemas) for each in (get_args(gives) if several else (gives,)))}


def _answer(route: Route, gives: Any, schemas: Schemas) -> tuple[str, Schema]:
    """One of the forms in which an operation answers: its media type, and what is in it."""
    if gives is Content:
        return route.media_type, {"schema": {} if route.media_type == JSON else {"type": "string"}}
    return JSON, {"schema": schemas.of(gives, read=False)}


def problems_of(route: Route) -> list[type[FitTrackError]]:
    """Every error that this operation is known to answer: those of its own, and those that its parts bring along."""
    brought: tuple[tuple[bool, tuple[type[FitTrackError], ...]], ...] = (
        (True, (InvalidInput, errors.MalformedRequest)),
        (route.access not in SECURITY, (NotLoggedIn,)),
        (route.access is Access.ADMIN, (AdminsOnly,)),
        (route.limited, (RateLimited,)),
        (route.key is not Given.NOT, (KeyReused,)),
        (route.if_match is not Given.NOT, (errors.PreconditionFailed,)),
        (route.if_match is Given.REQUIRED, (errors.PreconditionRequired,)),
        (bool(route.signature.path), (PathNotFound,)),
        ("body" in route.signature.takes, BODY_PROBLEMS),
        (route.access is Access.SIGNER, (errors.RequestTooSlow, errors.BodyTooLarge)),
        (not route.inline, (errors.TooBusy, StoreUnreachable)),
        (route.method != "GET", (AlreadyExists, StoreBusy)),
        (True, (errors.Unexpected,)),
    )
    found = [kind for applies, kinds in brought if applies for kind in kinds]
    return list(dict.fromkeys((*route.problems, *found)))
