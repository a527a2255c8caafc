"""Terra, its users and their trackers, in memory: a gateway for tests that sends events as Terra signs them."""

import json
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import attrs

from fittrack_adapters.terra.events import user
from fittrack_adapters.terra.post import ORDERING, TRACE, TerraPost
from fittrack_adapters.terra.signature import HEADER, signed
from fittrack_domain.shared.errors import FitTrackError
from fittrack_domain.tracking.errors import TrackerUserUnknown
from fittrack_domain.tracking.gateway import Opened, PhoneSignIn, Told, TrackerUser, WebSignIn
from fittrack_domain.tracking.links import order_of
from fittrack_domain.tracking.model import Provider

SIGNING_SECRET: Final = "fake-terra-signing-secret"  # noqa: S105  # a double's

Sent = tuple[bytes, dict[str, str]]
"""Body and headers of a delivery."""


@attrs.define
class FakeTerra:
    """A `TrackerGateway` that can be told what happens at its side.

    Attributes:
        post: Its offline half, which is Terra's own.
        users: Whom it follows, by its names for them.
        asked: Whose activities it was asked for, and of which days.
        revoked: Whom it was told to forget, once for each time.
        trouble: What every call over the network raises.
    """

    post: TerraPost = attrs.field(factory=lambda: TerraPost((SIGNING_SECRET,)))
    users: dict[str, Mapping[str, Any]] = attrs.field(factory=dict)
    asked: list[tuple[str, date, date]] = attrs.field(factory=list)
    revoked: list[str] = attrs.field(factory=list)
    trouble: FitTrackError | None = None

    def is_on_phone(self, provider: Provider) -> bool:
        return self.post.is_on_phone(provider)

    def opened(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Opened:
        return self.post.opened(body, headers, now)

    def read(self, body: bytes, source_order: int, local: tzinfo) -> Told:
        return self.post.read(body, source_order, local)

    def sign_in(self, provider: Provider, reference: str, state: str) -> WebSignIn | PhoneSignIn:
        self._work_or_fail()
        if self.is_on_phone(provider):
            return PhoneSignIn(f"phone-token-for-{state}", 180)
        return WebSignIn(f"https://terra.example/sign-in?reference={reference}&state={state}")

    def user(self, key: str) -> TrackerUser:
        self._work_or_fail()
        if key not in self.users:
            raise TrackerUserUnknown
        return user(self.users[key])

    def ask(self, key: str, first: date, last: date) -> None:
        self._work_or_fail()
        if key not in self.users:
            raise TrackerUserUnknown
        self.asked.append((key, first, last))

    def revoke(self, key: str) -> None:
        self._work_or_fail()
        self.users.pop(key, None)
        self.revoked.append(key)

    def _work_or_fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def joined(self, reference: str, provider: str = "GOOGLE_HEALTH", name: str = "") -> Mapping[str, Any]:
        """Somebody has signed in; `name` tells several users of one reference apart. Answers Terra's user object."""
        key = str(uuid5(NAMESPACE_URL, f"{provider}/{reference}/{name}"))
        self.users[key] = {"user_id": key, "provider": provider, "reference_id": reference, "active": True}
        return self.users[key]

    def sent(self, event: Mapping[str, Any], at: datetime, *, trace_id: str = "", order: int | None = None) -> Sent:
        """An event as it is delivered at `at`. With the same `order` again it is the same delivery, by default."""
        body = json.dumps(event).encode()
        order = order_of(at) if order is None else order
        headers = {
            HEADER: signed(self.post.signing_secrets[0], at, body),
            TRACE: trace_id or str(uuid5(NAMESPACE_URL, f"{order} {event}")),
            ORDERING: str(order),
        }
        return body, headers


def a_day(start: str, steps: int | None = None, **seconds: int) -> dict[str, Any]:
    """One item of a `daily` event: `a_day("2026-03-02T00:00:00-05:00", 5_000, low_intensity_seconds=600)`."""
    return {
        "metadata": {"start_time": start, "end_time": start, "upload_type": 1},
        "distance_data": {"steps": steps},
        "active_durations_data": seconds,
    }


def a_workout(summary_id: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    """One item of an `activity` event, a run; `more` goes into its metadata."""
    metadata = {"summary_id": summary_id, "start_time": start, "end_time": end, "type": 8, "upload_type": 1}
    return {"metadata": metadata | more}
