"""`fittrack serve` with two processes, as clients see it: one server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import attrs
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing.builders import a_member, a_token, an_open_drawing
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId
from fittrack_http.turnstile import MEMBER
from tests.servers import children

COMMAND = (sys.executable, "-c", "from fittrack_cli.main import app; app(prog_name='fittrack')", "serve")
PATIENCE_SECONDS = 30.0
PROCESSES = 2


@attrs.frozen
class Running:
    """The server."""

    process: "subprocess.Popen[str]"
    url: str
    connections: ExitStack

    def client(self, token: str = "nobody's") -> httpx.Client:
        """A connection of its own."""
        headers = {"authorization": f"Bearer {token}"}
        return self.connections.enter_context(httpx.Client(base_url=self.url, headers=headers, timeout=20))

    def of_each(self, token: str = "nobody's") -> list[httpx.Client]:
        """Connections of a caller to each of the processes."""
        found: dict[str, httpx.Client] = {}

        def all_found() -> bool:
            client = self.client(token)
            found.setdefault(process_of(client), client)
            return len(found) == PROCESSES

        until(all_found)
        return [found[name] for name in sorted(found)]

    def companions(self) -> list[int]:
        """The process ids of all but the first."""
        found = children(self.process.pid)
        return [int(folder.name) for folder in found if b"spawn_main" in (folder / "cmdline").read_bytes()]

    def answered(self, route: str) -> float:
        """How many requests for it were counted."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(httpx.get(f"{self.url}/metrics").text)
            for sample in family.samples
            if sample.name == "fittrack_http_requests_total" and sample.labels["route"] == route
        )


@attrs.frozen
class Town:
    """A server, and who may call it."""

    server: Running
    tokens: Mapping[str, str]
    members: Mapping[str, MemberId]
    drawing: str

    def of_each(self, name: str) -> list[httpx.Client]:
        return self.server.of_each(self.tokens[name])


def process_of(client: httpx.Client) -> str:
    """Which process answers on a connection: ids of requests begin differently in each."""
    return client.get("/health/live").headers["x-request-id"].partition("-")[0]


def until(reached: Callable[[], object]) -> None:
    latest = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < latest
        time.sleep(0.05)


@contextmanager
def migrated(database: Path) -> Iterator[FitTrack]:
    with open_fittrack(Settings(database_url=f"sqlite:///{database}"), durable=False) as installation:
        assert isinstance(installation.store, SqliteStore)
        migrate(installation.store)
        yield installation.fittrack


@contextmanager
def running(database: Path) -> Iterator[Running]:
    url = f"sqlite:///{database}"
    environment = {**os.environ, "FITTRACK_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [*COMMAND, "--port", "0", "--processes", str(PROCESSES)]
    with (
        database.with_suffix(".log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
        ExitStack() as connections,
    ):
        try:
            yield Running(process, _address(process), connections)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """Without anybody in it, to be ended as the test likes."""
    database = tmp_path / "fittrack.db"
    with migrated(database), running(database) as found:
        yield found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    database = tmp_path_factory.mktemp("town") / "fittrack.db"
    with migrated(database) as fittrack:
        members = {name: a_member(fittrack, name, points=1_000) for name in ("ann", "bea", "cyd", "dan", "eve", "ada")}
        fittrack.identity.set_role(None, members["ada"], Role.ADMIN)
        tokens = {name: a_token(fittrack, member) for name, member in members.items()}
        drawing = an_open_drawing(fittrack)
    with running(database) as server:
        yield Town(server, tokens, members, str(drawing.id))


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError("the server told no address")


def test_a_suspended_member_is_out_at_the_next_request_wherever_it_comes_in(town: Town) -> None:
    here, there = town.of_each("ann")
    for _ in range(2):  # the second time from memory
        assert [200, 200] == [client.get("/api/v1/points/balance").status_code for client in (here, there)]
    admin = town.server.client(town.tokens["ada"])
    changed = admin.put(
        f"/api/v1/admin/users/{town.members['ann']}/status",
        json={"status": "suspended", "reason": "a test"},
    )
    assert 200 == changed.status_code, changed.text
    assert [401, 401] == [client.get("/api/v1/points/balance").status_code for client in (here, there)]


def test_whoever_logs_out_is_out_everywhere(town: Town) -> None:
    here, there = town.of_each("bea")
    assert [200, 200] == [client.get("/api/v1/points/balance").status_code for client in (here, there)]
    assert 204 == here.post("/api/v1/auth/logout").status_code
    assert [401, 401] == [client.get("/api/v1/points/balance").status_code for client in (there, here)]


def test_a_member_has_one_rate_limit(town: Town) -> None:
    clients = town.of_each("cyd")
    statuses = [clients[turn % PROCESSES].get("/api/v1/points/balance").status_code for turn in range(MEMBER.calls + 4)]
    assert [200] * MEMBER.calls + [429] * 4 == statuses


def test_a_purchase_that_is_repeated_elsewhere_happens_once(town: Town) -> None:
    here, there = town.of_each("dan")
    key = {"idempotency-key": str(uuid4())}
    bought = [
        client.post(f"/api/v1/drawings/{town.drawing}/tickets", json={"quantity": 1}, headers=key)
        for client in (here, there, here)
    ]
    assert [201, 201, 201] == [answer.status_code for answer in bought], bought[0].text
    assert 1 == len({answer.text for answer in bought})
    assert here.get("/api/v1/points/balance").json() == there.get("/api/v1/points/balance").json()


def test_metrics_are_of_all_processes_wherever_they_are_asked_for(town: Town) -> None:
    clients = town.of_each("eve")
    for client in clients:
        for _ in range(5):
            assert 200 == client.get("/api/v1/points/transactions").status_code

    until(lambda: town.server.answered("/api/v1/points/transactions") == 5 * PROCESSES)
    for client in clients:
        assert "fittrack_job_runs_total" in client.get("/metrics").text


def test_a_process_that_dies_is_followed_by_another(server: Running) -> None:
    """And counts on where the other ended."""
    clients = server.of_each()
    before = {process_of(client) for client in clients}
    assert {200} == {client.get("/metrics").status_code for client in clients for _ in range(20)}
    counted = server.answered("/metrics")
    (companion,) = server.companions()
    os.kill(companion, signal.SIGKILL)
    until(lambda: process_of(server.client()) not in before)
    assert [companion] != server.companions()
    assert server.answered("/metrics") > counted


def test_without_the_first_process_the_others_end(server: Running) -> None:
    server.of_each()
    (companion,) = server.companions()
    server.process.kill()
    server.process.wait()

    def is_gone() -> bool:
        try:
            os.kill(companion, 0)
        except ProcessLookupError:
            return True
        return "Z" in Path(f"/proc/{companion}/stat").read_text().rpartition(")")[2].split()[0]

    until(is_gone)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/health/live")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_all_of_them_stop_with_the_first(server: Running, sign: signal.Signals) -> None:
    server.of_each()
    started = time.monotonic()
    os.kill(server.process.pid, sign)
    assert 0 == server.process.wait(PATIENCE_SECONDS)
    assert time.monotonic() - started < PATIENCE_SECONDS / 2
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/health/live")


def test_the_testers_page_is_one_process_s(server: Running) -> None:
    assert {404} == {client.get("/devtools").status_code for client in server.of_each()}


def test_what_is_in_memory_cannot_be_served_by_several() -> None:
    environment = {**os.environ, "FITTRACK_DATABASE_URL": "memory://", "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run([*COMMAND, "--processes", "2"], env=environment, capture_output=True, text=True, check=False)
    assert (1, "") == (ran.returncode, ran.stdout)
    assert "FITTRACK_DATABASE_URL" in ran.stderr
