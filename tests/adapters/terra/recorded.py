"""Terra's recorded payloads and answers, where the folder of shared data is there."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

FOLDER = Path(os.environ.get("FITTRACK_TEST_DATA", "../shared/data")) / "terra"

needs_recordings = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"{FOLDER} is not there")


@attrs.frozen
class Recording:
    """A delivery as it arrived."""

    file: str
    body: bytes
    headers: dict[str, str]
    at: datetime

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


def index() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "index.json").read_bytes())
    return found


def signing_secret() -> str:
    return str(index()["signing_secret"])


def deliveries(folder: str) -> list[Recording]:
    """The signed deliveries of one sequence, in order of arrival."""
    return [
        Recording(
            each["file"],
            (FOLDER / each["file"]).read_bytes(),
            each["headers"],
            datetime.fromisoformat(each["received_at"]),
        )
        for each in index()["files"]
        if each["file"].startswith(f"derived/{folder}/") and "headers" in each
    ]


def content(file: str) -> bytes:
    return (FOLDER / file).read_bytes()
