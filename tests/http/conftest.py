"""One toy service for all tests that only read it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.http.live import Server, running
from tests.http.toys import toy_service


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running(toy_service(origins=("https://app.example",))) as found:
        yield found


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client("member") as found:
        yield found
