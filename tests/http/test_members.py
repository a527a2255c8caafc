"""Members over HTTP, as they see themselves and each other: each route for success and for each kind of refusal."""

from typing import Any

import pytest

from fittrack_adapters.testing.builders import PASSWORD, a_member, a_token
from fittrack_domain.access.model import Client
from fittrack_domain.identity.model import Preferences
from tests.http.asking import NO_ID, As, faults_of, problem_of
from tests.http.live import Server
from tests.http.world import World

ME = "/api/v1/users/me"
ANOTHER, WRONG = "Another-horse-2", "Wrong-horse-3"
PROFILE = {
    "displayName": "Cat of Example",
    "stateOfResidence": "OR",
    "biologicalSex": "female",
    "fitnessLevel": "advanced",
    "heightInches": 66,
    "goals": ["endurance"],
}


# The account


def test_who_looks_at_their_account_sees_all_that_is_theirs(as_: As, world: World) -> None:
    found = as_(world.ann).get(ME).json()
    assert (str(world.ann), "ann@example.com", True) == (found["userId"], found["email"], found["emailVerified"])
    assert ("active", "user", None) == (found["status"], found["role"], found["premiumExpiresAt"])
    assert {"emailNotifications": True, "language": "en", "timeZone": "America/New_York"} == found["preferences"]
    assert ("Ann of Example", "F-30-39-INT", []) == (
        found["profile"]["displayName"],
        found["profile"]["tierCode"],
        found["profile"]["missing"],
    )
    assert ["fitbit"] == [connection["provider"] for connection in found["connections"]]
    assert {"totalPointsEarned": 359, "drawingsEntered": 1, "prizesWon": 1} == found["stats"]


def test_a_profile_that_lacks_something_says_what(as_: As, world: World) -> None:
    found = as_(world.bare).get(ME).json()["profile"]
    assert (None, ["display name", "biological sex", "fitness level"]) == (found["tierCode"], found["missing"])


def test_an_account_that_has_not_changed_is_not_sent_again(as_: As, world: World) -> None:
    tag = as_(world.ben).get(ME).headers["etag"]
    answer = as_(world.ben).get(ME, headers={"if-none-match": tag})
    assert (304, b"", tag) == (answer.status_code, answer.content, answer.headers["etag"])
    assert 200 == as_(world.ben).get(ME, headers={"if-none-match": '"0.0"'}).status_code


def test_preferences_are_changed_from_what_was_seen_and_from_nothing_else(as_: As, world: World) -> None:
    client, body = as_(world.ben), {"language": "fr-CA", "timeZone": "America/Toronto"}
    assert (428, "if_match_required") == problem_of(client.put(ME, json=body))
    first = client.get(ME).headers["etag"]
    changed = client.put(ME, json=body, headers={"if-match": first})
    assert (200, "fr-CA", True) == (
        changed.status_code,
        changed.json()["preferences"]["language"],
        changed.json()["preferences"]["emailNotifications"],
    )
    assert first != changed.headers["etag"] == client.get(ME).headers["etag"]
    for stale in (first, '"7.00000000000000000000000000000000"', '"nonsense"'):
        again = client.put(ME, json=body, headers={"if-match": stale})
        assert (412, "stale_if_match") == problem_of(again), stale
    assert 200 == client.put(ME, json=body, headers={"if-match": changed.headers["etag"]}).status_code
    assert 200 == client.put(ME, json={}, headers={"if-match": "*"}).status_code
    assert "en" == client.get(ME).json()["preferences"]["language"]


def test_what_else_is_shown_may_change_between_looking_and_editing(as_: As, world: World) -> None:
    client = as_(world.ada)
    seen = client.get(ME).headers["etag"]
    assert 200 == client.put(f"{ME}/profile", json=PROFILE | {"displayName": "Ada of Elsewhere"}).status_code
    assert 200 == client.put(ME, json={"language": "es"}, headers={"if-match": seen}).status_code


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"language": "english", "timeZone": "x y"}, {"/language", "/timeZone"}),
        ({"timeZone": "Mars/Olympus"}, {"/timeZone"}),
        ({"role": "admin", "status": "active"}, {"/role", "/status"}),
        ({"emailVerified": True, "dateOfBirth": "1990-01-01"}, {"/emailVerified", "/dateOfBirth"}),
    ],
)
def test_only_preferences_can_be_edited_and_only_to_what_there_is(
    as_: As, world: World, body: dict[str, Any], expected: set[str]
) -> None:
    response = as_(world.cat).put(ME, json=body, headers={"if-match": "*"})
    assert expected == set(faults_of(response))


def test_preferences_changed_at_the_same_moment_are_a_conflict(
    as_: As, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = Preferences(world.ada, version=7)
    identity = type(world.fittrack.identity)
    monkeypatch.setattr(identity, "preferences", lambda *_: stale)
    response = as_(world.ada).put(ME, json={}, headers={"if-match": "*"})
    assert (409, "concurrent_update") == problem_of(response)


# Profile and tier


def test_a_profile_is_edited_and_answers_the_tier(as_: As, world: World) -> None:
    answer = as_(world.cat).put(f"{ME}/profile", json=PROFILE)
    assert (200, "F-30-39-ADV", 66, None) == (
        answer.status_code,
        *(answer.json()[name] for name in ("tierCode", "heightInches", "weightPounds")),
    )
    taken = as_(world.cat).put(f"{ME}/profile", json=PROFILE | {"displayName": "ann OF example"})
    assert (409, "display_name_taken") == problem_of(taken)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"displayName": "x", "heightInches": 1}, {"/displayName", "/heightInches"}),
        ({"goals": ["flying"], "fitnessLevel": "super"}, {"/goals/0", "/fitnessLevel"}),
        ({"displayName": " x  y ", "stateOfResidence": "ZZ"}, {"/displayName", "/stateOfResidence"}),
        ({"goals": ["endurance", "endurance"]}, {"/goals"}),
        ({"dateOfBirth": "1980-01-01"}, {"/dateOfBirth"}),
        ({"tierCode": "M-18-29-BEG"}, {"/tierCode"}),
    ],
)
def test_every_fault_of_a_profile_is_told(as_: As, world: World, other: dict[str, Any], expected: set[str]) -> None:
    assert expected == set(faults_of(as_(world.cat).put(f"{ME}/profile", json=PROFILE | other)))


def test_the_open_board_is_joined_and_left(as_: As, world: World) -> None:
    for opted_in in (True, True, False):
        answer = as_(world.cat).put(f"{ME}/open-tier", json={"optedIn": opted_in})
        assert (200, opted_in) == (answer.status_code, answer.json()["openTier"])
    refused = as_(world.bare).put(f"{ME}/open-tier", json={"optedIn": True})
    assert (403, "profile_incomplete") == problem_of(refused)
    assert ["/optedIn"] == faults_of(as_(world.cat).put(f"{ME}/open-tier", json={}))


# Password, export, end


def test_a_changed_password_ends_the_other_sessions(as_: As, world: World, fittrack_server: Server) -> None:
    elsewhere = world.fittrack.sessions.log_in("new@example.com", PASSWORD, Client("::1")).tokens
    path = f"{ME}/password"
    bodies = {
        (403, "wrong_password"): {"currentPassword": WRONG, "newPassword": ANOTHER},
        (400, "invalid"): {"currentPassword": PASSWORD, "newPassword": "short"},
    }
    for expected, body in bodies.items():
        assert expected == problem_of(as_(world.new).put(path, json=body))
    good = {"currentPassword": PASSWORD, "newPassword": ANOTHER}
    assert 204 == as_(world.new).put(path, json=good).status_code
    assert 200 == as_(world.new).get(ME).status_code
    with fittrack_server.client(elsewhere.access_token) as other:
        assert (401, "not_logged_in") == problem_of(other.get(ME))


def test_guessing_the_current_password_is_limited(as_: As, world: World) -> None:
    body = {"currentPassword": WRONG, "newPassword": ANOTHER}
    told = [problem_of(as_(world.ada).put(f"{ME}/password", json=body)) for _ in range(6)]
    assert [(403, "wrong_password")] * 5 + [(429, "too_many_attempts")] == told


def test_all_ones_data_can_be_downloaded(as_: As, world: World) -> None:
    answer = as_(world.ann).get(f"{ME}/export")
    assert 'attachment; filename="fittrack.json"' == answer.headers["content-disposition"]
    assert "ann@example.com" in answer.text
    assert PASSWORD not in answer.text
    assert "ben@example.com" not in answer.text


def test_who_leaves_is_gone_at_once(world: World, fittrack_server: Server) -> None:
    with fittrack_server.client(a_token(world.fittrack, a_member(world.fittrack, "leaver"))) as leaving:
        assert 204 == leaving.delete(ME).status_code
        gone = leaving.get(ME)
    assert (401, "The account is deleted.") == (gone.status_code, gone.json()["detail"])


# Notifications


def test_notifications_are_listed_and_read_once(as_: As, world: World) -> None:
    listed = as_(world.ann).get(f"{ME}/notifications").json()
    assert [("prize_won", None)] == [
        (told["kind"], told["readAt"]) for told in listed["items"] if told["kind"] == "prize_won"
    ]
    (won,) = (told for told in listed["items"] if told["kind"] == "prize_won")
    path = f"{ME}/notifications/{won['notificationId']}/read"
    read = as_(world.ann).post(path)
    assert (200, True) == (read.status_code, read.json()["readAt"] is not None)
    assert read.json() == as_(world.ann).post(path).json()
    unread = as_(world.ann).get(f"{ME}/notifications?unread=true").json()["items"]
    assert won["notificationId"] not in [told["notificationId"] for told in unread]
    assert (404, "notification_not_found") == problem_of(as_(world.cat).post(path))
    assert (404, "path_not_found") == problem_of(as_(world.ann).post(f"{ME}/notifications/x/read"))
    assert {"/unread", "/limit"} == set(faults_of(as_(world.ann).get(f"{ME}/notifications?unread=maybe&limit=0")))


# Others


def test_of_others_a_member_sees_name_tier_and_rank(as_: As, world: World) -> None:
    found = as_(world.ben).get(f"/api/v1/users/{world.ann}/public").json()
    assert {"displayName", "tierCode", "rank"} == found.keys()
    assert "Ann of Example" == found["displayName"]
    assert (404, "member_not_found") == problem_of(as_(world.ben).get(f"/api/v1/users/{NO_ID}/public"))
    assert (404, "path_not_found") == problem_of(as_(world.ben).get("/api/v1/users/ann/public"))
    assert (404, "member_not_found") == problem_of(as_(world.ben).get(f"/api/v1/users/{world.eve}/public"))


def test_tiers_are_listed_with_their_sizes(as_: As, world: World) -> None:
    found = as_(world.ben).get("/api/v1/tiers").json()["items"]
    assert (31, "OPEN") == (len(found), found[-1]["code"])
    assert found[-1] == as_(world.ben).get("/api/v1/tiers/OPEN").json()
    assert (404, "tier_not_found") == problem_of(as_(world.ben).get("/api/v1/tiers/X-1"))
    assert (400, "invalid") == problem_of(as_(world.ben).get("/api/v1/tiers?page=1"))
