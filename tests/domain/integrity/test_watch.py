"""What opens a review, and that nothing opens one twice."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.model import Client
from fittrack_domain.audit.model import Wanted
from fittrack_domain.integrity.anomalies import MEMBERS_MIN
from fittrack_domain.integrity.model import FINDINGS_MAX, Look, Outcome, Review, ReviewKind, ReviewState
from fittrack_domain.integrity.watch import DAYS_CAUGHT_UP_MAX
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging
from fittrack_domain.tracking.events import REJECTED_TOLD_MAX
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Provider
from tests.domain.integrity.crowd import a_crowd, walked
from tests.domain.notices.house import House

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
SATURDAY = date(2026, 2, 28)
"""The last complete day: on Monday morning in New York late data for Sunday may still come."""


def reviews(house: House, **wanted: Any) -> list[Review]:
    """The queue, when everything that was recorded is delivered."""
    house.fittrack.relay.drain()
    assert [] == list(house.fittrack.relay.parked().items)
    return list(house.fittrack.reviews.page(Paging(limit=PAGE_LIMIT_MAX), **wanted).items)


# Implausible activity


def a_tracker(house: House, member_id: MemberId) -> ConnectionId:
    return house.fittrack.tracking.connect(member_id, Provider.FITBIT, connected_on=date(2026, 1, 1)).id


def report(house: House, tracker: ConnectionId, *reports: ActivityReport) -> None:
    house.fittrack.tracking.receive([Delivery(tracker, reports)])


def steps(day: date, number: int, order: int = 0) -> ActivityReport:
    return ActivityReport.of_steps(day, number, source_order=order)


def test_an_implausible_report_opens_a_review_with_its_facts(house: House) -> None:
    ann = house.member("ann")
    report(house, a_tracker(house, ann), steps(TODAY, 100_001), steps(TODAY - DAY, 8_000))
    [review] = reviews(house)
    assert (ann, ReviewKind.IMPLAUSIBLE_ACTIVITY, ReviewState.OPEN) == (review.user_id, review.kind, review.state)
    [finding] = review.evidence
    assert {
        "activityId": finding.key,
        "activityDay": "2026-03-02",
        "reason": "more than 100,000 steps a day",
    } == finding.facts
    [*_, entry] = house.fittrack.audit.page(Paging(), Wanted(subject_type="review")).items
    assert (None, "review.opened", {"member": str(ann), "kind": "implausible_activity"}) == (
        entry.actor,
        entry.action,
        entry.facts,
    )


def test_the_same_report_again_is_nothing_new_even_after_the_review(house: House) -> None:
    ann = house.member("ann")
    tracker = a_tracker(house, ann)
    report(house, tracker, steps(TODAY, -1))
    [review] = reviews(house)
    report(house, tracker, steps(TODAY, -2, order=1))
    assert [review] == reviews(house)
    resolved = house.fittrack.reviews.resolve(None, review.id, Outcome.CLEARED, "A broken tracker")
    report(house, tracker, steps(TODAY, 8_000, order=2))
    report(house, tracker, steps(TODAY, -3, order=3))
    assert [resolved] == reviews(house)


def test_further_reports_go_into_the_open_review_and_else_open_another(house: House) -> None:
    ann = house.member("ann")
    tracker = a_tracker(house, ann)
    report(house, tracker, steps(TODAY, -1))
    report(house, tracker, steps(TODAY - DAY, -1))
    [review] = reviews(house)
    assert 2 == len(review.evidence)
    house.fittrack.reviews.resolve(None, review.id, Outcome.CONFIRMED, "Made up")
    report(house, tracker, steps(TODAY - 2 * DAY, -1))
    assert [ReviewState.CONFIRMED, ReviewState.OPEN] == [each.state for each in reviews(house)]


def test_a_day_that_overflows_is_implausible(house: House) -> None:
    ann = house.member("ann")
    halves = (attrs.evolve(steps(TODAY, 60_000), external_id=name) for name in ("morning", "evening"))
    report(house, a_tracker(house, ann), *halves)
    assert ["together with the tracker's other reports more than a day can hold"] * 2 == [
        finding.facts["reason"] for review in reviews(house) for finding in review.evidence
    ]


def test_what_came_too_late_and_what_an_admin_recorded_is_no_suspicion(house: House) -> None:
    ann = house.member("ann")
    report(house, a_tracker(house, ann), steps(TODAY - 40 * DAY, 8_000))
    house.fittrack.tracking.record_activity(house.member("ida"), ann, steps(TODAY, -1))
    assert [] == reviews(house)


def test_of_very_many_reports_those_of_the_last_days_are_named(house: House) -> None:
    ann = house.member("ann")
    report(house, a_tracker(house, ann), *(steps(TODAY - n * DAY, -1) for n in range(REJECTED_TOLD_MAX + 5)))
    [review] = reviews(house)
    assert [str(TODAY - n * DAY) for n in range(REJECTED_TOLD_MAX)] == [
        finding.facts["activityDay"] for finding in review.evidence
    ]


# Shared devices


def logged_in(house: House, name: str, device: str | None = "tablet") -> MemberId:
    """A new member, who has logged in there."""
    member_id = house.member(name)
    house.fittrack.passwords.give(None, member_id, PASSWORD)
    log_in(house, name, device)
    return member_id


def log_in(house: House, name: str, device: str | None = "tablet") -> None:
    house.fittrack.sessions.log_in(f"{name}@example.com", PASSWORD, Client("192.0.2.1"), device)


def test_two_accounts_on_one_device_are_both_reviewed(house: House) -> None:
    ann = logged_in(house, "ann")
    assert [] == reviews(house)
    bob = logged_in(house, "bob")
    found = {review.user_id: review for review in reviews(house, kind=ReviewKind.SHARED_DEVICE)}
    assert {ann: [str(bob)], bob: [str(ann)]} == {
        member: [finding.facts["otherUserId"] for finding in review.evidence] for member, review in found.items()
    }
    assert "tablet" not in str(found)
    log_in(house, "ann")
    log_in(house, "bob")
    assert sorted(found.values(), key=lambda review: review.id) == sorted(reviews(house), key=lambda review: review.id)


def test_a_third_account_is_something_new(house: House) -> None:
    ann, bob = logged_in(house, "ann"), logged_in(house, "bob")
    for review in reviews(house):
        house.fittrack.reviews.resolve(None, review.id, Outcome.CLEARED, "A couple")
    carl = logged_in(house, "carl")
    others = {
        review.user_id: {finding.facts["otherUserId"] for finding in review.evidence}
        for review in reviews(house, state=ReviewState.OPEN)
    }
    assert {ann: {str(carl)}, bob: {str(carl)}, carl: {str(ann), str(bob)}} == others


def test_devices_without_a_name_and_of_long_ago_are_nobodys(house: House) -> None:
    logged_in(house, "ann", None)
    logged_in(house, "bob", None)
    logged_in(house, "carl", "phone")
    house.later(days=30, seconds=1)
    logged_in(house, "dora", "phone")
    assert [] == reviews(house)


def test_an_account_that_was_deleted_shares_nothing(house: House) -> None:
    house.fittrack.identity.leave(logged_in(house, "ann"))
    logged_in(house, "anna")
    assert [] == reviews(house)


def test_a_session_that_is_forgotten_by_then_tells_nothing(house: House) -> None:
    for name in ("ann", "bob"):
        logged_in(house, name)
    house.later(days=31)
    house.fittrack.sessions.forget_expired()
    assert [] == reviews(house)


# Unusual activity


def a_day(house: House, day: date, *outliers: int) -> list[MemberId]:
    """A day on which a crowd walked 8,000 steps, and some more walked otherwise; those are answered."""
    crowd = a_crowd(house.store, house.ids, MEMBERS_MIN + len(outliers))
    usual = [(member, 8_000) for member in crowd[len(outliers) :]]
    walked(house.store, house.ids, day, [*usual, *zip(crowd, outliers, strict=False)])
    return crowd[: len(outliers)]


def test_who_stands_out_in_their_tier_is_reviewed(house: House) -> None:
    [fast] = a_day(house, SATURDAY, 60_000)
    assert Look(SATURDAY, MEMBERS_MIN + 1, unusual=1) == house.fittrack.watch.look(SATURDAY)
    [review] = reviews(house)
    assert (fast, ReviewKind.UNUSUAL_ACTIVITY) == (review.user_id, review.kind)
    assert {
        "activityDay": "2026-02-28",
        "tierCode": "M-30-39-BEG",
        "measure": "steps",
        "value": 60_000,
        "mean": 9_677,
        "standardDeviation": 9_187,
        "members": MEMBERS_MIN + 1,
    } == review.evidence[0].facts


def test_a_look_again_finds_the_same_and_opens_nothing(house: House) -> None:
    a_day(house, SATURDAY, 60_000)
    first = house.fittrack.watch.look(SATURDAY)
    before = reviews(house)
    assert first == house.fittrack.watch.look(SATURDAY)
    assert before == reviews(house)
    resolved = house.fittrack.reviews.resolve(None, before[0].id, Outcome.CLEARED, "A long hike")
    house.fittrack.watch.look(SATURDAY)
    assert [resolved] == reviews(house)


def test_members_without_a_complete_profile_are_not_compared(house: House) -> None:
    [fast] = a_day(house, SATURDAY, 60_000)
    with house.store.transaction() as tx:
        tx.profiles.save(tx.profiles.get(fast).erased())
    assert Look(SATURDAY, MEMBERS_MIN, unusual=0) == house.fittrack.watch.look(SATURDAY)


def test_a_day_that_is_not_complete_cannot_be_looked_at(house: House) -> None:
    with pytest.raises(InvalidInput, match="ended 12 hours ago"):
        house.fittrack.watch.look(SATURDAY + DAY)


def test_the_job_looks_at_each_complete_day_once(house: House) -> None:
    a_day(house, SATURDAY, 60_000)
    due = house.fittrack.watch.look_due
    assert [SATURDAY] == [look.activity_day for look in due()]
    assert [] == due()
    house.clock.set(datetime(2026, 3, 4, 16, 59, tzinfo=UTC))  # 11:59 in New York: Tuesday is not complete yet
    assert [SATURDAY + DAY, SATURDAY + 2 * DAY] == [look.activity_day for look in due()]
    house.clock.set(datetime(2026, 3, 4, 17, tzinfo=UTC))
    assert [SATURDAY + 3 * DAY] == [look.activity_day for look in due()]
    house.later(days=100)
    assert DAYS_CAUGHT_UP_MAX == len(due())


def test_a_job_that_was_interrupted_begins_the_day_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(house, SATURDAY, 60_000, 61_000)
    made, given = house.ids.new, count(1)

    def new() -> UUID:
        if next(given) == 2:
            raise KeyboardInterrupt
        return made()

    monkeypatch.setattr(house.ids, "new", new)
    with pytest.raises(KeyboardInterrupt):
        house.fittrack.watch.look_due()
    assert 1 == len(reviews(house))
    assert [2] == [look.unusual for look in house.fittrack.watch.look_due()]
    assert 2 == len(reviews(house))


def test_a_review_keeps_a_bounded_number_of_findings(house: House) -> None:
    ann = house.member("ann")
    tracker = a_tracker(house, ann)
    for start in range(6):
        house.clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC) + start * 20 * DAY)
        today = house.clock.now().date()
        report(house, tracker, *(steps(today - n * DAY, -1) for n in range(20)))
    [review] = reviews(house)
    assert FINDINGS_MAX == len(review.evidence)


def test_the_last_members_on_a_device_are_asked_for(house: House) -> None:
    members = []
    for name in ("ann", "bob", "carl"):
        members.append(logged_in(house, name))
        house.later(minutes=1)
    with house.store.reading() as tx:
        of_three, of_two = (tx.sessions.members_on("tablet", house.clock.now() - DAY, limit) for limit in (3, 2))
    assert [members[::-1], members[:0:-1]] == [of_three, of_two]
