"""The settings choose Terra, and a sign-in goes all the way to it."""

from datetime import UTC, datetime

import pytest

from fittrack_adapters import wiring
from fittrack_adapters.settings import BadSettings, Settings
from fittrack_adapters.terra.gateway import TerraGateway
from fittrack_adapters.terra.none import NoGateway
from fittrack_adapters.terra.signature import signed
from fittrack_adapters.testing.builders import a_member
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.tracking.errors import NotFromGateway
from fittrack_domain.tracking.gateway import WebSignIn
from fittrack_domain.tracking.model import Provider
from tests.adapters.terra.conftest import KEY, Answer, StartTerra


def settings(url: str) -> Settings:
    return Settings(
        database_url="memory://",
        terra_dev_id="a-developer",
        terra_api_key=KEY,
        terra_signing_secrets=("a-secret", "an-older-one"),
        terra_url=url,
        app_url="https://app.example",
    )


def test_a_sign_in_goes_all_the_way(start: StartTerra) -> None:
    begun = Answer.of({"user_id": "23dc", "auth_url": "https://maker.example/authorize"})
    terra = start(begun, Answer.of({"is_authenticated": True}))
    with open_fittrack(settings(terra.url)) as installation:
        fittrack = installation.fittrack
        member = a_member(fittrack)
        found = fittrack.linking.begin(member, Provider.FITBIT)
        assert WebSignIn("https://maker.example/authorize") == found.goes_on
        [asked] = terra.asked
        assert (KEY, found.reference) == (asked.headers["x-api-key"], asked.body["reference_id"])
        assert asked.body["auth_success_redirect_url"].endswith(f"?state={found.state}")
        user = {"user_id": "23dc", "provider": "GOOGLE_HEALTH", "reference_id": found.reference}
        terra.answers[:] = [Answer.of({"is_authenticated": True, "user": user})]
        assert fittrack.linking.complete(member, Provider.FITBIT, found.state, "23dc").is_live
        terra.answers[:] = [Answer.of({"status": "success"})]
        assert 1 == fittrack.syncing.run_due().asked


def test_events_are_checked_against_either_secret() -> None:
    with open_fittrack(settings("http://127.0.0.1:9")) as installation:
        inbox, body, now = installation.fittrack.tracker_inbox, b'{"type": "healthcheck"}', datetime.now(UTC)
        for secret in ("a-secret", "an-older-one"):
            inbox.take_in(body, {"terra-signature": signed(secret, now, body)})
        with pytest.raises(NotFromGateway):
            inbox.take_in(body, {"terra-signature": signed("another", now, body)})


def test_without_credentials_there_is_no_gateway() -> None:
    with open_fittrack(Settings(database_url="memory://")) as installation:
        assert isinstance(installation.fittrack.linking.gateway, NoGateway)
    with open_fittrack(settings("http://127.0.0.1:9")) as installation:
        assert isinstance(installation.fittrack.linking.gateway, TerraGateway)


def test_terra_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "find_spec", lambda _: None)
    with pytest.raises(BadSettings, match=r"fittrack\[terra\]"):
        open_fittrack(settings("http://127.0.0.1:9"))
