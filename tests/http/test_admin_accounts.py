"""Administrators look after members."""

from typing import Any

import httpx
import pytest

from fittrack_adapters.testing.builders import a_member, a_token
from fittrack_domain.shared.ids import MemberId
from fittrack_http.accounts import DELETED_BY_ADMIN
from tests.http.asking import NO_ID, As, a_key, faults_of, if_match, problem_of
from tests.http.live import Server
from tests.http.world import World

USERS = "/api/v1/users"
NEW = {"email": "jo@example.com", "dateOfBirth": "1990-05-17", "stateOfResidence": "CA"}


@pytest.fixture
def dan(world: World) -> MemberId:
    """Somebody to deal with."""
    dan = a_member(world.fittrack, f"dan{world.fittrack.identity.ids.new().int % 10**9}")
    world.fittrack.relay.drain()
    return dan


def of(member: MemberId, more: str = "") -> str:
    return f"{USERS}/{member}{more}"


def emails(response: httpx.Response) -> list[str]:
    return [user["email"] for user in response.json()["items"]]


def audited(ada: httpx.Client, subject: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ada.get(f"/api/v1/admin/audit?subjectId={subject}").json()["items"]
    return items


@pytest.mark.parametrize("path", [USERS, "/api/v1/admin/users"])
def test_members_are_found_by_email_name_or_id(ada: httpx.Client, world: World, path: str) -> None:
    assert ["ann@example.com"] == emails(ada.get(f"{path}?q=ANN of"))
    assert ["ben@example.com"] == emails(ada.get(f"{path}?q={world.ben}"))
    assert ["eve@example.com"] == emails(ada.get(f"{path}?q=example.com&status=suspended"))
    assert ["ada@example.com"] == emails(ada.get(f"{path}?role=admin"))
    [ann] = ada.get(f"{path}?q=ann@").json()["items"]
    assert ("Ann of Example", "F-30-39-INT", "active", "user") == tuple(
        ann[name] for name in ("displayName", "tierCode", "status", "role")
    )
    assert {"page": 2, "limit": 1, "totalItems": 1, "totalPages": 1} == ada.get(f"{path}?q=ann@&page=2&limit=1").json()[
        "pagination"
    ]


def test_members_are_found_whose_prizes_wait_for_a_review(ada: httpx.Client, world: World) -> None:
    assert [("ann@example.com", True)] == [
        (user["email"], user["flagged"]) for user in ada.get(f"{USERS}?flagged=true&q=ann").json()["items"]
    ]
    assert [("ben@example.com", False)] == [
        (user["email"], user["flagged"]) for user in ada.get(f"{USERS}?flagged=false&q={world.ben}").json()["items"]
    ]
    assert [] == emails(ada.get(f"{USERS}?flagged=true&q=ben"))
    assert ["/flagged"] == faults_of(ada.get(f"{USERS}?flagged=perhaps"))


def test_a_search_for_what_nobody_is_called_is_refused(ada: httpx.Client) -> None:
    assert ["/status", "/role"] == faults_of(ada.get(f"{USERS}?status=gone&role=guest"))
    for nothing in ("", "%20", "x" * 101):
        assert ["/q"] == faults_of(ada.get(f"{USERS}?q={nothing}"))


def test_a_member_is_made_once(ada: httpx.Client) -> None:
    key, new = a_key(), {**NEW, "displayName": "Jo R.", "biologicalSex": "female", "fitnessLevel": "beginner"}
    made, again = (ada.post(USERS, json=new, headers=key) for _ in range(2))
    assert (201, 201, made.json()) == (made.status_code, again.status_code, again.json())
    assert (None, "true") == tuple(answer.headers.get("idempotency-replayed") for answer in (made, again))
    assert ("active", True, "F-30-39-BEG") == (
        made.json()["status"],
        made.json()["emailVerified"],
        made.json()["profile"]["tierCode"],
    )
    assert (422, "idempotency_key_reused") == problem_of(ada.post(USERS, json=NEW, headers=key))
    assert (409, "email_taken") == problem_of(ada.post(USERS, json={**NEW, "email": "JO@example.com"}))
    named = {**NEW, "email": "other@example.com", "displayName": "JO R."}
    assert (409, "display_name_taken") == problem_of(ada.post(USERS, json=named))


def test_a_member_is_made_with_a_role(ada: httpx.Client) -> None:
    premium = {**NEW, "email": "pia@example.com", "role": "premium"}
    assert ["/premiumExpiresAt"] == faults_of(ada.post(USERS, json=premium))
    made = ada.post(USERS, json={**premium, "premiumExpiresAt": "2030-01-01T00:00:00Z"})
    assert ("premium", "2030-01-01T00:00:00Z") == (made.json()["role"], made.json()["premiumExpiresAt"])


def test_every_fault_of_a_new_member_is_told(ada: httpx.Client) -> None:
    wrong = {"email": 5, "dateOfBirth": "1990", "stateOfResidence": "CA", "role": "king", "goals": ["gold"]}
    assert ["/email", "/dateOfBirth", "/role", "/goals/0"] == faults_of(ada.post(USERS, json=wrong))
    young = {"email": "x", "dateOfBirth": "2020-01-01", "stateOfResidence": "California", "heightInches": 5}
    assert ["/email", "/dateOfBirth", "/stateOfResidence", "/heightInches"] == faults_of(ada.post(USERS, json=young))


def test_an_account_is_shown_and_corrected(ada: httpx.Client, dan: MemberId) -> None:
    shown = ada.get(of(dan))
    edit = {"email": f"Corrected.{dan}@example.com", "timeZone": "America/Chicago"}
    corrected = ada.put(of(dan), json=edit, headers=if_match(shown))
    expected = shown.json() | {"email": edit["email"]}
    expected["preferences"]["timeZone"] = "America/Chicago"
    assert expected == corrected.json() == ada.get(of(dan)).json()
    assert {"email": True, "preferences": True} == audited(ada, dan)[0]["facts"]
    assert (412, "stale_if_match") == problem_of(ada.put(of(dan), json={}, headers=if_match(shown)))
    assert 200 == ada.put(of(dan), json={"emailNotifications": False}, headers=if_match(corrected)).status_code


def test_a_correction_that_cannot_be_right_changes_nothing(ada: httpx.Client, dan: MemberId) -> None:
    shown = ada.get(of(dan))
    wrong = {"email": "nonsense", "timeZone": "Mars/Olympus"}
    assert ["/email", "/timeZone"] == faults_of(ada.put(of(dan), json=wrong, headers=if_match(shown)))
    taken = ada.put(of(dan), json={"email": "Ann@example.com"}, headers=if_match(shown))
    assert (409, "email_taken") == problem_of(taken)
    assert shown.headers["etag"] == ada.get(of(dan)).headers["etag"]
    unknown = USERS + "/" + NO_ID
    assert (404, "member_not_found") == problem_of(ada.get(unknown))
    assert (404, "member_not_found") == problem_of(ada.put(unknown, json={}, headers={"if-match": "*"}))
    assert (404, "path_not_found") == problem_of(ada.get(f"{USERS}/nobody"))


def test_an_account_is_deleted_for_a_reason(ada: httpx.Client, dan: MemberId) -> None:
    assert 204 == ada.delete(of(dan)).status_code
    assert "deleted" == ada.get(of(dan)).json()["status"]
    assert {"reason": DELETED_BY_ADMIN} == audited(ada, dan)[0]["facts"]
    assert (409, "illegal_status_change") == problem_of(ada.delete(of(dan, "?reason=Again")))
    assert (409, "account_deleted") == problem_of(ada.put(of(dan), json={}, headers={"if-match": "*"}))
    assert ["/reason"] == faults_of(ada.delete(of(dan, "?reason=")))


def test_nobody_deals_with_their_own_account(ada: httpx.Client, world: World) -> None:
    admin = f"/api/v1/admin/users/{world.ada}"
    assert (403, "own_account") == problem_of(ada.delete(of(world.ada)))
    assert (403, "own_account") == problem_of(ada.put(f"{admin}/status", json={"status": "banned", "reason": "No"}))
    assert (403, "own_account") == problem_of(ada.put(f"{admin}/role", json={"role": "user"}))


def test_a_member_is_suspended_reinstated_and_banned(
    ada: httpx.Client, fittrack_server: Server, world: World, dan: MemberId
) -> None:
    token, path = a_token(world.fittrack, dan), f"/api/v1/admin/users/{dan}/status"
    shown = ada.get(of(dan))
    with fittrack_server.client(token) as member:
        suspended = ada.put(path, json={"status": "suspended", "reason": "A test"}, headers=if_match(shown))
        assert "suspended" == suspended.json()["status"]
        assert (401, "not_logged_in") == problem_of(member.get("/api/v1/points/balance"))
    stale = ada.put(path, json={"status": "active", "reason": "A test"}, headers=if_match(shown))
    assert (412, "stale_if_match") == problem_of(stale)
    reinstated = ada.put(path, json={"status": "active", "reason": "A test"}, headers=if_match(suspended))
    assert "active" == reinstated.json()["status"]
    assert "banned" == ada.put(path, json={"status": "banned", "reason": "A test"}).json()["status"]
    assert (409, "illegal_status_change") == problem_of(ada.put(path, json={"status": "active", "reason": "Sorry"}))
    assert ["/status", "/reason"] == faults_of(ada.put(path, json={"status": "deleted"}))
    unknown = f"/api/v1/admin/users/{NO_ID}/status"
    assert (404, "member_not_found") == problem_of(ada.put(unknown, json={"status": "banned", "reason": "No"}))


def test_a_role_counts_at_the_next_request(
    ada: httpx.Client, fittrack_server: Server, world: World, dan: MemberId
) -> None:
    token, path = a_token(world.fittrack, dan), f"/api/v1/admin/users/{dan}/role"
    with fittrack_server.client(token) as member:
        assert (403, "admins_only") == problem_of(member.get(USERS))
        given = ada.put(path, json={"role": "admin"})
        assert "admin" == given.json()["role"]
        assert 200 == member.get(USERS).status_code
    taken = ada.put(path, json={"role": "user"}, headers=if_match(given))
    assert "user" == taken.json()["role"]
    assert (412, "stale_if_match") == problem_of(ada.put(path, json={"role": "admin"}, headers=if_match(given)))
    assert ["/premiumExpiresAt"] == faults_of(ada.put(path, json={"role": "premium"}))
    assert ["/role"] == faults_of(ada.put(path, json={"role": "guest"}))
    unknown = f"/api/v1/admin/users/{NO_ID}/role"
    assert (404, "member_not_found") == problem_of(ada.put(unknown, json={"role": "user"}))


def test_profiles_are_listed_and_shown(as_: As, ada: httpx.Client, world: World) -> None:
    own = as_(world.ann).get(f"{USERS}/me").json()["profile"]
    assert [own] == ada.get("/api/v1/profiles?q=ann@").json()["items"]
    assert [] == ada.get("/api/v1/profiles?flagged=true&q=ben@").json()["items"]
    assert own == ada.get(f"/api/v1/profiles/{world.ann}").json()
    assert (404, "member_not_found") == problem_of(ada.get(f"/api/v1/profiles/{NO_ID}"))


STATED = {
    "displayName": "Stated",
    "stateOfResidence": "TX",
    "biologicalSex": "male",
    "fitnessLevel": "advanced",
}


def test_a_profile_is_stated_once(ada: httpx.Client, world: World) -> None:
    bare = a_member(world.fittrack, "nameless", display_name=None)
    key, new = a_key(), {**STATED, "displayName": "Not nameless", "userId": str(bare)}
    stated, again = (ada.post("/api/v1/profiles", json=new, headers=key) for _ in range(2))
    assert (201, "Not nameless", []) == (
        stated.status_code,
        stated.json()["displayName"],
        stated.json()["missing"],
    )
    assert (stated.json(), "true") == (again.json(), again.headers["idempotency-replayed"])
    assert (409, "profile_stated") == problem_of(ada.post("/api/v1/profiles", json=new))
    unknown = {**STATED, "userId": NO_ID}
    assert (404, "member_not_found") == problem_of(ada.post("/api/v1/profiles", json=unknown))
    assert ["/displayName", "/stateOfResidence", "/biologicalSex", "/fitnessLevel"] == faults_of(
        ada.post("/api/v1/profiles", json={"userId": NO_ID})
    )


def test_a_profile_is_corrected_with_the_birth_date(ada: httpx.Client, dan: MemberId) -> None:
    path = f"/api/v1/profiles/{dan}"
    shown = ada.get(path)
    edit = {**STATED, "displayName": f"D{dan}"[:20], "dateOfBirth": "1960-02-29"}
    corrected = ada.put(path, json=edit, headers=if_match(shown))
    assert ("1960-02-29", "M-60+-ADV") == (corrected.json()["dateOfBirth"], corrected.json()["tierCode"])
    assert (412, "stale_if_match") == problem_of(ada.put(path, json=edit, headers=if_match(shown)))
    assert "1960-02-29" == ada.put(path, json={**edit, "dateOfBirth": None}).json()["dateOfBirth"]
    taken = {**edit, "displayName": "ANN of Example"}
    assert (409, "display_name_taken") == problem_of(ada.put(path, json=taken))
    wrong = {**edit, "stateOfResidence": "NY", "dateOfBirth": "2020-01-01"}
    assert ["/stateOfResidence", "/dateOfBirth"] == faults_of(ada.put(path, json=wrong))
