"""Reports over HTTP, as JSON and as CSV."""

import csv
import io

import pytest

from tests.http.asking import As, problem_of
from tests.http.world import TODAY, World

PATH = "/api/v1/admin/analytics"
WEEK = {"startDate": "2026-03-12", "endDate": "2026-03-18"}
REPORTS = ["overview", "registrations", "activity", "drawings"]


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_platform_at_a_glance(as_: As, world: World) -> None:  # the fixtures of this module
    found = as_(world.ada).get(f"{PATH}/overview", params=WEEK).json()
    assert {"pending": 0, "active": 6, "suspended": 1, "banned": 0, "deleted": 0} == found["membersByStatus"]
    assert {"user": 6, "premium": 0, "admin": 1} == found["membersByRole"]
    assert (1, 1, 359, 500) == tuple(
        found[name] for name in ("active7Days", "active30Days", "pointsEarned", "pointsSpent")
    )
    assert (1, 0, 1) == (found["openDrawings"], found["tickets"], found["prizes"]["winner_notified"])
    [head, *lines] = table(as_(world.ada).get(f"{PATH}/overview", params={**WEEK, "format": "csv"}).text)
    assert ["figure", "of", "value"] == head
    assert ["membersByStatus", "suspended", "1"] in lines
    assert ["pointsEarned", "", "359"] in lines


def test_registrations_and_activity_by_day(as_: As, world: World) -> None:
    registrations = as_(world.ada).get(f"{PATH}/registrations", params={"endDate": str(TODAY)}).json()["items"]
    assert 30 == len(registrations)
    assert {"day": str(TODAY), "registered": 1, "verified": 1, "left": 0} == registrations[-1]
    activity = as_(world.ada).get(f"{PATH}/activity", params=WEEK).json()["items"]
    assert {
        "day": "2026-03-18",
        "activeMembers": 1,
        "steps": 12_024,
        "activeMinutes": 43,
        "workouts": 0,
        "pointsEarned": 349,
    } == activity[-1]


def test_drawings_by_what_they_brought(as_: As, world: World) -> None:
    found = as_(world.ada).get(f"{PATH}/drawings", params={**WEEK, "endDate": "2026-03-31"}).json()["items"]
    assert ["Drawn", "On sale", "To come", "Cancelled"] == [line["name"] for line in found]
    names = ("type", "entries", "members", "tickets", "pointsSpent", "prizeValueUsd", "status")
    assert ("daily", 1, 1, 5, 500, "50.00", "completed") == tuple(found[0][name] for name in names)


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_comes_as_a_table_too(as_: As, world: World, report: str) -> None:
    response = as_(world.ada).get(f"{PATH}/{report}", params={**WEEK, "format": "csv"})
    assert "text/csv; charset=utf-8" == response.headers["content-type"]
    assert f'attachment; filename="{report}.csv"' == response.headers["content-disposition"]
    assert response.text.endswith("\r\n")
    [head, *lines] = table(response.text)
    told = as_(world.ada).get(f"{PATH}/{report}", params=WEEK).json()
    if report != "overview":
        assert [list(line) for line in told["items"]] == [head] * len(lines)
        assert [[str(value) for value in line.values()] for line in told["items"]] == lines


@pytest.mark.parametrize("report", REPORTS)
def test_reports_that_cannot_be_had(as_: As, world: World, report: str) -> None:
    assert (403, "admins_only") == problem_of(as_(world.ann).get(f"{PATH}/{report}"))
    too_long = as_(world.ada).get(f"{PATH}/{report}", params={"startDate": "2025-03-18", "endDate": "2026-03-19"})
    assert (400, "invalid") == problem_of(too_long)
    assert ["/endDate"] == [fault["pointer"] for fault in too_long.json()["errors"]]
    wrong = as_(world.ada).get(f"{PATH}/{report}", params={"startDate": "today", "format": "xlsx", "tier": "OPEN"})
    assert {"/startDate", "/format", "/tier"} == {fault["pointer"] for fault in wrong.json()["errors"]}
