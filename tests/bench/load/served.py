"""A server as a process of its own, watched from outside: its memory, its processor time, its open files."""

import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from os import environ, sysconf
from pathlib import Path
from time import monotonic, sleep

import attrs

from tests.servers import children

HOST = "127.0.0.1"
STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 60
SAMPLED_EVERY_SECONDS = 0.25
TICKS = sysconf("SC_CLK_TCK")


@attrs.frozen
class Sample:
    """A server at a moment."""

    at: float
    megabytes: float
    processor_seconds: float
    files: int


@attrs.frozen
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    def sample(self) -> Sample:
        """Of all its processes together."""
        megabytes, ticks, files = 0.0, 0, 0
        for folder in (Path(f"/proc/{self.process.pid}"), *children(self.process.pid)):
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
            user, system = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
            megabytes += int(status["VmRSS"].split()[0]) / 1024
            ticks += int(user) + int(system)
            files += len(list((folder / "fd").iterdir()))
        return Sample(at=monotonic(), megabytes=megabytes, processor_seconds=ticks / TICKS, files=files)

    @contextmanager
    def watched(self) -> Iterator[list[Sample]]:
        """Fills a list of samples until the end of the block."""
        samples, ended = [self.sample()], threading.Event()

        def watch() -> None:
            while not ended.wait(SAMPLED_EVERY_SECONDS):
                samples.append(self.sample())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield samples
        finally:
            ended.set()
            watcher.join()

    def get(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        """The status and body of an answer."""
        connection = HTTPConnection(HOST, self.port, timeout=10)
        connection.request("GET", path, headers={"authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def served(command: Sequence[str], port: int, env: Mapping[str, str], log: Path) -> Iterator[Served]:
    """The server that a command starts, from its first sign of life until the end of the block."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**environ, **env}, stdout=output, stderr=output)
        server = Served(process, port)
        try:
            _wait(server, log)
            yield server
        finally:
            process.terminate()
            process.wait(STOPS_WITHIN_SECONDS)


def _wait(server: Served, log: Path) -> None:
    latest = monotonic() + STARTS_WITHIN_SECONDS
    while server.process.poll() is None and monotonic() < latest:
        try:
            if server.get("/health/live")[0] == 200:
                return
        except OSError:
            sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text()}")
