"""What the routes of administrators have in common: who is let in, and that some are served under two paths."""

from collections.abc import Callable
from typing import Annotated, Any

from annotated_types import Len

from fittrack_domain.identity.admission import REASON_LENGTH_MAX
from fittrack_http.routes import Access, Route
from fittrack_http.structuring import Told

Reason = Annotated[str, Told(Len(1, REASON_LENGTH_MAX))]
"""Why an administrator does something: as long as every use case takes it."""


def route(method: str, path: str, handler: Callable[..., Any], tag: str, **more: Any) -> Route:
    """A route under /api/v1."""
    return Route(method, f"/api/v1/{path}", handler, Access.ADMIN, tag, **more)


def twice(method: str, path: str, handler: Callable[..., Any], tag: str, **more: Any) -> tuple[Route, Route]:
    """A route under /api/v1, and again under /api/v1/admin, where its operation has a name of its own."""
    name = f"admin_{handler.__name__}"
    return (
        route(method, path, handler, tag, **more),
        route(method, f"admin/{path}", handler, tag, name=name, **more),
    )
