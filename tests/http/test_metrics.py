"""What Prometheus reads, and who else may."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.wiring import Installation
from fittrack_domain.shared.errors import StoreUnreachable
from fittrack_http.app import make_app
from fittrack_http.figures import figures_of
from fittrack_http.jobs import Job, Jobs
from fittrack_http.metrics import Begun, Figure, Metrics, MetricsNotForYou, metrics_routes
from fittrack_http.routes import Exchange
from tests.http.live import Server, running, running_app
from tests.http.toys import toy_service
from tests.http.world import World, a_world

TOKEN = "a-token-for-metrics"
Read = dict[tuple[str, tuple[str, ...]], float]
"""By the names of samples, and their labels in the order of the labels' names."""


def read(client: httpx.Client, **headers: str) -> Read:
    answer = client.get("/metrics", headers=headers)
    assert 200 == answer.status_code, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return parsed(answer.text)


def parsed(text: str) -> Read:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def server() -> Iterator[Server]:
    with running(toy_service()) as found:
        yield found


def test_answers_are_counted_by_route_method_and_kind_of_status(server: Server) -> None:
    with server.client("member") as client:
        for _ in range(3):
            client.get("/toys/0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b")
        client.head("/toys/0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b")
        client.get("/toys/none")
        client.options("/toys")
        client.get("/fail/bug")
        client.get("/nothing/at/all")
        client.get("/nothing/else")
        client.request("BREW", "/toys")
        found = read(client)
    counted = {labels: value for (name, labels), value in found.items() if name == "fittrack_http_requests_total"}
    expected = {
        ("GET", "/toys/{toy_id}", "2xx"): 3,
        ("HEAD", "/toys/{toy_id}", "2xx"): 1,
        ("GET", "/toys/{toy_id}", "4xx"): 1,
        ("OPTIONS", "/toys", "2xx"): 1,
        ("GET", "/fail/{how}", "5xx"): 1,
        ("GET", "none", "4xx"): 2,
        ("none", "none", "4xx"): 1,
    }
    assert expected == {labels: counted[labels] for labels in expected}
    assert 1 == found["fittrack_http_requests_in_flight", ()]  # this one


def test_how_long_answers_take_is_told_by_route(server: Server) -> None:
    with server.client() as client:
        client.get("/slow")
        found = read(client)
    assert 1 == found["fittrack_http_request_seconds_count", ("/slow",)]
    assert 1 <= found["fittrack_http_request_seconds_sum", ("/slow",)] < 60
    buckets = [value for (name, labels), value in found.items() if name.endswith("bucket") and labels[-1] == "/slow"]
    assert buckets == sorted(buckets)
    assert (0, 1) == (found["fittrack_http_request_seconds_bucket", ("0.5", "/slow")], buckets[-1])


def test_a_path_that_anybody_makes_up_makes_no_new_figure() -> None:
    metrics = Metrics(tuple)
    for number in range(1_000):
        metrics.ended(None, f"METHOD{number}", 404, None)
    found = parsed(metrics.written().decode())
    assert [("none", "none", "4xx")] == [labels for name, labels in found if name == "fittrack_http_requests_total"]


def test_figures_are_looked_up_when_they_are_asked_for() -> None:
    asked = []

    def figures() -> tuple[Figure, ...]:
        asked.append(1)
        return Figure("a", "An a.", 1), Figure("b", "A b.", 2, ("kind", "x")), Figure("b", "A b.", 3, ("kind", "y"))

    metrics = Metrics(figures)
    assert [] == asked
    found = parsed(metrics.written().decode())
    assert {("a", ()): 1, ("b", ("x",)): 2, ("b", ("y",)): 3}.items() <= found.items()
    assert [1] == asked


def test_runs_of_jobs_are_counted_by_what_came_of_them() -> None:
    metrics = Metrics(tuple)

    def fail() -> None:
        raise ValueError("a bug in a job")

    jobs = Jobs([Job("good", 3_600, lambda: None), Job("bad", 3_600, fail)], metrics.job_ended)
    jobs.start()
    jobs.stop()
    found = parsed(metrics.written().decode())
    assert (1, 1) == tuple(found["fittrack_job_runs_total", labels] for labels in (("good", "ok"), ("bad", "failed")))
    assert ("fittrack_job_last_success_timestamp_seconds", ("good",)) in found
    assert ("fittrack_job_last_success_timestamp_seconds", ("bad",)) not in found


# Who may read


def test_without_a_token_metrics_are_for_this_machine_only_and_never_through_a_proxy(server: Server) -> None:
    with server.client() as client:
        read(client)
        for name in ("x-forwarded-for", "forwarded", "via"):
            answer = client.get("/metrics", headers={name: "127.0.0.1"})
            assert (403, "/docs/errors#metrics_not_for_you") == (answer.status_code, answer.json()["type"])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", 200),
        ("127.9.9.9", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("10.0.0.1", 403),
        ("172.17.0.1", 403),
        ("::ffff:10.0.0.1", 403),
        ("203.0.113.5", 403),
        ("", 403),
        ("unix", 403),
    ],
)
def test_this_machine_is_told_by_its_address(address: str, expected: int) -> None:
    (route,) = metrics_routes(Metrics(tuple), None)
    exchange = Exchange({}, "", {}, b"", address)
    if expected == 200:
        assert b"fittrack_http_requests" in route.handler(exchange).data
    else:
        with pytest.raises(MetricsNotForYou):
            route.handler(exchange)


def test_with_a_token_metrics_are_for_whoever_has_it() -> None:
    with running(toy_service(metrics_token=TOKEN)) as server, server.client() as client:
        read(client, authorization=f"Bearer {TOKEN}", **{"x-forwarded-for": "203.0.113.5"})
        for wrong in ({}, {"authorization": TOKEN}, {"authorization": f"Bearer {TOKEN}x"}):
            assert 403 == client.get("/metrics", headers=wrong).status_code


# Of a whole installation


@pytest.fixture
def world() -> World:
    return a_world()


def test_an_installation_tells_of_events_drawings_ledger_log_ins_and_limits(world: World) -> None:
    with running_app(make_app(world.installation)) as server, server.client() as client:
        wrong = {"email": "ann@example.com", "password": "Wrong-horse-3"}
        assert 401 == client.post("/api/v1/auth/login", json=wrong).status_code
        while client.get("/api/v1/draw-log").status_code == 200:
            pass
        found = read(client)
    assert 1 == found["fittrack_log_ins_total", ("wrong_credentials",)]
    assert 1 == found["fittrack_rate_limited_total", ("anonymous",)]
    assert (1, 0) == tuple(found["fittrack_drawings", (state,)] for state in ("on sale", "overdue"))
    assert 0 == found["fittrack_events", ("parked",)]
    assert 1 == found["fittrack_store_answers", ()]
    assert world.clock.now().timestamp() == found["fittrack_ledger_newest_transfer_timestamp_seconds", ()]
    assert found["process_resident_memory_bytes", ()] > 0


def test_without_its_store_an_installation_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: Any) -> None:
        raise StoreUnreachable("no route")

    monkeypatch.setattr(type(world.fittrack.pulse), "vitals", gone)
    assert [Figure("fittrack_store_answers", "Whether the figures of the store could be read.", 0)] == list(
        figures_of(world.installation)
    )


def test_who_counts_is_quick() -> None:
    """A net for a mistake of a hundred times; what it really costs stands in docs/operations.md."""
    metrics = Metrics(tuple)
    begun = perf_counter()
    for _ in range(1_000):
        metrics.ended(Begun(None, "/toys"), "GET", 200, None)
    assert perf_counter() - begun < 1


def test_connections_to_a_database_server_are_told(postgres_url: str) -> None:
    def connections(installation: Installation) -> dict[str, float]:
        found = (figure for figure in figures_of(installation) if figure.name == "fittrack_store_connections")
        return {figure.label[1]: figure.value for figure in found if figure.label is not None}

    with an_installation(StoppedClock(), postgres_url) as installation:
        assert {"in use": 0, "idle": 0} == connections(installation)
        installation.fittrack.relay.waiting()
        assert {"in use": 0, "idle": 1} == connections(installation)
        with installation.store.transaction():
            assert 1 == connections(installation)["in use"]
        assert 16 in [figure.value for figure in figures_of(installation) if figure.name.endswith("_max")]
