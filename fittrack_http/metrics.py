"""What Prometheus reads: requests, counted as they end; and figures of the installation, looked up when it asks.

Requests are answered on one thread, the event loop's, so counting them takes plain dictionaries and no locks.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from hmac import compare_digest
from ipaddress import ip_address
from time import perf_counter, time
from typing import Final

import attrs
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from fittrack_domain.shared.errors import FitTrackError, Refused
from fittrack_http.routes import Access, Content, Exchange, Route
from fittrack_http.turnstile import RateLimited

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW_SECONDS: Final = 1.0
FAILED: Final = 500
NOWHERE: Final = "none"
METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"})

log = structlog.get_logger("fittrack.http")


@attrs.frozen
class MetricsNotForYou(Refused):
    """Metrics are shown to this machine only, or to whoever has the token that was set for them."""

    code = "metrics_not_for_you"

    def __str__(self) -> str:
        return "Metrics are shown on the machine itself; elsewhere with the token in FITTRACK_METRICS_TOKEN."


@attrs.frozen
class Figure:
    """Something that can be looked up at any time and costs little. `label` is a name and a value."""

    name: str
    told: str
    value: float
    label: tuple[str, str] | None = None


Figures = Callable[[], Sequence[Figure]]


@attrs.define
class Latencies:
    """How long a route's answers took: how many fell into each bucket, and all seconds together."""

    counts: list[int] = attrs.field(factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

    @property
    def cumulated(self) -> list[tuple[str, float]]:
        names = (*map(str, BUCKETS), "+Inf")
        return [(name, sum(self.counts[: at + 1])) for at, name in enumerate(names)]


@attrs.define
class Begun:
    """A request under way."""

    route: Route | None
    path: str
    at: float = attrs.field(factory=perf_counter)


@attrs.define
class UnderWay:
    """Counts who is inside its block."""

    number: int = 0

    def __enter__(self) -> None:
        self.number += 1

    def __exit__(self, *_: object) -> None:
        self.number -= 1


class Metrics:
    """Everything that one server counts."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._requests: dict[tuple[str, str, int], int] = {}
        self._latencies: dict[str, Latencies] = {}
        self._limited: dict[str, int] = {}
        self._log_ins: dict[str, int] = {}
        self._runs: dict[tuple[str, bool], int] = {}
        self._last_runs: dict[str, float] = {}
        self._under_way = UnderWay()
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def under_way(self) -> "UnderWay":
        """A block while which one more request is under way."""
        return self._under_way

    def ended(self, begun: Begun | None, method: str, status: int, error: FitTrackError | None) -> None:
        """Counts an answer; a slow or failed one is logged, others only where everything is."""
        path = NOWHERE if begun is None else begun.path
        key = path, method if method in METHODS else NOWHERE, status // 100
        self._requests[key] = self._requests.get(key, 0) + 1
        seconds = 0.0
        if begun is not None:
            seconds = perf_counter() - begun.at
            self._latency(path).add(seconds)
            if begun.route is not None and begun.route.by_account:
                _add(self._log_ins, "ok" if error is None else error.code)
        if isinstance(error, RateLimited):
            _add(self._limited, error.limit.name)
        tell = log.warning if status >= FAILED or seconds >= SLOW_SECONDS else log.debug
        tell("answered", route=path, method=key[1], status=status, milliseconds=round(1_000 * seconds, 1))

    def _latency(self, path: str) -> Latencies:
        found = self._latencies.get(path)
        if found is None:
            found = self._latencies[path] = Latencies()
        return found

    def job_ended(self, name: str, succeeded: bool) -> None:  # noqa: FBT001  # as `Jobs` tells it
        """Each job has a thread of its own, and so its own numbers."""
        key = name, succeeded
        self._runs[key] = self._runs.get(key, 0) + 1
        if succeeded:
            self._last_runs[name] = time()

    def written(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: so that registering looks nothing up."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily("fittrack_http_requests", "Answers.", labels=("route", "method", "status"))
        for (path, method, kind), number in list(self._requests.items()):
            requests.add_metric((path, method, f"{kind}xx"), number)
        yield requests
        latencies = HistogramMetricFamily("fittrack_http_request_seconds", "How long answers took.", labels=("route",))
        for path, found in list(self._latencies.items()):
            latencies.add_metric((path,), found.cumulated, found.seconds)
        yield latencies
        yield GaugeMetricFamily("fittrack_http_requests_in_flight", "Requests under way.", value=self._under_way.number)
        yield _counter("fittrack_rate_limited", "Requests refused for coming too often.", "limit", self._limited)
        yield _counter("fittrack_log_ins", "Attempts to log in by what came of them.", "outcome", self._log_ins)
        yield from self._jobs()
        yield from self._looked_up()

    def _jobs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("fittrack_job_runs", "Runs of jobs.", labels=("job", "outcome"))
        for (name, succeeded), number in list(self._runs.items()):
            runs.add_metric((name, "ok" if succeeded else "failed"), number)
        yield runs
        last = GaugeMetricFamily("fittrack_job_last_success_timestamp_seconds", "When it ran well.", labels=("job",))
        for name, at in list(self._last_runs.items()):
            last.add_metric((name,), at)
        yield last

    def _looked_up(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for figure in self._figures():
            labels = () if figure.label is None else figure.label[:1]
            family = families.setdefault(figure.name, GaugeMetricFamily(figure.name, figure.told, labels=labels))
            family.add_metric(() if figure.label is None else figure.label[1:], figure.value)
        yield from families.values()


def _add(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _counter(name: str, told: str, label: str, counts: dict[str, int]) -> Metric:
    family = CounterMetricFamily(name, told, labels=(label,))
    for value, number in list(counts.items()):
        family.add_metric((value,), number)
    return family


def metrics_routes(metrics: Metrics, token: str | None) -> tuple[Route, ...]:
    """The route that Prometheus reads."""

    def show_metrics(exchange: Exchange) -> Content:
        """Show what is measured, for Prometheus.

        On the machine itself; from elsewhere with the token that was set for it, as `Authorization: Bearer …`.
        """
        _require_reader(exchange, token)
        return Content(metrics.written(), CONTENT_TYPE_LATEST)

    return (
        Route(
            "GET",
            "/metrics",
            show_metrics,
            Access.ANYONE,
            "Health",
            problems=(MetricsNotForYou,),
            limited=False,
            media_type=CONTENT_TYPE_LATEST,
        ),
    )


def _require_reader(exchange: Exchange, token: str | None) -> None:
    """Raises `MetricsNotForYou`. What a proxy passes on comes from elsewhere, wherever the proxy is."""
    if token is not None:
        given = exchange.headers.get("authorization", "")
        allowed = compare_digest(given.encode(errors="replace"), f"Bearer {token}".encode())
    else:
        forwarded = any(name in exchange.headers for name in ("x-forwarded-for", "forwarded", "via"))
        allowed = not forwarded and _is_this_machine(exchange.address)
    if not allowed:
        raise MetricsNotForYou


def _is_this_machine(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
