"""Whether the server is up, and whether it can do its work."""

from collections.abc import Callable, Mapping

import attrs
import structlog

from fittrack_http.routes import Access, Reply, Route

log = structlog.get_logger("fittrack.http")

Probes = Mapping[str, Callable[[], object]]
"""For each thing that the server depends on, a call that raises when it does not work."""

UNHEALTHY = 503


@attrs.frozen
class Live:
    """The process answers."""

    status: str = "ok"


@attrs.frozen
class Dependency:
    """One thing that the server depends on: `ok` or `down`."""

    name: str
    status: str


@attrs.frozen
class Ready:
    """`ok`, or `down` when anything that the server depends on is."""

    status: str
    dependencies: tuple[Dependency, ...]


def live() -> Live:
    """Tell that the process is up; depends on nothing else."""
    return Live()


def _status(name: str, probe: Callable[[], object]) -> str:
    try:
        probe()
    except Exception:
        log.exception("dependency is down", dependency=name)
        return "down"
    return "ok"


def health_routes(probes: Probes) -> tuple[Route, ...]:
    """The routes for whoever watches over the server."""

    def ready() -> Reply[Ready]:
        """Tell whether the server can do its work.

        503 when anything that it depends on is down.
        """
        found = tuple(Dependency(name, _status(name, probe)) for name, probe in probes.items())
        if all(dependency.status == "ok" for dependency in found):
            return Reply(Ready("ok", found))
        return Reply(Ready("down", found), status=UNHEALTHY)

    return (
        Route("GET", "/health/live", live, Access.ANYONE, "Health", inline=True),
        Route("GET", "/health/ready", ready, Access.ANYONE, "Health", other_statuses=(UNHEALTHY,)),
    )
