"""Administrators look at everybody's tickets, and grant some."""

import httpx
import pytest

from tests.http.asking import NO_ID, a_key, faults_of, problem_of
from tests.http.world import World

TICKETS = "/api/v1/tickets"


def test_tickets_are_listed_by_entry_and_shown_one_by_one(ada: httpx.Client, world: World) -> None:
    [entry] = ada.get(f"{TICKETS}?drawingId={world.drawn}&userId={world.ann}").json()["items"]
    assert ("Drawn", str(world.ann), 5, 500, "points", 1, 5) == tuple(
        entry[name]
        for name in ("drawingName", "userId", "tickets", "pointsSpent", "route", "firstTicket", "lastTicket")
    )
    tickets = [ada.get(f"{TICKETS}/{entry['entryId']}:{place}").json() for place in range(1, 6)]
    assert [1, 2, 3, 4, 5] == [ticket["ticketNumber"] for ticket in tickets]
    [won] = (ticket for ticket in tickets if ticket["isWinner"])
    assert {
        "ticketId": f"{entry['entryId']}:{won['ticketNumber']}",
        "drawingId": str(world.drawn),
        "userId": str(world.ann),
        "ticketNumber": entry["won"][0]["ticketNumber"],
        "purchaseTransactionId": entry["purchaseTransactionId"],
        "isWinner": True,
        "prizeId": entry["won"][0]["prizeId"],
    } == won


def test_a_ticket_that_there_is_not_is_not_found(ada: httpx.Client, world: World) -> None:
    [entry] = ada.get(f"{TICKETS}?drawingId={world.drawn}").json()["items"]
    assert (404, "ticket_not_found") == problem_of(ada.get(f"{TICKETS}/{entry['entryId']}:6"))
    assert (404, "entry_not_found") == problem_of(ada.get(f"{TICKETS}/{NO_ID}:1"))


@pytest.mark.parametrize("form", ["", ":", ":0", ":01", ":x", ":123456"])
def test_what_cannot_be_a_tickets_id_is_not_found(ada: httpx.Client, form: str) -> None:
    assert (404, "path_not_found") == problem_of(ada.get(f"{TICKETS}/{NO_ID}{form}"))


def test_tickets_are_granted_once_for_a_reason(ada: httpx.Client, world: World) -> None:
    key = a_key()
    grant = {"drawingId": str(world.on_sale), "userId": str(world.cat), "quantity": 3, "reason": "Sent by post"}
    granted, again = (ada.post(TICKETS, json=grant, headers=key) for _ in range(2))
    assert (201, 3, 0, None) == (
        granted.status_code,
        *(granted.json()[name] for name in ("ticketsPurchased", "pointsSpent", "transactionId")),
    )
    assert (granted.json(), "true") == (again.json(), again.headers["idempotency-replayed"])
    [entry] = ada.get(f"{TICKETS}?drawingId={world.on_sale}&userId={world.cat}").json()["items"]
    assert ("granted", "Sent by post", None) == (entry["route"], entry["reason"], entry["firstTicket"])
    ticket = ada.get(f"{TICKETS}/{entry['entryId']}:3").json()
    assert (None, False, None) == (ticket["ticketNumber"], ticket["isWinner"], ticket["prizeId"])
    other = ada.post(TICKETS, json={**grant, "quantity": 4}, headers=key)
    assert (422, "idempotency_key_reused") == problem_of(other)


def test_a_grant_without_a_key_is_another_one_each_time(ada: httpx.Client, world: World) -> None:
    grant = {"drawingId": str(world.on_sale), "userId": str(world.ben), "reason": "A gift"}
    totals = [ada.post(TICKETS, json=grant).json()["totalUserTickets"] for _ in range(2)]
    assert [1, 2] == totals


@pytest.mark.parametrize(
    ("who", "which", "quantity", "status", "code"),
    [
        ("ben", "drawn", 1, 409, "sales_closed"),
        ("ben", "to_come", 1, 409, "sales_not_open"),
        ("ben", "cancelled", 1, 409, "drawing_cancelled"),
        ("ben", "on_sale", 21, 409, "too_many_tickets"),
        ("new", "on_sale", 1, 403, "not_eligible"),
    ],
)
def test_a_grant_that_is_not_allowed_says_why(
    ada: httpx.Client, world: World, who: str, which: str, quantity: int, status: int, code: str
) -> None:
    grant = {
        "drawingId": str(getattr(world, which)),
        "userId": str(getattr(world, who)),
        "quantity": quantity,
        "reason": "A gift",
    }
    assert (status, code) == problem_of(ada.post(TICKETS, json=grant))


def test_a_grant_of_nothing_to_nobody_is_refused(ada: httpx.Client, world: World) -> None:
    grant = {"drawingId": NO_ID, "userId": str(world.ben), "reason": "A gift"}
    assert (404, "drawing_not_found") == problem_of(ada.post(TICKETS, json=grant))
    nobody = {"drawingId": str(world.on_sale), "userId": NO_ID, "reason": "A gift"}
    assert (404, "member_not_found") == problem_of(ada.post(TICKETS, json=nobody))
    assert ["/quantity", "/reason"] == faults_of(ada.post(TICKETS, json={**grant, "quantity": 0, "reason": None}))
    assert ["/reason"] == faults_of(ada.post(TICKETS, json={**nobody, "reason": " "}))
