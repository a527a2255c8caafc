"""FitTrack over HTTP: every route, and what the server does beside answering."""

from collections.abc import Callable
from typing import Final

import structlog

from fittrack_adapters.settings import Settings
from fittrack_domain.app import FitTrack
from fittrack_http import competition, fulfillment, points, results, sweepstakes, tracking
from fittrack_http.auth import DevelopmentTokens
from fittrack_http.health import Probes
from fittrack_http.jobs import Job
from fittrack_http.routes import Route
from fittrack_http.server import RELAY, App, Limits, Service, listen, make_server, serve

log = structlog.get_logger("fittrack.http")

ROUTES: Final[tuple[Route, ...]] = (
    *tracking.ROUTES,
    *points.ROUTES,
    *competition.ROUTES,
    *sweepstakes.ROUTES,
    *results.ROUTES,
    *fulfillment.ROUTES,
)


def make_app(
    fittrack: FitTrack,
    settings: Settings,
    *,
    probes: Probes | None = None,
    close: Callable[[], object] = lambda: None,
    limits: Limits | None = None,
) -> App:
    """The application.

    Args:
        fittrack: What is served.
        settings: Whether this is development, and which origins may call.
        probes: What readiness looks at, beside the store and the jobs.
        close: Called when the last request is answered and the last job done.
        limits: How much the server takes on.
    """
    service = Service(
        fittrack=fittrack,
        routes=ROUTES,
        authenticate=DevelopmentTokens(fittrack.identity, settings.development),
        origins=settings.cors_origins,
        jobs=jobs_of(fittrack),
        probes={"store": fittrack.relay.waiting, **(probes or {})},
        close=close,
        limits=limits or Limits(),
    )
    return make_server(service)


def jobs_of(fittrack: FitTrack) -> tuple[Job, ...]:
    """What is done at intervals. Events of requests are delivered at once, those of other processes within a second."""
    return (
        Job(RELAY, 1, fittrack.relay.drain),
        Job("drawings", 5, lambda: _run_due(fittrack)),
        Job("fulfillments", 60, fittrack.fulfillments.sweep),
        Job("archives", 60, fittrack.competition.archive_due),
        Job("boards", 10, fittrack.competition.mend_boards),
        Job("holds", 60, fittrack.points.expire_holds),
        Job("requests", 3_600, fittrack.requests.forget_expired),
    )


def _run_due(fittrack: FitTrack) -> None:
    """Closes and draws what is due. Whatever keeps a drawing waiting is logged: an alarm must not go unheard."""
    for drawing_id, reason in fittrack.draws.run_due().waiting.items():
        log.warning("drawing waits", drawing=str(drawing_id), reason=reason)


def run(app: App, host: str, port: int, announce: Callable[[str], object]) -> None:
    """Serves until SIGTERM or SIGINT, and tells the address once it does. Raises `OSError` when it is taken."""
    with listen(host, port, Limits()) as sock:
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{sock.getsockname()[1]}"
        serve(app, sock, lambda: announce(address))
