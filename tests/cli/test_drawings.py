"""`fittrack drawings`."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from fittrack_cli.drawing_plans import TypeName
from fittrack_domain.sweepstakes.model import DrawingType

UNKNOWN = "01890000-0000-7000-8000-000000000000"
TO_COME = ("--draw-at", "2100-01-01T21:00", "--min-account-age", "0")
PRIZES = ("--prize", "1:2:Watch:249.00:ACME", "--prize", "2:1:Gift card:25.00::digital")


def on_sale(cli: Any) -> str:
    created = cli.json("drawings", "create", "daily", "Far away", *PRIZES, *TO_COME, "--publish")
    return str(created["drawingId"])


def test_drawings_are_listed_drafts_too(cli: Any, town: Any) -> None:
    listed = cli.json("drawings", "list")
    assert ["Draft", "Due", "Drawn"] == sorted(
        [item["name"] for item in listed["items"]], key=["Draft", "Due", "Drawn"].index
    )
    assert [town.draft] == [item["drawingId"] for item in cli.json("drawings", "list", "--status", "draft")["items"]]
    assert [] == cli.json("drawings", "list", "--type", "monthly")["items"]
    assert town.due in cli.text("drawings", "list")
    assert "Page 2 of 3; 3 in all." in cli("drawings", "list", "--limit", "1", "--page", "2").stderr


def test_a_drawing_is_shown(cli: Any, town: Any) -> None:
    shown = cli.json("drawings", "show", town.drawn)
    assert "completed" == shown["status"]
    assert ["249.00", "25.00"] == [prize["valueUsd"] for prize in shown["prizes"]]
    assert "Acme" == shown["prizes"][0]["sponsor"]["name"]
    assert "userTickets" not in shown
    assert "Acme" in cli.text("drawings", "show", town.drawn)


def test_a_drawing_is_shown_as_a_member_sees_it(cli: Any, town: Any) -> None:
    shown = cli.json("drawings", "show", town.drawn, "--member", "1001")
    assert (3, True) == (shown["userTickets"], shown["eligible"])
    cli.text("members", "suspend", "1001", "--reason", "A test")
    assert (
        "account_not_active"
        == cli.json("drawings", "show", town.due, "--member", "1001")["notEligibleBecause"][0]["rule"]
    )
    assert "Cannot take part: your account is suspended." in cli.text("drawings", "show", town.due, "--member", "1001")


def test_a_drawing_is_planned_with_its_prizes_and_published_later(cli: Any) -> None:
    created = cli.json("drawings", "create", "daily", "Far away", *PRIZES, *TO_COME)

    assert "draft" == created["status"]
    assert 100 == created["ticketCostPoints"]
    assert "2100-01-02T02:00:00Z" == created["drawingTime"]
    assert "2100-01-02T01:55:00Z" == created["ticketSalesClose"]
    assert [(1, 2, "Watch", "physical", "Acme"), (2, 1, "Gift card", "digital", None)] == [
        (each["rank"], each["quantity"], each["name"], each["fulfillmentType"], (each["sponsor"] or {}).get("name"))
        for each in created["prizes"]
    ]
    published = cli.json("drawings", "publish", created["drawingId"], "--as", "ida@example.com")
    assert "open" == published["status"]
    assert published["seedCommitment"]
    assert "is not allowed" not in cli.refusal("drawings", "publish", created["drawingId"])


def test_a_drawing_without_prizes_cannot_be_published(cli: Any, town: Any) -> None:
    cli.refusal("drawings", "publish", town.draft)
    cli.refusal("drawings", "publish", UNKNOWN)


@pytest.mark.parametrize(
    "prize", ["", "1:2:Watch", "x:2:Watch:1.00", "1:-2:Watch:1.00", "1:2:Watch:1.00::magic", "1:2:a:1.00:b:digital:c"]
)
def test_a_prize_of_another_form_is_wrong_input(cli: Any, prize: str) -> None:
    assert "RANK:QUANTITY:TITLE:VALUE" in cli.misuse("drawings", "create", "daily", "X", "--prize", prize)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--prize", "1:1:Watch:much"), "'much' is not an amount of dollars"),
        (("--prize", "1:0:Watch:1.00"), "/quantity: must be between 1 and"),
        (("--prize", "1:1:Watch:1.00:Nobody"), "There is no sponsor named 'Nobody'"),
        (("--ticket-cost", "0", "--alternates", "-1"), "/ticketCostPoints: must be between 1"),
        (("--draw-at", "2020-01-01"), "/ticketSalesClose: must be in the future"),
        (("--draw-at", "soon"), "'soon' is not an instant"),
        (("--draw-at", "0001-01-01T00:00+14:00"), "is not an instant"),
        (("--as", "1001"), "1001 is not an admin"),
    ],
)
def test_a_plan_that_cannot_be_right_is_wrong_input(cli: Any, words: tuple[str, ...], said: str) -> None:
    assert said in cli.misuse("drawings", "create", "daily", "X", *words)
    assert 3 == cli.json("drawings", "list")["pagination"]["totalItems"]


def test_two_sponsors_of_one_name_must_be_told_apart(cli: Any) -> None:
    second = cli.json("sponsors", "create", "acme")["sponsorId"]
    create = ("drawings", "create", "daily", "X", *TO_COME, "--prize")
    assert "There are several sponsors named 'Acme'" in cli.misuse(*create, "1:1:Watch:1.00:Acme")
    assert second == cli.json(*create, f"1:1:Watch:1.00:{second}")["prizes"][0]["sponsor"]["sponsorId"]
    cli.refusal(*create, f"1:1:Watch:1.00:{UNKNOWN}")


def test_tickets_are_bought_once_for_one_key(cli: Any) -> None:
    drawing = on_sale(cli)
    buy = ("drawings", "buy", drawing, "1001", "--quantity", "5", "--key", "order-17")
    first, again = cli.json(*buy), cli.json(*buy)

    assert (5, 500, 4_240, False) == tuple(
        first[name] for name in ("ticketsPurchased", "pointsSpent", "newPointBalance", "replayed")
    )
    assert {**first, "replayed": True} == again
    assert "Repeated:" in cli.text(*buy)
    assert "/docs/errors#idempotency_key_reused" in cli.misuse(
        "drawings", "buy", drawing, "1001", "--quantity", "6", "--key", "order-17", "--json"
    )
    assert {"userTickets": 6, "totalTickets": 6} == cli.json("drawings", "free-entry", drawing, "ann@example.com")[
        "odds"
    ]


def test_tickets_that_cannot_be_had_are_refused_and_nothing_changes(cli: Any, town: Any) -> None:
    drawing = on_sale(cli)
    assert "takes 10,000 points and you have 4,740" in cli.refusal("drawings", "buy", drawing, "1001", "-n", "100")
    assert "closed" in cli.refusal("drawings", "buy", town.due, "1001")
    cli.refusal("drawings", "buy", UNKNOWN, "1001")
    cli.refusal("drawings", "buy", drawing, "nobody@example.com")
    cli.misuse("drawings", "buy", drawing, "1001", "--quantity", "-5")
    cli.misuse("drawings", "buy", drawing, "1001", "--quantity", "many")
    cli.misuse("drawings", "buy", "not-an-id", "1001")
    cli.text("drawings", "free-entry", drawing, "1001")
    cli.refusal("drawings", "free-entry", drawing, "1001")
    assert 4_740 == cli.json("points", "balance", "1001")["balance"]


def test_a_drawing_is_cancelled_and_its_tickets_refunded(cli: Any) -> None:
    drawing = on_sale(cli)
    cli.text("drawings", "buy", drawing, "1001")
    cancelled = cli.json("drawings", "cancel", drawing, "--reason", "The sponsor withdrew")
    assert ("cancelled", "The sponsor withdrew") == (cancelled["status"], cancelled["cancelledReason"])
    assert 4_740 == cli.json("points", "balance", "1001")["balance"]
    assert "--reason" in cli.misuse("drawings", "cancel", drawing)


def test_a_drawing_that_is_over_cannot_be_cancelled_and_one_to_come_not_be_drawn(cli: Any, town: Any) -> None:
    cli.refusal("drawings", "cancel", town.drawn, "--reason", "Why not")
    drawing = on_sale(cli)
    assert "too early" in cli.refusal("drawings", "close", drawing)
    assert "too early" in cli.refusal("drawings", "execute", drawing)
    cli.refusal("drawings", "results", drawing)
    cli.refusal("drawings", "proof", drawing)


def test_a_drawing_is_closed_and_executed_and_again_the_same(cli: Any, town: Any) -> None:
    closing = cli.json("drawings", "close", town.due)
    assert (9, 3) == (closing["closing"]["tickets"], closing["closing"]["blocks"])
    assert closing == cli.json("drawings", "close", town.due)
    assert closing["closingHash"] in cli.text("drawings", "close", town.due)

    results = cli.json("drawings", "execute", town.due, "--as", "ida@example.com")
    assert ["Watch", "Card"] == [winner["prizeName"] for winner in results["winners"]]
    assert results == cli.json("drawings", "execute", town.due)
    assert results == cli.json("drawings", "results", town.due)
    assert "Watch" in cli.text("drawings", "results", town.due)


def test_what_is_due_is_run(cli: Any, town: Any) -> None:
    assert {"closed": [town.due], "drawn": [town.due], "waiting": {}} == cli.json("drawings", "run-due")
    assert "Drawn:  0" in cli.text("drawings", "run-due")


def test_what_cannot_be_run_is_told_and_ends_with_1(cli: Any, town: Any) -> None:
    another_key = type(cli)({**cli.env, "FITTRACK_MASTER_KEY": "11" * 32})
    result = another_key("drawings", "run-due")
    assert 1 == result.exit_code
    assert f"Warning: drawing {town.due}: The sealed" in result.stderr


def test_the_proof_is_verified_offline_with_snapshot_and_log(cli: Any, town: Any, tmp_path: Path) -> None:
    bundle, snapshot, log = (tmp_path / name for name in ("bundle.json", "snapshot.bin", "log.json"))
    result = cli("drawings", "proof", town.drawn, "--snapshot", snapshot, "--log", log)
    bundle.write_text(result.stdout)

    assert ["closing", "proofs", "result", "terms"] == sorted(json.loads(result.stdout))
    assert f"The snapshot is in {snapshot}." in result.stderr
    verified = cli.json("draw", "verify", bundle, "--snapshot", snapshot, "--log", log)
    assert (True, ["no_beacon"]) == (verified["valid"], verified["warnings"])
    assert "cannot be written" in cli.misuse("drawings", "proof", town.drawn, "--log", tmp_path / "no" / "log.json")


def test_a_member_gets_the_proof_of_their_own_entry_only(cli: Any, town: Any) -> None:
    proof = cli.json("drawings", "proof", town.drawn, "--member", "1001", "--entry", town.entry)
    assert (7, 9) == (proof["firstTicket"], proof["lastTicket"])
    assert town.ann == proof["proof"]["member_id"]
    cli.refusal("drawings", "proof", town.drawn, "--member", "bob@example.com", "--entry", town.entry)
    cli.refusal("drawings", "proof", town.drawn, "--member", "1001", "--entry", UNKNOWN)
    assert "go together" in cli.misuse("drawings", "proof", town.drawn, "--entry", town.entry)


def test_the_types_are_the_domains() -> None:
    assert [each.value for each in DrawingType] == list(get_args(TypeName))
