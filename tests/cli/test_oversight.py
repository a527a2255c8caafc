"""`fittrack ledger list`, `fittrack audit list` and `fittrack events`: looking at what was done, and what was not."""

import sqlite3
from contextlib import closing
from typing import Any, get_args
from uuid import UUID

import pytest

from fittrack_cli.books import TypeName
from fittrack_domain.points.model import TransferType

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_the_ledger_is_listed_and_shown(cli: Any, town: Any) -> None:
    spent = cli.json("ledger", "list", "--member", "1001", "--type", "spend")["items"]
    assert [(town.ann, -300, "sweepstakes")] * 2 == [
        (row["userId"], row["amount"], row["creditAccount"]) for row in spent
    ]
    assert spent[0] == cli.json("ledger", "show", spent[0]["transactionId"])
    assert f"member:{town.ann} to sweepstakes" in cli.text("ledger", "show", spent[0]["transactionId"])
    everybodys = cli.json("ledger", "list", "--from", "2024-03-04", "--to", "2024-03-04")
    assert everybodys["pagination"]["totalItems"] > 6
    assert [] == cli.json("ledger", "list", "--from", "2024-03-05", "--type", "spend")["items"]
    assert "-300" in cli.text("ledger", "list", "--member", "1001")
    cli.refusal("ledger", "show", UNKNOWN)
    cli.misuse("ledger", "list", "--type", "gift")


def test_the_audit_log_is_listed_and_filtered(cli: Any, town: Any) -> None:
    cli.text("members", "suspend", "1001", "--reason", "Two accounts", "--as", "ida@example.com")
    [record] = cli.json("audit", "list", "--actor", "ida@example.com")["items"]
    assert ("member.suspended", "member", town.ann, "Two accounts") == (
        record["action"],
        record["subjectType"],
        record["subjectId"],
        record["facts"]["reason"],
    )
    assert [record] == cli.json("audit", "list", "--action", "member.suspended")["items"]
    assert record == cli.json("audit", "list", "--subject-type", "member", "--subject", town.ann)["items"][0]
    assert [record] == cli.json("audit", "list", "--since", "2024-03-07T00:00Z")["items"]
    assert record not in cli.json("audit", "list", "--until", "2024-03-07T00:00Z", "--limit", "5")["items"]
    assert "reason: Two accounts" in cli.text("audit", "list", "--limit", "1", "--action", "member.suspended")
    assert "the system" in cli.text("audit", "list", "--subject", town.drawn)
    cli.refusal("audit", "list", "--actor", "nobody@example.com")
    cli.misuse("audit", "list", "--since", "yesterday")


@pytest.fixture
def parked(cli: Any) -> str:
    """The id of an event that was given up."""
    with closing(sqlite3.connect(cli.env["FITTRACK_DATABASE_URL"].removeprefix("sqlite:///"))) as database:
        [(event,)] = database.execute("select id from outbox where kind = 'MemberCreated' order by id limit 1")
        database.execute(
            "update outbox set delivered_at = null, parked_at = occurred_at, attempts = 8, last_error = 'OSError: no'"
            " where id = ?",
            (event,),
        )
        database.commit()
    return str(UUID(bytes=event))


def test_what_was_given_up_is_listed_and_released(cli: Any, parked: str) -> None:
    [event] = cli.json("events", "list")["items"]
    assert (parked, "MemberCreated", 8, "OSError: no") == tuple(
        event[name] for name in ("eventId", "kind", "attempts", "lastError")
    )
    assert "OSError: no" in cli.text("events", "list")
    assert "released" in cli.text("events", "release", parked, "--as", "ida@example.com")
    assert [] == cli.json("events", "list")["items"]
    assert "event.released" == cli.json("audit", "list", "--subject", parked)["items"][0]["action"]
    assert "is not parked" in cli.refusal("events", "release", parked)
    assert "no event" in cli.refusal("events", "release", UNKNOWN)


def test_a_release_is_told_as_json(cli: Any, parked: str) -> None:
    assert {"eventId": parked} == cli.json("events", "release", parked)


def test_the_types_are_the_domains() -> None:
    assert [each.value for each in TransferType] == list(get_args(TypeName))
