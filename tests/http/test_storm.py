"""A storm of everything that is wrong, against the product's server in a process of its own: clean 4xx, memory flat."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import httpx
import pytest

from fittrack_adapters.terra.post import ORDERING, TRACE
from fittrack_adapters.terra.signature import HEADER, signed
from fittrack_adapters.testing.terra import SIGNING_SECRET
from fittrack_http.app import ROUTES
from fittrack_http.routes import Access, Route
from fittrack_http.structuring import bare
from tests.http.asking import NO_ID

SERVER = """
import sys
from fittrack_adapters.logs import set_up_logs
from fittrack_adapters.settings import Settings
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.testing import FakeTerra
from fittrack_adapters.testing.builders import a_member, a_token, an_open_drawing
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.identity.model import Role
from fittrack_http.app import make_app, run
from fittrack_http.server import Limits

settings = Settings(database_url=f"sqlite:///{sys.argv[1]}")
set_up_logs(settings)
installation = open_fittrack(settings, durable=False, gateway=FakeTerra())
migrate(installation.store)
drawing = an_open_drawing(installation.fittrack)
fittrack = installation.fittrack
token = a_token(fittrack, a_member(fittrack, points=1_000))
ada = a_member(fittrack, "ada")
fittrack.identity.set_role(None, ada, Role.ADMIN)
app = make_app(installation, limits=Limits(body_seconds=1.5, head_seconds=1.5), limited=False)
run(app, "127.0.0.1", 0, lambda url: print(url, token, a_token(fittrack, ada), drawing.id, flush=True))
"""
MIB = 1024 * 1024
GROWTH_MOST = 40 * MIB
ROUNDS = 3


@attrs.frozen
class Target:
    """The server under the storm: where it is, tokens of a member and an administrator, and a drawing on sale."""

    pid: int
    url: str
    token: str
    admin: str
    drawing: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"}

    def memory(self) -> int:
        """Resident bytes."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError

    def raw(self, data: bytes) -> bytes:
        """The first line of what comes back."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            try:
                connection.sendall(data)
                return connection.recv(4096).partition(b"\r\n")[0]
            except OSError:  # it hung up while we were still talking
                return b"HTTP/1.1 4xx"


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    command = [sys.executable, "-c", SERVER, str(tmp_path_factory.mktemp("storm") / "fittrack.db")]
    environment = {**os.environ, "PYTHONPATH": "."}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        yield Target(process.pid, *process.stdout.readline().split())
        process.terminate()
        assert 0 == process.wait(20)


DEEP = b'{"quantity":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
DEEPER = b"[" * 400_000
BODIES = {
    "deep": DEEP,
    "deeper": DEEPER,
    "a key twice": b'{"quantity":1,"quantity":2}',
    "NUL": b'{"quantity":1,"note":"\\u0000"}',
    "a lone surrogate": b'{"quantity":"\\ud800"}',
    "a raw surrogate": b'{"quantity":"\xed\xa0\x80"}',
    "not UTF-8": b'{"quantity":"\xff"}',
    "a huge number": b'{"quantity":' + b"9" * 100_000 + b"}",
    "a huge exponent": b'{"quantity":1e999999}',
    "a tiny number": b'{"quantity":1e-999999}',
    "negative zero": b'{"quantity":-0.0}',
    "NaN": b'{"quantity":NaN}',
    "infinity": b'{"quantity":Infinity}',
    "a list": b"[1,2,3]",
    "many keys": json.dumps({f"k{n}": n for n in range(20_000)}).encode(),
    "a long key": json.dumps({"k" * 500_000: 1}).encode(),
    "nothing": b"",
    "a byte order mark": b'\xef\xbb\xbf{"quantity":1}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_wicked_body_is_refused_with_a_clean_answer(target: Target, name: str) -> None:
    url = f"{target.url}/api/v1/drawings/{target.drawing}/tickets"
    answer = httpx.post(url, content=BODIES[name], headers={**target.headers, "idempotency-key": "k"}, timeout=20)
    assert 400 == answer.status_code, answer.text[:300]
    assert len(answer.content) < 20_000
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if "body" in route.signature.takes], ids=lambda route: route.operation
)
def test_no_operation_is_upset_by_a_wicked_body(target: Target, route: Route) -> None:
    who = target.token if route.access is Access.MEMBER else target.admin
    headers = {"authorization": f"Bearer {who}", "content-type": "application/json", "idempotency-key": "k"}
    url = target.url + re.sub(r"{\w+}", NO_ID, route.path)
    with httpx.Client(headers={**headers, "if-match": "*"}, timeout=20) as client:
        for name, body in BODIES.items():
            if not body and bare(route.signature.takes["body"])[1]:
                continue  # it may be left out
            answer = client.request(route.method, url, content=body)
            assert answer.status_code in (400, 404), (name, answer.text[:300])
            assert "application/problem+json" == answer.headers["content-type"]


@pytest.mark.parametrize("name", BODIES)
def test_a_wicked_event_is_refused_though_its_signature_is_good(target: Target, name: str) -> None:
    now = datetime.now(UTC)
    headers = {
        HEADER: signed(SIGNING_SECRET, now, BODIES[name]),
        TRACE: f"wicked {name}",
        ORDERING: str(int(now.timestamp() * 1_000)),
    }
    answer = httpx.post(f"{target.url}/webhooks/terra", content=BODIES[name], headers=headers, timeout=20)
    assert (400, "/docs/errors#unreadable_event") == (answer.status_code, answer.json()["type"]), answer.text[:300]
    unsigned = httpx.post(f"{target.url}/webhooks/terra", content=BODIES[name], timeout=20)
    assert (401, "/docs/errors#not_from_gateway") == (unsigned.status_code, unsigned.json()["type"])


PATHS = [
    "/api/v1/../v1/drawings",
    "/api/v1/drawings/..%2f..%2fetc%2fpasswd",
    "/api/v1/drawings/%2e%2e/%2e%2e/health/live",
    "/api/v1//drawings",
    "//api/v1/drawings",
    "/api/v1/drawings/",
    "/api/v1/drawings/%00",
    "/api/v1/drawings/%ff%fe",
    "/api/v1/drawings/%F0%9F%92%A9",
    "/api/v1/drawings/" + "a" * 8_000,
    "/api/v1/tiers/%27%20or%201=1--",
    "/api/v1/leaderboards/daily;evil",
    "/api/v1/leaderboards/daily%0d%0aset-cookie:x=1",
    "/devtools/../../etc/passwd",
    "/docs/..%5c..%5cwindows",
    "/api/v1/points/balance#?x",
    "/api/v1/activities?limit=99999999999999999999",
    "/api/v1/activities?page=-1&page=2&limit=x",
    "/api/v1/activities?startDate=0000-00-00&endDate=9999-99-99",
    "/api/v1/activities?type=%00",
    "/api/v1/activities?" + "&".join(f"a{n}=1" for n in range(200)),
    "/api/v1/activities?page=%F0%28%8C%28",
    "/api/v1/users/..;/public",
    "/api/v1/users/0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b%00/public",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:60])
def test_a_trick_with_the_path_leads_nowhere(target: Target, path: str) -> None:
    line = target.raw(
        f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {target.token}\r\nconnection: close\r\n\r\n".encode()
    )
    assert line.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404")), line


def test_memory_stays_flat_whatever_comes_and_the_server_serves_on(target: Target) -> None:
    storm(target)  # whatever is made once is made now
    before = target.memory()
    for _ in range(ROUNDS):
        storm(target)
    assert target.memory() - before < GROWTH_MOST
    answer = httpx.get(f"{target.url}/api/v1/points/balance", headers=target.headers)
    assert (200, 1_000) == (answer.status_code, answer.json()["balance"])


def storm(target: Target) -> None:
    drippers = [threading.Thread(target=drip, args=(target, n)) for n in range(100)]
    for dripper in drippers:
        dripper.start()
    url = f"{target.url}/api/v1/drawings/{target.drawing}/tickets"
    for _ in range(20):
        assert target.raw(huge_body(target)).startswith((b"HTTP/1.1 413", b"HTTP/1.1 4xx"))
        assert target.raw(many_headers()).startswith((b"HTTP/1.1 431", b"HTTP/1.1 4xx"))
    for body in BODIES.values():
        assert 400 == httpx.post(url, content=body, headers={**target.headers, "idempotency-key": "k"}).status_code
    for dripper in drippers:
        dripper.join()


def huge_body(target: Target) -> bytes:
    head = (
        f"POST /api/v1/drawings/{target.drawing}/tickets HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {target.token}\r\ncontent-length: {10 * MIB}\r\n\r\n"
    )
    return head.encode() + b" " * (10 * MIB)


def many_headers() -> bytes:
    return b"GET /health/live HTTP/1.1\r\nhost: x\r\n" + b"".join(b"x-%d: y\r\n" % n for n in range(10_000)) + b"\r\n"


def drip(target: Target, number: int) -> None:
    """A client that never ends what it says: half of them in the head, half in the body."""
    host, _, port = target.url.removeprefix("http://").partition(":")
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head if number % 2 else head + b"content-length: 1000\r\n\r\n{")
        begun = time.monotonic()
        try:
            for _ in range(40):
                connection.sendall(b"x-a: b\r\n" if number % 2 else b" ")
                time.sleep(0.1)
        except OSError:
            pass  # hung up on, as it should be
        assert time.monotonic() - begun < 5
