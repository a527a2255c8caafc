"""What Prometheus reads: requests, counted as they end; and figures of the installation, looked up when it asks.

Requests are answered on one thread, the event loop's, so counting them takes plain dictionaries and no locks.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hmac import compare_digest
from ipaddress import ip_address
from time import perf_counter, time
from typing import Final

import attrs
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from fittrack_adapters.neighbours import Snapshots
from fittrack_domain.shared.errors import FitTrackError, Refused
from fittrack_http.counts import Counts, add
from fittrack_http.routes import Access, Content, Exchange, Route
from fittrack_http.turnstile import RateLimited

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
class Begun:
    """A request under way."""

    route: Route | None
    path: str
    at: float = attrs.field(factory=perf_counter)


class Metrics:
    """Everything that one server counts, in all its processes where it has several that `share` what they count."""

    def __init__(self, figures: Figures, share: Snapshots | None = None) -> None:
        self._figures = figures
        self._share = share
        # Who takes another's place counts on: a sum that falls would be read as one that began anew.
        self._own = Counts.sum_of(() if share is None else share.own())
        self._own.under_way = 0
        self._registry = CollectorRegistry()
        self._registry.register(self)
        if share is None:
            ProcessCollector(registry=self._registry)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """A block while which one more request is under way."""
        self._own.under_way += 1
        try:
            yield
        finally:
            self._own.under_way -= 1

    def ended(self, begun: Begun | None, method: str, status: int, error: FitTrackError | None) -> None:
        """Counts an answer; a slow or failed one is logged, others only where everything is."""
        path = NOWHERE if begun is None else begun.path
        key = path, method if method in METHODS else NOWHERE, status // 100
        add(self._own.requests, key)
        seconds = 0.0
        if begun is not None:
            seconds = perf_counter() - begun.at
            self._own.took(path, seconds)
            if begun.route is not None and begun.route.by_account:
                add(self._own.log_ins, "ok" if error is None else error.code)
        if isinstance(error, RateLimited):
            add(self._own.limited, error.limit.name)
        tell = log.warning if status >= FAILED or seconds >= SLOW_SECONDS else log.debug
        tell("answered", route=path, method=key[1], status=status, milliseconds=round(1_000 * seconds, 1))

    def job_ended(self, name: str, succeeded: bool) -> None:  # noqa: FBT001  # as `Jobs` tells it
        """Each job has a thread of its own, and so its own numbers."""
        add(self._own.runs, (name, succeeded))
        if succeeded:
            self._own.last_runs[name] = time()

    def publish(self) -> bytes:
        """Lets the other processes know what was counted here, and answers it."""
        own = self._own.written()
        if self._share is not None:
            self._share.write(own)
        return own

    def written(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: so that registering looks nothing up."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        counts = Counts.sum_of([self.publish(), *(() if self._share is None else self._share.others())])
        requests = CounterMetricFamily("fittrack_http_requests", "Answers.", labels=("route", "method", "status"))
        for (path, method, kind), number in counts.requests.items():
            requests.add_metric((path, method, f"{kind}xx"), number)
        yield requests
        latencies = HistogramMetricFamily("fittrack_http_request_seconds", "How long answers took.", labels=("route",))
        for path, seconds in counts.seconds.items():
            latencies.add_metric((path,), counts.cumulated(path), seconds)
        yield latencies
        yield GaugeMetricFamily("fittrack_http_requests_in_flight", "Requests under way.", value=counts.under_way)
        yield _counter("fittrack_rate_limited", "Requests refused for coming too often.", "limit", counts.limited)
        yield _counter("fittrack_log_ins", "Attempts to log in by what came of them.", "outcome", counts.log_ins)
        runs = CounterMetricFamily("fittrack_job_runs", "Runs of jobs.", labels=("job", "outcome"))
        for (name, succeeded), number in counts.runs.items():
            runs.add_metric((name, "ok" if succeeded else "failed"), number)
        yield runs
        last = GaugeMetricFamily("fittrack_job_last_success_timestamp_seconds", "When it ran well.", labels=("job",))
        for name, at in counts.last_runs.items():
            last.add_metric((name,), at)
        yield last
        yield from self._looked_up()

    def _looked_up(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for figure in self._figures():
            labels = () if figure.label is None else figure.label[:1]
            family = families.setdefault(figure.name, GaugeMetricFamily(figure.name, figure.told, labels=labels))
            family.add_metric(() if figure.label is None else figure.label[1:], figure.value)
        yield from families.values()


def _counter(name: str, told: str, label: str, counts: dict[str, float]) -> Metric:
    family = CounterMetricFamily(name, told, labels=(label,))
    for value, number in counts.items():
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
