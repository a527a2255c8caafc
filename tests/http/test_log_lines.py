"""Every line that is logged says for whom: the request's id, or the job's name."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import structlog

from fittrack_adapters.logs import processors
from fittrack_http import metrics
from fittrack_http.jobs import Job, Jobs
from fittrack_http.routes import Access, Content, Route
from tests.http.live import Server, running
from tests.http.toys import ROUTES, toy_service

log = structlog.get_logger("test")
Lines = list[dict[str, Any]]


@pytest.fixture
def lines() -> Lines:
    """What is logged while the test runs, as production would write it."""
    written: Lines = []
    guard = threading.Lock()

    class Writer:
        def msg(self, line: str) -> None:
            with guard:
                written.append(json.loads(line))

        debug = info = warning = error = msg

    structlog.configure(
        processors=processors(for_eyes=False),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=lambda *_: Writer(),
        cache_logger_on_first_use=False,
    )
    return written


def says_something() -> Content:
    """Say something, from the thread of the work."""
    log.info("working")
    return Content(b"{}", "application/json")


def says_it_at_once() -> Content:
    """Say something, from the event loop."""
    log.info("working")
    return Content(b"{}", "application/json")


SAYING = (
    Route("GET", "/says", says_something, Access.ANYONE, "Toys"),
    Route("GET", "/says-at-once", says_it_at_once, Access.ANYONE, "Toys", inline=True),
)


@pytest.fixture
def server(lines: Lines) -> Iterator[Server]:
    with running(toy_service(routes=(*ROUTES, *SAYING))) as found:
        yield found


@pytest.mark.parametrize("path", ["/says", "/says-at-once"])
def test_what_is_logged_by_the_work_names_the_request(server: Server, lines: Lines, path: str) -> None:
    with httpx.Client(base_url=server.url, timeout=60) as client:  # one connection for all
        for name in ("first", "second", "third"):
            client.get(path, headers={"x-request-id": name})
    assert ["first", "second", "third"] == [line["request_id"] for line in lines if line["event"] == "working"]
    assert {"info"} == {line["level"] for line in lines if line["event"] == "working"}


def test_requests_at_once_do_not_take_each_others_names(server: Server, lines: Lines) -> None:
    def ask(name: str) -> None:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            for number in range(20):
                client.get("/says", headers={"x-request-id": f"{name}-{number}"})

    threads = [threading.Thread(target=ask, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = sorted(line["request_id"] for line in lines if line["event"] == "working")
    assert sorted(f"{name}-{number}" for name in "abcd" for number in range(20)) == told


def test_a_failure_names_the_request_that_the_answer_names(server: Server, lines: Lines) -> None:
    answer = httpx.get(f"{server.url}/fail/bug", timeout=60)
    (failed,) = (line for line in lines if line["event"] == "request failed")
    assert answer.json()["instance"] == failed["request_id"]
    assert ("error", "/fail/{how}") == (failed["level"], failed["route"])
    assert "RuntimeError: secret stack" in failed["exception"]


def test_a_malformed_request_has_an_id_of_its_own(server: Server, lines: Lines) -> None:
    server.raw(b"GET /says HTTP/1.1\r\nhost: x\r\nx-request-id: good\r\n\r\nGARBAGE\r\n\r\n", seconds=3)
    told = [(line["request_id"], line["status"]) for line in lines if line["event"] == "answered"]
    assert ("good", 200) == told[0]
    assert 400 == told[1][1]
    assert "good" != told[1][0]


@pytest.mark.parametrize(
    ("path", "level", "status"),
    [("/says?made_on=2026-01-01", "debug", 400), ("/says", "debug", 200), ("/fail/store", "warning", 503)],
)
def test_an_answer_is_one_line_and_worth_a_look_only_when_it_failed(
    server: Server, lines: Lines, path: str, level: str, status: int
) -> None:
    httpx.get(f"{server.url}{path}", timeout=60)
    (answered,) = (line for line in lines if line["event"] == "answered")
    assert {"event", "level", "method", "milliseconds", "request_id", "route", "status", "timestamp"} == set(answered)
    assert (level, status, "GET") == (answered["level"], answered["status"], answered["method"])
    assert answered["route"] in ("/says", "/fail/{how}")


def test_a_slow_answer_is_worth_a_look(server: Server, lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "SLOW_SECONDS", 0.0)
    httpx.get(f"{server.url}/says", timeout=60)
    assert ["warning"] == [line["level"] for line in lines if line["event"] == "answered"]


# Jobs


def run_once(work: Callable[[], object]) -> None:
    ended = threading.Event()
    jobs = Jobs([Job("archives", 3_600, work)], lambda *_: ended.set())
    jobs.start()
    assert ended.wait(60)
    jobs.stop()


def fail() -> None:
    raise ValueError("a bug in a job")


def test_what_a_job_logs_names_the_job(lines: Lines) -> None:
    run_once(lambda: log.info("working"))
    run_once(fail)
    assert [("working", "archives"), ("job failed", "archives")] == [(line["event"], line["job"]) for line in lines]
    assert "ValueError: a bug in a job" in lines[1]["exception"]
