"""Administrators plan, publish, draw and cancel drawings."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from fittrack_domain.sweepstakes.model import NO_TICKETS
from tests.http.asking import NO_ID, As, a_key, faults_of, if_match, problem_of
from tests.http.world import NOW, World

BOTH = ("/api/v1/drawings", "/api/v1/admin/drawings")
ADMIN = "/api/v1/admin/drawings"
PRIZE = {"rank": 1, "name": "Bottle", "valueUsd": "20.00"}


def instant(days: int = 0, minutes: int = 0) -> str:
    return f"{NOW + timedelta(days=days, minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def a_drawing(**stated: Any) -> dict[str, Any]:
    return {"type": "weekly", "name": "Planned", "drawingTime": instant(5), "prizes": [PRIZE], **stated}


@pytest.fixture(params=BOTH)
def path(request: pytest.FixtureRequest) -> str:
    """Of drawings, for members too and for administrators alone."""
    return str(request.param)


@pytest.fixture
def pass_time(world: World) -> Iterator[Any]:
    """Lets half an hour pass, until the test is over. Access tokens live for an hour."""
    yield lambda: world.clock.set(NOW + timedelta(minutes=30))
    world.clock.set(NOW)


def planned(ada: httpx.Client, **stated: Any) -> httpx.Response:
    response = ada.post(ADMIN, json=a_drawing(**stated))
    assert 201 == response.status_code
    return response


def test_a_drawing_is_planned_once_with_the_defaults_of_its_type(ada: httpx.Client, path: str) -> None:
    key = a_key()
    made, again = (ada.post(path, json=a_drawing(), headers=key) for _ in range(2))
    assert (201, "draft", 500, 1, None, 10, instant(5)) == (
        made.status_code,
        *(
            made.json()[name]
            for name in (
                "status",
                "ticketCostPoints",
                "maxWinsPerMember",
                "maxTicketsPerMember",
                "alternates",
                "drawingTime",
            )
        ),
    )
    assert {"userType": "all", "minAccountAgeDays": 7} == made.json()["eligibility"]
    assert [("Bottle", "20.00", 1, "physical")] == [
        (prize["name"], prize["valueUsd"], prize["quantity"], prize["fulfillmentType"])
        for prize in made.json()["prizes"]
    ]
    assert (made.json(), "true") == (again.json(), again.headers["idempotency-replayed"])
    assert (422, "idempotency_key_reused") == problem_of(ada.post(path, json=a_drawing(name="Other"), headers=key))


def test_a_drawing_is_planned_in_every_detail(ada: httpx.Client) -> None:
    details = {
        "description": "For the patient",
        "ticketCostPoints": 7,
        "salesOpenAt": instant(1),
        "ticketSalesClose": instant(2),
        "eligibility": {"userType": "premium", "minAccountAgeDays": 0},
        "maxTicketsPerMember": 3,
        "maxWinsPerMember": None,
        "alternates": 0,
    }
    made = planned(ada, **details).json()
    assert details == {name: made[name] for name in details}


@pytest.mark.parametrize(
    ("wrong", "pointers"),
    [
        ({"type": "hourly", "maxWinsPerMember": 0}, ["/type", "/maxWinsPerMember"]),
        (
            {"ticketCostPoints": 0, "eligibility": {"minAccountAgeDays": -1}},
            ["/ticketCostPoints", "/eligibility/minAccountAgeDays"],
        ),
        ({"prizes": [{**PRIZE, "rank": 0, "quantity": 0}]}, ["/prizes/0/rank", "/prizes/0/quantity"]),
        ({"prizes": [{**PRIZE, "valueUsd": 20, "kind": "digital"}]}, ["/prizes/0/valueUsd", "/prizes/0/kind"]),
        ({"prizes": [PRIZE, {**PRIZE, "rank": 2, "name": "a\nb"}]}, ["/prizes/1/name"]),
        ({"prizes": [PRIZE, PRIZE]}, ["/prizes"]),
        ({"drawingTime": instant(-1)}, ["/ticketSalesClose", "/salesOpenAt"]),
        ({"drawingTime": "2026-05-05T21:00:00"}, ["/drawingTime"]),
        ({"name": " ", "salesOpenAt": instant(9)}, ["/name", "/salesOpenAt"]),
    ],
)
def test_a_plan_that_cannot_be_right_is_refused(ada: httpx.Client, wrong: Any, pointers: list[str]) -> None:
    assert pointers == faults_of(ada.post(ADMIN, json=a_drawing(**wrong)))
    draft = planned(ada)
    edited = ada.put(f"{ADMIN}/{draft.json()['drawingId']}", json=a_drawing(**wrong), headers=if_match(draft))
    assert pointers == faults_of(edited)


def test_prizes_come_from_active_sponsors(ada: httpx.Client) -> None:
    gone = ada.post("/api/v1/sponsors", json={"name": "Gone"}).json()["sponsorId"]
    ada.delete(f"/api/v1/sponsors/{gone}")
    inactive = a_drawing(prizes=[{**PRIZE, "sponsorId": gone}])
    assert (409, "sponsor_inactive") == problem_of(ada.post(ADMIN, json=inactive))
    unknown = a_drawing(prizes=[{**PRIZE, "sponsorId": NO_ID}])
    assert (404, "sponsor_not_found") == problem_of(ada.post(ADMIN, json=unknown))


def test_drafts_are_seen_by_administrators_only(ada: httpx.Client, as_: As, world: World) -> None:
    draft = planned(ada, name="Secret").json()
    which = draft["drawingId"]
    assert draft == ada.get(f"{ADMIN}/{which}").json()
    assert "draft" == ada.get(f"/api/v1/drawings/{which}").json()["status"]
    assert (404, "drawing_not_found") == problem_of(as_(world.ben).get(f"/api/v1/drawings/{which}"))
    listed = ada.get(f"{ADMIN}?status=draft&type=weekly&limit=100").json()["items"]
    assert draft in listed
    assert {"draft"} == {item["status"] for item in listed}
    assert [] == ada.get(f"{ADMIN}?type=annual").json()["items"]
    assert (404, "drawing_not_found") == problem_of(ada.get(f"{ADMIN}/{NO_ID}"))


def test_a_draft_is_replaced_from_what_was_last_seen(ada: httpx.Client, path: str) -> None:
    draft = planned(ada)
    which = f"{path}/{draft.json()['drawingId']}"
    seen = ada.get(which)
    edited = ada.put(which, json=a_drawing(name="Edited", prizes=[]), headers=if_match(seen))
    assert ("Edited", []) == (edited.json()["name"], edited.json()["prizes"])
    assert (412, "stale_if_match") == problem_of(ada.put(which, json=a_drawing(), headers=if_match(seen)))
    prize = {**PRIZE, "drawingId": draft.json()["drawingId"]}
    assert 201 == ada.post("/api/v1/prizes", json=prize).status_code
    assert (412, "stale_if_match") == problem_of(ada.put(which, json=a_drawing(), headers=if_match(edited)))
    unknown = ada.put(f"{path}/{NO_ID}", json=a_drawing(), headers={"if-match": "*"})
    assert (404, "drawing_not_found") == problem_of(unknown)


def test_a_drawing_is_published_once_and_for_all(ada: httpx.Client) -> None:
    draft = planned(ada)
    which = f"{ADMIN}/{draft.json()['drawingId']}"
    published = ada.post(f"{which}/publish", headers=if_match(draft))
    assert ("open", 64) == (published.json()["status"], len(published.json()["termsHash"]))
    assert (409, "drawing_frozen") == problem_of(ada.post(f"{which}/publish"))
    edited = ada.put(which, json=a_drawing(), headers=if_match(published))
    assert (409, "drawing_frozen") == problem_of(edited)
    assert (412, "stale_if_match") == problem_of(ada.post(f"{which}/publish", headers=if_match(draft)))


def test_a_drawing_that_cannot_be_published_says_why(ada: httpx.Client, pass_time: Any) -> None:
    soon = instant(minutes=10)
    empty, late = (planned(ada, drawingTime=soon, prizes=of).json()["drawingId"] for of in ([], [PRIZE]))
    assert (409, "drawing_without_prizes") == problem_of(ada.post(f"{ADMIN}/{empty}/publish"))
    pass_time()
    assert (409, "published_too_late") == problem_of(ada.post(f"{ADMIN}/{late}/publish"))
    assert (404, "drawing_not_found") == problem_of(ada.post(f"{ADMIN}/{NO_ID}/publish"))


def test_a_drawing_is_cancelled_for_a_reason_and_refunded(ada: httpx.Client, as_: As, world: World, path: str) -> None:
    which = planned(ada, ticketCostPoints=100).json()["drawingId"]
    published = ada.post(f"{ADMIN}/{which}/publish")
    before = as_(world.ben).get("/api/v1/points/balance").json()
    as_(world.ben).post(f"/api/v1/drawings/{which}/tickets", json={"quantity": 2}, headers=a_key())
    assert ["/reason"] == faults_of(ada.delete(f"{path}/{which}"))
    assert ["/reason"] == faults_of(ada.delete(f"{path}/{which}", params={"reason": " "}))
    withdrawn = {"reason": "The sponsor withdrew"}
    cancelled = ada.delete(f"{path}/{which}", params=withdrawn, headers=if_match(published))
    assert ("cancelled", withdrawn["reason"]) == (cancelled.json()["status"], cancelled.json()["cancelledReason"])
    assert before == as_(world.ben).get("/api/v1/points/balance").json()
    stale = ada.delete(f"{path}/{which}", params=withdrawn, headers=if_match(published))
    assert (412, "stale_if_match") == problem_of(stale)
    assert (409, "drawing_not_cancellable") == problem_of(ada.delete(f"{path}/{which}", params=withdrawn))
    assert (409, "drawing_not_cancellable") == problem_of(ada.delete(f"{path}/{world.drawn}", params=withdrawn))
    assert (404, "drawing_not_found") == problem_of(ada.delete(f"{path}/{NO_ID}", params=withdrawn))


def test_winners_are_drawn_after_the_drawing_time_and_again_the_same(
    ada: httpx.Client, as_: As, world: World, pass_time: Any
) -> None:
    which = planned(ada, ticketCostPoints=100, drawingTime=instant(minutes=10)).json()["drawingId"]
    assert (409, "too_early") == problem_of(ada.post(f"{ADMIN}/{which}/execute"))
    ada.post(f"{ADMIN}/{which}/publish")
    as_(world.ben).post(f"/api/v1/drawings/{which}/tickets", json={"quantity": 2}, headers=a_key())
    pass_time()
    drawn, again = (ada.post(f"{ADMIN}/{which}/execute") for _ in range(2))
    assert ["Ben of Example"] == [winner["displayName"] for winner in drawn.json()["winners"]]
    assert drawn.json() == again.json() == ada.get(f"/api/v1/drawings/{which}/results").json()
    assert 1 == len(ada.get(f"/api/v1/admin/audit?subjectId={which}&action=drawing.drawn").json()["items"])


def test_a_drawing_that_cannot_be_drawn_says_why(ada: httpx.Client, pass_time: Any) -> None:
    draft, empty, off = (planned(ada, drawingTime=instant(minutes=10)).json()["drawingId"] for _ in range(3))
    ada.post(f"{ADMIN}/{empty}/publish")
    ada.delete(f"{ADMIN}/{off}", params={"reason": "A test"})
    pass_time()
    assert (409, "drawing_not_published") == problem_of(ada.post(f"{ADMIN}/{draft}/execute"))
    assert (409, "drawing_cancelled") == problem_of(ada.post(f"{ADMIN}/{off}/execute"))
    assert (404, "drawing_not_found") == problem_of(ada.post(f"{ADMIN}/{NO_ID}/execute"))
    assert [] == ada.post(f"{ADMIN}/{empty}/execute").json()["winners"]
    assert NO_TICKETS == ada.get(f"{ADMIN}/{empty}").json()["cancelledReason"]
