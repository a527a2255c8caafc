"""Registration, log-in and sessions over HTTP: each route for success and for each kind of refusal."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import HashingBusy
from fittrack_domain.access.mailed import fresh_token
from fittrack_domain.access.model import ATTEMPTS_MAX, Purpose
from fittrack_domain.shared.ids import MemberId
from fittrack_http.app import make_app
from tests.http.asking import problem_of
from tests.http.live import Server, running_app
from tests.http.world import World, a_world

AUTH = "/api/v1/auth"
ANOTHER, WRONG = "Another-horse-2", "Wrong-horse-3"
NO_ID = "0197a3c2-7f6e-7d1a-9b2e-3c4d5e6f7a8b"
NEW = {
    "password": PASSWORD,
    "dateOfBirth": "1990-06-15",
    "stateOfResidence": "CA",
    "acceptedTerms": True,
    "acceptedSweepstakesRules": True,
}


@pytest.fixture(scope="module")
def world() -> World:
    return a_world()


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[Server]:
    with running_app(make_app(world.installation, limited=False)) as found:
        yield found


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as found:
        yield found


def mailed(world: World, member_id: Any, purpose: Purpose) -> str:
    """A token as the mail brings it."""
    clock, entropy = world.clock, world.fittrack.sessions.entropy
    with world.installation.store.transaction() as tx:
        return fresh_token(tx, entropy, clock.now(), MemberId(member_id), purpose)


def log_in(client: httpx.Client, email: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    response = client.post(f"{AUTH}/login", json={"email": email, "password": password} | more)
    assert 200 == response.status_code, response.text
    found: dict[str, Any] = response.json()
    return found


def as_(tokens: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens['accessToken']}"}


# Registration


def test_who_registers_and_verifies_can_log_in(client: httpx.Client, world: World) -> None:
    registered = client.post(f"{AUTH}/register", json=NEW | {"email": "Dan@Example.com", "referralCode": "FRIEND-1"})
    assert 201 == registered.status_code
    member = world.fittrack.identity.member_by_email("dan@example.com")
    told = registered.json()
    assert (str(member.id), "Dan@Example.com", "pending") == (told["userId"], told["email"], told["status"])
    credentials = {"email": "dan@example.com", "password": PASSWORD}
    assert (403, "email_not_verified") == problem_of(client.post(f"{AUTH}/login", json=credentials))
    token = {"token": mailed(world, member.id, Purpose.VERIFY_EMAIL)}
    verified = client.post(f"{AUTH}/verify-email", json=token)
    assert {"userId": str(member.id), "email": "Dan@Example.com", "status": "active"} == verified.json()
    assert (404, "token_not_valid") == problem_of(client.post(f"{AUTH}/verify-email", json=token))
    assert str(member.id) == log_in(client, "DAN@example.com")["user"]["userId"]


def test_the_form_of_everything_is_checked_at_once(client: httpx.Client) -> None:
    body = NEW | {"email": 7, "password": 1, "dateOfBirth": "15.6.1990", "acceptedTerms": "yes", "isAdmin": True}
    response = client.post(f"{AUTH}/register", json=body)
    assert (400, "invalid") == problem_of(response)
    assert {"/email", "/password", "/dateOfBirth", "/acceptedTerms", "/isAdmin"} == {
        fault["pointer"] for fault in response.json()["errors"]
    }


def test_what_the_rules_ask_is_told_beside_a_wrong_form(client: httpx.Client) -> None:
    body = NEW | {"email": "dan", "password": "short", "dateOfBirth": "15.6.1990", "referralCode": ""}
    faults = client.post(f"{AUTH}/register", json=body).json()["errors"]
    assert {
        "/email": "must be an email address such as name@example.com",
        "/password": "must have 12 to 128 characters",
        "/dateOfBirth": "must be a date, YYYY-MM-DD",
        "/referralCode": "must have 1 to 32 characters",
    } == {fault["pointer"]: fault["detail"] for fault in faults}


def test_what_the_rules_ask_is_told_at_once(client: httpx.Client) -> None:
    body = NEW | {
        "email": "dan@localhost",
        "password": "short",
        "dateOfBirth": "2015-01-01",
        "stateOfResidence": "NY",
        "acceptedTerms": False,
        "acceptedSweepstakesRules": False,
    }
    response = client.post(f"{AUTH}/register", json=body)
    assert (400, "invalid") == problem_of(response)
    assert [
        "/email",
        "/dateOfBirth",
        "/stateOfResidence",
        "/password",
        "/password",
        "/acceptedTerms",
        "/acceptedSweepstakesRules",
    ] == [fault["pointer"] for fault in response.json()["errors"]]


def test_a_taken_email_is_a_conflict(client: httpx.Client) -> None:
    response = client.post(f"{AUTH}/register", json=NEW | {"email": "ANN@example.com"})
    assert (409, "email_taken") == problem_of(response)


@pytest.mark.parametrize("path", ["resend-verification", "forgot-password"])
def test_who_asks_for_a_mail_is_told_the_same_whoever_they_are(client: httpx.Client, world: World, path: str) -> None:
    emails = ("ann@example.com", "nobody@example.com", "eve@example.com")
    answers = [client.post(f"{AUTH}/{path}", json={"email": email}) for email in emails]
    assert {202} == {answer.status_code for answer in answers}
    assert 1 == len({answer.text for answer in answers})
    assert (400, "invalid") == problem_of(client.post(f"{AUTH}/{path}", json={"email": ""}))


# Log-in


def test_who_logs_in_gets_tokens_that_no_cache_may_keep(client: httpx.Client, world: World) -> None:
    response = client.post(
        f"{AUTH}/login", json={"email": "ann@example.com", "password": PASSWORD, "deviceId": "phone"}
    )
    assert "no-store" == response.headers["cache-control"]
    found = response.json()
    assert ("Bearer", 3_600) == (found["tokenType"], found["expiresIn"])
    balance = world.fittrack.points.balance(world.ann).balance
    assert {"userId": str(world.ann), "email": "ann@example.com", "role": "user", "pointBalance": balance} == found[
        "user"
    ]
    assert 200 == client.get("/api/v1/users/me", headers=as_(found)).status_code


def test_an_unknown_email_and_a_wrong_password_are_answered_alike(client: httpx.Client) -> None:
    answers = [
        client.post(f"{AUTH}/login", json={"email": email, "password": WRONG})
        for email in ("ben@example.com", "nobody@example.com")
    ]
    bodies = [answer.json() | {"instance": ""} for answer in answers]
    assert bodies[0] == bodies[1]
    assert {(401, "wrong_credentials")} == {problem_of(answer) for answer in answers}
    headers = [set(answer.headers) - {"x-request-id"} for answer in answers]
    assert headers[0] == headers[1]
    assert answers[0].headers["content-length"] == answers[1].headers["content-length"]


def test_the_suspended_are_told_so_with_the_right_password(client: httpx.Client) -> None:
    credentials = {"email": "eve@example.com", "password": PASSWORD}
    response = client.post(f"{AUTH}/login", json=credentials)
    assert (403, "account_closed") == problem_of(response)
    assert "suspended" in response.json()["detail"]


def test_after_five_failures_there_is_a_wait(client: httpx.Client) -> None:
    credentials = {"email": "guessed@example.com", "password": WRONG}
    for _ in range(ATTEMPTS_MAX):
        assert (401, "wrong_credentials") == problem_of(client.post(f"{AUTH}/login", json=credentials))
    response = client.post(f"{AUTH}/login", json=credentials)
    assert (429, "too_many_attempts") == problem_of(response)
    assert "900" == response.headers["retry-after"]


def test_who_comes_while_too_many_passwords_are_looked_at_is_told_to_wait(
    client: httpx.Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise HashingBusy

    monkeypatch.setattr(type(world.fittrack.sessions.hasher), "verify", busy)
    monkeypatch.setattr(type(world.fittrack.sessions.hasher), "hash", busy)
    credentials = {"email": "ann@example.com", "password": PASSWORD}
    for path, body in (("login", credentials), ("register", NEW | {"email": "fay@example.com"})):
        response = client.post(f"{AUTH}/{path}", json=body)
        assert (503, "log_in_busy") == problem_of(response)
        assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/email"),
        ({"email": "ann@example.com"}, "/password"),
        ({"email": "ann@example.com", "password": ""}, "/password"),
        ({"email": "ann@example.com", "password": "x" * 129}, "/password"),
        ({"email": "ann@example.com", "password": PASSWORD, "deviceId": ""}, "/deviceId"),
        ({"email": "ann@example.com", "password": PASSWORD, "deviceId": "a\nb"}, "/deviceId"),
        ({"email": "ann@example.com\x00", "password": PASSWORD}, "/email"),
    ],
)
def test_a_log_in_without_a_form_is_refused(client: httpx.Client, body: dict[str, Any], pointer: str) -> None:
    response = client.post(f"{AUTH}/login", json=body)
    assert (400, "invalid") == problem_of(response)
    assert pointer in [fault["pointer"] for fault in response.json()["errors"]]


def test_a_header_that_is_no_text_lets_nobody_in(server: Server) -> None:
    request = b"GET /api/v1/users/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xff\xfe\r\nconnection: close\r\n\r\n"
    answer = server.raw(request)
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"not_logged_in" in answer


# Sessions


def test_a_refresh_token_brings_another_pair_and_ends_the_session_when_it_comes_again(
    client: httpx.Client, world: World
) -> None:
    first = log_in(client, "cat@example.com")
    response = client.post(f"{AUTH}/refresh", json={"refreshToken": first["refreshToken"]})
    assert "no-store" == response.headers["cache-control"]
    second = response.json()
    assert first["sessionId"] == second["sessionId"]
    assert first["refreshToken"] != second["refreshToken"]
    world.clock.set(world.clock.now().replace(second=30))
    again = client.post(f"{AUTH}/refresh", json={"refreshToken": first["refreshToken"]})
    assert (401, "refresh_not_valid") == problem_of(again)
    assert (401, "not_logged_in") == problem_of(client.get("/api/v1/users/me", headers=as_(second)))


@pytest.mark.parametrize("body", [{"refreshToken": "made up"}, {"refreshToken": "\u00e9"}])
def test_a_made_up_refresh_token_is_refused(client: httpx.Client, body: dict[str, str]) -> None:
    assert (401, "refresh_not_valid") == problem_of(client.post(f"{AUTH}/refresh", json=body))


def test_devices_are_listed_and_ended(client: httpx.Client, world: World) -> None:
    here = log_in(client, "ben@example.com", deviceId="here")
    there = log_in(client, "ben@example.com", deviceId="there")
    listed = client.get(f"{AUTH}/sessions", headers=as_(here)).json()["items"]
    by_name = {device["deviceId"]: device for device in listed if device["deviceId"] in ("here", "there")}
    assert (True, False) == (by_name["here"]["isCurrent"], by_name["there"]["isCurrent"])
    assert ("127.0.0.1", True) == (by_name["here"]["address"], "python-httpx" in by_name["here"]["deviceLabel"])
    path = f"{AUTH}/sessions/{there['sessionId']}"
    assert (404, "session_not_found") == problem_of(client.delete(path, headers=as_(log_in(client, "ann@example.com"))))
    assert 204 == client.delete(path, headers=as_(here)).status_code
    assert (404, "session_not_found") == problem_of(client.delete(path, headers=as_(here)))
    assert (404, "path_not_found") == problem_of(client.delete(f"{AUTH}/sessions/x", headers=as_(here)))
    assert (401, "not_logged_in") == problem_of(client.get(f"{AUTH}/sessions", headers=as_(there)))


def test_who_logs_out_is_out_and_may_take_another_device_along(client: httpx.Client) -> None:
    here, there, other = (log_in(client, "ben@example.com") for _ in range(3))
    body = {"refreshToken": there["refreshToken"]}
    assert 204 == client.post(f"{AUTH}/logout", headers=as_(here), json=body).status_code
    for tokens in (here, there):
        assert (401, "not_logged_in") == problem_of(client.get(f"{AUTH}/sessions", headers=as_(tokens)))
    assert 204 == client.post(f"{AUTH}/logout", headers=as_(other)).status_code
    assert (401, "not_logged_in") == problem_of(client.post(f"{AUTH}/logout", headers=as_(other)))


def test_everywhere_is_everywhere(client: httpx.Client) -> None:
    here, there = (log_in(client, "ben@example.com") for _ in range(2))
    assert 204 == client.post(f"{AUTH}/logout-all", headers=as_(here)).status_code
    for tokens in (here, there):
        assert (401, "not_logged_in") == problem_of(client.get(f"{AUTH}/sessions", headers=as_(tokens)))


# Passwords


def test_a_mailed_token_sets_another_password_once(client: httpx.Client, world: World) -> None:
    before = log_in(client, "new@example.com")
    token = mailed(world, world.new, Purpose.RESET_PASSWORD)
    bad = client.post(f"{AUTH}/reset-password", json={"token": token, "password": "short"})
    assert (400, "invalid") == problem_of(bad)
    assert {"/password"} == {fault["pointer"] for fault in bad.json()["errors"]}
    body = {"token": token, "password": ANOTHER}
    assert 204 == client.post(f"{AUTH}/reset-password", json=body).status_code
    assert (404, "token_not_valid") == problem_of(client.post(f"{AUTH}/reset-password", json=body))
    assert (401, "not_logged_in") == problem_of(client.get(f"{AUTH}/sessions", headers=as_(before)))
    log_in(client, "new@example.com", ANOTHER)


def test_the_published_keys_are_those_that_tokens_are_signed_with(client: httpx.Client) -> None:
    import jwt

    token = log_in(client, "ann@example.com")["accessToken"]
    published = client.get("/.well-known/jwks.json").json()
    kids = {key.key_id for key in jwt.PyJWKSet.from_dict(published).keys}
    assert jwt.get_unverified_header(token)["kid"] in kids
    assert {"RSA"} == {key["kty"] for key in published["keys"]}
    assert not {"d", "p", "q"} & set().union(*published["keys"])
