"""Relays on the loopback interface, honest and otherwise."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

import pytest
import stamina

Behaviour: TypeAlias = Callable[[BaseHTTPRequestHandler], None]
StartRelay: TypeAlias = Callable[[Behaviour], "Relay"]


class Relay(ThreadingHTTPServer):
    """A server that treats every request in one way, and remembers what it was asked for."""

    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # noqa: N805 - `self` is the relay
                self.asked.append(handler.path)
                self.headers.append(dict(handler.headers))
                with contextlib.suppress(OSError):  # the client has left
                    behaviour(handler)

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No proxy between us and the relays, and no second pass unless a test asks for it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def start() -> Iterator[StartRelay]:
    relays: list[Relay] = []

    def start(behaviour: Behaviour) -> Relay:
        relay = Relay(behaviour)
        threading.Thread(target=relay.serve_forever, args=(0.01,), daemon=True).start()
        relays.append(relay)
        return relay

    yield start
    for relay in relays:
        relay.over.set()
        relay.shutdown()
        relay.server_close()


@pytest.fixture
def nobody() -> str:
    """The address of a relay that is down."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
