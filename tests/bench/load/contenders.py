"""FitTrack as it is installed, and its peer: the same five routes with FastAPI and SQLAlchemy's ORM."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from tests.bench.harness import MASTER_KEY
from tests.bench.load.generator import Load
from tests.bench.load.outcome import Outcome, put_on
from tests.bench.load.served import HOST, Served, served
from tests.bench.load.town import Town


@attrs.frozen
class Contender:
    """A server with a town of its own."""

    server: Served
    town: Town
    town_file: Path

    def under(self, connections: int, name: str, **more: object) -> Outcome:
        """What comes of a load on it."""
        load = Load(host=HOST, port=0, town=str(self.town_file), name=name, connections=connections, **more)  # type: ignore[arg-type]
        return put_on(self.server, load)


@contextmanager
def fittrack_served(folder: Path, town: Town, processes: int = 1) -> Iterator[Contender]:
    """`fittrack serve` with so many processes and otherwise its default settings."""
    database, port = folder / "fittrack.db", _free_port()
    command = [str(Path(sys.executable).with_name("fittrack")), "serve", "--port", str(port)]
    command += ["--processes", str(processes)]
    env = {"FITTRACK_DATABASE_URL": f"sqlite:///{database}", "FITTRACK_MASTER_KEY": MASTER_KEY.hex()}
    with served(command, port, env, folder / "fittrack.log") as server:
        yield Contender(server, town, town.save(folder / "fittrack.json"))


@contextmanager
def peer_served(folder: Path) -> Iterator[Contender]:
    """The peer on a copy of the members of `fittrack_served`, run by uvicorn as its documentation has it."""
    from tests.bench.peer.town import copied

    database, port = folder / "peer.db", _free_port()
    town = copied(folder / "fittrack.db", database)
    command = [sys.executable, "-m", "uvicorn", "tests.bench.peer.api:app", "--port", str(port), "--no-access-log"]
    with served(command, port, {"PEER_DATABASE": str(database)}, folder / "peer.log") as server:
        yield Contender(server, town, town.save(folder / "peer.json"))


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as sock:
        port: int = sock.getsockname()[1]
        return port
