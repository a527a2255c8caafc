"""The double: a server on the loopback that python-oracledb takes for its own, with faults on order.

It speaks as much of the thin protocol as FitTrack's adapter uses, and runs every statement on a real PostgreSQL. What
passes here has gone through the real driver; it has not been seen by the database that the driver was made for.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg

from tests.double.conversation import Conversation
from tests.double.faults import Fault
from tests.double.wire import Channel, Hangup


class Double:
    """The server. `databases(service)` answers the PostgreSQL address of a service, or None if there is no such."""

    user, password = "fittrack", "correct horse"

    def __init__(self, databases: Callable[[str], str | None]) -> None:
        self.databases = databases
        self.faults: list[Fault] = []
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._closed = False
        threading.Thread(target=self._listen, name="double", daemon=True).start()

    def address(self, service: str) -> str:
        """Where a client finds a service."""
        return f"127.0.0.1:{self.port}/{service}"

    def due(self, call: str, sql: str) -> Fault | None:
        """The fault that strikes now, if any."""
        with self._guard:
            for fault in self.faults:
                if fault.fits(call, sql):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    self.faults.remove(fault)
                    return fault
        return None

    def cut(self) -> None:
        """Cuts every connection, as a server that goes down."""
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _listen(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="double", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, suppress(Hangup, OSError, psycopg.OperationalError):
            with self._guard:
                self._open.add(connection)
            try:
                Conversation(self, Channel(connection)).hold()
            finally:
                with self._guard:
                    self._open.discard(connection)
