"""The product's own server, at its most talkative, says nothing about whom it serves."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest

from fittrack_adapters.settings import Settings
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_adapters.wiring import Installation, open_fittrack
from fittrack_domain.access.mailed import fresh_token
from fittrack_domain.access.model import Purpose
from fittrack_domain.shared.ids import MemberId
from tests.leaks import leaks_in
from tests.mail_server import MailServer

COMMAND: Final = [sys.executable, "-c", "from fittrack_cli.main import app; app()", "serve", "--port", "0"]
AUTH: Final = "/api/v1/auth"
WRONG: Final = "Wrong-horse-3"
NEW: Final = {
    "email": "ann@example.com",
    "password": PASSWORD,
    "dateOfBirth": "1990-06-15",
    "stateOfResidence": "CA",
    "acceptedTerms": True,
    "acceptedSweepstakesRules": True,
}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """What the server serves, seen from beside it."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/fit.db", master_key=bytes(32))
    with open_fittrack(settings) as opened:
        assert not isinstance(opened.store, MemoryStore)
        migrate(opened.store)
        opened.keys.generate(None)
        yield opened


@pytest.fixture
def process(
    installation: Installation, tmp_path: Path, new_mail_server: Callable[..., MailServer]
) -> Iterator[tuple[str, Path]]:
    """The address of the server, and where its stderr goes."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FITTRACK_")},
        "FITTRACK_ENVIRONMENT": "production",
        "FITTRACK_DATABASE_URL": installation.settings.database_url,
        "FITTRACK_MASTER_KEY": "00" * 32,
        "FITTRACK_LOG_LEVEL": "debug",
        "FITTRACK_SMTP_URL": new_mail_server(tls="none").url,
        "FITTRACK_MAIL_FROM": "fittrack@fittrack.invalid",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    errors = tmp_path / "stderr"
    with errors.open("w") as stderr:
        server = subprocess.Popen(COMMAND, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True)
        assert server.stdout is not None
        with server.stdout:
            lines = iter(server.stdout.readline, "")
            yield next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line))), errors
            server.send_signal(signal.SIGTERM)
            assert 0 == server.wait(60)


def a_members_life(client: httpx.Client, installation: Installation) -> Iterator[int]:
    """Everything that brings an email, a password or a token along; and the status of each answer."""

    def post(path: str, body: Any, access_token: str = "none") -> httpx.Response:
        return client.post(f"{AUTH}/{path}", json=body, headers={"authorization": f"Bearer {access_token}"})

    registered = post("register", NEW)
    yield registered.status_code
    yield post("register", NEW).status_code
    yield post("register", NEW | {"email": "ann at example.com", "password": "ann@example.com"}).status_code
    with installation.store.transaction() as tx:
        now, ann = installation.fittrack.sessions.clock.now(), MemberId(UUID(registered.json()["userId"]))
        token = fresh_token(tx, installation.fittrack.sessions.entropy, now, ann, Purpose.VERIFY_EMAIL)
    yield post("verify-email", {"token": token}).status_code
    yield post("verify-email", {"token": token}).status_code
    yield post("login", {"email": "ann@example.com", "password": WRONG}).status_code
    tokens = post("login", {"email": "ann@example.com", "password": PASSWORD}).json()
    yield client.get("/api/v1/users/me", headers={"authorization": f"Bearer {tokens['accessToken']}"}).status_code
    yield client.get(f"/api/v1/users/me?token={token}&email=ann@example.com").status_code
    yield client.get(f"/api/v1/users/{token}/ann@example.com").status_code
    yield post("refresh", {"refreshToken": tokens["refreshToken"]}).status_code


def test_what_a_server_says_of_a_members_life_names_nobody(
    installation: Installation, process: tuple[str, Path]
) -> None:
    address, errors = process
    with httpx.Client(base_url=address, timeout=60) as client:
        statuses = list(a_members_life(client, installation))
    assert [201, 409, 400, 200, 404, 401, 200, 401, 404, 200] == statuses
    written = errors.read_text()
    assert [] == list(leaks_in(written))
    lines = [json.loads(line) for line in written.splitlines()]
    answered = [line for line in lines if line["event"] == "answered"]
    assert len(statuses) + 1 == len(answered)  # and the log-in that succeeded
    assert len(answered) == len({line["request_id"] for line in answered})
    assert "none" in {line["route"] for line in answered}
    assert {"/api/v1/auth/register", "/api/v1/users/me"} < {line["route"] for line in answered}
