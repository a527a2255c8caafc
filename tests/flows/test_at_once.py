"""Reviews and erasure by several workers at the same moment: whatever is found or forgotten is so once."""

from datetime import timedelta

import pytest

from fittrack_adapters.testing.builders import PASSWORD, a_member
from fittrack_adapters.wiring import Installation
from fittrack_domain.access.mailed import fresh_token
from fittrack_domain.access.model import Client, Purpose
from fittrack_domain.erasure import ERASED_AFTER
from fittrack_domain.integrity.anomalies import MEMBERS_MIN
from fittrack_domain.integrity.model import Outcome, ReviewKind, ReviewState
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Provider
from tests.domain.integrity.crowd import a_crowd, walked
from tests.flows.racing import all_at_once, clock_of, refusals

ALL = Paging(limit=PAGE_LIMIT_MAX)


@pytest.mark.parametrize("round_no", range(3))
def test_two_workers_look_at_the_same_days(installation: Installation, round_no: int) -> None:
    fittrack, store = installation.fittrack, installation.store
    ids, day = fittrack.watch.ids, platform_day(clock_of(installation).at) - timedelta(days=2)
    crowd = a_crowd(store, ids, MEMBERS_MIN + 3)
    walked(store, ids, day, [(member, 60_000 if member in crowd[:3] else 8_000) for member in crowd])
    outcomes = all_at_once(*[fittrack.watch.look_due] * 4)
    assert [] == refusals(outcomes)
    found = fittrack.reviews.page(ALL).items
    assert sorted(crowd[:3]) == sorted(review.user_id for review in found)
    assert {1} == {len(review.evidence) for review in found}
    assert [] == fittrack.watch.look_due()
    assert fittrack.audit.verify().whole


def test_log_ins_on_one_device_and_nonsense_from_a_tracker_with_many_relays(installation: Installation) -> None:
    fittrack = installation.fittrack
    members = [a_member(fittrack, f"m{n}") for n in range(4)]
    today = platform_day(clock_of(installation).at)
    for number, member in enumerate(members):
        fittrack.passwords.give(None, member, PASSWORD)
        fittrack.sessions.log_in(f"m{number}@example.com", PASSWORD, Client("192.0.2.1"), "tablet")
        tracker = fittrack.tracking.connect(member, Provider.FITBIT, connected_on=today - timedelta(days=9))
        reports = (ActivityReport.of_steps(today - timedelta(days=ago), -1) for ago in range(3))
        fittrack.tracking.receive([Delivery(tracker.id, tuple(reports))])
    all_at_once(*[fittrack.relay.drain] * 4)
    clock_of(installation).advance(timedelta(minutes=5))
    fittrack.relay.drain()
    assert ([], 0) == (list(fittrack.relay.parked().items), fittrack.relay.waiting())
    for kind in (ReviewKind.SHARED_DEVICE, ReviewKind.IMPLAUSIBLE_ACTIVITY):
        found = fittrack.reviews.page(ALL, kind=kind).items
        assert sorted(members) == sorted(review.user_id for review in found)
        assert {3} == {len(review.evidence) for review in found}


@pytest.mark.parametrize("round_no", range(3))
def test_one_token_brings_one_appeal_and_one_decision(installation: Installation, round_no: int) -> None:
    fittrack, at = installation.fittrack, clock_of(installation).at
    ann = a_member(fittrack)
    fittrack.identity.suspend(None, ann, "a test")
    with installation.store.transaction() as tx:
        token = fresh_token(tx, fittrack.sessions.entropy, at, ann, Purpose.APPEAL)
    outcomes = all_at_once(*[lambda: fittrack.reviews.appeal(token, "Please")] * 4)
    assert 3 == len(refusals(outcomes))
    [appeal] = fittrack.reviews.page(ALL).items
    outcomes = all_at_once(*[lambda o=o: fittrack.reviews.resolve(None, appeal.id, o, "Decided") for o in Outcome])
    assert 1 == len(refusals(outcomes))
    assert ReviewState.OPEN is not fittrack.reviews.get(appeal.id).state


def test_several_workers_erase_each_member_once(installation: Installation) -> None:
    fittrack = installation.fittrack
    members = [a_member(fittrack, f"m{n}") for n in range(6)]
    for member in members:
        fittrack.identity.leave(member)
    fittrack.relay.drain()
    clock_of(installation).advance(ERASED_AFTER)
    outcomes = all_at_once(*[fittrack.erasure.erase_due] * 4)
    assert [] == refusals(outcomes)
    assert sorted(members) == sorted(erased for outcome in outcomes for erased in outcome)
    audited = [entry.subject_id for entry in fittrack.audit.page(ALL).items if entry.action == "member.erased"]
    assert sorted(map(str, members)) == sorted(audited)
    assert fittrack.audit.verify().whole
