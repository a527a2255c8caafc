"""`fittrack analytics`."""

import csv
import io
from typing import Any

import pytest

SPRING = ("--from", "2024-03-01", "--to", "2024-03-10")
REPORTS = ["overview", "registrations", "activity", "drawings"]


def test_the_platform_at_a_glance(cli: Any) -> None:
    found = cli.json("analytics", "overview", *SPRING)
    assert ({"active": 4}, {"user": 3, "admin": 1}) == (
        {status: number for status, number in found["membersByStatus"].items() if number},
        {role: number for role, number in found["membersByRole"].items() if number},
    )
    assert (1, 340, 1_800) == (found["active30Days"], found["pointsEarned"], found["pointsSpent"])
    assert "pointsSpent" in cli.text("analytics", "overview", *SPRING)


def test_days_and_drawings(cli: Any) -> None:
    [came] = [day for day in cli.json("analytics", "registrations", *SPRING)["items"] if day["registered"]]
    assert {"day": "2024-03-04", "registered": 4, "verified": 4, "left": 0} == came
    [walked] = [day for day in cli.json("analytics", "activity", *SPRING)["items"] if day["steps"]]
    assert ("2024-03-03", 12_024, 40, 340) == tuple(
        walked[name] for name in ("day", "steps", "activeMinutes", "pointsEarned")
    )
    drawings = {line["name"]: line for line in cli.json("analytics", "drawings", *SPRING)["items"]}
    assert (3, 9, "274.00") == tuple(drawings["Drawn"][name] for name in ("members", "tickets", "prizeValueUsd"))
    said = cli.text("analytics", "drawings", *SPRING)
    assert all(word in said for word in ("Drawn", "completed", "274.00", "2024-03-0"))


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_comes_as_csv_with_a_header_line(cli: Any, report: str) -> None:
    [head, *lines] = csv.reader(io.StringIO(cli.text("analytics", report, *SPRING, "--csv"), newline=""), strict=True)
    assert lines
    if report != "overview":
        assert list(cli.json("analytics", report, *SPRING)["items"][0]) == head
    assert ("drawingId" in head) is (report == "drawings")


def test_a_report_of_nothing_has_a_header_line(cli: Any) -> None:
    long_ago = ("--from", "2001-01-01", "--to", "2001-01-02")
    assert cli.text("analytics", "drawings", *long_ago, "--csv").startswith("drawingId,name,")
    assert "Nothing to show." in cli.text("analytics", "drawings", *long_ago)


@pytest.mark.parametrize("report", REPORTS)
def test_ranges_that_cannot_be_reported(cli: Any, report: str) -> None:
    assert "/endDate" in cli.misuse("analytics", report, "--from", "2024-03-02", "--to", "2024-03-01")
    cli.misuse("analytics", report, "--from", "yesterday")
