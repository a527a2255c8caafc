"""`fittrack fulfillment`."""

from typing import Any, get_args

import pytest

from fittrack_cli.fulfillment import StatusName
from fittrack_domain.fulfillment.model import FulfillmentStatus

UNKNOWN = "01890000-0000-7000-8000-000000000000"
ADDRESS = (
    *("--recipient", "Ann Example", "--line1", "1 Main St", "--city", "Sacramento"),
    *("--state", "CA", "--postal-code", "95814"),
)


@pytest.fixture
def won(cli: Any, town: Any) -> dict[str, str]:
    """The fulfillments of a drawing that has just been drawn, by type."""
    cli.text("drawings", "execute", town.due)
    listed = cli.json("fulfillment", "list")["items"]
    return {item["fulfillmentType"]: item["fulfillmentId"] for item in listed if item["drawingId"] == town.due}


def test_prizes_are_listed(cli: Any, town: Any) -> None:
    listed = cli.json("fulfillment", "list", "--status", "winner_notified")["items"]
    assert {town.drawn} == {item["drawingId"] for item in listed}
    assert [] == cli.json("fulfillment", "list", "--status", "delivered")["items"]
    assert ["physical"] == [item["fulfillmentType"] for item in cli.json("fulfillment", "list", "--overdue")["items"]]
    assert "winner_notified" in cli.text("fulfillment", "list")
    everyone = [cli.json("fulfillment", "list", "--member", f"{name}@example.com") for name in ("ann", "bob", "carl")]
    assert 2 == sum(page["pagination"]["totalItems"] for page in everyone)


def test_a_prize_reaches_its_winner(cli: Any, won: dict[str, str]) -> None:
    which = won["physical"]
    assert "address_confirmed" == cli.json("fulfillment", "confirm-address", which, *ADDRESS)["status"]
    assert "Sacramento, CA 95814" in cli.text("fulfillment", "address", which, "--as", "ida@example.com")
    read = cli.json("fulfillment", "address", which, "--as", "ida@example.com")
    assert ("1 Main St", None, "95814") == (read["line1"], read["line2"], read["postalCode"])
    ship = ("fulfillment", "ship", which, "--carrier", "UPS", "--tracking-number", "1Z99")
    assert "1Z99" in cli.text(*ship, "--as", "ida@example.com")
    assert "delivered" == cli.json("fulfillment", "deliver", which)["status"]
    assert "is delivered cannot be" in cli.refusal("fulfillment", "deliver", which)


def test_a_digital_prize_is_sent(cli: Any, won: dict[str, str]) -> None:
    sent = cli.json("fulfillment", "send", won["digital"], "--reference", "GIFT-42")
    assert ("shipped", "GIFT-42") == (sent["status"], sent["reference"])
    cli.refusal("fulfillment", "confirm-address", won["digital"], *ADDRESS)


def test_a_forfeited_prize_passes_on(cli: Any, won: dict[str, str], town: Any) -> None:
    assert "forfeited" == cli.json("fulfillment", "forfeit", won["physical"], "--reason", "Not eligible")["status"]
    after = cli.json("drawings", "results", town.due)["winners"]
    assert 3 == len(after)
    assert [True, False, False] == [winner["forfeited"] for winner in after]
    assert "yes" in cli.text("drawings", "results", town.due)


def test_an_address_that_does_not_work_is_asked_for_again(cli: Any, won: dict[str, str]) -> None:
    which = won["physical"]
    reject = ("fulfillment", "invalid-address", which, "--reason", "Came back", "--as", "ida@example.com")
    cli.refusal(*reject)
    cli.text("fulfillment", "confirm-address", which, *ADDRESS)
    rejected = cli.json(*reject)
    assert ("address_invalid", True) == (rejected["status"], rejected["forfeitAt"] is not None)
    assert "/reason" in cli.misuse("fulfillment", "invalid-address", which, "--reason", " ")


def test_notes_are_taken_and_dropped(cli: Any, won: dict[str, str]) -> None:
    which = won["digital"]
    assert "Ring twice" == cli.json("fulfillment", "note", which, "Ring twice", "--as", "ida@example.com")["notes"]
    assert "Ring twice" in cli.text("fulfillment", "show", which)
    assert cli.json("fulfillment", "note", which)["notes"] is None
    assert "/notes" in cli.misuse("fulfillment", "note", which, " ")
    cli.refusal("fulfillment", "show", UNKNOWN)


def test_a_sweep_passes_on_what_nobody_claimed(cli: Any) -> None:
    swept = cli.json("fulfillment", "sweep")
    assert (0, 1) == (len(swept["warned"]), len(swept["forfeited"]))
    assert "Forfeited: 0" in cli.text("fulfillment", "sweep")


def test_steps_that_are_not_due_are_refused(cli: Any, won: dict[str, str]) -> None:
    which = won["physical"]
    cli.refusal("fulfillment", "deliver", which)
    cli.refusal("fulfillment", "ship", which, "--carrier", "UPS", "--tracking-number", "1")
    cli.refusal("fulfillment", "send", which, "--reference", "1")
    cli.refusal("fulfillment", "address", which, "--as", "ida@example.com")
    cli.refusal("fulfillment", "forfeit", UNKNOWN, "--reason", "Why not")


def test_input_that_cannot_be_right(cli: Any, won: dict[str, str]) -> None:
    which = won["physical"]
    bad = (*ADDRESS[:-4], "--state", "XX", "--postal-code", "1")
    said = cli.misuse("fulfillment", "confirm-address", which, *bad)
    assert "/state" in said
    assert "/postalCode" in said
    assert "--recipient" in cli.misuse("fulfillment", "confirm-address", which)
    assert "--carrier" in cli.misuse("fulfillment", "ship", which)
    assert "1001 is not an admin" in cli.misuse("fulfillment", "address", which, "--as", "1001")
    cli.misuse("fulfillment", "ship", "x", "--carrier", "UPS", "--tracking-number", "1")


def test_the_statuses_are_the_domains() -> None:
    assert [status.value for status in FulfillmentStatus] == list(get_args(StatusName))
