"""One toy service for all tests that only read it; FitTrack itself once for each file of tests."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from fittrack_http.app import make_app
from tests.http.asking import As
from tests.http.live import Server, running, running_app
from tests.http.toys import toy_service
from tests.http.world import World, a_world


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running(toy_service(origins=("https://app.example",))) as found:
        yield found


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client("member") as found:
        yield found


@pytest.fixture(scope="module")
def world() -> World:
    return a_world()


@pytest.fixture(scope="module")
def fittrack_server(world: World) -> Iterator[Server]:
    with running_app(make_app(world.installation, limited=False)) as found:
        yield found


@pytest.fixture(scope="module")
def as_(fittrack_server: Server, world: World) -> Iterator[As]:
    """A client that speaks as a member; as nobody without one."""
    with ExitStack() as stack:
        clients: dict[Any, httpx.Client] = {}

        def client(member: Any) -> httpx.Client:
            if member not in clients:
                token = None if member is None else world.tokens[member]
                clients[member] = stack.enter_context(fittrack_server.client(token))
            return clients[member]

        yield client


@pytest.fixture(scope="module")
def ada(as_: As, world: World) -> httpx.Client:
    """The administrator."""
    return as_(world.ada)
