"""`fittrack activities import`."""

import json
from pathlib import Path
from typing import Any

import pytest

HEADER = "Id,ActivityDate,TotalSteps,VeryActiveMinutes,FairlyActiveMinutes,LightlyActiveMinutes\n"
FORMAT = ("--format", "fitbit-daily")
COUNTS = {
    "rowsRead": 0,
    "rowsAccepted": 0,
    "rowsRejected": 0,
    "members": 0,
    "membersCreated": 0,
    "daysChanged": 0,
    "daysBeforeConnection": 0,
    "pointsAwarded": 0,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "days.csv"
    path.write_text(
        HEADER + "2001,4/13/2016,12024,43,5,292\n2002,4/12/2016 12:00:00 AM,400,0,0,0\n2001,4/14/2016,0,0,0,0"
    )
    return path


def counts(**given: int) -> dict[str, Any]:
    return {**COUNTS, **given}


def test_a_file_is_imported_with_the_members_it_needs(cli: Any, file: Path) -> None:
    imported = cli.json("activities", "import", file, *FORMAT, "--create-members")

    assert [] == imported.pop("rejected")
    assert counts(rowsRead=3, rowsAccepted=3, members=2, membersCreated=2, daysChanged=3, pointsAwarded=651) == imported
    assert [("2016-04-13", 651), ("2016-04-14", 0)] == [
        (day["day"], day["awarded"]) for day in cli.json("points", "days", "--member", "2001")
    ]
    shown = cli.json("members", "show", "2001@import.example")
    assert "2016-04-13" == shown["connections"][0]["connectedOn"]
    assert shown["profile"]["tierCode"]
    assert cli.json("ledger", "verify")["valid"]


def test_the_same_file_again_changes_nothing(cli: Any, file: Path) -> None:
    cli.text("activities", "import", file, *FORMAT, "--create-members")
    again = cli.json("activities", "import", file, *FORMAT, "--create-members")
    assert {**counts(rowsRead=3, rowsAccepted=3, members=2), "rejected": []} == again


def test_a_corrected_file_awards_what_is_missing(cli: Any, file: Path) -> None:
    cli.text("activities", "import", file, *FORMAT, "--create-members")
    file.write_text(file.read_text().replace(",400,", ",1400,"))
    again = cli.json("activities", "import", file, *FORMAT)
    assert (1, 10) == (again["daysChanged"], again["pointsAwarded"])


def test_what_others_left_to_be_done_is_not_counted(cli: Any, file: Path) -> None:
    assert "Points awarded:         651\n" in cli.text("activities", "import", file, *FORMAT, "--create-members")


def test_a_prefix_tells_sources_apart(cli: Any, file: Path) -> None:
    cli.text("activities", "import", file, *FORMAT, "--create-members")
    other = cli.json("activities", "import", file, *FORMAT, "--create-members", "--member-prefix", "clinic-")
    assert 2 == other["membersCreated"]
    assert {"2001", "2002", "clinic-2001", "clinic-2002", "1001"} == {
        day["member"] for day in cli.json("points", "days")
    }


def test_bad_lines_are_told_and_good_ones_imported(cli: Any, file: Path) -> None:
    file.write_text(
        file.read_text() + "\n2001,4/15/2016,-1,0,0,0\n2002,4/13/2016,150000,0,0,0\n2002,4/14/2016,1000,0,0,0"
    )
    result = cli("activities", "import", file, *FORMAT, "--create-members")
    assert 1 == result.exit_code
    assert "Warning: line 5: TotalSteps is negative: '-1'\n" in result.stderr
    assert "Warning: line 6: more than 100,000 steps a day\n" in result.stderr
    assert "Rows accepted:          4\n" in result.stdout

    result = cli("activities", "import", file, *FORMAT, "--json")
    assert (1, "") == (result.exit_code, result.stderr)
    assert [5, 6] == [rejected["line"] for rejected in json.loads(result.stdout)["rejected"]]


def test_unknown_trackers_are_rejected_unless_members_are_to_be_made(cli: Any, file: Path) -> None:
    result = cli("activities", "import", file, *FORMAT, "--json")
    assert 1 == result.exit_code
    assert {"line": 2, "reason": "no member has connected tracker 2001"} == json.loads(result.stdout)["rejected"][0]
    assert 3 == json.loads(result.stdout)["rowsRejected"]


def test_days_before_the_tracker_was_connected_earn_nothing(cli: Any, file: Path) -> None:
    file.write_text(HEADER + "1001,4/13/2016,12024,43,5,292\n")
    imported = cli.json("activities", "import", file, *FORMAT)
    assert (1, 0) == (imported["daysBeforeConnection"], imported["pointsAwarded"])


def test_a_member_who_cannot_be_made_is_told_of(cli: Any, file: Path) -> None:
    cli.text("members", "create", "2001@IMPORT.example", "--born", "1990-01-01", "--state", "CA")
    result = cli("activities", "import", file, *FORMAT, "--create-members", "--json")
    (first, second) = json.loads(result.stdout)["rejected"]
    assert (2, 4) == (first["line"], second["line"])
    assert "no member could be made for tracker 2001: An account with this email exists already" in first["reason"]


@pytest.mark.parametrize("content", [b"", b"Id,ActivityDate\n", b"\xff\xfe\x00", b"a" * 10_000])
def test_a_file_of_another_kind_is_wrong_input_and_changes_nothing(cli: Any, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert "TotalSteps" in cli.misuse("activities", "import", file, *FORMAT, "--create-members")
    assert 4 == cli.json("members", "list")["pagination"]["totalItems"]


def test_a_file_that_cannot_be_read_an_unknown_format_and_a_bad_prefix_are_wrong_input(
    cli: Any, file: Path, tmp_path: Path
) -> None:
    assert "cannot be read" in cli.misuse("activities", "import", "/no/such/file", *FORMAT)
    assert "cannot be read" in cli.misuse("activities", "import", tmp_path, *FORMAT)
    assert "fitbit-daily" in cli.misuse("activities", "import", file, "--format", "xml")
    assert "--format" in cli.misuse("activities", "import", file)
    assert "--member-prefix" in cli.misuse("activities", "import", file, *FORMAT, "--member-prefix", "a b")
