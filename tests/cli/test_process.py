"""The command line as processes of their own: what the shell sees."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.leaks import leaks_in

COMMAND = (sys.executable, "-c", "import sys; from fittrack_cli.main import app; app(prog_name='fittrack')")


def run(cli: Any, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], env=environment(cli), capture_output=True, text=True, check=False, **options
    )


def environment(cli: Any) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # where the command is, in an active environment
    return {**os.environ, **cli.env, "PATH": path, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_done_is_0_with_data_on_stdout_only(cli: Any) -> None:
    ran = run(cli, "members", "list", "--json")
    assert (0, "") == (ran.returncode, ran.stderr)
    assert 4 == json.loads(ran.stdout)["pagination"]["totalItems"]


def test_failed_is_1_with_one_line_on_stderr_only(cli: Any) -> None:
    ran = run(cli, "members", "show", "nobody@example.com")
    assert (1, "", "Error: There is no member nobody@example.com.\n") == (ran.returncode, ran.stdout, ran.stderr)


def test_wrong_input_is_2(cli: Any) -> None:
    assert (2, "") == (run(cli, "members", "lits").returncode, run(cli, "members", "lits").stdout)


def test_a_reader_that_goes_away_gets_no_traceback(cli: Any) -> None:
    process = subprocess.Popen(
        [*COMMAND, "members", "list"], env=environment(cli), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


def test_help_does_not_load_what_only_commands_need(cli: Any) -> None:
    code = (
        "import sys; from fittrack_cli.main import app\n"
        "try: app(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], env=environment(cli), capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stderr.split()}
    assert set() == loaded & {
        "attr",
        "attrs",
        "cattrs",
        "fittrack_adapters",
        "fittrack_domain",
        "rich",
        "sanic",
    }


def panel(process: subprocess.Popen[str]) -> str:
    """What the server prints before it serves."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Stop with"):
            break
    return said


def stopped(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """The exit code."""
    assert process.stdout is not None
    with process.stdout:
        process.send_signal(how)
        return process.wait(60)


def test_the_server_tells_where_it_is_and_stops_cleanly(cli: Any, tmp_path: Path) -> None:
    with (tmp_path / "err").open("w+") as errors:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"], env=environment(cli), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        said = panel(process)
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address is not None
        with urllib.request.urlopen(f"{address[0]}/health/live") as answer:
            assert 200 == answer.status
        assert 0 == stopped(process, signal.SIGTERM)
        errors.seek(0)
        written = errors.read()
        assert "Traceback" not in written
        assert [] == list(leaks_in(written))
    assert "fittrack demo" in said


def test_a_server_without_members_says_how_to_get_some(nowhere: Any) -> None:
    nowhere.text("db", "migrate")
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=environment(nowhere), stdout=subprocess.PIPE, text=True
    )
    assert "\n  fittrack demo\n" in panel(process)
    assert 0 == stopped(process, signal.SIGINT)


def test_where_the_command_is_not_on_the_path_it_is_named_as_it_was_called(nowhere: Any, tmp_path: Path) -> None:
    nowhere.text("db", "migrate")
    script = tmp_path / "fittrack"
    script.write_text(f"#!{sys.executable}\nfrom fittrack_cli.main import app\napp(prog_name='fittrack')\n")
    script.chmod(0o755)
    process = subprocess.Popen(
        [str(script), "serve", "--port", "0"],
        env=environment(nowhere) | {"PATH": os.defpath},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert f"\n  {script} demo\n" in panel(process)
    assert 0 == stopped(process, signal.SIGINT)


def test_a_server_in_production_names_nothing_of_development(nowhere: Any) -> None:
    nowhere.text("db", "migrate")
    production = {
        "FITTRACK_ENVIRONMENT": "production",
        "FITTRACK_SMTP_URL": "smtp://mail.invalid",
        "FITTRACK_MAIL_FROM": "no-reply@fittrack.test",
    }
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=environment(nowhere) | production, stdout=subprocess.PIPE, text=True
    )
    said = panel(process)
    assert "fittrack doctor" in said
    assert not [word for word in ("demo", "devtools", "mail", "password") if word in said.lower()]
    assert 0 == stopped(process, signal.SIGTERM)


@pytest.mark.parametrize("round_no", range(5))
def test_a_server_told_to_stop_as_soon_as_it_is_ready_stops(nowhere: Any, round_no: int) -> None:
    nowhere.text("db", "migrate")
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=environment(nowhere), stdout=subprocess.PIPE, text=True
    )
    panel(process)
    assert 0 == stopped(process, signal.SIGTERM)


@pytest.mark.parametrize("port", ["80000", "x"])
def test_a_port_that_is_none_is_wrong_input(cli: Any, port: str) -> None:
    cli.misuse("serve", "--port", port)


def test_an_address_that_is_taken_is_told(cli: Any) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "Address already in use" in cli.refusal("serve", "--port", taken.getsockname()[1])
