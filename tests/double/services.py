"""The double as a server for all tests that want it: one for the session, a database for each."""

import os
from contextlib import suppress
from itertools import count
from urllib.parse import quote, urlsplit

import psycopg

from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.databases import empty
from tests.double.server import Double
from tests.double.translate import DOMAINS


class Services:
    """Databases behind the double, migrated through it and empty."""

    def __init__(self, postgres_url: str) -> None:
        self._base = postgres_url
        self._numbers = count(1)
        self._names: list[str] = []
        self._free: list[str] = []
        self.double = Double(lambda service: self._postgres_url(service) if service in self._names else None)
        template = self.new_empty()
        clock = StoppedClock()
        store = OracleStore(template, clock, CountingIds(clock), pool_size=1)
        migrate(store)
        store.close()

    def lend(self) -> str:
        """The address of one, migrated and empty."""
        return self._free.pop() if self._free else self._url(self._made(template=self._names[0]))

    def give_back(self, url: str) -> None:
        """Empties it for the next one."""
        empty(self._postgres_url(urlsplit(url).path.removeprefix("/")))
        self._free.append(url)

    def new_empty(self) -> str:
        """The address of one without any table."""
        name = self._made(template="template1")
        with psycopg.connect(self._postgres_url(name), autocommit=True) as database:
            database.execute(DOMAINS)
        return self._url(name)

    def _made(self, template: str) -> str:
        name = f"double_{os.getpid()}_{next(self._numbers)}"
        self._admin(f"create database {name} template {template}")
        self._names.append(name)
        return name

    def _url(self, service: str) -> str:
        return f"oracle://{Double.user}:{quote(Double.password)}@{self.double.address(service)}"

    def close(self) -> None:
        self.double.close()
        with suppress(psycopg.OperationalError):
            self._admin(*(f"drop database {name} with (force)" for name in self._names))

    def _postgres_url(self, service: str) -> str:
        return urlsplit(self._base)._replace(path=f"/{service}").geturl()

    def _admin(self, *statements: str) -> None:
        with psycopg.connect(self._base, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)
