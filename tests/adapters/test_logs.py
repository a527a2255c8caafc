"""Logs go to stderr, one event a line, without what local variables hold."""

import json
from collections.abc import Iterator

import pytest
import structlog

from fittrack_adapters.logs import set_up_logs
from fittrack_adapters.settings import Environment, Settings


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def fail_with(secret: str) -> None:
    if secret:
        raise ValueError("it failed")


def log_a_failure() -> None:
    log = structlog.get_logger("test")
    try:
        fail_with("the-secret-seed")
    except ValueError:
        log.exception("job failed", job="close")


def test_production_logs_json_lines_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(environment=Environment.PRODUCTION, master_key=bytes(32)))
    log_a_failure()
    written = capsys.readouterr()
    assert "" == written.out
    line = json.loads(written.err)
    assert ("job failed", "close", "error") == (line["event"], line["job"], line["level"])
    assert "ValueError: it failed" in line["exception"]
    assert "the-secret-seed" not in written.err.replace('fail_with("the-secret-seed")', "").replace(
        'fail_with(\\"the-secret-seed\\")', ""
    )


def test_development_logs_for_eyes(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings())
    log_a_failure()
    written = capsys.readouterr()
    assert "" == written.out
    assert "ValueError: it failed" in written.err
    assert "secret = " not in written.err


def test_less_important_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_level="error"))
    structlog.get_logger("test").warning("a relay is slow")
    assert "" == capsys.readouterr().err
