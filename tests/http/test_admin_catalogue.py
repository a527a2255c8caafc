"""Administrators keep sponsors, and the prizes of drafts."""

from typing import Any

import httpx
import pytest

from tests.http.asking import NO_ID, a_key, faults_of, if_match, problem_of
from tests.http.world import World

NEVER = {"if-match": '"99.0123456789abcdef0123456789abcdef"'}


@pytest.fixture(params=["/api/v1/sponsors", "/api/v1/admin/sponsors"])
def sponsors(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["/api/v1/prizes", "/api/v1/admin/prizes"])
def prizes(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def draft(ada: httpx.Client) -> str:
    """The id of a drawing without prizes."""
    planned = ada.post("/api/v1/admin/drawings", json={"type": "annual", "name": "Draft", "prizes": []})
    return str(planned.json()["drawingId"])


def a_prize(draft: str, **stated: Any) -> dict[str, Any]:
    return {"drawingId": draft, "rank": 1, "name": "Bottle", "valueUsd": "20.00", **stated}


def test_a_sponsor_is_added_once_shown_edited_and_deactivated(ada: httpx.Client, sponsors: str) -> None:
    key, bolt = a_key(), {"name": "Bolt", "websiteUrl": "https://bolt.example", "contactName": "Jo"}
    added, again = (ada.post(sponsors, json=bolt, headers=key) for _ in range(2))
    assert (201, "active", "Jo") == (added.status_code, added.json()["status"], added.json()["contactName"])
    assert (added.json(), "true") == (again.json(), again.headers["idempotency-replayed"])
    which = f"{sponsors}/{added.json()['sponsorId']}"
    edited = ada.put(which, json={"name": "Bolt Inc.", "notes": "Pays late"}, headers=if_match(ada.get(which)))
    assert ("Bolt Inc.", None, "Pays late") == tuple(edited.json()[name] for name in ("name", "contactName", "notes"))
    assert (412, "stale_if_match") == problem_of(ada.put(which, json=bolt, headers=if_match(added)))
    assert (412, "stale_if_match") == problem_of(ada.delete(which, headers=if_match(added)))
    assert "inactive" == ada.delete(which, headers=if_match(edited)).json()["status"]
    inactive = ada.get(f"{sponsors}?status=inactive&limit=100").json()["items"]
    assert added.json()["sponsorId"] in [sponsor["sponsorId"] for sponsor in inactive]


def test_a_sponsor_that_cannot_be_is_refused(ada: httpx.Client, sponsors: str) -> None:
    assert ["/name"] == faults_of(ada.post(sponsors, json={}))
    assert ["/name", "/contactPhone"] == faults_of(ada.post(sponsors, json={"name": " ", "contactPhone": "\t"}))
    assert ["/status"] == faults_of(ada.get(f"{sponsors}?status=asleep"))
    key = a_key()
    assert 201 == ada.post(sponsors, json={"name": "Acme"}, headers=key).status_code
    reused = ada.post(sponsors, json={"name": "Other"}, headers=key)
    assert (422, "idempotency_key_reused") == problem_of(reused)
    for answer in (
        ada.get(f"{sponsors}/{NO_ID}"),
        ada.put(f"{sponsors}/{NO_ID}", json={"name": "X"}),
        ada.delete(f"{sponsors}/{NO_ID}"),
    ):
        assert (404, "sponsor_not_found") == problem_of(answer)


def test_a_prize_is_added_once_to_a_draft_shown_edited_and_removed(ada: httpx.Client, prizes: str, draft: str) -> None:
    key, sponsor = a_key(), ada.post("/api/v1/sponsors", json={"name": "Acme"}).json()["sponsorId"]
    bottle = a_prize(draft, quantity=3, fulfillmentType="digital", sponsorId=sponsor, description="A\nbottle")
    added, again = (ada.post(prizes, json=bottle, headers=key) for _ in range(2))
    assert bottle == {name: added.json()[name] for name in bottle}
    assert (201, added.json(), "true") == (added.status_code, again.json(), again.headers["idempotency-replayed"])
    which = f"{prizes}/{added.json()['prizeId']}"
    watch = {"rank": 2, "name": "Watch", "valueUsd": "249.00"}
    edited = ada.put(which, json=watch, headers=if_match(ada.get(which)))
    assert {**watch, "sponsorId": None} == {name: edited.json()[name] for name in (*watch, "sponsorId")}
    assert edited.json() in ada.get(f"{prizes}?limit=100").json()["items"]
    assert (412, "stale_if_match") == problem_of(ada.put(which, json=watch, headers=if_match(added)))
    assert (412, "stale_if_match") == problem_of(ada.delete(which, headers=NEVER))
    assert 204 == ada.delete(which, headers=if_match(edited)).status_code
    assert (404, "prize_not_found") == problem_of(ada.get(which))


def test_a_prize_that_cannot_be_is_refused(ada: httpx.Client, prizes: str, draft: str) -> None:
    key = a_key()
    assert 201 == ada.post(prizes, json=a_prize(draft), headers=key).status_code
    reused = ada.post(prizes, json=a_prize(draft, rank=2), headers=key)
    assert (422, "idempotency_key_reused") == problem_of(reused)
    assert ["/prizes"] == faults_of(ada.post(prizes, json=a_prize(draft)))  # the rank is taken
    wrong = a_prize(draft, rank="first", valueUsd="20", sponsorId="Acme")
    assert ["/rank", "/valueUsd", "/sponsorId"] == faults_of(ada.post(prizes, json=wrong))
    odd = a_prize(draft, rank=0, name="a\tb", quantity=10_001, imageUrl=" ")
    assert ["/rank", "/quantity", "/name", "/imageUrl"] == faults_of(ada.post(prizes, json=odd))
    assert (404, "drawing_not_found") == problem_of(ada.post(prizes, json=a_prize(NO_ID)))
    unknown = a_prize(draft, rank=3, sponsorId=NO_ID)
    assert (404, "sponsor_not_found") == problem_of(ada.post(prizes, json=unknown))
    gone = ada.post("/api/v1/sponsors", json={"name": "Gone"}).json()["sponsorId"]
    ada.delete(f"/api/v1/sponsors/{gone}")
    inactive = ada.post(prizes, json=a_prize(draft, rank=3, sponsorId=gone))
    assert (409, "sponsor_inactive") == problem_of(inactive)


def test_what_is_published_is_frozen(ada: httpx.Client, world: World, prizes: str) -> None:
    prize = ada.get(f"/api/v1/drawings/{world.on_sale}").json()["prizes"][0]["prizeId"]
    body = a_prize(str(world.on_sale), rank=2)
    assert (409, "drawing_frozen") == problem_of(ada.post(prizes, json=body))
    del body["drawingId"]
    assert (409, "drawing_frozen") == problem_of(ada.put(f"{prizes}/{prize}", json=body))
    assert (409, "drawing_frozen") == problem_of(ada.delete(f"{prizes}/{prize}"))
    assert (404, "prize_not_found") == problem_of(ada.put(f"{prizes}/{NO_ID}", json=body))
    assert (404, "prize_not_found") == problem_of(ada.delete(f"{prizes}/{NO_ID}"))
