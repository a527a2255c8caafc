"""The gateway that Terra is."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import attrs

from fittrack_adapters.terra import events
from fittrack_adapters.terra.activities import Unread
from fittrack_adapters.terra.client import TerraClient
from fittrack_adapters.terra.names import RESOURCES
from fittrack_adapters.terra.post import TerraPost
from fittrack_domain.tracking.errors import GatewayUnreachable, TrackerUserUnknown
from fittrack_domain.tracking.gateway import PhoneSignIn, TrackerUser, WebSignIn
from fittrack_domain.tracking.model import Provider

T = TypeVar("T", str, int)
DATA: Final = ("/daily", "/activity")
RETURN_PAGE: Final = "connect-tracker"


@attrs.frozen
class TerraGateway(TerraPost):
    """`TrackerGateway` over Terra.

    Attributes:
        app_url: Where the client is to which members come back from a sign-in on the web; None: they stay at Terra's.
    """

    client: TerraClient
    app_url: str | None = None

    def sign_in(self, provider: Provider, reference: str, state: str) -> WebSignIn | PhoneSignIn:
        if self.is_on_phone(provider):
            answer = self.client.post("/auth/generateAuthToken", {})
            return PhoneSignIn(_told(answer, "token", str), _told(answer, "expires_in", int))
        body = {"reference_id": reference} | self._return_to(state)
        answer = self.client.post("/auth/authenticateUser", {"resource": RESOURCES[provider]}, body)
        url = _told(answer, "auth_url", str)
        if not url.startswith(("https://", "http://")):
            raise GatewayUnreachable("its answer has no address to sign in at")
        return WebSignIn(url)

    def _return_to(self, state: str) -> dict[str, str]:
        if self.app_url is None:
            return {}
        url = f"{self.app_url}/{RETURN_PAGE}?{urlencode({'state': state})}"
        return {"auth_success_redirect_url": url, "auth_failure_redirect_url": url}

    def user(self, key: str) -> TrackerUser:
        answer = self.client.get("/userInfo", {"user_id": key})
        if answer.get("is_authenticated") is False:
            raise TrackerUserUnknown
        try:
            return events.user(answer.get("user"))
        except Unread as error:
            raise GatewayUnreachable(f"of its answer {error}") from None

    def ask(self, key: str, first: date, last: date) -> None:
        days = {"start_date": str(first), "end_date": str(last)}
        for path in DATA:
            self.client.get(path, {"user_id": key, "to_webhook": "true", "with_samples": "false"} | days)

    def revoke(self, key: str) -> None:
        try:
            self.client.delete("/auth/deauthenticateUser", {"user_id": key})
        except TrackerUserUnknown:
            return


def _told(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    value = answer.get(name)
    if not isinstance(value, kind):
        raise GatewayUnreachable(f"its answer has no {name}")
    return value
