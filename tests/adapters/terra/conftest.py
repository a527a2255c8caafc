"""Terra on the loopback interface: answers as it was told to, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
import stamina

from fittrack_adapters.terra.client import TerraClient

KEY = "an-api-key-that-nobody-may-see"


@attrs.frozen
class Asked:
    """A request that Terra got."""

    method: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: Any


@attrs.frozen
class Answer:
    """What Terra says, after a pause; and then blanks, for ever, if it drips."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = attrs.field(factory=dict)
    pause_seconds: float = 0
    drips: bool = False

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> "Answer":
        return cls(status, json.dumps(value).encode(), {name.replace("_", "-"): text for name, text in headers.items()})


class LoopbackTerra(ThreadingHTTPServer):
    """Answers each request with the next answer in line, the last one for ever."""

    daemon_threads = True

    def __init__(self, answers: list[Answer]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # noqa: N805  # `self` is the server
                self._answer(handler)

            do_POST = do_DELETE = do_GET  # noqa: N815  # as the base class has it

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/v2/"

    def client(self, seconds: float = 30.0) -> TerraClient:
        """One that waits so long for an answer."""
        return TerraClient(self.url, "a-developer", KEY, answer_seconds=seconds)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        self.asked.append(
            Asked(
                handler.command,
                url.path,
                {name: value for name, (value,) in parse_qs(url.query).items()},
                {name.lower(): value for name, value in handler.headers.items()},
                json.loads(body) if body else None,
            )
        )
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.over.wait(answer.pause_seconds)
        try:
            self._write(handler, answer)
        except OSError:  # the client has left
            return

    def _write(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if not answer.drips:
            handler.send_header("content-length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
        while answer.drips and not self.over.wait(0.02):
            handler.wfile.write(b" ")


StartTerra: TypeAlias = Callable[..., LoopbackTerra]


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxy between us and the server, and no second attempt unless a test asks for it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def start() -> Iterator[StartTerra]:
    """Starts a Terra that gives these answers."""
    started: list[LoopbackTerra] = []

    def start(*answers: Answer) -> LoopbackTerra:
        terra = LoopbackTerra(list(answers))
        threading.Thread(target=terra.serve_forever, args=(0.01,), daemon=True).start()
        started.append(terra)
        return terra

    yield start
    for terra in started:
        terra.over.set()
        terra.shutdown()
        terra.server_close()
