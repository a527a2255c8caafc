"""PostgreSQL for the benchmarks: the server at FITTRACK_TEST_POSTGRES_URL if that is set, else the tests' own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.databases import Databases
from tests.servers import PostgresServer, postgres_binaries


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server. The tests' own does not wait for the disk, which leaves nowhere for overhead to hide."""
    if url := os.environ.get("FITTRACK_TEST_POSTGRES_URL"):
        yield url
        return
    server = PostgresServer(postgres_binaries())
    try:
        yield server.url("postgres")
    finally:
        server.close()


@contextmanager
def databases_on(server_url: str) -> Iterator[Databases]:
    """Databases that are gone afterwards."""
    databases = Databases(server_url)
    try:
        yield databases
    finally:
        databases.close()
