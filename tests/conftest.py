"""Servers and stores for all tests that want them: started by the first one, ended with the session."""

import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog

from fittrack_adapters.logs import processors
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests import stores
from tests.databases import Databases
from tests.double.services import Services
from tests.leaks import LeakWatch
from tests.live_oracle import LIVE, swept
from tests.mail_server import Certificate, MailServer
from tests.servers import NoServer, PostgresServer, postgres_binaries


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeakWatch())


@pytest.fixture(autouse=True)
def _logs_as_in_production() -> None:
    """Every line, of whatever level, as JSON on what is stderr at that moment."""
    structlog.configure(
        processors=processors(for_eyes=False),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


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


@pytest.fixture(params=stores.STORES)
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[stores.MakeStore]:
    """Makes stores of one kind, migrated and empty, that live as long as the test."""
    numbers = count(1)
    with ExitStack() as at_end:

        def on_sqlite(clock: StoppedClock) -> stores.AnyStore:
            path = tmp_path / f"store-{next(numbers)}" / "fit.db"
            store = at_end.enter_context(closing(SqliteStore(path, clock, CountingIds(clock), durable=False)))
            migrate(store)
            return store

        def on_postgres(clock: StoppedClock) -> stores.AnyStore:
            new_database: Callable[[], str] = request.getfixturevalue("new_database")
            return at_end.enter_context(closing(PostgresStore(new_database(), clock, CountingIds(clock))))

        def behind_the_double(clock: StoppedClock) -> stores.AnyStore:
            services: Services = request.getfixturevalue("services")
            url = services.lend()
            at_end.callback(services.give_back, url)
            return at_end.enter_context(closing(OracleStore(url, clock, CountingIds(clock), pool_size=2)))

        makers = {"memory": stores.in_memory, "sqlite": on_sqlite, "postgres": on_postgres, "double": behind_the_double}
        yield makers[request.param]


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
