"""Trackers over HTTP: each route once for success, and once for each kind of refusal."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fittrack_adapters.store.gateway import TRACKER_EVENTS
from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, a_token, an_installation
from fittrack_adapters.testing.terra import a_day
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.tracking.errors import GatewayBusy, GatewayUnreachable
from fittrack_domain.tracking.model import Provider
from fittrack_http.app import make_app
from tests.http.asking import NO_ID, As, problem_of
from tests.http.live import running_app
from tests.http.world import NOW, TODAY, World

PATH = "/api/v1/connections"


@pytest.fixture
def somebody(world: World) -> MemberId:
    """A member who has connected nothing yet."""
    name = f"m{uuid4().hex[:8]}"
    member = a_member(world.fittrack, name)
    world.tokens[member] = a_token(world.fittrack, member)
    return member


def connect(as_: As, world: World, member: MemberId, provider: str = "fitbit", terras: str = "GOOGLE_HEALTH") -> Any:
    """Begins, carries out and completes a sign-in, and answers what Terra's user is called and the connection."""
    begun = as_(member).post(f"{PATH}/{provider}/initiate").json()
    user = world.terra.joined(begun["referenceId"], terras)
    body = {"state": begun["state"], "trackerUserId": user["user_id"]}
    return user, as_(member).post(f"{PATH}/{provider}/callback", json=body)


def sent(world: World, event: Any, **more: Any) -> tuple[bytes, dict[str, str]]:
    return world.terra.sent(event, **({"at": world.clock.at} | more))


def deliver(as_: As, world: World, event: Any, **more: Any) -> httpx.Response:
    """Terra delivers an event, which is then worked off."""
    body, headers = sent(world, event, **more)
    answer = as_(None).post("/webhooks/terra", content=body, headers=headers)
    world.fittrack.relay.drain()
    return answer


def test_trackers_are_listed_and_shown_without_any_token(as_: As, world: World, somebody: MemberId) -> None:
    user, answer = connect(as_, world, somebody)
    assert 200 == answer.status_code
    listed = as_(somebody).get(PATH)
    [connection] = listed.json()["items"]
    assert answer.json() == connection
    assert ("fitbit", True, str(TODAY), "pending") == tuple(
        connection[name] for name in ("provider", "isPrimary", "connectedOn", "syncStatus")
    )
    for path in (f"{PATH}/fitbit", f"{PATH}/{connection['connectionId']}"):
        assert connection == as_(somebody).get(path).json()
    for text in (listed.text, answer.text, as_(somebody).get("/api/v1/users/me").text):
        assert user["user_id"] not in text
        assert user["reference_id"] not in text


def test_a_tracker_is_shown_to_its_member_and_to_administrators(as_: As, world: World, somebody: MemberId) -> None:
    _, answer = connect(as_, world, somebody)
    path = f"{PATH}/{answer.json()['connectionId']}"
    whose = {"userId": str(somebody)}
    assert answer.json() == as_(world.ada).get(path, params=whose).json()
    assert (404, "connection_not_found") == problem_of(as_(world.ada).get(path))
    assert answer.json() == as_(world.ada).get(f"{PATH}/fitbit", params=whose).json()
    assert [answer.json()] == as_(world.ada).get(PATH, params=whose).json()["items"]
    assert (404, "connection_not_found") == problem_of(as_(world.ben).get(path))
    assert (403, "admins_only") == problem_of(as_(world.ben).get(PATH, params=whose))
    assert (403, "admins_only") == problem_of(as_(world.ben).get(path, params=whose))
    assert (404, "connection_not_found") == problem_of(as_(world.ada).get(f"{PATH}/{NO_ID}"))
    assert (404, "not_connected") == problem_of(as_(world.ben).get(f"{PATH}/apple_health"))
    assert (404, "path_not_found") == problem_of(as_(world.ben).get(f"{PATH}/garmin"))


def test_a_sign_in_goes_on_in_a_browser_or_in_an_app(as_: As, world: World, somebody: MemberId) -> None:
    web = as_(somebody).post(f"{PATH}/fitbit/initiate").json()
    assert web["authorizationUrl"].startswith("https://terra.example/sign-in?")
    assert (None, None) == (web["sdkToken"], web["sdkTokenExpiresIn"])
    phone = as_(somebody).post(f"{PATH}/apple_health/initiate").json()
    assert (None, 180) == (phone["authorizationUrl"], phone["sdkTokenExpiresIn"])
    assert phone["sdkToken"]
    assert (404, "path_not_found") == problem_of(as_(somebody).post(f"{PATH}/garmin/initiate"))


def test_what_is_connected_already_is_not_connected_again(as_: As, world: World, somebody: MemberId) -> None:
    connect(as_, world, somebody)
    assert (409, "already_connected") == problem_of(as_(somebody).post(f"{PATH}/fitbit/initiate"))


@pytest.mark.parametrize(
    ("trouble", "code", "retry_after"),
    [(GatewayUnreachable("it answers 503"), "gateway_unreachable", "2"), (GatewayBusy(60), "gateway_busy", "60")],
)
def test_when_terra_is_away_the_answer_says_so(
    as_: As, world: World, somebody: MemberId, trouble: Any, code: str, retry_after: str
) -> None:
    begun = as_(somebody).post(f"{PATH}/fitbit/initiate").json()
    world.terra.trouble = trouble
    body = {"state": begun["state"], "trackerUserId": "x"}
    answers = as_(somebody).post(f"{PATH}/fitbit/initiate"), as_(somebody).post(f"{PATH}/fitbit/callback", json=body)
    world.terra.trouble = None
    for answer in answers:
        assert (503, code) == problem_of(answer)
        assert retry_after == answer.headers["retry-after"]


def test_a_sign_in_is_completed_by_who_began_it_only(as_: As, world: World, somebody: MemberId) -> None:
    begun = as_(somebody).post(f"{PATH}/fitbit/initiate").json()
    path = f"{PATH}/fitbit/callback"
    stolen = world.terra.joined(as_(world.cat).post(f"{PATH}/fitbit/initiate").json()["referenceId"])
    state = {"state": begun["state"]}
    refused = as_(somebody).post(path, json=state | {"trackerUserId": stolen["user_id"]})
    assert (403, "not_your_tracker") == problem_of(refused)
    assert (404, "tracker_user_unknown") == problem_of(as_(somebody).post(path, json=state | {"trackerUserId": "x"}))
    own = world.terra.joined(begun["referenceId"])
    body = state | {"trackerUserId": own["user_id"]}
    assert (400, "sign_in_not_valid") == problem_of(as_(world.cat).post(path, json=body))
    assert 200 == as_(somebody).post(path, json=body).status_code
    assert (400, "sign_in_not_valid") == problem_of(as_(somebody).post(path, json=body))
    assert (400, "invalid") == problem_of(as_(somebody).post(path, json={"state": ""}))


def test_a_tracker_is_preferred(as_: As, world: World, somebody: MemberId) -> None:
    connect(as_, world, somebody)
    connect(as_, world, somebody, "apple_health", "APPLE")
    chosen = as_(somebody).put(f"{PATH}/apple_health/primary")
    assert (200, True) == (chosen.status_code, chosen.json()["isPrimary"])
    assert [False, True] == [each["isPrimary"] for each in as_(somebody).get(PATH).json()["items"]]
    assert (404, "not_connected") == problem_of(as_(somebody).put(f"{PATH}/google_fit/primary"))
    as_(somebody).delete(f"{PATH}/fitbit")
    assert (409, "disconnected") == problem_of(as_(somebody).put(f"{PATH}/fitbit/primary"))


def test_a_sync_is_forced_now_and_then(as_: As, world: World, somebody: MemberId) -> None:
    user, _ = connect(as_, world, somebody)
    answer = as_(somebody).post(f"{PATH}/fitbit/sync")
    assert (202, "syncing") == (answer.status_code, answer.json()["syncStatus"])
    world.fittrack.syncing.run_due()
    assert user["user_id"] in [key for key, _, _ in world.terra.asked]
    again = as_(somebody).post(f"{PATH}/fitbit/sync")
    assert (429, "sync_too_soon") == problem_of(again)
    assert "300" == again.headers["retry-after"]
    assert (404, "not_connected") == problem_of(as_(somebody).post(f"{PATH}/google_fit/sync"))
    connect(as_, world, somebody, "apple_health", "APPLE")
    assert (409, "nothing_to_ask") == problem_of(as_(somebody).post(f"{PATH}/apple_health/sync"))
    as_(somebody).delete(f"{PATH}/fitbit")
    assert (409, "disconnected") == problem_of(as_(somebody).post(f"{PATH}/fitbit/sync"))


def test_a_tracker_is_disconnected_and_terra_is_told(as_: As, world: World, somebody: MemberId) -> None:
    user, answer = connect(as_, world, somebody)
    assert (404, "connection_not_found") == problem_of(as_(world.ben).delete(f"{PATH}/{answer.json()['connectionId']}"))
    assert 204 == as_(somebody).delete(f"{PATH}/fitbit").status_code
    assert "revoked" == as_(somebody).get(f"{PATH}/fitbit").json()["syncStatus"]
    world.fittrack.syncing.run_due()
    assert user["user_id"] in world.terra.revoked
    assert (409, "disconnected") == problem_of(as_(somebody).delete(f"{PATH}/fitbit"))
    assert (404, "not_connected") == problem_of(as_(somebody).delete(f"{PATH}/google_fit"))


def test_an_administrator_disconnects_anybodys_tracker_and_that_is_audited(
    as_: As, world: World, somebody: MemberId
) -> None:
    _, answer = connect(as_, world, somebody)
    connection_id = answer.json()["connectionId"]
    assert 204 == as_(world.ada).delete(f"{PATH}/{connection_id}").status_code
    with world.installation.store.reading() as tx:
        [entry] = [each for each in tx.audit.each() if each.subject_id == connection_id]
    assert (world.ada, "connection.disconnect") == (entry.actor, entry.action)


def test_an_administrator_creates_a_connection_once(as_: As, world: World, somebody: MemberId) -> None:
    body = {"userId": str(somebody), "provider": "fitbit", "trackerUserKey": f"key of {somebody}"}
    key = {"idempotency-key": str(uuid4())}
    made, again = (as_(world.ada).post(PATH, json=body | {"connectedOn": "2026-01-05"}, headers=key) for _ in "ab")
    assert (201, 201, "true") == (made.status_code, again.status_code, again.headers["idempotency-replayed"])
    assert made.json() == again.json() == as_(somebody).get(f"{PATH}/fitbit").json()
    assert "2026-01-05" == made.json()["connectedOn"]
    assert (409, "already_connected") == problem_of(as_(world.ada).post(PATH, json=body))
    of_another = body | {"userId": str(world.cat)}
    assert (409, "tracker_taken") == problem_of(as_(world.ada).post(PATH, json=of_another))
    assert (404, "member_not_found") == problem_of(as_(world.ada).post(PATH, json=body | {"userId": NO_ID}))
    assert (403, "admins_only") == problem_of(as_(somebody).post(PATH, json=body))
    assert (400, "invalid") == problem_of(as_(world.ada).post(PATH, json=body | {"provider": "garmin"}))


# Terra's events


def stored(world: World) -> int:
    with world.installation.store.reading() as tx:
        return tx.rows(TRACKER_EVENTS).total()


def test_an_event_is_acknowledged_once_it_is_stored_and_worked_on_afterwards(
    as_: As, world: World, somebody: MemberId
) -> None:
    user, _ = connect(as_, world, somebody)
    event = {"type": "daily", "user": user, "data": [a_day(f"{TODAY}T00:00:00-04:00", 5_000)]}
    before = stored(world)
    for _ in range(2):
        answer = deliver(as_, world, event, order=1)
        assert (200, b"") == (answer.status_code, answer.content)
    assert before + 1 == stored(world)
    [steps] = as_(somebody).get("/api/v1/activities").json()["items"]
    assert ({"steps": 5_000}, "accepted") == (steps["metrics"], steps["state"])
    assert 50 == as_(somebody).get("/api/v1/points/balance").json()["pointsEarned"]


def test_the_signed_word_of_a_sign_in_connects(as_: As, world: World, somebody: MemberId) -> None:
    begun = as_(somebody).post(f"{PATH}/fitbit/initiate").json()
    user = world.terra.joined(begun["referenceId"])
    assert 200 == deliver(as_, world, {"type": "auth", "status": "success", "user": user}).status_code
    assert "fitbit" == as_(somebody).get(f"{PATH}/fitbit").json()["provider"]


def test_what_is_not_signed_or_not_now_is_refused_and_not_stored(as_: As, world: World) -> None:
    before = stored(world)
    body, headers = sent(world, {"type": "healthcheck"})
    signature = headers["terra-signature"]
    attempts = [
        (body, {}),
        (body + b" ", headers),
        (body, headers | {"terra-signature": signature[:-1] + ("0" if signature[-1] != "0" else "1")}),
        sent(world, {"type": "healthcheck"}, at=NOW - timedelta(minutes=5, seconds=1)),
        sent(world, {"type": "healthcheck"}, at=NOW + timedelta(minutes=5, seconds=1)),
    ]
    for content, with_headers in attempts:
        answer = as_(None).post("/webhooks/terra", content=content, headers=with_headers)
        assert (401, "not_from_gateway") == problem_of(answer)
    assert before == stored(world)


def test_what_is_signed_and_no_event_is_refused_and_not_stored(as_: As, world: World) -> None:
    before = stored(world)
    events: list[Any] = [[], {"kind": "daily"}, "daily"]
    for event in events:
        assert (400, "unreadable_event") == problem_of(deliver(as_, world, event))
    body, headers = sent(world, {"type": "healthcheck"})
    assert (400, "invalid") == problem_of(as_(None).post("/webhooks/terra?a=1", content=body, headers=headers))
    assert before == stored(world)


def test_an_event_that_is_too_large_is_refused_and_not_stored(as_: As, world: World) -> None:
    before = stored(world)
    answer = deliver(as_, world, {"type": "daily", "data": ["x" * 1024 * 1024]})
    assert (413, "body_too_large") == problem_of(answer)
    assert before == stored(world)


def test_terra_may_deliver_as_often_as_it_likes(world: World) -> None:
    with running_app(make_app(an_installation(StoppedClock(NOW), gateway=world.terra))) as server:
        for number in range(30):
            body, headers = world.terra.sent({"type": "healthcheck", "n": number}, NOW)
            assert 200 == httpx.post(f"{server.url}/webhooks/terra", content=body, headers=headers).status_code


def test_without_terra_everything_else_works() -> None:
    installation = an_installation(StoppedClock(NOW))
    member = a_member(installation.fittrack)
    imported = installation.fittrack.tracking.connect(member, Provider.FITBIT, "1503960366")
    token = a_token(installation.fittrack, member)
    with running_app(make_app(installation)) as server, server.client(token) as client:
        refused = client.post(f"{PATH}/apple_health/initiate")
        assert (503, "gateway_not_configured") == problem_of(refused)
        assert "FITTRACK_TERRA_DEV_ID" in refused.json()["detail"]
        assert (503, "gateway_not_configured") == problem_of(client.post("/webhooks/terra", content=b"{}"))
        assert str(imported.id) == client.get(f"{PATH}/fitbit").json()["connectionId"]
        assert 200 == client.put(f"{PATH}/fitbit/primary").status_code
        assert 204 == client.delete(f"{PATH}/fitbit").status_code
