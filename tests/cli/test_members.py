"""`fittrack members` and `fittrack sponsors`."""

import json
from typing import Any, get_args

from fittrack_cli.members import StatusName
from fittrack_cli.moderation import RoleName
from fittrack_domain.identity.model import Role, Status

UNKNOWN = "01890000-0000-7000-8000-000000000000"
BORN = ("--born", "1990-05-17", "--state", "CA")


def test_members_are_listed(cli: Any) -> None:
    listed = cli.json("members", "list")
    assert ["ida", "carl", "bob", "ann"] == [item["email"].removesuffix("@example.com") for item in listed["items"]]
    assert ["ida@example.com"] == [item["email"] for item in cli.json("members", "list", "--role", "admin")["items"]]
    assert [] == cli.json("members", "list", "--status", "banned")["items"]
    assert "F-30-39-INT" in cli.text("members", "list")
    assert "/limit" in cli.misuse("members", "list", "--limit", "1000")


def test_a_member_is_shown_by_id_email_or_tracker(cli: Any, town: Any) -> None:
    shown = cli.json("members", "show", town.ann)
    assert shown == cli.json("members", "show", "ANN@example.com") == cli.json("members", "show", "1001")
    assert {"balance": 4_740, "held": 0, "pointsEarned": 340} == shown["points"]
    assert "1001" == shown["connections"][0]["trackerUserKey"]
    assert "Tracker: fitbit 1001" in cli.text("members", "show", "1001")
    cli.refusal("members", "show", UNKNOWN)


def test_all_data_of_a_member_is_exported(cli: Any, town: Any) -> None:
    export = cli.json("members", "export", "ann@example.com")
    assert export == json.loads(cli.text("members", "export", "1001")) | {"exportedAt": export["exportedAt"]}
    assert (town.ann, "ann of Example") == (export["profile"]["_id"], export["profile"]["profile"]["displayName"])
    assert (4_740, 340) == tuple(export["profile"]["wallet"][name] for name in ("pointBalance", "pointsEarned"))
    assert ["1001"] == [connection["trackerUserKey"] for connection in export["connections"]]
    assert {"steps", "active_minutes"} == {activity["activityType"] for activity in export["activities"]}
    assert {town.drawn, town.due} == {ticket["drawing"]["drawingId"] for ticket in export["tickets"]}
    assert {town.ann} == {won["userId"] for won in export["fulfillments"]} | {town.ann}
    assert 4_740 == export["transactions"][0]["balanceAfter"]
    assert len(export["fulfillments"]) == len(export["notifications"])


def test_nobody_is_not_exported(cli: Any, nowhere: Any) -> None:
    assert UNKNOWN in cli.refusal("members", "export", UNKNOWN)
    assert "fittrack db migrate" in nowhere.refusal("members", "export", UNKNOWN)


def test_a_member_is_made(cli: Any) -> None:
    made = cli.json("members", "create", "jo@example.com", *BORN)
    assert ("active", "user") == (made["status"], made["role"])
    assert "none: the profile lacks display name" in cli.text("members", "show", "jo@example.com")


def test_a_member_is_made_with_profile_and_role(cli: Any) -> None:
    profile = ("--name", "Jo R.", "--sex", "female", "--level", "beginner")
    premium = ("--role", "premium", "--premium-until", "2100-01-01T00:00Z")
    made = cli.json("members", "create", "jo@example.com", *BORN, *profile, *premium, "--as", "ida@example.com")
    assert ("premium", "2100-01-01T00:00:00Z") == (made["role"], made["premiumExpiresAt"])
    assert made["profile"]["tierCode"].startswith("F-")


def test_a_member_who_cannot_be_made(cli: Any) -> None:
    assert "email exists already" in cli.refusal("members", "create", "ann@example.com", *BORN)
    said = cli.misuse("members", "create", "nonsense", "--born", "2999-05-17", "--state", "NY")
    assert all(pointer in said for pointer in ("/email", "/dateOfBirth", "/stateOfResidence"))
    assert "go together" in cli.misuse("members", "create", "jo@example.com", *BORN, "--role", "premium")
    assert 4 == cli.json("members", "list")["pagination"]["totalItems"]


def test_a_member_is_suspended_and_reinstated(cli: Any) -> None:
    suspended = cli.json("members", "suspend", "1001", "--reason", "Two accounts", "--as", "ida@example.com")
    assert "suspended" == suspended["status"]
    cli.refusal("members", "suspend", "1001", "--reason", "Again")
    assert "Status: active" in cli.text("members", "reinstate", "1001", "--reason", "Cleared up")
    assert "--reason" in cli.misuse("members", "suspend", "1001")
    assert "/reason" in cli.misuse("members", "suspend", "1001", "--reason", " ")
    cli.refusal("members", "suspend", "ida@example.com", "--reason", "Myself", "--as", "ida@example.com")


def test_sponsors_are_kept(cli: Any) -> None:
    made = cli.json("sponsors", "create", "Bolt", "--website", "https://bolt.example", "--contact-name", "Jo")
    which = made["sponsorId"]
    edited = cli.json("sponsors", "edit", which, "--name", "Bolt Sports", "--notes", "Pays late")
    assert {**made, "name": "Bolt Sports", "notes": "Pays late"} == edited
    assert "inactive" == cli.json("sponsors", "deactivate", which)["status"]
    assert ["Acme"] == [item["name"] for item in cli.json("sponsors", "list", "--status", "active")["items"]]
    assert "Bolt Sports" in cli.text("sponsors", "list")


def test_sponsors_that_cannot_be_kept(cli: Any) -> None:
    assert "/name" in cli.misuse("sponsors", "create", " ")
    cli.refusal("sponsors", "edit", UNKNOWN, "--name", "X")
    cli.refusal("sponsors", "deactivate", UNKNOWN)
    cli.misuse("sponsors", "deactivate", "x")


def test_the_choices_are_the_domains() -> None:
    assert [status.value for status in Status] == list(get_args(StatusName))
    assert [role.value for role in Role] == list(get_args(RoleName))
