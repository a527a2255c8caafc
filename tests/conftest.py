"""Servers for all tests that want them: started by the first one, ended with the session."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.double.services import Services
from tests.live_oracle import LIVE, swept
from tests.mail_server import Certificate, MailServer
from tests.servers import NoServer, PostgresServer, postgres_binaries


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
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """On the server at FITTRACK_TEST_POSTGRES_URL if that is set, else on one of our own."""
    made = Databases(
        os.environ.get("FITTRACK_TEST_POSTGRES_URL") or request.getfixturevalue("postgres").url("postgres")
    )
    yield made
    made.close()


@pytest.fixture
def new_database(databases: Databases) -> Iterator[Callable[[], str]]:
    """Lends databases, migrated and empty, as addresses, until the test is over."""
    lent: list[str] = []

    def new() -> str:
        lent.append(databases.lend())
        return lent[-1]

    yield new
    for url in lent:
        databases.give_back(url)


@pytest.fixture
def postgres_url(new_database: Callable[[], str]) -> str:
    """The address of a database, migrated and empty."""
    return new_database()


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest) -> Iterator[Services]:
    """The double, and databases behind it, on the same server."""
    base = os.environ.get("FITTRACK_TEST_POSTGRES_URL") or request.getfixturevalue("postgres").url("postgres")
    services = Services(base)
    yield services
    services.close()


@pytest.fixture
def double_url(services: Services) -> Iterator[str]:
    """The address of a database behind the double, migrated and empty."""
    url = services.lend()
    yield url
    services.give_back(url)


@pytest.fixture
def oracle_url() -> str:
    """The address of the real Oracle Database that the tests were given, empty."""
    return swept(LIVE)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What our mail servers show."""
    return Certificate.made(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def new_mail_server(certificate: Certificate) -> Iterator[Callable[..., MailServer]]:
    """Makes mail servers, as `MailServer` does, that live until the test is over."""
    made: list[MailServer] = []

    def new(**how: Any) -> MailServer:
        made.append(MailServer(certificate, **how))
        return made[-1]

    yield new
    for server in made:
        server.close()


STORES = {
    "memory": "memory",
    "SQLite": "sqlite",
    "PostgreSQL": "postgres",
    "the double": "double",
    "Oracle Database": "contract/test_oracle.py",
    "Redis": "redis",
}
"""What tests on a store have in their names. The double answers the Oracle driver, and is no Oracle Database."""

OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells what ran on which store."""
    told: Counter[tuple[str, str]] = Counter()
    for outcome in OUTCOMES:
        for report in terminalreporter.getreports(outcome):
            name = report.nodeid.lower()
            told.update((store, outcome) for store, mark in STORES.items() if mark in name)
    terminalreporter.section("what ran on which store")
    for store in STORES:
        if counts := [f"{told[store, outcome]} {outcome}" for outcome in OUTCOMES if told[store, outcome]]:
            terminalreporter.line(f"{store:<16}{', '.join(counts)}")
