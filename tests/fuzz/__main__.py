"""Attacks the API with Schemathesis, as a member and as an administrator, on SQLite and on a real PostgreSQL.

`python -m tests.fuzz [sqlite|postgres] [member|admin] [any option of st run]`; ends with 1 when anything is found.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.servers import databases_on, postgres_server

STORES, ROLES = ("sqlite", "postgres"), ("member", "admin")
CONFIG = Path(__file__).with_name("schemathesis.toml")


def main(words: list[str]) -> int:
    stores = [word for word in words if word in STORES] or STORES
    roles = [word for word in words if word in ROLES] or ROLES
    options = [word for word in words if word not in (*STORES, *ROLES)]
    found = 0
    for store in stores:
        for role in roles:
            print(f"On {store}, as {role}:", flush=True)
            with database(store) as url:
                found |= attacked(url, role, options)
    return found


@contextmanager
def database(store: str) -> Iterator[str]:
    """The address of an empty database."""
    if store == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/fittrack.db"
    else:
        with postgres_server() as server, databases_on(server) as databases:
            yield databases.new_empty()


def attacked(database_url: str, role: str, options: list[str]) -> int:
    """The exit code of one run against a server of its own."""
    environment = {**os.environ, "PYTHONPATH": "."}
    command = [sys.executable, "-m", "tests.fuzz.served", database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        attack = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(CONFIG), "run"),
            *(f"{told['url']}/docs/openapi.json", *options),
        ]
        environment |= {"FUZZ_TOKEN": told[role], "FUZZ_TOKENS": told["tokens"]}
        status = subprocess.run(attack, env=environment, check=False).returncode
        server.terminate()
        assert 0 == server.wait(20), "the server did not survive"
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
