"""Terra's API is called as it is documented, over a socket; whatever it answers becomes an error of ours."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import stamina
from structlog.testing import capture_logs

from fittrack_adapters.terra.client import (
    ANSWER_BYTES_MAX,
    ATTEMPTS,
    BUSY_SECONDS,
    BUSY_SECONDS_MAX,
    NOBODY,
    TerraClient,
)
from fittrack_adapters.terra.gateway import TerraGateway
from fittrack_adapters.terra.none import NoGateway
from fittrack_domain.tracking.errors import (
    GatewayBusy,
    GatewayNotConfigured,
    GatewayUnreachable,
    TrackerUserUnknown,
)
from fittrack_domain.tracking.gateway import PhoneSignIn, TrackerGateway, TrackerUser, WebSignIn
from fittrack_domain.tracking.model import Provider
from tests.adapters.terra.conftest import KEY, Answer, Asked, LoopbackTerra, StartTerra
from tests.adapters.terra.recorded import content, needs_recordings

WEB = Answer.of({"status": "success", "user_id": "23dc", "auth_url": "https://maker.example/authorize?state=x"})
PHONE = Answer.of({"status": "success", "token": "250c68b9", "expires_in": 180})
USER = {"user_id": "123e", "provider": "FITBIT", "reference_id": "a-reference", "active": True}
FOUND = Answer.of({"status": "success", "is_authenticated": True, "user": USER})
DONE = Answer.of({"status": "success"})
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 3)


def gateway(terra: LoopbackTerra, app_url: str | None = None) -> TerraGateway:
    return TerraGateway(("secret",), terra.client(), app_url)


def hasty(terra: LoopbackTerra) -> TerraGateway:
    """One that does not wait long."""
    return TerraGateway(("secret",), terra.client(seconds=0.5))


def only(terra: LoopbackTerra) -> Asked:
    [asked] = terra.asked
    return asked


def test_it_is_a_gateway(start: StartTerra) -> None:
    gateways: list[TrackerGateway] = [gateway(start(DONE)), NoGateway()]
    assert 2 == len(gateways)


def test_a_sign_in_on_the_web(start: StartTerra) -> None:
    terra = start(WEB)
    found = gateway(terra).sign_in(Provider.FITBIT, "a-reference", "a-state")
    assert WebSignIn("https://maker.example/authorize?state=x") == found
    asked = only(terra)
    assert ("POST", "/api/v2/auth/authenticateUser") == (asked.method, asked.path)
    assert ({"resource": "GOOGLE_HEALTH"}, {"reference_id": "a-reference"}) == (asked.parameters, asked.body)
    assert ("a-developer", KEY) == (asked.headers["dev-id"], asked.headers["x-api-key"])


def test_members_come_back_to_the_app_with_their_state(start: StartTerra) -> None:
    terra = start(WEB)
    gateway(terra, "https://app.example/fit").sign_in(Provider.FITBIT, "a-reference", "a&b")
    back = {only(terra).body[f"auth_{outcome}_redirect_url"] for outcome in ("success", "failure")}
    assert {"https://app.example/fit/connect-tracker?state=a%26b"} == back


@pytest.mark.parametrize("provider", [Provider.APPLE_HEALTH, Provider.GOOGLE_FIT])
def test_a_sign_in_on_the_phone(start: StartTerra, provider: Provider) -> None:
    terra = start(PHONE)
    assert PhoneSignIn("250c68b9", 180) == gateway(terra).sign_in(provider, "a-reference", "a-state")
    assert ("POST", "/api/v2/auth/generateAuthToken", None) == (only(terra).method, only(terra).path, only(terra).body)
    assert gateway(terra).is_on_phone(provider)


def test_a_user_is_shown(start: StartTerra) -> None:
    terra = start(FOUND)
    assert TrackerUser("123e", Provider.FITBIT, "a-reference") == gateway(terra).user("123e")
    assert ("/api/v2/userInfo", {"user_id": "123e"}) == (only(terra).path, only(terra).parameters)


def test_a_user_who_has_not_finished_signing_in_is_unknown(start: StartTerra) -> None:
    terra = start(Answer.of({"status": "success", "is_authenticated": False, "user": USER}))
    with pytest.raises(TrackerUserUnknown):
        gateway(terra).user("123e")


def test_data_is_asked_for_by_event_and_without_samples(start: StartTerra) -> None:
    terra = start(DONE)
    gateway(terra).ask("123e", FIRST, LAST)
    parameters = {
        "user_id": "123e",
        "start_date": "2026-03-01",
        "end_date": "2026-03-03",
        "to_webhook": "true",
        "with_samples": "false",
    }
    assert [("/api/v2/daily", parameters), ("/api/v2/activity", parameters)] == [
        (asked.path, asked.parameters) for asked in terra.asked
    ]


def test_a_user_is_forgotten_and_one_who_is_gone_already_is_fine(start: StartTerra) -> None:
    terra = start(DONE, Answer.of({"title": "not found"}, 404))
    gateway(terra).revoke("123e")
    gateway(terra).revoke("123e")
    assert ("DELETE", "/api/v2/auth/deauthenticateUser", {"user_id": "123e"}) == (
        terra.asked[0].method,
        terra.asked[0].path,
        terra.asked[0].parameters,
    )


def test_whether_it_works_is_found_out_by_asking_for_nobody(start: StartTerra) -> None:
    for answer in (FOUND, Answer.of({}, 404)):
        terra = start(answer)
        terra.client().check()
        assert {"user_id": NOBODY} == only(terra).parameters
    with pytest.raises(GatewayUnreachable, match="it answers 401"):
        start(Answer.of({}, 401)).client().check()


CALLS: dict[str, Callable[[TerraGateway], object]] = {
    "sign in on the web": lambda terra: terra.sign_in(Provider.FITBIT, "r", "s"),
    "sign in on the phone": lambda terra: terra.sign_in(Provider.APPLE_HEALTH, "r", "s"),
    "user": lambda terra: terra.user("123e"),
    "ask": lambda terra: terra.ask("123e", FIRST, LAST),
    "revoke": lambda terra: terra.revoke("123e"),
}
OF_NO_USE = {
    "bad request": Answer.of({"detail": "invalid start_date"}, 400),
    "wrong credentials": Answer.of({"detail": "dev-id or x-api-key headers are missing"}, 401),
    "broken": Answer.of({}, 500),
    "in maintenance": Answer(503, b"<html>"),
    "redirecting": Answer(302, b"", {"location": "http://127.0.0.1:9/"}),
    "no JSON": Answer(200, b"<html>"),
    "a list": Answer(200, b"[]"),
    "nothing": Answer(200, b""),
    "too much": Answer(200, b" " * (ANSWER_BYTES_MAX + 1)),
    "silence": Answer(200, b"{}", pause_seconds=5),
    "dripping": Answer(200, b"{", drips=True),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("answer", OF_NO_USE.values(), ids=OF_NO_USE)
def test_an_answer_of_no_use_is_told_without_particulars(
    start: StartTerra, call: Callable[[TerraGateway], object], answer: Answer
) -> None:
    with capture_logs() as logs, pytest.raises(GatewayUnreachable) as refused:
        call(hasty(start(answer)))
    everything = f"{refused.value} {logs}"
    assert not any(secret in everything for secret in (KEY, "123e", "127.0.0.1"))


@pytest.mark.parametrize("call", [CALLS["sign in on the web"], CALLS["sign in on the phone"], CALLS["user"]])
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"auth_url": "javascript:alert(1)", "token": 1, "user": None},
        {"auth_url": None, "token": "x", "expires_in": "180", "user": {"user_id": "123e"}},
    ],
)
def test_an_answer_that_lacks_what_was_asked_for_is_of_no_use(start: StartTerra, call: Any, answer: Any) -> None:
    with pytest.raises(GatewayUnreachable):
        call(gateway(start(Answer.of(answer))))


@pytest.mark.parametrize("name", ["user", "ask"])
def test_whom_terra_does_not_know_we_do_not_either(start: StartTerra, name: str) -> None:
    with pytest.raises(TrackerUserUnknown):
        CALLS[name](gateway(start(Answer.of({"detail": "user not found"}, 404))))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, BUSY_SECONDS),
        ("7", 7),
        ("0", 1),
        ("99999999", BUSY_SECONDS_MAX),
        ("Wed, 21 Oct 2026 07:28:00 GMT", BUSY_SECONDS),
        ("soon", BUSY_SECONDS),
    ],
)
def test_when_terra_is_asked_too_often_it_is_left_alone(start: StartTerra, header: str | None, seconds: int) -> None:
    headers = {} if header is None else {"retry_after": header}
    terra = start(Answer.of({"detail": "rate limit exceeded"}, 429, **headers))
    with stamina.set_testing(True, attempts=ATTEMPTS), pytest.raises(GatewayBusy) as refused:
        gateway(terra).user("123e")
    assert (seconds, 1) == (refused.value.retry_after_seconds, len(terra.asked))


@pytest.mark.parametrize("status", [500, 502, 503])
def test_what_may_be_repeated_is_tried_again(start: StartTerra, status: int) -> None:
    trouble = Answer.of({}, status)
    terra = start(trouble, trouble, FOUND)
    with stamina.set_testing(True, attempts=ATTEMPTS), capture_logs() as logs:
        assert "123e" == gateway(terra).user("123e").key
    assert ATTEMPTS == len(terra.asked)
    assert "123e" not in str(logs)


def test_after_a_silence_it_is_tried_again(start: StartTerra) -> None:
    terra = start(Answer(200, b"{}", pause_seconds=5))
    with stamina.set_testing(True, attempts=ATTEMPTS), pytest.raises(GatewayUnreachable, match="it does not answer"):
        hasty(terra).user("123e")
    assert ATTEMPTS == len(terra.asked)


def test_what_may_not_be_repeated_is_tried_once(start: StartTerra) -> None:
    terra = start(Answer.of({}, 503), WEB)
    with stamina.set_testing(True, attempts=ATTEMPTS), pytest.raises(GatewayUnreachable):
        gateway(terra).sign_in(Provider.FITBIT, "r", "s")
    assert 1 == len(terra.asked)


def test_where_nobody_listens_it_is_unreachable() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        client = TerraClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "a-developer", KEY)
    with pytest.raises(GatewayUnreachable, match="it does not answer"):
        TerraGateway(("secret",), client).user("123e")


def test_credentials_are_not_shown(start: StartTerra) -> None:
    assert KEY not in repr(gateway(start(DONE)))


def test_without_terra_nothing_is_answered() -> None:
    none, now = NoGateway(), datetime(2026, 3, 2, tzinfo=UTC)
    calls: list[Callable[[], object]] = [
        lambda: none.is_on_phone(Provider.FITBIT),
        lambda: none.sign_in(Provider.FITBIT, "r", "s"),
        lambda: none.user("123e"),
        lambda: none.ask("123e", FIRST, LAST),
        lambda: none.revoke("123e"),
        lambda: none.opened(b"", {}, now),
        lambda: none.read(b"", 0, UTC),
    ]
    for call in calls:
        with pytest.raises(GatewayNotConfigured, match="FITTRACK_TERRA_DEV_ID"):
            call()


@needs_recordings
def test_the_recorded_answers_are_understood(start: StartTerra) -> None:
    def recorded(name: str, status: int = 200) -> Answer:
        return Answer(status, content(f"responses/{name}.json"))

    web = gateway(start(recorded("authenticateUser_200"))).sign_in(Provider.FITBIT, "r", "s")
    assert isinstance(web, WebSignIn)
    assert web.url.startswith("https://www.fitbit.com/oauth2/authorize?")
    phone = gateway(start(recorded("generateAuthToken_200"))).sign_in(Provider.APPLE_HEALTH, "r", "s")
    assert isinstance(phone, PhoneSignIn)
    assert 180 == phone.seconds
    user = gateway(start(recorded("userInfo_one_200"))).user("123e4567-e89b-12d3-a456-426614174000")
    assert json.loads(content("responses/userInfo_one_200.json"))["user"]["reference_id"] == user.reference
    gateway(start(recorded("data_ack_to_webhook_200"), recorded("processing"))).ask("123e", FIRST, LAST)
    gateway(start(recorded("deauthenticateUser_200"))).revoke("123e")
    for name, status, error in (
        ("problem_400", 400, GatewayUnreachable),
        ("problem_401", 401, GatewayUnreachable),
        ("problem_404", 404, TrackerUserUnknown),
        ("rate_limited_429", 429, GatewayBusy),
    ):
        with pytest.raises(error):
            gateway(start(recorded(name, status))).user("123e")
