"""`fittrack members`: what administrators do with accounts, profiles and points."""

from typing import Any

import pytest

UNKNOWN = "01890000-0000-7000-8000-000000000000"
AS_IDA = ("--as", "ida@example.com")


def test_members_are_searched(cli: Any, town: Any) -> None:
    def found(*words: str) -> list[str]:
        items = cli.json("members", "list", "--search", *words)["items"]
        return [item["email"].removesuffix("@example.com") for item in items]

    assert ["ann"] == found("ANN of") == found(town.ann)
    assert ["ida"] == found("example.com", "--role", "admin")
    assert [] == found("%")
    assert "/q" in cli.misuse("members", "list", "--search", "")


def test_a_member_is_banned_and_stays_so(cli: Any) -> None:
    assert "banned" == cli.json("members", "ban", "1001", "--reason", "Sold an account", *AS_IDA)["status"]
    cli.refusal("members", "reinstate", "1001", "--reason", "Sorry")
    assert "--reason" in cli.misuse("members", "ban", "1001")


def test_an_account_is_deleted(cli: Any) -> None:
    assert "Status: deleted" in cli.text("members", "delete", "1001", "--reason", "By post")
    cli.refusal("members", "delete", "1001", "--reason", "Again")
    cli.refusal("members", "edit", "1001", "--email", "other@example.com")
    cli.refusal("members", "edit-profile", "1001", "--state", "TX")


def test_a_role_is_given_and_taken(cli: Any) -> None:
    premium = cli.json("members", "role", "1001", "premium", "--until", "2100-01-01T00:00Z", *AS_IDA)
    assert ("premium", "2100-01-01T00:00:00Z") == (premium["role"], premium["premiumExpiresAt"])
    assert "Role:   user" in cli.text("members", "role", "1001", "user")
    assert "/premiumExpiresAt" in cli.misuse("members", "role", "1001", "premium")
    cli.misuse("members", "role", "1001", "king")
    cli.refusal("members", "role", "ida@example.com", "user", *AS_IDA)


def test_email_and_preferences_are_corrected(cli: Any, town: Any) -> None:
    assert "ann.b@example.com" == cli.json("members", "edit", "1001", "--email", "ann.b@example.com")["email"]
    edited = cli.text("members", "edit", town.ann, "--no-notifications", "--time-zone", "America/Chicago", *AS_IDA)
    assert "ann.b@example.com" in edited
    assert "email exists already" in cli.refusal("members", "edit", "1001", "--email", "BOB@example.com")
    said = cli.misuse("members", "edit", "1001", "--email", "x", "--language", "English")
    assert all(pointer in said for pointer in ("/email", "/language"))
    cli.refusal("members", "edit", UNKNOWN)


def test_a_profile_is_corrected_in_parts(cli: Any) -> None:
    profile = (
        "--born",
        "1960-02-29",
        "--state",
        "TX",
        "--height",
        "70",
        "--goal",
        "endurance",
        "--goal",
        "weight_loss",
    )
    edited = cli.json("members", "edit-profile", "1001", *profile, *AS_IDA)["profile"]
    assert ("ann of Example", "1960-02-29", "TX", "F-60+-INT") == tuple(
        edited[name] for name in ("displayName", "dateOfBirth", "stateOfResidence", "tierCode")
    )
    assert "Name:" in cli.text("members", "edit-profile", "1001", "--name", "Ann B.")
    assert "display name 'BOB of Example' is taken" in cli.refusal(
        "members", "edit-profile", "1001", "--name", "BOB of Example"
    )
    said = cli.misuse("members", "edit-profile", "1001", "--state", "NY", "--weight", "1", "--born", "2999-01-01")
    assert all(pointer in said for pointer in ("/stateOfResidence", "/weightPounds", "/dateOfBirth"))
    assert "'gold' is not one of weight_loss" in cli.misuse("members", "edit-profile", "1001", "--goal", "gold")


def test_a_profile_that_is_not_there_yet_needs_all_its_parts(cli: Any) -> None:
    cli.text("members", "create", "jo@example.com", "--born", "1990-05-17", "--state", "CA")
    edit = ("members", "edit-profile", "jo@example.com", "--name", "Jo R.")
    assert "needs --sex, --level, too" in cli.misuse(*edit)
    assert "F-30-39-BEG" in cli.text(*edit, "--sex", "female", "--level", "beginner")


def test_points_are_adjusted_once_for_one_key(cli: Any) -> None:
    adjust = ("members", "adjust-points", "1001", "--amount", "-40", "--reason", "Counted twice", "--key", "ticket-17")
    first = cli.json(*adjust, *AS_IDA)
    assert (-40, 4_700, "adjustment") == (first["amount"], first["balanceAfter"], first["creditAccount"])
    assert first == cli.json(*adjust, *AS_IDA)
    gift = ("members", "adjust-points", "1001", "--amount", "5", "--reason", "A gift")
    assert ["4,700 to 4,705", "4,705 to 4,710"] == [
        line.removeprefix("Balance:").strip()
        for text in (cli.text(*gift), cli.text(*gift))
        for line in text.splitlines()
        if line.startswith("Balance:")
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--amount", "0", "--reason", "Nothing"), "0 points cannot be moved"),
        (("--amount", "1", "--reason", " "), "/reason"),
        (("--amount", "1"), "--reason"),
        (("--amount", "much", "--reason", "Why"), "--amount"),
    ],
)
def test_an_adjustment_that_cannot_be_right_is_wrong_input(cli: Any, words: tuple[str, ...], said: str) -> None:
    assert said in cli.misuse("members", "adjust-points", "1001", *words)


def test_an_adjustment_cannot_take_what_is_not_there(cli: Any) -> None:
    take = ("members", "adjust-points", "1001", "--amount", "-5000", "--reason", "All of it")
    assert "you have 4,740" in cli.refusal(*take)
