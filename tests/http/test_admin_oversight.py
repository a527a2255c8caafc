"""Administrators read the audit log, and release what was given up."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from fittrack_domain.relay import ATTEMPTS_MAX
from fittrack_domain.shared.ids import DrawingId, EventId, MemberId, PrizeId
from fittrack_domain.sweepstakes.events import WinnerDrawn
from tests.http.asking import NO_ID, faults_of, problem_of
from tests.http.world import JOINED, NOW, World

AUDIT = "/api/v1/admin/audit"
EVENTS = "/api/v1/admin/events"


def test_records_are_filtered_by_actor_action_subject_and_time(ada: httpx.Client, world: World) -> None:
    [suspension] = ada.get(f"{AUDIT}?action=member.suspended").json()["items"]
    assert (str(world.ada), "member", str(world.eve), {"from": "active", "to": "suspended", "reason": "a test"}) == (
        suspension["actor"],
        suspension["subjectType"],
        suspension["subjectId"],
        suspension["facts"],
    )
    assert suspension in ada.get(f"{AUDIT}?subjectType=member&subjectId={world.eve}").json()["items"]
    assert suspension in ada.get(f"{AUDIT}?actor={world.ada}&limit=100").json()["items"]
    early = ada.get(f"{AUDIT}?until={JOINED + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}&limit=100").json()["items"]
    assert {"member.created", "member.role_changed"} == {record["action"] for record in early}
    late = ada.get(f"{AUDIT}?since={NOW:%Y-%m-%dT%H:%M:%SZ}&action=member.created").json()["items"]
    assert [str(world.new)] == [record["subjectId"] for record in late]


def test_records_come_in_pages_and_are_chained(ada: httpx.Client) -> None:
    newest, before = ada.get(f"{AUDIT}?limit=2").json()["items"]
    assert (before["seq"] + 1, before["entryHash"]) == (newest["seq"], newest["prevHash"])
    assert [before] == ada.get(f"{AUDIT}?limit=1&page=2").json()["items"]


def test_a_filter_that_says_nothing_is_refused(ada: httpx.Client) -> None:
    assert ["/actor", "/action", "/since"] == faults_of(ada.get(f"{AUDIT}?actor=ada&action=&since=yesterday"))
    assert [] == ada.get(f"{AUDIT}?actor={NO_ID}").json()["items"]


@pytest.fixture
def parked(world: World) -> EventId:
    """An event that was given up: there is no such prize to deliver."""
    nothing = UUID(NO_ID)
    with world.installation.store.transaction() as tx:
        tx.record(WinnerDrawn(DrawingId(nothing), 1, MemberId(nothing), 1, PrizeId(nothing)))
    for _ in range(ATTEMPTS_MAX):
        world.fittrack.relay.drain()
        world.clock.advance(timedelta(minutes=5))
    world.clock.set(NOW)
    return world.fittrack.relay.parked().items[-1].id


def test_what_was_given_up_is_listed_and_released(ada: httpx.Client, world: World, parked: EventId) -> None:
    [event] = (each for each in ada.get(EVENTS).json()["items"] if each["eventId"] == str(parked))
    assert ("WinnerDrawn", ATTEMPTS_MAX) == (event["kind"], event["attempts"])
    assert "PrizeNotFound" in event["lastError"]
    assert 204 == ada.post(f"{EVENTS}/{parked}/release").status_code
    assert (404, "event_not_parked") == problem_of(ada.post(f"{EVENTS}/{parked}/release"))
    [record] = ada.get(f"{AUDIT}?action=event.released&subjectId={parked}").json()["items"]
    assert (str(world.ada), {"kind": "WinnerDrawn"}) == (record["actor"], record["facts"])
    assert (404, "event_not_found") == problem_of(ada.post(f"{EVENTS}/{NO_ID}/release"))
