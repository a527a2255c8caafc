"""Whole days of deliveries come through Terra's route, signed, and are worth exactly the points that they should be."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fittrack_adapters.terra.post import TerraPost
from fittrack_adapters.testing import FakeTerra, StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation
from fittrack_adapters.testing.terra import SIGNING_SECRET, a_day, a_workout
from fittrack_domain.app import FitTrack
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.tracking.model import Provider
from fittrack_http.app import make_app
from tests.adapters.terra.recorded import Recording, content, deliveries, needs_recordings, signing_secret
from tests.http.live import running_app

DAY = date(2016, 4, 13)
MORNING = datetime(2016, 4, 13, 12, tzinfo=UTC)
GROWTH = [(1_633, 53, 2, 2), (5_681, 117, 5, 25), (10_181, 200, 5, 43), (12_024, 292, 5, 43)]
"""Steps and minutes by intensity of one day, as they grow."""


@attrs.frozen
class Scene:
    """A server, a member of it, and Terra."""

    url: str
    fittrack: FitTrack
    clock: StoppedClock
    terra: FakeTerra
    member: MemberId

    def follow(self, provider: Provider, user: dict[str, Any]) -> None:
        """The member signs in as a user of Terra's, and Terra says so."""
        begun = self.fittrack.linking.begin(self.member, provider)
        event = {"type": "auth", "status": "success", "user": user | {"reference_id": begun.reference}}
        self.post(*self.terra.sent(event, self.clock.at))

    def deliver(self, delivery: Recording) -> None:
        """As it arrived, when it arrived."""
        self.clock.set(delivery.at)
        self.post(delivery.body, delivery.headers)

    def post(self, body: bytes, headers: dict[str, str]) -> None:
        assert 200 == httpx.post(f"{self.url}/webhooks/terra", content=body, headers=headers).status_code
        self.fittrack.relay.drain()

    @property
    def points(self) -> int:
        return self.fittrack.points.balance(self.member).points_earned


@contextmanager
def a_scene(at: datetime, secret: str = SIGNING_SECRET) -> Iterator[Scene]:
    clock, terra = StoppedClock(at), FakeTerra(TerraPost((secret,)))
    installation = an_installation(clock, gateway=terra)
    member = a_member(installation.fittrack, date_of_birth=date(1980, 1, 1))
    with running_app(make_app(installation, limited=False)) as server:
        yield Scene(server.url, installation.fittrack, clock, terra, member)


def made_up() -> list[Recording]:
    """A day as it grows, a run of that day, sent twice, and late retries of both; from the form that Terra has."""
    terra, user = FakeTerra(), {"user_id": "092b9487", "provider": "FITBIT"}
    midnight = f"{DAY}T00:00:00.000000-04:00"
    events: list[dict[str, Any]] = [
        {"type": "daily", "user": user, "data": [a_day(midnight, steps, **_seconds(*minutes))]}
        for steps, *minutes in GROWTH
    ]
    for end in ("09:26:00", "09:49:00"):
        run = a_workout("fitbit-6bdf", f"{DAY}T09:01:00-04:00", f"{DAY}T{end}-04:00")
        events.append({"type": "activity", "user": user, "data": [run]})
    found = []
    for number, event in enumerate([*events, events[1], events[4]]):
        at = MORNING + timedelta(hours=3 + number)
        body, headers = terra.sent(event, at, order=int(MORNING.timestamp()) + events.index(event))
        found.append(Recording(f"{number}", body, headers, at))
    return found


def _seconds(light: int, moderate: int, vigorous: int) -> dict[str, int]:
    minutes = {"low": light, "moderate": moderate, "vigorous": vigorous}
    return {f"{intensity}_intensity_seconds": 60 * number for intensity, number in minutes.items()}


def worth_of(scene: Scene, sequence: Sequence[Recording], provider: Provider = Provider.FITBIT) -> list[int]:
    """The member's points after each delivery."""
    scene.follow(provider, sequence[0].event["user"])
    points = []
    for delivery in sequence:
        scene.deliver(delivery)
        points.append(scene.points)
    return points


def test_a_day_that_grows_is_paid_as_it_grows() -> None:
    with a_scene(MORNING) as scene:
        assert [73, 252, 539, 651, 701, 701, 701, 701] == worth_of(scene, made_up())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_in_any_order_it_is_worth_the_same(data: st.DataObject) -> None:
    with a_scene(MORNING) as scene:
        assert 701 == worth_of(scene, data.draw(st.permutations(made_up())))[-1]


# As it was recorded


@needs_recordings
def test_the_recorded_day_is_paid_as_it_grows() -> None:
    with a_scene(MORNING, signing_secret()) as scene:
        paid = worth_of(scene, deliveries("fitbit-growth"))
        assert [73, 247, 307, 537, 613, 651, 651, 651, 651] == paid
        for delivery in deliveries("fitbit-activity"):
            scene.deliver(delivery)
            assert 701 == scene.points


@needs_recordings
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_recorded_day_is_worth_the_same_in_any_order(data: st.DataObject) -> None:
    everything = [*deliveries("fitbit-growth"), *deliveries("fitbit-activity")]
    again = data.draw(st.lists(st.sampled_from(everything), max_size=4))
    with a_scene(MORNING, signing_secret()) as scene:
        assert 701 == worth_of(scene, data.draw(st.permutations(everything + again)))[-1]
        [day] = [scored for scored in scene.fittrack.points.days(scene.member) if scored.activity_day == DAY]
        assert (701, 701) == (day.score, day.awarded)


@needs_recordings
def test_two_days_in_one_delivery() -> None:
    [delivery] = deliveries("google-health")
    with a_scene(datetime(2016, 5, 10, 12, tzinfo=UTC), signing_secret()) as scene:
        first = 100 + 100 + 267 + 2 * 14 + 3 * 13
        second = 100 + 100 + 256 + 2 * 18 + 3 * 8
        assert [first + second] == worth_of(scene, [delivery])


@needs_recordings
@pytest.mark.parametrize("first", ["apple", "health-connect"])
def test_two_sources_of_the_same_steps_are_never_added_up(first: str) -> None:
    providers = {"apple": Provider.APPLE_HEALTH, "health-connect": Provider.GOOGLE_FIT}
    with a_scene(datetime(2016, 4, 27, 12, tzinfo=UTC), signing_secret()) as scene:
        for folder in sorted(providers, key=lambda name: name != first):
            [delivery] = deliveries(folder)
            worth_of(scene, [delivery], providers[folder])
        assert 120 + 100 == scene.points


@needs_recordings
def test_what_was_recorded_of_other_kinds_is_acknowledged() -> None:
    secret = signing_secret()
    with a_scene(MORNING, secret) as scene:
        for name in ("healthcheck", "rate_limit_hit", "google_no_datasource", "unknown_event", "empty_data"):
            event = json.loads(content(f"derived/misc/{name}.json"))
            scene.post(*scene.terra.sent(event, scene.clock.at))
        assert 0 == scene.points
