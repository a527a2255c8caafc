"""The session with the HTTP API is run as it stands: curl in one shell, then httpx in one program, on a real server."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

from tests.servers import free_port

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
SERVER_OF_THE_PAGE = "http://localhost:8000"
BLOCK = re.compile(
    r"^```(?P<language>bash|python)\n(?P<code>.*?)^```\n(?:\n```(?:json|text)\n(?P<shown>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
END_OF_BLOCK = "--- the end of block ---"
START_SECONDS = 60


@attrs.frozen
class Block:
    """Code of the page, with the line where it stands, and what it is shown to print."""

    line: int
    code: str
    shown: str


@attrs.frozen
class Installation:
    """A server that a reader's `make dev` would have started, and the folder and environment of the reader's shell."""

    url: str
    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, **more: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, **more
        )


def blocks(language: str) -> Sequence[Block]:
    page = PAGE.read_text(encoding="utf-8")
    return [
        Block(page.count("\n", 0, found.start("code")) + 1, found["code"], found["shown"] or "")
        for found in BLOCK.finditer(page)
        if found["language"] == language
    ]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """One for each: two readers from one address would exceed its log-ins of a minute."""
    if shutil.which("curl") is None:
        assert not os.environ.get("CI"), "there is no curl on this machine"
        pytest.skip("there is no curl on this machine")
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    command = tmp_path / ".venv" / "bin" / "fittrack"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FITTRACK_")} | {
        "PYTHONPATH": str(PAGE.parents[1]),
        "PYTHONUNBUFFERED": "1",
    }
    port = free_port()
    made = Installation(f"http://localhost:{port}", tmp_path, environment)
    for preparation in ("db migrate", "demo"):  # as `make dev` does it
        prepared = made.run(str(command), *preparation.split())
        assert 0 == prepared.returncode, prepared.stderr
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [command, "serve", "--port", str(port)], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(made.url)
        yield made
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_ready(url: str) -> None:
    latest = time.monotonic() + START_SECONDS
    while time.monotonic() < latest:
        try:
            httpx.get(f"{url}/health/ready").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server does not start")


def differences(shown: Any, printed: Any, place: str = "") -> list[str]:
    """Where what was printed is not what the page shows. The page leaves fields out, and writes … for what varies."""
    if isinstance(shown, str) and "…" in shown and (shown == "…" or isinstance(printed, str)):
        same = fnmatchcase(str(printed), re.sub(r"([\[*?])", r"[\1]", shown).replace("…", "*"))
        return [] if same else [f"{place}: {printed!r}, not {shown!r}"]
    if isinstance(shown, dict) and isinstance(printed, dict):
        absent = [f"{place}/{name} is not there" for name in shown.keys() - printed.keys()]
        pairs = [(shown[name], printed[name], f"{place}/{name}") for name in shown.keys() & printed.keys()]
        return absent + [found for pair in pairs for found in differences(*pair)]
    if isinstance(shown, list) and isinstance(printed, list) and len(shown) <= len(printed):
        pairs = [(*pair, f"{place}/{number}") for number, pair in enumerate(zip(shown, printed, strict=False))]
        return [found for pair in pairs for found in differences(*pair)]
    return [] if shown == printed else [f"{place}: {printed!r}, not {shown!r}"]


def unlike(block: Block, printed: str) -> list[str]:
    """What is wrong with the output of a block."""
    try:
        shown = json.loads(block.shown)
    except ValueError:
        return [
            f"{line!r} is not in {printed!r}"
            for line in block.shown.splitlines()
            if not any(differences(line, found) == [] for found in printed.splitlines())
        ]
    try:
        return differences(shown, json.loads(printed))
    except ValueError:
        return [f"is no JSON: {printed!r}"]


def wrong(found: Sequence[Block], output: str) -> dict[int, list[str]]:
    """By line of the page: what is wrong with the output of its blocks."""
    printed = output.split(f"{END_OF_BLOCK}\n")
    faults = {block.line: unlike(block, text) for block, text in zip(found, printed, strict=True)}
    return {line: told for line, told in faults.items() if told}


@pytest.mark.timeout(300)
def test_the_session_with_curl_works_as_written(installation: Installation) -> None:
    found = blocks("bash")
    assert len(found) > 30
    script = f"echo '{END_OF_BLOCK}'\n".join(block.code for block in found)
    ran = installation.run("bash", "-euo", "pipefail", "-c", script.replace(SERVER_OF_THE_PAGE, installation.url))
    last = found[ran.stdout.count(END_OF_BLOCK)]
    assert 0 == ran.returncode, f"line {last.line}: {ran.stdout[-3_000:]}{ran.stderr[-3_000:]}"
    assert {} == wrong(found, ran.stdout)
    assert "The drawing is NOT valid" in ran.stderr


@pytest.mark.timeout(300)
def test_the_session_with_httpx_works_as_written_pasted_at_the_prompt(installation: Installation) -> None:
    found = blocks("python")
    assert len(found) > 9
    script = f"\nprint({END_OF_BLOCK!r})\n".join(block.code for block in found)
    ran = installation.run(
        sys.executable, "-i", "-q", input=script.replace(SERVER_OF_THE_PAGE, installation.url) + "\n"
    )
    assert "Error" not in ran.stderr, ran.stderr[-3_000:]
    assert {} == wrong(found, ran.stdout)


def test_the_tour_over_http_works_as_written(installation: Installation) -> None:
    readme = PAGE.parents[1] / "README.md"
    (tour,) = re.findall(r"^```sh\n(TOKEN=.*?)^```", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    ran = installation.run("bash", "-euo", "pipefail", "-c", tour.replace(SERVER_OF_THE_PAGE, installation.url))
    assert 0 == ran.returncode, ran.stderr
    assert '"pointsEarned"' in ran.stdout
    assert '"rankings"' in ran.stdout


def test_every_block_is_run() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for language in ("bash", "python"):
        assert page.count(f"```{language}") == len(blocks(language))
    assert page.count("```json") + page.count("```text") == len(
        [b for b in (*blocks("bash"), *blocks("python")) if b.shown]
    )


def test_what_differs_from_the_page_is_found() -> None:
    shown = {"id": "…", "name": "Jo …", "items": [{"rank": 1}], "total": 2}
    assert [] == differences(
        shown, {"id": 7, "name": "Jo 5", "items": [{"rank": 1, "x": 0}, {}], "total": 2, "y": None}
    )
    assert ["/id is not there", "/items/0/rank: 2, not 1", "/name: 'Al', not 'Jo …'"] == sorted(
        differences(shown, {"name": "Al", "items": [{"rank": 2}], "total": 2})
    )
    assert ["/items: [], not [{'rank': 1}]"] == differences(shown, {"id": 7, "name": "Jo 5", "items": [], "total": 2})
