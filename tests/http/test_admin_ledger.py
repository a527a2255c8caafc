"""Administrators look at everybody's points and activities, and add to them."""

from typing import Any

import httpx
import pytest

from fittrack_domain.points.model import AMOUNT_MAX
from fittrack_domain.shared.ids import MemberId
from tests.http.asking import NO_ID, As, a_key, faults_of, problem_of
from tests.http.world import PURSE, TODAY, World

TRANSACTIONS = "/api/v1/transactions"
ACTIVITIES = "/api/v1/activities"


def adjust(world: World, member: MemberId) -> str:
    return f"/api/v1/admin/users/{member}/adjust-points"


def test_everybodys_transactions_are_listed_filtered_and_shown(ada: httpx.Client, world: World) -> None:
    everybodys = ada.get(f"{TRANSACTIONS}?type=adjust&limit=100").json()["items"]
    assert {str(world.ann), str(world.ben)} <= {row["userId"] for row in everybodys}
    anns = ada.get(f"{TRANSACTIONS}?userId={world.ann}&type=adjust").json()["items"]
    assert [(PURSE, "adjustment", f"member:{world.ann}")] == [
        (row["amount"], row["debitAccount"], row["creditAccount"]) for row in anns
    ]
    assert anns[0] == ada.get(f"{TRANSACTIONS}/{anns[0]['transactionId']}").json()
    assert [] == ada.get(f"{TRANSACTIONS}?endDate=2026-01-01").json()["items"]
    assert (404, "transaction_not_found") == problem_of(ada.get(f"{TRANSACTIONS}/{NO_ID}"))


def test_points_are_adjusted_once_whichever_way(ada: httpx.Client, as_: As, world: World) -> None:
    before = as_(world.cat).get("/api/v1/points/balance").json()["balance"]
    key = a_key()
    given = [ada.post(adjust(world, world.cat), json={"amount": 50, "reason": "Sorry"}, headers=key) for _ in range(2)]
    assert [201, 201] == [answer.status_code for answer in given]
    assert (given[0].json(), "true") == (given[1].json(), given[1].headers["idempotency-replayed"])
    taken = ada.post(
        TRANSACTIONS, json={"userId": str(world.cat), "amount": -20, "reason": "Too much"}, headers=a_key()
    )
    assert (201, -20, before + 30) == (taken.status_code, taken.json()["amount"], taken.json()["balanceAfter"])
    assert before + 30 == as_(world.cat).get("/api/v1/points/balance").json()["balance"]


def test_a_key_is_for_one_adjustment(ada: httpx.Client, world: World) -> None:
    key, gift = a_key(), {"amount": 5, "reason": "A gift"}
    assert 201 == ada.post(adjust(world, world.cat), json=gift, headers=key).status_code
    reused = (422, "idempotency_key_reused")
    assert reused == problem_of(ada.post(adjust(world, world.cat), json={**gift, "amount": 6}, headers=key))
    assert reused == problem_of(ada.post(adjust(world, world.ben), json=gift, headers=key))
    other_path = {**gift, "userId": str(world.cat), "amount": 6}
    assert reused == problem_of(ada.post(TRANSACTIONS, json=other_path, headers=key))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": -AMOUNT_MAX, "reason": "All of it"}, 409, "insufficient_points"),
        ({"amount": 0, "reason": "Nothing"}, 400, "amount_out_of_range"),
        ({"amount": AMOUNT_MAX + 1, "reason": "Too much"}, 400, "invalid"),
        ({"amount": 1, "reason": " "}, 400, "invalid"),
        ({"amount": 1}, 400, "invalid"),
        ({"reason": "Why"}, 400, "invalid"),
    ],
)
def test_an_adjustment_that_cannot_be_is_refused(
    ada: httpx.Client, world: World, body: dict[str, Any], status: int, code: str
) -> None:
    assert (status, code) == problem_of(ada.post(adjust(world, world.cat), json=body, headers=a_key()))
    create = {**body, "userId": str(world.cat)}
    assert (status, code) == problem_of(ada.post(TRANSACTIONS, json=create, headers=a_key()))


def test_an_adjustment_needs_a_key_and_a_member(ada: httpx.Client, world: World) -> None:
    gift = {"amount": 5, "reason": "A gift"}
    assert ["/idempotencyKey"] == faults_of(ada.post(adjust(world, world.cat), json=gift))
    assert ["/userId", "/idempotencyKey"] == faults_of(ada.post(TRANSACTIONS, json=gift))
    assert ["/idempotencyKey", "/reason"] == faults_of(ada.post(adjust(world, world.cat), json={**gift, "reason": ""}))
    unknown = ada.post(f"/api/v1/admin/users/{NO_ID}/adjust-points", json=gift, headers=a_key())
    assert (404, "member_not_found") == problem_of(unknown)


def an_activity(member: MemberId, **stated: Any) -> dict[str, Any]:
    window = {"startTime": f"{TODAY}T12:00:00Z", "endTime": f"{TODAY}T12:45:00Z"}
    return {
        "userId": str(member),
        "type": "workout",
        "intensity": "vigorous",
        "activityDay": str(TODAY),
        "durationMinutes": 45,
        **window,
        **stated,
    }


def test_an_activity_is_recorded_once_and_counts(ada: httpx.Client, as_: As, world: World) -> None:
    key, workout = a_key(), an_activity(world.cat, metrics={"vigorousMinutes": 30, "lightMinutes": 15})
    recorded, again = (ada.post(ACTIVITIES, json=workout, headers=key) for _ in range(2))
    assert (201, "accepted", {"vigorous_minutes": 30, "light_minutes": 15}) == (
        recorded.status_code,
        recorded.json()["state"],
        recorded.json()["metrics"],
    )
    assert (recorded.json(), "true") == (again.json(), again.headers["idempotency-replayed"])
    assert [recorded.json()] == as_(world.cat).get(ACTIVITIES).json()["items"]
    other = an_activity(world.cat, durationMinutes=1)
    assert (422, "idempotency_key_reused") == problem_of(ada.post(ACTIVITIES, json=other, headers=key))


def test_an_implausible_activity_is_kept_and_does_not_count(ada: httpx.Client, world: World) -> None:
    steps = an_activity(world.ben, type="steps", intensity=None, durationMinutes=0, metrics={"steps": 100_001})
    recorded = ada.post(ACTIVITIES, json=steps).json()
    assert ("rejected", "more than 100,000 steps a day") == (recorded["state"], recorded["reason"])


def test_an_activity_without_what_makes_it_one_is_refused(ada: httpx.Client, world: World) -> None:
    assert ["/metrics/steps"] == faults_of(ada.post(ACTIVITIES, json=an_activity(world.ben, type="steps")))
    minutes = an_activity(world.ben, type="active_minutes", intensity=None)
    assert ["/intensity"] == faults_of(ada.post(ACTIVITIES, json=minutes))
    wrong = an_activity(world.ben, type="nap", metrics={"naps": 1}, startTime="noon")
    assert ["/type", "/startTime", "/metrics/naps"] == faults_of(ada.post(ACTIVITIES, json=wrong))
    unknown = {**an_activity(world.ben), "userId": NO_ID}
    assert (404, "member_not_found") == problem_of(ada.post(ACTIVITIES, json=unknown))
