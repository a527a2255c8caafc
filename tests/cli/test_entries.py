"""`fittrack tickets`, and `fittrack activities list` and `record`."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from fittrack_cli.recording import IntensityName, TypeName
from fittrack_domain.tracking.model import ActivityType, Intensity

UNKNOWN = "01890000-0000-7000-8000-000000000000"
AS_IDA = ("--as", "ida@example.com")
TO_COME = ("--draw-at", "2100-01-01T21:00", "--min-account-age", "0")


@pytest.fixture
def on_sale(cli: Any) -> str:
    create = ("drawings", "create", "daily", "Far away", "--prize", "1:1:Watch:249.00", *TO_COME, "--publish")
    return str(cli.json(*create)["drawingId"])


def test_tickets_are_listed_by_entry_and_shown_one_by_one(cli: Any, town: Any) -> None:
    listed = cli.json("tickets", "list", "--drawing", town.drawn)["items"]
    assert [3, 3, 3] == [entry["tickets"] for entry in listed]
    [entry] = cli.json("tickets", "list", "--drawing", town.drawn, "--member", "1001")["items"]
    assert (town.entry, town.ann, 300, "points", 7, 9) == tuple(
        entry[name] for name in ("entryId", "userId", "pointsSpent", "route", "firstTicket", "lastTicket")
    )
    ticket = cli.json("tickets", "show", f"{town.entry}:3")
    assert (f"{town.entry}:3", 9) == (ticket["ticketId"], ticket["ticketNumber"])
    assert "Number:  9" in cli.text("tickets", "show", f"{town.entry}:3")
    assert "Drawn" in cli.text("tickets", "list")
    assert "has no ticket 4" in cli.refusal("tickets", "show", f"{town.entry}:4")
    cli.refusal("tickets", "show", f"{UNKNOWN}:1")


@pytest.mark.parametrize("text", ["", "x:1", UNKNOWN, f"{UNKNOWN}:0", f"{UNKNOWN}:x", f"{UNKNOWN}:123456"])
def test_what_is_no_ticket_is_wrong_input(cli: Any, text: str) -> None:
    assert "is not a ticket" in cli.misuse("tickets", "show", text)


def test_tickets_are_granted_once_for_one_key(cli: Any, on_sale: str) -> None:
    grant = ("tickets", "grant", on_sale, "1001", "-n", "2", "--reason", "Sent by post", "--key", "post-1", *AS_IDA)
    first = cli.json(*grant)
    assert (2, 0, 4_740, False) == tuple(
        first[name] for name in ("ticketsPurchased", "pointsSpent", "newPointBalance", "replayed")
    )
    assert {**first, "replayed": True} == cli.json(*grant)
    [entry] = cli.json("tickets", "list", "--drawing", on_sale)["items"]
    assert ("granted", "Sent by post", None) == (entry["route"], entry["reason"], entry["firstTicket"])
    assert "none before the closing" in cli.text("tickets", "show", f"{entry['entryId']}:1")


def test_a_grant_that_cannot_be(cli: Any, town: Any, on_sale: str) -> None:
    assert "closed" in cli.refusal("tickets", "grant", town.due, "1001", "--reason", "Late", *AS_IDA)
    assert "--as" in cli.misuse("tickets", "grant", on_sale, "1001", "--reason", "A gift")
    assert "1001 is not an admin" in cli.misuse("tickets", "grant", on_sale, "1001", "--reason", "X", "--as", "1001")
    assert "/reason" in cli.misuse("tickets", "grant", on_sale, "1001", "--reason", " ", *AS_IDA)
    cli.misuse("tickets", "grant", on_sale, "1001", "--reason", "X", "-n", "0", *AS_IDA)


def test_activities_are_listed(cli: Any) -> None:
    listed = cli.json("activities", "list", "1001", "--from", "2024-03-03", "--to", "2024-03-03")["items"]
    assert {"steps", "active_minutes"} == {activity["type"] for activity in listed}
    [steps] = cli.json("activities", "list", "1001", "--type", "steps")["items"]
    assert ({"steps": 12_024}, "accepted") == (steps["metrics"], steps["state"])
    assert "12,024" in cli.text("activities", "list", "1001")


def test_an_activity_is_recorded_and_counts(cli: Any) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    day = (now - timedelta(days=1)).date()
    record = ("activities", "record", "bob@example.com")
    assert "accepted" == cli.json(*record, "steps", "5000", "--day", day, *AS_IDA)["state"]
    minutes = cli.json(*record, "active_minutes", "40", "--day", day, "--intensity", "moderate")
    assert ("accepted", 40, "moderate") == (minutes["state"], minutes["durationMinutes"], minutes["intensity"])
    begin = now - timedelta(hours=30)
    workout = cli.json(*record, "workout", "45", "--from", begin.isoformat(), "--intensity", "vigorous")
    assert (begin + timedelta(minutes=45)).isoformat().replace("+00:00", "Z") == workout["endTime"]
    assert "State:    rejected" in cli.text(*record, "steps", "200000", "--day", day)
    assert cli.json("points", "balance", "bob@example.com")["pointsEarned"] >= 50 + 80 + 50


def test_an_activity_that_lacks_something_is_wrong_input(cli: Any) -> None:
    record = ("activities", "record", "1001")
    assert "steps need --day" in cli.misuse(*record, "steps", "5000")
    assert "need --day and --intensity" in cli.misuse(*record, "active_minutes", "5", "--day", "2026-01-01")
    assert "workout need --from" in cli.misuse(*record, "workout", "45")
    cli.misuse(*record, "nap", "45")
    cli.refusal("activities", "record", UNKNOWN, "steps", "1", "--day", "2026-01-01")


def test_the_choices_are_the_domains() -> None:
    assert [each.value for each in ActivityType] == list(get_args(TypeName))
    assert [each.value for each in Intensity] == list(get_args(IntensityName))
