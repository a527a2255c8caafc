"""Whether the server is up, and whether it can do its work."""

from collections.abc import Callable, Mapping

import attrs
import structlog

from fittrack_http.routes import Access, Reply, Route

log = structlog.get_logger("fittrack.http")


@attrs.frozen
class Probe:
    """How to find out whether something works: a call that raises when it does not. Without some things one can do."""

    check: Callable[[], object]
    is_needed: bool = True


Probes = Mapping[str, Probe]
"""Everything that the server depends on, by its name."""

UNHEALTHY = 503


@attrs.frozen
class Live:
    """The process answers."""

    status: str = "ok"


@attrs.frozen
class Dependency:
    """One thing that the server depends on: `ok` or `down`. Without what is not needed it is only slower."""

    name: str
    status: str
    is_needed: bool


@attrs.frozen
class Ready:
    """`ok`, or `down` when anything that the server needs is."""

    status: str
    dependencies: tuple[Dependency, ...]


def live() -> Live:
    """Tell that the process is up; depends on nothing else."""
    return Live()


def _status(name: str, check: Callable[[], object]) -> str:
    try:
        check()
    except Exception:
        log.exception("dependency is down", dependency=name)
        return "down"
    return "ok"


def health_routes(probes: Probes) -> tuple[Route, ...]:
    """The routes for whoever watches over the server."""

    def ready() -> Reply[Ready]:
        """Tell whether the server can do its work.

        503 when anything that it needs is down.
        """
        found = tuple(Dependency(name, _status(name, probe.check), probe.is_needed) for name, probe in probes.items())
        if all(dependency.status == "ok" or not dependency.is_needed for dependency in found):
            return Reply(Ready("ok", found))
        return Reply(Ready("down", found), status=UNHEALTHY)

    return (
        Route("GET", "/health/live", live, Access.ANYONE, "Health", limited=False, inline=True),
        Route("GET", "/health/ready", ready, Access.ANYONE, "Health", other_statuses=(UNHEALTHY,), limited=False),
    )
