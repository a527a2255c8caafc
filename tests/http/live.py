"""A real server in a thread of the test process, and a client that holds every answer against the document."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import attrs
import httpx
from openapi_schema_validator import OAS31Validator

from fittrack_http.protocol import FitTrackProtocol
from fittrack_http.server import App, Limits, Service, listen, make_server


@attrs.frozen
class Server:
    """A running server: its port, and clients for it."""

    port: int
    app: App

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that speaks as `token`'s member, and checks every answer against the document."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        checked = Checked(httpx.get(f"{self.url}/docs/openapi.json", timeout=60).json())
        return httpx.Client(base_url=self.url, headers=headers, event_hooks={"response": [checked]}, timeout=60)

    def raw(self, data: bytes, *, seconds: float = 5.0) -> bytes:
        """Everything that the server answers to these bytes, until it closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(data)
            return received(connection)


def received(connection: socket.socket) -> bytes:
    """What arrives until the other side closes, or nothing more comes in time."""
    found = b""
    try:
        while more := connection.recv(65536):
            found += more
    except (TimeoutError, ConnectionResetError):
        pass
    return found


class Checked:
    """Fails when an answer is not what the OpenAPI document says of its operation."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._paths = [
            (re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$"), operations)
            for path, operations in sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        ]

    def __call__(self, response: httpx.Response) -> None:
        method = response.request.method.lower()
        path = response.request.url.path
        operations: dict[str, Any] = next((found for form, found in self._paths if form.match(path)), {})
        if method not in operations or response.status_code in (405, 413):
            return
        response.read()
        answers = operations[method]["responses"]
        assert str(response.status_code) in answers, (method, response.url, response.status_code, response.text)
        answer = answers[str(response.status_code)]
        if "content" not in answer:
            assert response.content == b""
            return
        media_type = response.headers["content-type"]
        assert media_type in answer["content"], (media_type, answer["content"])
        if media_type == "application/problem+json":
            assert f"`{response.json()['type'].partition('#')[2]}`" in answer["description"], response.text
        if media_type.endswith("json"):
            schema = answer["content"][media_type]["schema"] | {"components": self._document["components"]}
            OAS31Validator(schema).validate(response.json())


def running(service: Service) -> AbstractContextManager[Server]:
    """Serves `service` until the end of the block."""
    return running_app(make_server(service))


@contextmanager
def running_app(app: App) -> Iterator[Server]:
    """Serves `app` on a free port until the end of the block."""
    app.config.TOUCHUP = False  # it rewrites Sanic's classes for the first application of a process
    sock = listen("127.0.0.1", 0, Limits())
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(app, sock, ready, stop),))
    thread.start()
    try:
        assert ready.wait(10)
        yield Server(sock.getsockname()[1], app)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        sock.close()


async def _serve(app: App, sock: socket.socket, ready: threading.Event, stop: asyncio.Event) -> None:
    server: Any = await app.create_server(sock=sock, protocol=FitTrackProtocol)
    await server.startup()
    await server.before_start()
    await server.after_start()
    ready.set()
    await stop.wait()
    await server.before_stop()
    await server.close()
    for connection in list(server.connections):
        connection.abort()
    if ending := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(ending, timeout=10)
    await server.after_stop()
