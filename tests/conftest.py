"""Servers for all tests that want them: started by the first one, ended with the session."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit

import psycopg
import pytest

from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.double.services import Services
from tests.servers import NoServer, PostgresServer, postgres_binaries

TEMPLATE = "fittrack_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that a test may kill: it is this process's own."""
    try:
        server = PostgresServer(postgres_binaries())
    except NoServer as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    yield server
    server.close()


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes databases, migrated and empty, and answers their addresses. They go with the session.

    On the server at FITTRACK_TEST_POSTGRES_URL if that is set, else on one of our own.
    """
    base = os.environ.get("FITTRACK_TEST_POSTGRES_URL") or request.getfixturevalue("postgres").url("postgres")
    numbers = count(1)
    template = f"{TEMPLATE}_{os.getpid()}"
    with psycopg.connect(base, autocommit=True) as admin:
        # Where it can be had, a locale that sorts otherwise than our stores promise.
        try:
            admin.execute(f"create database {template} locale_provider icu icu_locale 'en-US' template template0")
        except (psycopg.NotSupportedError, psycopg.errors.SyntaxError):
            admin.execute(f"create database {template}")
        clock = StoppedClock()
        store = PostgresStore(_named(base, template), clock, CountingIds(clock))
        migrate(store)
        store.close()
        made: list[str] = []

        def new() -> str:
            made.append(f"fittrack_test_{os.getpid()}_{next(numbers)}")
            admin.execute(f"create database {made[-1]} template {template}")
            return _named(base, made[-1])

        yield new
        with suppress(psycopg.OperationalError):  # a test that restarts the server cuts us off, too
            for name in (*made, template):
                admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest) -> Iterator[Services]:
    """The double, and databases behind it, on the same server."""
    base = os.environ.get("FITTRACK_TEST_POSTGRES_URL") or request.getfixturevalue("postgres").url("postgres")
    services = Services(base)
    yield services
    services.close()


@pytest.fixture
def double_url(services: Services) -> str:
    """The address of a database behind the double, migrated and empty."""
    return services.new()


@pytest.fixture
def postgres_url(new_database: Callable[[], str]) -> str:
    """The address of a database, migrated and empty."""
    return new_database()


def _named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()
