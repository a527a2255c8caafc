"""A server for any routes: the Sanic application with its conventions, its threads, its jobs, and its end."""

import asyncio
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import groupby
from types import SimpleNamespace
from typing import Any, Final

import attrs
from sanic import HTTPResponse, Request, Sanic
from sanic.config import Config

from fittrack_adapters.neighbours import Bell, Neighbours
from fittrack_http.answers import Answers, Problems
from fittrack_http.arrivals import Arrivals
from fittrack_http.crossing import Crossing
from fittrack_http.docs import docs_routes
from fittrack_http.errors import TooBusy
from fittrack_http.health import Probe, Probes, health_routes
from fittrack_http.jobs import Job, Jobs
from fittrack_http.metrics import Begun, Figures, Metrics, metrics_routes
from fittrack_http.open_files import allow_open_files
from fittrack_http.protocol import FitTrackRequest, client_address, seconds_waited
from fittrack_http.routes import PATH_PARAMETER, Exchange, Gate, Outcome, Route
from fittrack_http.shortcut import Shortcut, StoreAtHand

HEADERS_BYTES: Final = 16 * 1024
NEW_OBJECTS: Final = 20_000
"""After so many the garbage collector looks through the youngest."""
PUBLISHED_EVERY_SECONDS: Final = 1.0
RELAY: Final = "relay"
"""The job that is woken after every request that may have written something."""

App = Sanic[Config, SimpleNamespace]
Perform = Callable[[Route, Exchange], Awaitable[Outcome]]


@attrs.frozen(kw_only=True)
class Limits:
    """How much the server takes on, and how long it waits."""

    body_bytes: int = 1024 * 1024
    threads: int = 16
    waiting_max: int = 256
    wait_seconds: float = 5.0
    head_seconds: float = 10.0
    body_seconds: float = 10.0
    answer_seconds: float = 60.0
    idle_seconds: float = 75.0
    drain_seconds: float = 15.0
    backlog: int = 4096


@attrs.frozen(kw_only=True)
class Service:
    """What is served: the routes, who may call them, what the process does beside them, and what it depends on."""

    fittrack: Any
    routes: Sequence[Route]
    unlisted: Sequence[Route] = ()
    """Served, and not in the reference."""
    gate: Gate
    origins: tuple[str, ...] = ()
    proxies: int = 0
    """How many trusted proxies stand before the server, each of which adds to `X-Forwarded-For`."""
    jobs: Sequence[Job] = ()
    probes: Probes = attrs.field(factory=dict)
    figures: Figures = tuple
    """Beside what the server counts itself."""
    metrics_token: str | None = None
    close: Callable[[], object] = lambda: None
    neighbours: Neighbours | None = None
    """The other processes of this server, if it has any. The first does the jobs of all."""
    at_hand: StoreAtHand | None = None
    """The store, where it is in this process: then quick routes are done on the event loop."""
    limits: Limits = Limits()


def make_server(service: Service) -> App:
    """The application that serves `service`: the given routes, health and the reference."""
    limits = service.limits
    metrics = Metrics(service.figures, None if service.neighbours is None else service.neighbours.counts)
    answers = Answers(service.origins, metrics)
    crossing = Crossing(limits.threads, limits.waiting_max, limits.wait_seconds)
    jobs = Jobs(service.jobs, metrics.job_ended)
    app = Sanic(
        "fittrack",
        config=_config(limits),
        error_handler=Problems(answers),
        request_class=FitTrackRequest,
        strict_slashes=True,
        configure_logging=False,
    )
    described = (
        *service.routes,
        *health_routes({**service.probes, "jobs": Probe(jobs.check)}),
        *metrics_routes(metrics, service.metrics_token),
    )
    routes = sorted((*described, *docs_routes(described), *service.unlisted), key=lambda route: route.path)
    for path, group in groupby(routes, key=lambda route: route.path):
        served = {route.method: route for route in group}
        _serve_path(app, path, served, answers, metrics, _performer(service, crossing, jobs), service)
    _begin_and_end(app, answers, crossing, jobs, service)
    if service.neighbours is not None:
        app.add_task(_publish(metrics))
    Sanic.unregister_app(app)  # the registry allows one of each name in a process; `serve` puts it back
    return app


def _config(limits: Limits) -> Config:
    config = Config(env_prefix=None)  # settings come from FITTRACK_ variables, not from SANIC_ ones
    config.update(
        AUTO_EXTEND=False,
        REQUEST_MAX_SIZE=limits.body_bytes,
        REQUEST_MAX_HEADER_SIZE=HEADERS_BYTES,
        REQUEST_TIMEOUT=limits.head_seconds,
        RESPONSE_TIMEOUT=limits.answer_seconds,
        KEEP_ALIVE_TIMEOUT=limits.idle_seconds,
        GRACEFUL_SHUTDOWN_TIMEOUT=limits.drain_seconds,
        BODY_TIMEOUT=limits.body_seconds,
        BACKLOG=limits.backlog,
    )
    return config


def _performer(service: Service, crossing: Crossing, jobs: Jobs) -> Perform:
    shortcut, store = Shortcut(), service.at_hand
    neighbours = service.neighbours
    wake = partial(jobs.wake, RELAY) if neighbours is None or neighbours.is_first else neighbours.bell.ring

    def performed(route: Route, exchange: Exchange) -> Outcome:
        with nullcontext() if store is None else store.answering():
            return route.perform(service.fittrack, service.gate, exchange)

    async def perform(route: Route, exchange: Exchange) -> Outcome:
        work = partial(performed, route, exchange)
        if route.inline:
            return work()
        if store is not None and shortcut.is_open(route):
            return shortcut.run(route, work)
        outcome = await crossing.run(work)
        if route.method != "GET":
            wake()
        return outcome

    return perform


def _serve_path(
    app: App,
    path: str,
    routes: Mapping[str, Route],
    answers: Answers,
    metrics: Metrics,
    perform: Perform,
    service: Service,
) -> None:
    """Serves every method of one path, HEAD as GET without its body, and OPTIONS."""
    served = {**routes, "HEAD": routes["GET"]} if "GET" in routes else routes
    methods = tuple(sorted((*served, "OPTIONS")))

    async def handle(request: Request[Any, Any], **parts: str) -> HTTPResponse:
        request.ctx.begun = Begun(served.get(request.method), path)
        if request.method == "OPTIONS":
            return answers.options(request, ", ".join(methods))
        route, address = served[request.method], client_address(request, service.proxies)
        if not route.inline and seconds_waited(request) > service.limits.wait_seconds:
            raise TooBusy
        exchange = Exchange(parts, request.query_string, request.headers, request.body, address)
        request.ctx.told = exchange.told
        with metrics.under_way():
            outcome = await perform(route, exchange)
        return answers.of(request, outcome)

    name = "_".join(PATH_PARAMETER.sub(r"\1", path).replace(".", "_").replace("-", "_").strip("/").split("/"))
    app.add_route(handle, PATH_PARAMETER.sub(r"<\1>", path), methods, name=name, ctx_allowed=methods)


async def _publish(metrics: Metrics) -> None:
    while True:
        metrics.publish()
        await asyncio.sleep(PUBLISHED_EVERY_SECONDS)


def _begin_and_end(app: App, answers: Answers, crossing: Crossing, jobs: Jobs, service: Service) -> None:
    neighbours = service.neighbours

    def answer(bell: Bell) -> None:
        bell.quiet()
        jobs.wake(RELAY)

    async def begin(_: App) -> None:
        jobs.start()
        if neighbours is not None and neighbours.is_first:
            asyncio.get_running_loop().add_reader(neighbours.bell.fileno(), answer, neighbours.bell)

    async def drain(_: App) -> None:
        answers.stopping = True

    async def end(_: App) -> None:
        jobs.stop()
        crossing.close()
        service.close()

    app.after_server_start(begin)
    app.before_server_stop(drain)
    app.after_server_stop(end)


def listen(host: str, port: int, limits: Limits) -> socket.socket:
    """The socket to serve on; port 0 takes any free one. Raises `OSError` when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=limits.backlog)


def serve(
    app: App, sock: socket.socket, on_ready: Callable[[], object] = lambda: None, lifeline: int | None = None
) -> None:
    """Answers requests on `sock` until SIGTERM or SIGINT, then finishes those under way and returns.

    `on_ready` is called once when requests are answered and signals are heard. The end of `lifeline`, a file
    descriptor, is as good as a signal.
    """

    async def ready(_: App) -> None:
        loop = asyncio.get_running_loop()
        stopping = _Stopping(app, loop)
        for number in (signal.SIGINT, signal.SIGTERM):
            # Not the loop's own handlers: uvloop loses a signal that arrives between two runs of the loop.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopping))
        if lifeline is not None:
            loop.add_reader(lifeline, _hang_up, loop, lifeline, stopping)
        _settle_memory()
        on_ready()

    allow_open_files()
    app.after_server_start(ready)
    Sanic.register_app(app)
    app.run(
        sock=sock,
        backlog=app.config.BACKLOG,  # Sanic listens anew, with 100 unless it is told
        single_process=True,
        protocol=Arrivals(sock),  # type: ignore[arg-type]  # anything that makes one
        motd=False,
        access_log=False,
        register_sys_signals=False,
    )


def _hang_up(loop: asyncio.AbstractEventLoop, lifeline: int, stopping: Callable[[], object]) -> None:
    loop.remove_reader(lifeline)
    stopping()


def _settle_memory() -> None:
    """What is there by now stays, and need not be looked through again; and what requests make is seldom garbage.

    With the default of 700 new objects, every leaderboard would make the collector run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])


@attrs.define
class _Stopping:
    """Stops the server, and again until it does: in the instant before it runs, Sanic would forget the first time."""

    app: App
    loop: asyncio.AbstractEventLoop
    _ended: bool = False

    def __attrs_post_init__(self) -> None:
        async def end(_: App) -> None:
            self._ended = True

        self.app.before_server_stop(end)

    def __call__(self) -> None:
        if not self._ended:
            self.app.stop(terminate=False)
            self.loop.call_later(0.05, self)
