"""Letting in all who wait at the door, not one of them in each turn of the event loop."""

import asyncio
import socket
from functools import partial
from typing import Any, Final

from fittrack_http.protocol import FitTrackProtocol

AT_ONCE: Final = 256


class Arrivals:
    """Makes the protocols of connections to a listening socket.

    libuv accepts one connection in a turn of its loop, and a turn answers a request on every busy connection: with 500
    of them a newcomer would wait for half a second, and the next one as long again. So whoever is let in brings along
    those who wait behind.
    """

    def __init__(self, door: socket.socket) -> None:
        door.settimeout(0)
        self._door = door
        self._entering: set[asyncio.Task[Any]] = set()

    def __call__(self, *, loop: asyncio.AbstractEventLoop, **parts: Any) -> FitTrackProtocol:
        protocol = partial(FitTrackProtocol, loop=loop, **parts)
        for _ in range(AT_ONCE):
            try:
                connection, _address = self._door.accept()
            except OSError:  # nobody waits any more, or no file is left for them
                break
            task = loop.create_task(_let_in(loop, protocol, connection))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)
        return protocol()


async def _let_in(
    loop: asyncio.AbstractEventLoop, protocol: "partial[FitTrackProtocol]", connection: socket.socket
) -> None:
    try:
        await loop.connect_accepted_socket(protocol, connection)
    except OSError:  # they have left again
        connection.close()
