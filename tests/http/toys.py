"""A small service with one route of every kind, to try the driver without the domain."""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import attrs
from annotated_types import Ge, Le, Len

from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.errors import Conflict, KeyReused, Limited, NotFound, StoreUnreachable
from fittrack_domain.shared.ids import DrawingId, MemberId, SessionId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.requests import Request
from fittrack_http.auth import Caller
from fittrack_http.routes import Access, Content, Gate, Given, Route
from fittrack_http.server import Limits, Service
from fittrack_http.structuring import Pattern
from fittrack_http.turnstile import Turnstile

MEMBER = UUID("0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b")
ADMIN = UUID("0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8c")
SESSION = SessionId(UUID("0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8d"))


class Colour(Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Wheel:
    """A part of a toy."""

    spoke_count: Annotated[int, Ge(0), Le(99)]
    made_on: date | None = None


@attrs.frozen
class NewToy:
    """A toy as it is ordered."""

    name: Annotated[str, Len(3, 20)]
    colour: Colour
    price: Usd
    wheels: Annotated[tuple[Wheel, ...], Len(0, 4)] = ()
    wanted_at: datetime | None = None
    state: Annotated[str, Pattern("[A-Z]{2}", "two capital letters")] | None = None
    gift: bool = False
    drawing_id: DrawingId | None = None


@attrs.frozen
class Toy:
    """A toy as it is."""

    toy_id: UUID
    name: str
    colour: Colour
    price: Usd
    wheel_count: int
    wanted_at: datetime | None


@attrs.frozen
class ToysQuery:
    """Which toys."""

    colour: Colour | None = None
    gift: bool | None = None
    made_on: date | None = None
    shelves: Annotated[tuple[int, ...], Len(0, 3)] = ()
    page: Annotated[int, Ge(1), Le(1000)] = 1


@attrs.frozen
class Echo:
    """What arrived."""

    told: dict[str, str]


@attrs.frozen
class ToySold(Conflict):
    """The toy is gone."""

    code = "toy_sold"

    def __str__(self) -> str:
        return "The toy is sold."


@attrs.frozen
class NoToy(NotFound):
    """There is no such toy."""

    code = "no_toy"

    def __str__(self) -> str:
        return "There is no such toy."


@attrs.frozen
class TooFast(Limited):
    """Wait."""

    retry_after_seconds: int = 7
    code = "too_fast"

    def __str__(self) -> str:
        return "Wait a little."


FAILURES: dict[str, Callable[[], Exception]] = {
    "sold": ToySold,
    "none": NoToy,
    "fast": TooFast,
    "reused": lambda: KeyReused("k"),
    "store": lambda: StoreUnreachable("secret path"),
    "bug": lambda: RuntimeError("secret stack"),
}


@attrs.define
class Shop:
    """Stands in for the domain."""

    gate: threading.Event = attrs.field(factory=threading.Event)
    relayed: threading.Event = attrs.field(factory=threading.Event)


def make_toy(caller: Caller, body: NewToy, request: Request | None) -> Toy:
    """Make a toy.

    As ordered.
    """
    toy = Toy(caller.member_id, body.name, body.colour, body.price, len(body.wheels), body.wanted_at)
    if request is not None:
        request.replayed = request.key == "again"
    return toy


def toys(query: ToysQuery) -> Echo:
    """Find toys. Sorted by nothing."""
    return Echo({field.name: repr(getattr(query, field.name)) for field in attrs.fields(ToysQuery)})


def toy(toy_id: DrawingId) -> Toy:
    """Show a toy."""
    return Toy(toy_id, "Bär", Colour.RED, Usd.of("5.00"), 0, None)


def drop_toy(toy_id: UUID) -> None:
    """Drop a toy."""


def wrap_toy(toy_id: UUID) -> None:
    """Wrap a toy."""


def order_toy(caller: Caller, body: NewToy, request: Request) -> Toy:
    """Order a toy."""
    return make_toy(caller, body, request)


def fail(how: str) -> Echo:
    """Fail in some way."""
    failure = FAILURES[how]()
    raise failure


def wait(fittrack: Shop) -> Echo:
    """Wait for the gate."""
    fittrack.gate.wait(10)
    return Echo({})


def slow() -> Echo:
    """Take a second."""
    time.sleep(1)
    return Echo({"slow": "done"})


def everything(caller: Caller) -> Content:
    """Show everything to an admin."""
    return Content(b'{"everything":true}', "application/json")


ROUTES = (
    Route("POST", "/toys", make_toy, Access.MEMBER, "Toys", status=201, key=Given.OPTIONAL),
    Route("GET", "/toys", toys, Access.ANYONE, "Toys"),
    Route("GET", "/toys/{toy_id}", toy, Access.ANYONE, "Toys", problems=(NoToy,)),
    Route("DELETE", "/toys/{toy_id}", drop_toy, Access.MEMBER, "Toys", status=204),
    Route("POST", "/toys/{toy_id}/wrap", wrap_toy, Access.MEMBER, "Toys", status=204),
    Route("GET", "/fail/{how}", fail, Access.ANYONE, "Toys", problems=(ToySold, NoToy, TooFast, KeyReused)),
    Route("GET", "/wait", wait, Access.ANYONE, "Toys"),
    Route("GET", "/slow", slow, Access.ANYONE, "Toys"),
    Route("GET", "/everything", everything, Access.ADMIN, "Toys"),
    Route("POST", "/orders", order_toy, Access.MEMBER, "Toys", status=201, key=Given.REQUIRED),
)


def authenticate(authorization: str | None) -> Caller:
    """Lets `Bearer member` and `Bearer admin` in."""
    match authorization:
        case "Bearer member":
            return Caller(MemberId(MEMBER), SESSION, Role.USER)
        case "Bearer admin":
            return Caller(MemberId(ADMIN), SESSION, Role.ADMIN)
        case _:
            raise NotLoggedIn("Who are you?")


def toy_service(**given: Any) -> Service:
    """The service, with some of its parts as given."""
    gate = Gate(authenticate, Turnstile(None))
    parts: dict[str, Any] = {"fittrack": Shop(), "routes": ROUTES, "gate": gate, "limits": Limits()}
    return Service(**(parts | given))
