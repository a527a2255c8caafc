"""A wire between a client and a server on this machine, which tests may cut at a chosen moment."""

import socket
import threading
from contextlib import suppress
from typing import Self

from tests.servers import free_port


class Proxy:
    """Passes on what comes, until told to cut: then every connection through it is gone."""

    def __init__(self, server_port: int) -> None:
        self.port = free_port()
        self._server_port = server_port
        self._before: bytes | None = None
        self._behind: bytes | None = None
        self._unanswered = False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_before(self, words: bytes) -> None:
        """Cuts instead of passing these words on to the server."""
        self._before = words

    def cut_behind(self, words: bytes) -> None:
        """Passes these words on to the server, and cuts instead of bringing its answer."""
        self._behind = words

    def cut(self) -> None:
        """Cuts now."""
        gone, self._open = self._open, []
        for end in gone:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: nobody is to come any more
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open += [client, server]
                for pass_on in (self._ask, self._answer):
                    threading.Thread(target=pass_on, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):  # cut
            while words := client.recv(65_536):
                if self._before is not None and self._before in words:
                    self._before = None
                    self.cut()
                if self._behind is not None and self._behind in words:
                    self._behind = None
                    self._unanswered = True
                server.sendall(words)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):  # cut
            while words := server.recv(65_536):
                if self._unanswered:
                    self._unanswered = False
                    self.cut()
                client.sendall(words)
            client.shutdown(socket.SHUT_WR)
