"""FitTrack over HTTP: every route, and what the server does beside answering."""

import os
from collections.abc import Callable
from functools import partial
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from socket import socket
from typing import Final

import structlog

from fittrack_adapters.logs import set_up_logs
from fittrack_adapters.neighbours import START, Neighbours
from fittrack_adapters.settings import Settings
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import pending
from fittrack_adapters.wiring import Installation, open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_http import (
    accounts,
    analytics,
    authentication,
    catalogue,
    competition,
    connections,
    deliveries,
    fulfillment,
    ledger,
    members,
    notifications,
    oversight,
    planning,
    points,
    profiles,
    results,
    reviews,
    sweepstakes,
    tickets,
    tracking,
)
from fittrack_http.auth import bearer
from fittrack_http.companions import Companions
from fittrack_http.devtools.intermission import Intermission
from fittrack_http.devtools.routes import devtools_routes
from fittrack_http.figures import figures_of
from fittrack_http.health import Probe, Probes
from fittrack_http.jobs import Job
from fittrack_http.jwks import jwks_routes
from fittrack_http.routes import Gate, Route
from fittrack_http.server import RELAY, App, Limits, Service, listen, make_server, serve
from fittrack_http.turnstile import Turnstile

log = structlog.get_logger("fittrack.http")

ROUTES: Final[tuple[Route, ...]] = (
    *authentication.ROUTES,
    *members.ROUTES,
    *notifications.ROUTES,
    *connections.ROUTES,
    *tracking.ROUTES,
    *points.ROUTES,
    *competition.ROUTES,
    *sweepstakes.ROUTES,
    *results.ROUTES,
    *fulfillment.ROUTES,
    *accounts.ROUTES,
    *profiles.ROUTES,
    *ledger.ROUTES,
    *catalogue.ROUTES,
    *planning.ROUTES,
    *tickets.ROUTES,
    *deliveries.ROUTES,
    *oversight.ROUTES,
    *reviews.ROUTES,
    *analytics.ROUTES,
)


def make_app(installation: Installation, *, limits: Limits | None = None, limited: bool = True) -> App:
    """The application that serves an installation, and closes it when the last request is answered.

    `limits` say how much the server takes on; without `limited` callers may come as often as they like.
    Of several processes the first does the jobs.
    """
    fittrack, settings, neighbours = installation.fittrack, installation.settings, installation.beside.neighbours
    turnstile = Turnstile(installation.beside.rate_limiter if limited else None)
    jobs = jobs_of(fittrack) if neighbours is None or neighbours.is_first else ()
    unlisted: tuple[Route, ...] = ()
    if settings.development and neighbours is None:  # a pause of the jobs is one process's
        intermission = Intermission()
        jobs, unlisted = intermission.among(jobs), devtools_routes(installation, intermission)
    service = Service(
        fittrack=fittrack,
        routes=(*ROUTES, *jwks_routes(installation.keys)),
        unlisted=unlisted,
        gate=Gate(bearer(fittrack.sessions.admit), turnstile),
        origins=settings.cors_origins,
        proxies=settings.trusted_proxies,
        jobs=jobs,
        probes=_probes(installation),
        figures=lambda: figures_of(installation),
        metrics_token=settings.metrics_token,
        close=installation.close,
        neighbours=neighbours,
        at_hand=installation.store_at_hand,
        limits=limits or Limits(),
    )
    return make_server(service)


def _probes(installation: Installation) -> Probes:
    store = installation.store
    probes = {"store": Probe(installation.fittrack.relay.waiting)}
    if not isinstance(store, MemoryStore):
        probes["migrations"] = Probe(lambda: _require_current(bool(pending(store))))
    if installation.beside.redis is not None:
        probes["cache"] = Probe(installation.beside.redis.version, is_needed=False)
    return probes


def _require_current(lacking: bool) -> None:  # noqa: FBT001  # what is asked
    if lacking:
        raise RuntimeError("The database is not up to date. Run: fittrack db migrate")


def jobs_of(fittrack: FitTrack) -> tuple[Job, ...]:
    """What is done at intervals. Reactions to requests run at once, those to other processes' events within a second.

    Mail has a job of its own, so that no reaction waits for a mail server.
    """
    return (
        Job(RELAY, 1, fittrack.relay.react),
        Job("mail", 1, fittrack.relay.hand_over),
        Job("drawings", 5, lambda: _run_due(fittrack)),
        Job("fulfillments", 60, fittrack.fulfillments.sweep),
        Job("archives", 60, fittrack.competition.archive_due),
        Job("boards", 10, fittrack.competition.mend_boards),
        Job("holds", 60, fittrack.points.expire_holds),
        Job("requests", 3_600, fittrack.requests.forget_expired),
        Job("events", 3_600, fittrack.relay.forget_delivered),
        Job("sessions", 600, fittrack.sessions.forget_expired),
        Job("reviews", 3_600, fittrack.watch.look_due),
        Job("erasure", 3_600, fittrack.erasure.erase_due),
        Job("trackers", 5, lambda: _sync_due(fittrack)),
        Job("tracker-events", 60, fittrack.tracker_inbox.sweep),
    )


def _run_due(fittrack: FitTrack) -> None:
    """Closes and draws what is due. Whatever keeps a drawing waiting is logged: an alarm must not go unheard."""
    for drawing_id, reason in fittrack.draws.run_due().waiting.items():
        log.warning("drawing waits", drawing=str(drawing_id), reason=reason)


def _sync_due(fittrack: FitTrack) -> None:
    """Asks for the data of trackers whose turn it is. Which of them could not be asked is logged."""
    for connection_id, reason in fittrack.syncing.run_due().troubles.items():
        log.warning("tracker was not asked", connection=str(connection_id), reason=reason)


def run(
    app: App, host: str, port: int, announce: Callable[[str], object], neighbours: Neighbours | None = None
) -> None:
    """Serves until SIGTERM or SIGINT, and tells the address once it does. Raises `OSError` when it is taken.

    The processes of the neighbours, which serve the installation that the environment describes, come and go with it.
    """
    with listen(host, port, Limits()) as sock:
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{sock.getsockname()[1]}"
        if neighbours is not None:
            Companions(partial(_companion, neighbours, sock), neighbours.count - 1).follow(app)
        serve(app, sock, lambda: announce(address))


def _companion(neighbours: Neighbours, sock: socket, number: int) -> BaseProcess:
    return START.Process(target=_accompany, args=(neighbours.seen_by(number), sock), daemon=True)


def _accompany(neighbours: Neighbours, sock: socket) -> None:
    """What a further process of the server does, until the first ends it or has gone itself."""
    first = parent_process()
    assert first is not None, "it has begun this one"
    settings = Settings.load(os.environ)
    set_up_logs(settings)
    serve(make_app(open_fittrack(settings, neighbours=neighbours)), sock, lifeline=first.sentinel)
