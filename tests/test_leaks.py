"""The search for leaks finds what it is there for, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from fittrack_adapters.system import SystemEntropy
from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.model import TOKEN_BYTES, token_hash, token_text
from tests.leaks import leaks_in

ROOT: Final = Path(__file__).parent.parent
CONFTEST: Final = """
from tests.leaks import LeakWatch

def pytest_configure(config):
    config.pluginmanager.register(LeakWatch())
"""
LEAKING: Final = {
    "by structlog": 'structlog.get_logger().info("mail sent", to="ann@example.com")',
    "by a thread": """
    thread = threading.Thread(target=lambda: structlog.get_logger().info("mail sent", to="ann@example.com"))
    thread.start()
    thread.join()
    """,
    "by logging": 'logging.getLogger("other").warning("mail to %s", "ann@example.com")',
    "in an exception": """
    try:
        raise ValueError("no such member: ann@example.com")
    except ValueError:
        structlog.get_logger().exception("job failed")
    """,
    "by another process": """
    subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('ann@example.com')"])
    """,
}
TEST: Final = """
import logging, structlog, subprocess, sys, threading

def test_that_passes():
    {}
"""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"event": "mail sent", "to": "ann@example.com"}', "an email address"),
        ("Key (email_key)=(jo.doe+x@mail.example.co.uk) already exists", "an email address"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl-_x", "an access token"),
        (f"token={token_text(bytes(range(100, 132)))}", "a refresh token or one from a mail"),
        ("hash $argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2g", "a hash of a password"),
        (f"plain:{PASSWORD}", "a password"),
        ("logged in with Another-horse-2", "a password"),
        ('{"line1": "12 Main St"}', "a line of an address"),
    ],
)
def test_what_is_forbidden_is_found(line: str, what: str) -> None:
    assert what in [leak.what for leak in leaks_in(f"harmless\n{line}\nharmless")]


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "answered", "route": "/api/v1/users/me", "request_id": "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b"}',
        "postgresql://fittrack@127.0.0.1:5432/fittrack",
        f"sha256 {token_hash('x')}",
        "@attrs.frozen",
        "test_a_name_of_43_characters_is_no_token_at",
        "fittrack_adapters.store.postgres.PostgresStore",
        "wrong password for member 019cae6b-6600-7000-8000-000100000001",
    ],
)
def test_what_is_harmless_is_passed_over(line: str) -> None:
    assert [] == list(leaks_in(line))


def test_of_a_thousand_tokens_nearly_all_are_found() -> None:
    lines = "\n".join(f"refreshed {token_text(SystemEntropy().token(TOKEN_BYTES))}" for _ in range(1_000))
    assert len(list(leaks_in(lines))) > 980


def session(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    """A session of one test that passes."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(TEST.format(body))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-c", os.devnull, folder],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("how", LEAKING)
def test_a_session_fails_whose_tests_pass_and_leak(tmp_path: Path, how: str) -> None:
    done = session(tmp_path, LEAKING[how])
    assert "1 passed" in done.stdout
    assert "an email address" in done.stdout
    assert 1 == done.returncode


def test_a_session_without_leaks_passes(tmp_path: Path) -> None:
    done = session(tmp_path, 'structlog.get_logger().info("mail sent", member="019cae6b")')
    assert (0, True) == (done.returncode, "0 with what no log may hold" in done.stdout)
