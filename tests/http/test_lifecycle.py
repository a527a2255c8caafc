"""How the server takes on work, does jobs beside it, starts and ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from fittrack_adapters.neighbours import Neighbours
from fittrack_http.health import Probe
from fittrack_http.jobs import Job, Jobs, JobsStopped
from fittrack_http.server import Limits, listen
from tests.http.live import running
from tests.http.toys import Shop, toy_service

SERVER = """
from fittrack_adapters.logs import set_up_logs
from fittrack_adapters.settings import Settings
from fittrack_http.app import run
from fittrack_http.server import Limits, make_server
from tests.http.toys import toy_service
set_up_logs(Settings())
service = toy_service(limits=Limits(drain_seconds=5), close=lambda: print("closed", flush=True))
run(make_server(service), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


def test_more_than_can_be_done_in_time_is_refused_at_once() -> None:
    shop = Shop()
    limits = Limits(threads=1, waiting_max=2)
    with running(toy_service(fittrack=shop, limits=limits)) as server, ThreadPoolExecutor(3) as callers:
        waiting = [callers.submit(httpx.get, f"{server.url}/wait", timeout=20) for _ in range(3)]
        time.sleep(0.5)
        refused = httpx.get(f"{server.url}/toys")
        assert 503 == refused.status_code
        assert "/docs/errors#too_busy" == refused.json()["type"]
        assert int(refused.headers["retry-after"]) > 0
        assert 200 == httpx.get(f"{server.url}/health/live").status_code
        shop.gate.set()
        assert [200, 200, 200] == [answer.result().status_code for answer in waiting]
        assert 200 == httpx.get(f"{server.url}/wait").status_code


def test_who_waited_too_long_for_a_thread_is_refused() -> None:
    shop = Shop()
    limits = Limits(threads=1, wait_seconds=0.1)
    with running(toy_service(fittrack=shop, limits=limits)) as server, ThreadPoolExecutor(2) as callers:
        answers = [callers.submit(httpx.get, f"{server.url}/wait", timeout=20) for _ in range(2)]
        time.sleep(0.4)
        shop.gate.set()
        assert [200, 503] == sorted(answer.result().status_code for answer in answers)


def test_an_answer_that_takes_too_long_is_503() -> None:
    with running(toy_service(limits=Limits(answer_seconds=0.3))) as server:
        answer = httpx.get(f"{server.url}/slow", timeout=20)
    assert (503, "/docs/errors#too_busy") == (answer.status_code, answer.json()["type"])


def broken() -> None:
    raise OSError("no route to host")


def test_readiness_names_what_is_down() -> None:
    probes = {"database": Probe(lambda: None), "mail": Probe(broken)}
    with running(toy_service(probes=probes)) as server, server.client() as client:
        answer = client.get("/health/ready")
        assert 503 == answer.status_code
        assert {"database": "ok", "mail": "down", "jobs": "ok"} == {
            dependency["name"]: dependency["status"] for dependency in answer.json()["dependencies"]
        }
        assert "no route" not in answer.text


def test_what_is_not_needed_may_be_down() -> None:
    with running(toy_service(probes={"cache": Probe(broken, is_needed=False)})) as server, server.client() as client:
        answer = client.get("/health/ready")
        assert 200 == answer.status_code
        assert {"name": "cache", "status": "down", "isNeeded": False} in answer.json()["dependencies"]


def test_the_relay_runs_at_once_after_a_write() -> None:
    runs = threading.Semaphore(0)
    jobs = [Job("relay", 3600, runs.release)]
    with running(toy_service(jobs=jobs)) as server, server.client("member") as client:
        assert runs.acquire(timeout=5)  # at the start
        client.delete("/toys/0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b")
        assert runs.acquire(timeout=5)


def test_the_relay_of_the_first_process_runs_at_once_after_a_write_in_another() -> None:
    runs, first = threading.Semaphore(0), Neighbours.of(2)
    jobs = [Job("relay", 3600, runs.release)]
    with (
        running(toy_service(jobs=jobs, neighbours=first)),
        running(toy_service(neighbours=first.seen_by(1))) as second,
        second.client("member") as client,
    ):
        assert runs.acquire(timeout=5)  # at the start
        client.get("/toys/0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b")
        for _ in range(2):
            assert not runs.acquire(timeout=0.2)
            client.delete("/toys/0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b")
            assert runs.acquire(timeout=5)


def test_a_job_that_fails_is_tried_again_and_delays_no_other() -> None:
    begun = threading.Event()
    failures = threading.Semaphore(0)

    def failing() -> None:
        failures.release()
        raise ValueError("a bug in a job")

    jobs = Jobs([Job("failing", 0.01, failing), Job("other", 0.01, begun.set)])
    jobs.start()
    assert begun.wait(5)
    assert all(failures.acquire(timeout=5) for _ in range(3))
    jobs.check()
    jobs.stop()
    with pytest.raises(JobsStopped):
        jobs.check()


def test_a_job_ends_what_it_is_doing_before_the_server_ends() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        time.sleep(0.3)
        ended.set()

    with running(toy_service(jobs=[Job("long", 3600, work)])):
        assert begun.wait(5)
    assert ended.is_set()


@contextmanager
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The toy service in a process of its own, and its address."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            _until_up(url)
            yield server, url
        finally:
            server.kill()


def _until_up(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{url}/health/live")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not start")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stopping_server_finishes_what_is_under_way(sign: signal.Signals) -> None:
    with process() as (server, url), ThreadPoolExecutor(1) as callers, httpx.Client() as idle:
        idle.get(f"{url}/health/live")  # keeps a connection open that must not delay the end
        slow = callers.submit(httpx.get, f"{url}/slow", timeout=20)
        time.sleep(0.4)
        begun = time.monotonic()
        server.send_signal(sign)
        answer = slow.result()
        assert ({"told": {"slow": "done"}}, "close") == (answer.json(), answer.headers["connection"])
        assert 0 == server.wait(10)
        assert time.monotonic() - begun < 4
        assert server.stdout is not None
        assert "closed\n" == server.stdout.read()


def test_a_server_as_it_runs_in_production_answers_as_the_others_do() -> None:
    with process() as (_, url):
        assert 404 == httpx.get(f"{url}/nothing").status_code
        assert "alt-svc" not in httpx.get(f"{url}/docs").headers
        assert 405 == httpx.post(f"{url}/docs").status_code


def test_an_address_that_is_taken_is_refused() -> None:
    with listen("127.0.0.1", 0, Limits()) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1], Limits())


def test_the_server_listens_on_ipv6_too() -> None:
    try:
        sock = listen("::1", 0, Limits())
    except OSError:
        pytest.skip("no IPv6 here")
    sock.close()
