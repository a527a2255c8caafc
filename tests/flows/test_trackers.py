"""Trackers from the sign-in to the points, and the same with many at once and processes that end anywhere."""

import itertools
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest

from fittrack_adapters.store.gateway import TRACKER_EVENTS
from fittrack_adapters.store.sqlite_database import SqliteDatabase
from fittrack_adapters.testing import FakeTerra, StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation
from fittrack_adapters.testing.terra import a_day, a_workout
from fittrack_adapters.wiring import Installation
from fittrack_domain.app import FitTrack
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.tracking.links import SYNC_EVERY, Handling, order_of
from fittrack_domain.tracking.model import Provider, SyncStatus
from tests.flows.racing import MORNING, all_at_once, assert_books_balance, refusals

TODAY = date(2026, 3, 2)
MIDNIGHT = f"{TODAY}T00:00:00-05:00"


@attrs.frozen
class Flow:
    """An installation with Terra beside it."""

    installation: Installation
    terra: FakeTerra
    clock: StoppedClock

    @property
    def fittrack(self) -> FitTrack:
        return self.installation.fittrack

    def follow(self, name: str) -> tuple[MemberId, dict[str, Any]]:
        """A new member whose tracker is connected."""
        member = a_member(self.fittrack, name)
        begun = self.fittrack.linking.begin(member, Provider.FITBIT)
        user = dict(self.terra.joined(begun.reference))
        self.fittrack.linking.complete(member, Provider.FITBIT, begun.state, user["user_id"])
        return member, user

    def send(self, event: Any, order: int | None = None) -> None:
        self.fittrack.tracker_inbox.take_in(*self.terra.sent(event, self.clock.at, order=order))

    def day(self, user: Any, steps: int) -> dict[str, Any]:
        return {"type": "daily", "user": user, "data": [a_day(MIDNIGHT, steps, vigorous_intensity_seconds=2_400)]}

    def outcomes(self) -> Counter[Handling | None]:
        with self.installation.store.reading() as tx:
            return Counter(event.outcome for event in tx.rows(TRACKER_EVENTS).each())


@pytest.fixture
def flow(url: str) -> Iterator[Flow]:
    """One on each store, on a Monday morning."""
    clock, terra = StoppedClock(MORNING), FakeTerra()
    with an_installation(clock, url, gateway=terra) as opened:
        yield Flow(opened, terra, clock)


def test_from_the_sign_in_to_the_points_and_out_again(flow: Flow) -> None:
    member, user = flow.follow("ann")
    flow.fittrack.syncing.run_due()
    assert [user["user_id"]] == [key for key, _, _ in flow.terra.asked]
    flow.send(flow.day(user, 12_024))
    run = a_workout("run", f"{TODAY}T05:00:00-05:00", f"{TODAY}T05:40:00-05:00")
    flow.send({"type": "activity", "user": user, "data": [run]})
    flow.fittrack.relay.drain()
    assert 120 + 100 + 120 + 50 == flow.fittrack.points.balance(member).points_earned
    connection = flow.fittrack.tracking.connection_at(member, Provider.FITBIT)
    assert SyncStatus.SUCCESS is connection.sync_status
    flow.fittrack.identity.leave(member)
    flow.fittrack.relay.drain()
    flow.fittrack.syncing.run_due()
    assert [user["user_id"]] == flow.terra.revoked
    flow.clock.advance(timedelta(minutes=1))
    flow.send(flow.day(user, 99_000))
    flow.fittrack.relay.drain()
    assert {Handling.DONE: 2, Handling.REFUSED: 1} == flow.outcomes()
    assert_books_balance(flow.installation)


def test_the_same_delivery_many_times_at_once_is_stored_once(flow: Flow) -> None:
    member, user = flow.follow("ann")
    delivery = flow.terra.sent(flow.day(user, 12_024), flow.clock.at)
    outcomes = all_at_once(*[lambda: flow.fittrack.tracker_inbox.take_in(*delivery)] * 6)
    assert [] == refusals(outcomes)
    assert 1 == flow.outcomes().total()
    flow.fittrack.relay.drain()
    assert 340 == flow.fittrack.points.balance(member).points_earned


def test_many_workers_work_each_event_off_once_whatever_the_order(flow: Flow) -> None:
    members = [flow.follow(f"m{n}") for n in range(6)]
    totals = [3_000, 12_024, 7_000]
    for steps in totals:
        for _, user in members:
            flow.send(flow.day(user, steps), order=order_of(MORNING) + steps)
    all_at_once(*[flow.fittrack.relay.drain] * 6)
    for _ in range(5):  # who lost a race tries again in a moment
        flow.clock.advance(timedelta(minutes=1))
        flow.fittrack.relay.drain()
    assert [340] * 6 == [flow.fittrack.points.balance(member).points_earned for member, _ in members]
    assert {Handling.DONE: 18} == flow.outcomes()
    assert [] == list(flow.fittrack.relay.parked().items)
    assert_books_balance(flow.installation)


def test_many_workers_ask_for_each_tracker_once(flow: Flow) -> None:
    users = [flow.follow(f"m{n}")[1]["user_id"] for n in range(8)]
    outcomes = all_at_once(*[flow.fittrack.syncing.run_due] * 4)
    assert [] == refusals(outcomes)
    assert sorted(users) == sorted(key for key, _, _ in flow.terra.asked)
    flow.clock.advance(SYNC_EVERY)
    all_at_once(*[flow.fittrack.syncing.run_due] * 4)
    assert sorted(users * 2) == sorted(key for key, _, _ in flow.terra.asked)


def test_the_members_way_and_terras_word_at_once_make_one_connection(flow: Flow) -> None:
    for n in range(5):
        member = a_member(flow.fittrack, f"m{n}")
        begun = flow.fittrack.linking.begin(member, Provider.FITBIT)
        user = flow.terra.joined(begun.reference)
        flow.send({"type": "auth", "status": "success", "user": user})
        flow.send(flow.day(user, 5_000))
        all_at_once(
            flow.fittrack.relay.drain,
            lambda m=member, b=begun, u=user: flow.fittrack.linking.complete(  # type: ignore[misc]  # bound per round
                m, Provider.FITBIT, b.state, u["user_id"]
            ),
            flow.fittrack.relay.drain,
        )
        flow.fittrack.tracker_inbox.sweep()
        for _ in range(3):
            flow.clock.advance(timedelta(minutes=1))
            flow.fittrack.relay.drain()
        assert 1 == len(flow.fittrack.tracking.connections(member))
        assert 50 + 120 == flow.fittrack.points.balance(member).points_earned
    assert {Handling.DONE: 10} == flow.outcomes()


class Killed(BaseException):
    """The process ends here."""


def test_ended_before_any_statement_and_run_again_it_comes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-in, with data before and after it, on a database that fails at its k-th statement."""
    terra, begun = FakeTerra(), tmp_path / "begun.db"
    with an_installation(StoppedClock(MORNING), f"sqlite:///{begun}", gateway=terra) as opened:
        member = a_member(opened.fittrack, "ann")
        user = dict(terra.joined(opened.fittrack.linking.begin(member, Provider.FITBIT).reference))
    for k in itertools.count(1):
        path, clock = shutil.copy(begun, tmp_path / f"{k}.db"), StoppedClock(MORNING)
        with an_installation(clock, f"sqlite:///{path}", seed=k, gateway=terra) as opened:
            flow = Flow(opened, terra, clock)
            survived = _ended_at(k, monkeypatch, partial(_story, flow, user))
            _story(flow, user)
            assert {Handling.DONE: 3} == flow.outcomes()
            assert 340 == flow.fittrack.points.balance(member).points_earned
            assert 1 == len(flow.fittrack.tracking.connections(member))
            assert_books_balance(opened)
        if survived:
            break
    assert k > 40, "the story touches the database more often than that"


def _story(flow: Flow, user: Any) -> None:
    """Every step of it may be done again."""
    flow.send(flow.day(user, 12_024), order=order_of(MORNING) + 2)
    flow.fittrack.relay.drain()
    flow.send({"type": "auth", "status": "success", "user": user}, order=order_of(MORNING))
    flow.fittrack.relay.drain()
    flow.send(flow.day(user, 5_000), order=order_of(MORNING) + 1)
    flow.fittrack.relay.drain()
    flow.fittrack.syncing.run_due()


def _ended_at(k: int, monkeypatch: pytest.MonkeyPatch, act: Any) -> bool:
    """Whether `act` came to its end before the k-th statement of this thread, at which it is ended."""
    touched, here = itertools.count(1), threading.get_ident()

    def guarded(original: Any) -> Any:
        def run(self: SqliteDatabase, *arguments: Any) -> Any:
            if threading.get_ident() == here and next(touched) == k:
                raise Killed
            return original(self, *arguments)

        return run

    with monkeypatch.context() as patched:
        for name in ("fetch", "run", "run_many"):
            patched.setattr(SqliteDatabase, name, guarded(getattr(SqliteDatabase, name)))
        try:
            act()
        except Killed:
            return False
    return True
