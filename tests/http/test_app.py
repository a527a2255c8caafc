"""FitTrack's own routes: each once for success, and once for each kind of refusal."""

import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from fittrack_adapters.denials import VOUCHED_SECONDS
from fittrack_adapters.testing.builders import a_member, a_token
from fittrack_domain.points.rates import Rule
from fittrack_domain.sweepstakes.draw.verify import verify, verify_entry
from fittrack_http.app import ROUTES
from fittrack_http.routes import Access, Route
from tests.http.asking import ADDRESS, NO_ID, As, a_key, problem_of, url_of
from tests.http.live import Server
from tests.http.world import PURSE, TODAY, World

TIER = "F-30-39-INT"


@pytest.fixture
def server(fittrack_server: Server) -> Server:
    return fittrack_server


# Who is let in


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_members_routes_refuse_nobody_and_the_suspended(as_: As, world: World, route: Route) -> None:
    if route.access is Access.ANYONE:
        assert as_(None).request(route.method, url_of(route)).status_code in (200, 400, 404)
        return
    if route.access is Access.SIGNER:
        assert (401, "not_from_gateway") == problem_of(as_(world.ada).request(route.method, url_of(route)))
        return
    assert (401, "not_logged_in") == problem_of(as_(None).request(route.method, url_of(route)))
    assert (401, "not_logged_in") == problem_of(as_(world.eve).request(route.method, url_of(route)))


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Basic dTpw",
        "Bearer x",
        "Bearer a.b.c",
        f"Bearer {NO_ID}",
        f"Bearer {'x' * 4_000}",
        "\u00e9",
    ],
)
def test_a_token_that_names_no_member_is_refused(server: Server, authorization: str) -> None:
    headers = [(b"authorization", authorization.encode())]
    response = httpx.get(f"{server.url}/api/v1/points/balance", headers=headers)
    assert (401, "not_logged_in") == problem_of(response)
    assert "Bearer" == response.headers["www-authenticate"]


def test_who_is_suspended_is_out_at_the_next_request_and_has_to_log_in_again(server: Server, world: World) -> None:
    fittrack, gus = world.fittrack, a_member(world.fittrack, "gus")
    with server.client(a_token(fittrack, gus)) as client:
        path = "/api/v1/points/balance"
        assert 200 == client.get(path).status_code
        fittrack.identity.suspend(world.ada, gus, "a test")
        assert (401, "The account is suspended.") == (client.get(path).status_code, client.get(path).json()["detail"])
        fittrack.relay.drain()
        fittrack.identity.reinstate(world.ada, gus, "a test")
        time.sleep(VOUCHED_SECONDS)  # so long a session that was found good is believed
        assert (401, "not_logged_in") == problem_of(client.get(path))
    with server.client(a_token(fittrack, gus)) as client:
        assert 200 == client.get(path).status_code


# Activities


def test_activities_are_listed_with_what_does_not_count(as_: As, world: World) -> None:
    found = as_(world.ann).get("/api/v1/activities").json()
    assert {"page": 1, "limit": 20, "totalItems": 4, "totalPages": 1} == found["pagination"]
    assert {"accepted", "rejected"} == {activity["state"] for activity in found["items"]}
    (rejected,) = (activity for activity in found["items"] if activity["state"] == "rejected")
    assert "a negative value" == rejected["reason"]


def test_activities_are_filtered_and_paged(as_: As, world: World) -> None:
    query = {"type": "steps", "startDate": str(TODAY), "endDate": str(TODAY)}
    (steps,) = as_(world.ann).get("/api/v1/activities", params=query).json()["items"]
    assert {"steps": 12_024} == steps["metrics"]
    second = as_(world.ann).get("/api/v1/activities?page=2&limit=3").json()
    assert (1, 2) == (len(second["items"]), second["pagination"]["totalPages"])


def test_every_fault_of_a_query_is_told(as_: As, world: World) -> None:
    response = as_(world.ann).get("/api/v1/activities?page=0&limit=101&kind=steps&startDate=yesterday")
    assert (400, "invalid") == problem_of(response)
    assert {"/page", "/limit", "/kind", "/startDate"} == {fault["pointer"] for fault in response.json()["errors"]}


def test_an_activity_is_shown_to_its_owner_and_administrators_only(as_: As, world: World) -> None:
    first = as_(world.ann).get("/api/v1/activities").json()["items"][0]
    path = f"/api/v1/activities/{first['activityId']}"
    assert first == as_(world.ann).get(path).json()
    assert first == as_(world.ada).get(path, params={"userId": str(world.ann)}).json()
    assert (404, "activity_not_found") == problem_of(as_(world.ben).get(path))
    assert (403, "admins_only") == problem_of(as_(world.ben).get(path, params={"userId": str(world.ann)}))
    assert (404, "path_not_found") == problem_of(as_(world.ben).get("/api/v1/activities/none"))


def test_today_this_week_and_this_month_are_summed_up(as_: As, world: World) -> None:
    found = as_(world.ann).get("/api/v1/activities/summary").json()
    today = {"steps": 12_024, "activeMinutes": 43, "workouts": 0, "pointsEarned": 349}
    so_far = {**today, "steps": 13_024, "pointsEarned": 359}
    assert {**today, "pointsCap": 1_000, "pointsRemaining": 651} == found["today"]
    assert {**so_far, "streakDays": 1} == found["thisWeek"]
    assert so_far == found["thisMonth"]


# Points


def test_the_balance_is_what_was_earned_and_given_less_what_was_spent(as_: As, world: World) -> None:
    found = as_(world.ann).get("/api/v1/points/balance").json()
    assert 359 == found["pointsEarned"]
    assert found["balance"] == 359 + PURSE - 500


def test_transactions_are_listed_and_filtered(as_: As, world: World) -> None:
    found = as_(world.ann).get("/api/v1/points/transactions").json()["items"]
    assert ["adjust", "earn", "earn", "spend"] == sorted(transaction["type"] for transaction in found)
    earned, _ = as_(world.ann).get("/api/v1/points/transactions?type=earn").json()["items"]
    assert (349, 349) == (earned["amount"], earned["balanceAfter"] - earned["balanceBefore"])
    assert (str(TODAY), "earn") == (earned["activityDay"], earned["type"])
    assert [] == as_(world.ann).get("/api/v1/points/transactions?endDate=2026-01-01").json()["items"]


def test_a_day_is_explained_in_figures_and_words(as_: As, world: World) -> None:
    found = as_(world.ann).get(f"/api/v1/points/explain?day={TODAY}").json()
    assert [rule.value for rule in Rule] == [line["rule"] for line in found["lines"]]
    assert (349, 349) == (found["score"], found["awarded"])
    assert any("12,024 steps" in sentence for sentence in found["sentences"])


def test_a_day_without_a_score_is_not_found_and_no_day_is_refused(as_: As, world: World) -> None:
    assert (404, "day_not_scored") == problem_of(as_(world.ben).get(f"/api/v1/points/explain?day={TODAY}"))
    assert (400, "invalid") == problem_of(as_(world.ben).get("/api/v1/points/explain"))


# Leaderboards


@pytest.mark.parametrize("period", ["daily", "weekly", "monthly", "alltime"])
def test_a_leaderboard_shows_the_board_and_oneself(as_: As, world: World, period: str) -> None:
    found = as_(world.ann).get(f"/api/v1/leaderboards/{period}").json()
    assert (period, TIER, "Women 30–39, intermediate") == (found["period"], found["tierCode"], found["tierName"])
    points = 349 if period == "daily" else 359
    assert {"rank": 1, "pointsEarned": points, "displayName": "Ann of Example"} == found["userRank"]
    assert found["rankings"][0]["isMe"]
    assert found["rankings"][:1] == found["around"][:1]
    assert (period == "alltime") == (found["resetTime"] is None)


def test_who_is_not_ranked_sees_the_board_all_the_same(as_: As, world: World) -> None:
    found = as_(world.ben).get(f"/api/v1/leaderboards/daily?tier={TIER}").json()
    assert (None, [], False) == (found["userRank"], found["around"], found["rankings"][0]["isMe"])
    assert 0 == as_(world.ben).get("/api/v1/leaderboards/daily?tier=OPEN").json()["totalUsersInTier"]


def test_a_leaderboard_that_there_is_not_is_not_found(as_: As, world: World) -> None:
    assert (404, "path_not_found") == problem_of(as_(world.ann).get("/api/v1/leaderboards/hourly"))
    assert (404, "tier_not_found") == problem_of(as_(world.ann).get("/api/v1/leaderboards/daily?tier=X"))
    assert (409, "no_tier") == problem_of(as_(world.bare).get("/api/v1/leaderboards/daily"))


def test_final_standings_are_shown_once_they_are_final(as_: As, world: World) -> None:
    path = "/api/v1/leaderboards/daily/archive"
    found = as_(world.ann).get(f"{path}?ending={TODAY - timedelta(days=1)}").json()
    assert (True, False, 10) == (found["final"], found["provisional"], found["userRank"]["pointsEarned"])
    assert (404, "standings_not_archived") == problem_of(as_(world.ann).get(f"{path}?ending={TODAY}"))
    assert (400, "invalid") == problem_of(as_(world.ann).get(path))
    assert (400, "invalid") == problem_of(as_(world.ann).get(f"{path}?ending=2099-01-01"))


def test_standings_follow_within_a_second(as_: As, world: World) -> None:
    deadline = time.monotonic() + 2
    world.fittrack.identity.opt_in_to_open(world.ann)
    world.fittrack.identity.opt_out_of_open(world.ann)
    while world.fittrack.relay.waiting() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert 0 == world.fittrack.relay.waiting()


# Drawings and tickets


def test_drawings_are_listed_with_what_they_mean_to_the_member(as_: As, world: World) -> None:
    found = {drawing["name"]: drawing for drawing in as_(world.cat).get("/api/v1/drawings").json()["items"]}
    statuses = {"On sale": "open", "To come": "scheduled", "Drawn": "completed", "Cancelled": "cancelled"}
    assert statuses == {name: drawing["status"] for name, drawing in found.items()}
    drawing = found["Drawn"]
    assert (0, 5, {"userTickets": 0, "totalTickets": 5}) == (
        drawing["userTickets"],
        drawing["totalTickets"],
        drawing["odds"],
    )
    (prize,) = drawing["prizes"]
    assert ("50.00", "Sponsor of Drawn") == (prize["valueUsd"], prize["sponsor"]["name"])


def test_drawings_are_filtered(as_: As, world: World) -> None:
    def names(query: str) -> list[str]:
        return [drawing["name"] for drawing in as_(world.ben).get(f"/api/v1/drawings?{query}").json()["items"]]

    assert ["On sale"] == names("status=open")
    assert [] == names("type=annual")
    assert (400, "invalid") == problem_of(as_(world.ben).get("/api/v1/drawings?status=running"))


def test_a_drawing_tells_why_one_cannot_take_part(as_: As, world: World) -> None:
    path = f"/api/v1/drawings/{world.on_sale}"
    found = as_(world.new).get(path).json()
    assert (False, ["account_too_new"]) == (found["eligible"], [each["rule"] for each in found["notEligibleBecause"]])
    assert as_(world.ben).get(path).json()["eligible"]
    assert 64 == len(found["termsHash"]) == len(found["seedCommitment"])
    assert (404, "drawing_not_found") == problem_of(as_(world.ben).get(f"/api/v1/drawings/{NO_ID}"))


def test_what_has_not_changed_is_not_sent_again(as_: As, world: World) -> None:
    path = f"/api/v1/drawings/{world.drawn}"
    tag = as_(world.cat).get(path).headers["etag"]
    assert 304 == as_(world.cat).get(path, headers={"if-none-match": tag}).status_code


def test_tickets_are_bought_once_whatever_is_repeated(as_: As, world: World) -> None:
    path, key = f"/api/v1/drawings/{world.on_sale}/tickets", a_key()
    before = as_(world.ben).get("/api/v1/points/balance").json()["balance"]
    bought = as_(world.ben).post(path, json={"quantity": 3}, headers=key)
    again = as_(world.ben).post(path, json={"quantity": 3}, headers=key)
    assert (201, 201, bought.json()) == (bought.status_code, again.status_code, again.json())
    assert (None, "true") == tuple(answer.headers.get("idempotency-replayed") for answer in (bought, again))
    assert (3, 300, before - 300) == tuple(
        bought.json()[name] for name in ("ticketsPurchased", "pointsSpent", "newPointBalance")
    )
    assert before - 300 == as_(world.ben).get("/api/v1/points/balance").json()["balance"]
    assert (422, "idempotency_key_reused") == problem_of(as_(world.ben).post(path, json={"quantity": 4}, headers=key))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"quantity": 0}, "/quantity"),
        ({"quantity": -1}, "/quantity"),
        ({"quantity": 10_001}, "/quantity"),
        ({"quantity": 10**30}, "/quantity"),
        ({"quantity": "1"}, "/quantity"),
        ({"quantity": 1.5}, "/quantity"),
        ({}, "/quantity"),
        ({"quantity": 1, "price": 0}, "/price"),
        ([], ""),
    ],
)
def test_nonsense_is_refused_and_costs_nothing(as_: As, world: World, body: Any, pointer: str) -> None:
    before = as_(world.ben).get("/api/v1/points/balance").json()
    response = as_(world.ben).post(f"/api/v1/drawings/{world.on_sale}/tickets", json=body, headers=a_key())
    assert (400, "invalid") == problem_of(response)
    assert [pointer] == [fault["pointer"] for fault in response.json()["errors"]]
    assert before == as_(world.ben).get("/api/v1/points/balance").json()


def test_a_purchase_needs_an_idempotency_key(as_: As, world: World) -> None:
    response = as_(world.ben).post(f"/api/v1/drawings/{world.on_sale}/tickets", json={"quantity": 1})
    assert (400, "invalid") == problem_of(response)
    assert "/idempotencyKey" == response.json()["errors"][0]["pointer"]


@pytest.mark.parametrize(
    ("who", "which", "quantity", "status", "code"),
    [
        ("ben", "drawn", 1, 409, "sales_closed"),
        ("ben", "to_come", 1, 409, "sales_not_open"),
        ("ben", "cancelled", 1, 409, "drawing_cancelled"),
        ("ben", "on_sale", 21, 409, "too_many_tickets"),
        ("cat", "on_sale", 1, 409, "insufficient_points"),
        ("new", "on_sale", 1, 403, "not_eligible"),
        ("bare", "on_sale", 1, 403, "not_eligible"),
    ],
)
def test_a_purchase_that_is_not_allowed_says_why(
    as_: As, world: World, who: str, which: str, quantity: int, status: int, code: str
) -> None:
    path = f"/api/v1/drawings/{getattr(world, which)}/tickets"
    response = as_(getattr(world, who)).post(path, json={"quantity": quantity}, headers=a_key())
    assert (status, code) == problem_of(response)


def test_a_free_ticket_is_taken_once(as_: As, world: World) -> None:
    path = f"/api/v1/drawings/{world.on_sale}/free-entry"
    taken = as_(world.cat).post(path)
    assert (201, 1, 0, None) == (
        taken.status_code,
        *(taken.json()[name] for name in ("ticketsPurchased", "pointsSpent", "transactionId")),
    )
    assert (409, "free_entry_taken") == problem_of(as_(world.cat).post(path))
    assert (403, "not_eligible") == problem_of(as_(world.new).post(path))


# Results, proofs, prizes


def test_results_name_the_winners_and_ones_own_part(as_: As, world: World) -> None:
    path = f"/api/v1/drawings/{world.drawn}/results"
    found = as_(world.ann).get(path).json()
    (winner,) = found["winners"]
    assert ("Ann of Example", 5, "50.00", True) == (
        winner["displayName"],
        winner["ticketsHeld"],
        winner["prizeValueUsd"],
        winner["isMe"],
    )
    assert 5 == found["userParticipation"]["tickets"]
    assert 0 == as_(world.ben).get(path).json()["userParticipation"]["tickets"]
    assert (404, "draw_record_not_found") == problem_of(as_(world.ben).get(f"/api/v1/drawings/{world.on_sale}/results"))
    assert (404, "drawing_not_found") == problem_of(as_(world.ben).get(f"/api/v1/drawings/{NO_ID}/results"))


def test_the_proof_of_a_drawing_verifies_offline(as_: As, world: World) -> None:
    bundle = as_(None).get(f"/api/v1/drawings/{world.drawn}/proof").json()
    log = list(reversed(as_(None).get("/api/v1/draw-log?limit=100").json()["items"]))
    verify(bundle, log=log)
    assert (404, "draw_record_not_found") == problem_of(as_(None).get(f"/api/v1/drawings/{world.on_sale}/proof"))


def test_records_are_public_as_they_come(as_: As, world: World) -> None:
    def kinds(drawing: Any) -> set[str]:
        return set(as_(None).get(f"/api/v1/drawings/{drawing}/records").json())

    assert {"terms", "awards"} == kinds(world.on_sale)
    assert {"terms", "closing", "result", "awards"} == kinds(world.drawn)
    assert {"terms", "void", "awards"} == kinds(world.cancelled)
    assert (404, "draw_record_not_found") == problem_of(as_(None).get(f"/api/v1/drawings/{NO_ID}/records"))


def test_a_member_finds_their_tickets_in_the_closing(as_: As, world: World) -> None:
    (entry,) = (each for each in as_(world.ann).get("/api/v1/drawings/my-entries").json()["items"])
    assert ("Drawn", 5, 500, 1, 5) == tuple(
        entry[name] for name in ("drawingName", "tickets", "pointsSpent", "firstTicket", "lastTicket")
    )
    assert 1 == len(entry["won"])
    path = f"/api/v1/drawings/{world.drawn}/entries/{entry['entryId']}/proof"
    found = as_(world.ann).get(path).json()
    bundle = as_(None).get(f"/api/v1/drawings/{world.drawn}/proof").json()
    own = verify_entry(bundle["closing"], found["proof"], bundle["terms"])
    assert (own.start, own.stop - 1) == (found["firstTicket"], found["lastTicket"])
    assert (404, "entry_not_found") == problem_of(as_(world.ben).get(path))


def test_a_winner_says_where_to_send_the_prize(as_: As, world: World) -> None:
    (won,) = as_(world.ann).get("/api/v1/drawings/my-wins").json()["items"]
    path = f"/api/v1/fulfillments/{won['fulfillmentId']}/confirm-address"
    assert ("winner_notified", str(world.won)) == (won["status"], won["fulfillmentId"])
    assert [] == as_(world.ben).get("/api/v1/drawings/my-wins").json()["items"]
    wrong = as_(world.ann).post(path, json={**ADDRESS, "state": "XX", "recipient": " "})
    assert ["/recipient", "/state"] == [fault["pointer"] for fault in wrong.json()["errors"]]
    assert ["/postalCode"] == [
        fault["pointer"] for fault in as_(world.ann).post(path, json={**ADDRESS, "postalCode": "9"}).json()["errors"]
    ]
    assert (404, "fulfillment_not_found") == problem_of(as_(world.ben).post(path, json=ADDRESS))
    assert "address_confirmed" == as_(world.ann).post(path, json=ADDRESS).json()["status"]
    assert (409, "illegal_transition") == problem_of(as_(world.ann).post(path, json=ADDRESS))


# The whole


def test_the_document_is_valid_and_complete(server: Server) -> None:
    document = httpx.get(f"{server.url}/docs/openapi.json").json()
    OpenAPIV31SpecValidator(document).validate()
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert len(ROUTES) + 7 == len(operations)
    for operation in operations:
        assert operation["summary"]
        listed = any(parameter["name"] == "page" for parameter in operation["parameters"])
        assert not listed or "Sorted by" in operation["description"], operation["operationId"]


def test_the_server_is_ready(as_: As) -> None:
    found = as_(None).get("/health/ready").json()
    assert {"store": "ok", "jobs": "ok"} == {each["name"]: each["status"] for each in found["dependencies"]}
