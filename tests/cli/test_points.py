"""`fittrack points`, `ledger`, `audit` and `leaderboard`."""

import json
import sqlite3
from typing import Any, get_args

import pytest

from fittrack_cli.leaderboards import PeriodName
from fittrack_domain.shared.calendar import Period

DAY = {
    "member": "1001",
    "day": "2024-03-03",
    "breakdown": {
        "steps": 120,
        "stepGoal": 100,
        "lightMinutes": 0,
        "moderateMinutes": 0,
        "vigorousMinutes": 120,
        "workouts": 0,
        "streak": 0,
    },
    "score": 340,
    "awarded": 340,
}


def tampered(cli: Any, statement: str) -> None:
    """Changes the database behind FitTrack's back."""
    with sqlite3.connect(cli.env["FITTRACK_DATABASE_URL"].removeprefix("sqlite:///")) as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f"drop trigger {trigger}")
        database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    "words", [(), ("--member", "1001"), ("--member", "ann@example.com"), ("--from", "2024-03-03", "--to", "2024-03-03")]
)
def test_days_are_listed_with_the_key_of_their_source(cli: Any, words: tuple[str, ...]) -> None:
    assert [DAY] == cli.json("points", "days", *words)


def test_days_are_listed_for_people(cli: Any) -> None:
    assert "1001" in cli.text("points", "days")
    assert "No day has been scored." in cli.text("points", "days", "--from", "2024-03-04")


def test_a_member_without_a_tracker_goes_by_their_id(cli: Any, town: Any) -> None:
    tampered(cli, "update tracker_connections set tracker_user_key = null")
    assert [{**DAY, "member": town.ann}] == cli.json("points", "days", "--member", town.ann)


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "20240303", "2024-W10-7"])
def test_a_day_that_is_none_is_wrong_input(cli: Any, day: str) -> None:
    assert "is not a day" in cli.misuse("points", "days", "--from", day)


@pytest.mark.parametrize("who", ["nobody@example.com", "9999", "01890000-0000-7000-8000-000000000000"])
def test_an_unknown_member_is_not_found(cli: Any, who: str) -> None:
    assert f"Error: There is no member {who}.\n" == cli.refusal("points", "days", "--member", who)


def test_a_day_is_explained(cli: Any, town: Any) -> None:
    assert "12,024 steps" in cli.text("points", "explain", town.ann, "2024-03-03")
    explained = cli.json("points", "explain", "1001", "2024-03-03")
    assert 340 == explained["score"]
    assert 7 == len(explained["lines"])
    assert explained["sentences"]


def test_a_day_without_activity_cannot_be_explained(cli: Any) -> None:
    cli.refusal("points", "explain", "1001", "2024-03-04")


def test_errors_are_json_when_json_was_asked_for(cli: Any) -> None:
    result = cli("points", "explain", "1001", "2024-03-04", "--json")
    assert (1, "") == (result.exit_code, result.stdout)
    problem = json.loads(result.stderr)
    assert "/docs/errors#day_not_scored" == problem["type"]
    assert "Day not scored" == problem["title"]


def test_the_balance(cli: Any) -> None:
    assert {"balance": 4_740, "held": 0, "pointsEarned": 340} == cli.json("points", "balance", "1001")
    assert "4740" in cli.text("points", "balance", "1001")


def test_the_ledger_is_right(cli: Any) -> None:
    report = cli.json("ledger", "verify")
    assert report["valid"]
    assert [] == report["problems"]
    assert 0 == report["points"] + sum(report["houseAccounts"].values())
    assert "The ledger is right." in cli.text("ledger", "verify")


def test_a_ledger_that_is_not_right_ends_with_1_and_says_where(cli: Any) -> None:
    tampered(cli, "update wallets set credits = credits + 1")
    result = cli("ledger", "verify")
    assert 1 == result.exit_code
    assert "its rows make" in result.stderr
    result = cli("ledger", "verify", "--json")
    assert 1 == result.exit_code
    assert not json.loads(result.stdout)["valid"]


def test_the_audit_log_is_right(cli: Any) -> None:
    report = cli.json("audit", "verify")
    assert report["records"] > 10
    assert {**report, "valid": True, "problems": []} == report
    assert "The audit log is right." in cli.text("audit", "verify")


def test_an_audit_log_that_was_changed_ends_with_1_and_says_where(cli: Any) -> None:
    tampered(cli, "update audit_log set action = 'nothing' where seq = 2")
    result = cli("audit", "verify")
    assert 1 == result.exit_code
    assert "record 2 was changed" in result.stderr


def test_the_leaderboard_of_a_day(cli: Any) -> None:
    board = cli.json("leaderboard", "daily", "--day", "2024-03-03", "--tier", "F-30-39-INT")
    assert "F-30-39-INT" == board["tierCode"]
    assert "2024-03-03" == board["periodStart"]
    assert [{"rank": 1, "displayName": "ann of Example", "pointsEarned": 340, "isMe": False}] == board["rankings"]
    assert board["userRank"] is None
    assert {"page": 1, "limit": 100, "totalItems": 1, "totalPages": 1} == board["pagination"]


def test_the_leaderboard_as_a_member_sees_it(cli: Any) -> None:
    board = cli.json("leaderboard", "alltime", "--member", "1001")
    assert {"rank": 1, "pointsEarned": 340, "displayName": "ann of Example"} == board["userRank"]
    assert board["around"][0]["isMe"]
    assert board["periodStart"] is None
    assert "ann of Example is 1 of 1 with 340 points." in cli.text("leaderboard", "alltime", "--member", "1001")


def test_an_empty_leaderboard_says_so(cli: Any) -> None:
    assert "Nobody is ranked here." in cli.text("leaderboard", "weekly", "--tier", "OPEN")


def test_an_unknown_tier_is_not_found_and_an_unknown_period_wrong_input(cli: Any) -> None:
    assert "There is no tier 'X'" in cli.refusal("leaderboard", "weekly", "--tier", "X")
    assert "'yearly' is not one of" in cli.misuse("leaderboard", "yearly")
    assert "/day: must not be a day to come" in cli.misuse("leaderboard", "daily", "--day", "2999-01-01")
    assert "/limit" in cli.misuse("leaderboard", "daily", "--limit", "0")


def test_the_periods_are_the_domains() -> None:
    assert [period.value for period in Period] == list(get_args(PeriodName))
