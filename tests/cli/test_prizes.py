"""`fittrack prizes`, and `fittrack drawings edit`."""

from typing import Any

import pytest

UNKNOWN = "01890000-0000-7000-8000-000000000000"


def test_a_prize_of_a_draft_is_added_edited_and_removed(cli: Any, town: Any) -> None:
    add = ("prizes", "add", town.draft, "Watch", "--rank", "1", "--value", "249.00")
    added = cli.json(*add, "--sponsor", "ACME", "--quantity", "2", "--as", "ida@example.com")
    assert (town.draft, "Watch", "249.00", 2, "physical") == tuple(
        added[name] for name in ("drawingId", "name", "valueUsd", "quantity", "fulfillmentType")
    )
    which = added["prizeId"]
    assert added == cli.json("prizes", "show", which)
    edited = cli.json("prizes", "edit", which, "Card", "--rank", "3", "--value", "25.00", "--kind", "digital")
    assert ("Card", 3, 1, "digital", None) == tuple(
        edited[name] for name in ("name", "rank", "quantity", "fulfillmentType", "sponsorId")
    )
    assert edited in cli.json("prizes", "list")["items"]
    assert "Card" in cli.text("prizes", "list")
    assert "removed" in cli.text("prizes", "remove", which)
    cli.refusal("prizes", "show", which)
    assert {"prizeId": (again := cli.json(*add)["prizeId"])} == cli.json("prizes", "remove", again)
    assert "USD each: 249.00" in cli.text(*add)


def test_a_prize_that_cannot_be(cli: Any, town: Any) -> None:
    prize = ("Watch", "--rank", "3", "--value", "249.00")
    assert "only a draft" in cli.refusal("prizes", "add", town.drawn, *prize)
    cli.refusal("prizes", "add", UNKNOWN, *prize)
    cli.refusal("prizes", "edit", UNKNOWN, *prize)
    cli.refusal("prizes", "remove", UNKNOWN)
    assert "not an amount" in cli.misuse("prizes", "add", town.draft, "X", "--rank", "1", "--value", "much")
    assert "no sponsor named 'Nobody'" in cli.misuse("prizes", "add", town.draft, *prize, "--sponsor", "Nobody")
    assert "--rank" in cli.misuse("prizes", "add", town.draft, "Watch", "--value", "1.00")


def test_a_draft_is_edited_in_parts(cli: Any) -> None:
    to_come = ("--draw-at", "2100-01-01T21:00", "--min-account-age", "3", "--max-tickets", "9")
    made = cli.json("drawings", "create", "daily", "Plan", "--prize", "1:2:Watch:249.00:Acme", *to_come)
    edit = ("drawings", "edit", made["drawingId"])
    renamed = cli.json(*edit, "--name", "Better plan", "--description", "More about it", "--as", "ida@example.com")
    [before], [after] = made.pop("prizes"), renamed.pop("prizes")
    assert {**made, "name": "Better plan", "description": "More about it"} == renamed
    assert {**before, "prizeId": after["prizeId"]} == after
    moved = cli.json(*edit, "--draw-at", "2100-02-01T21:00", "--user-type", "premium", "--max-wins", "2")
    assert ("2100-02-02T02:00:00Z", "2100-02-02T01:55:00Z") == (moved["drawingTime"], moved["ticketSalesClose"])
    assert {"userType": "premium", "minAccountAgeDays": 3} == moved["eligibility"]
    bare = cli.json(*edit, "--prize", "1:1:Card:25.00::digital", "--min-account-age", "0")
    assert ["Card"] == [prize["name"] for prize in bare["prizes"]]
    assert 0 == bare["eligibility"]["minAccountAgeDays"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ticket-cost", "0"), "/ticketCostPoints"),
        (("--sales-close", "2020-01-01"), "/ticketSalesClose"),
        (("--prize", "Watch"), "RANK:QUANTITY:TITLE:VALUE"),
    ],
)
def test_an_edit_that_cannot_be_right_is_wrong_input(cli: Any, town: Any, words: tuple[str, ...], said: str) -> None:
    assert said in cli.misuse("drawings", "edit", town.draft, *words)


def test_only_drafts_are_edited(cli: Any, town: Any) -> None:
    cli.refusal("drawings", "edit", town.drawn, "--name", "Other")
    cli.refusal("drawings", "edit", UNKNOWN, "--name", "Other")


def test_a_sponsor_is_shown(cli: Any) -> None:
    acme = cli.json("sponsors", "create", "Bolt", "--contact-name", "Jo", "--notes", "Pays late")
    assert acme == cli.json("sponsors", "show", acme["sponsorId"])
    assert "Pays late" in cli.text("sponsors", "show", acme["sponsorId"])
    cli.refusal("sponsors", "show", UNKNOWN)
