"""The walk-through is run as it stands, block by block, in one shell."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "walkthrough.md"
DATA = Path(os.environ.get("FITTRACK_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
DAYS = DATA / "fitbit" / "dailyActivity_merged.csv"


@pytest.mark.timeout(240)
@pytest.mark.skipif(not DAYS.exists(), reason="the shared Fitbit data is not here")
def test_the_walk_through_works_as_written(tmp_path: Path) -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) > 9
    command = tmp_path / "bin" / "fittrack"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\nfrom fittrack_cli.main import app\napp(prog_name='fittrack')\n")
    command.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FITTRACK_")} | {
        "PATH": f"{command.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(PAGE.parents[1]),
        "DATA": str(DAYS),
    }
    shell = ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)]
    ran = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert 0 == ran.returncode, ran.stdout[-2_000:] + ran.stderr[-2_000:]
    for expected in (
        "Members created:        33",
        "Rows accepted:          940",
        '"score": 651',
        "Score of the day: 651 points.",
        "Points awarded:         386,601",
        "The drawing is: valid",
        "The ledger is right.",
        "The audit log is right.",
    ):
        assert expected in ran.stdout
    for refusal in (
        "This takes 1,000,000 points and you have",
        "is no possible number of tickets",
        "Ticket sales closed at",
        "The drawing is NOT valid. Step 3: the closing is of other terms",
    ):
        assert refusal in ran.stderr
