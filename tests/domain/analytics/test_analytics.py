"""Four reports, by hand on small examples, and equal on every store for the same data."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from fittrack_adapters.store.identity import USERS
from fittrack_adapters.testing import StoppedClock
from fittrack_domain.analytics import service
from fittrack_domain.analytics.model import (
    DAYS_BY_DEFAULT,
    DAYS_MAX,
    FIRST_DAY,
    LAST_DAY,
    DayOfActivity,
    DayOfRegistrations,
    DayRange,
)
from fittrack_domain.fulfillment.model import FulfillmentStatus
from fittrack_domain.identity.model import Account, Role, Status
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
from fittrack_domain.sweepstakes.model import DrawingStatus, DrawingType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider
from tests.domain.notices.house import House
from tests.domain.tracking.world import a_workout
from tests.stores import MakeStore, in_memory

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FALL_BACK = date(2025, 11, 2)
SPRING_FORWARD = date(2026, 3, 8)


# Ranges


def test_days_are_those_of_platform_time() -> None:
    days = DayRange(FALL_BACK, FALL_BACK + DAY)
    assert [FALL_BACK, FALL_BACK + DAY] == days.days
    assert [timedelta(hours=25), timedelta(hours=24)] == [
        end - begin for begin, end in zip(days.borders, days.borders[1:], strict=False)
    ]
    [begin, end] = DayRange(SPRING_FORWARD, SPRING_FORWARD).borders
    assert timedelta(hours=23) == end - begin


def test_without_more_being_said_it_is_the_last_thirty_days() -> None:
    assert DayRange(TODAY - (DAYS_BY_DEFAULT - 1) * DAY, TODAY) == DayRange.asked(None, None, TODAY)
    assert DayRange(TODAY - 5 * DAY, TODAY) == DayRange.asked(TODAY - 5 * DAY, None, TODAY)
    assert DayRange(TODAY + DAY, TODAY + DAY) == DayRange.asked(TODAY + DAY, None, TODAY)
    assert DayRange(FIRST_DAY, FIRST_DAY) == DayRange.asked(None, FIRST_DAY, TODAY)


@pytest.mark.parametrize(
    ("first", "last", "pointers"),
    [
        (TODAY, TODAY - DAY, ["/endDate"]),
        (TODAY, TODAY + DAYS_MAX * DAY, ["/endDate"]),
        (date.min, date.min, ["/startDate", "/endDate"]),
        (date.max, date.max, ["/startDate", "/endDate"]),
        (FIRST_DAY, LAST_DAY, ["/endDate"]),
        (None, date.min, ["/endDate", "/endDate"]),
    ],
)
def test_ranges_that_cannot_be_reported(first: date | None, last: date, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        DayRange.asked(first, last, TODAY)
    assert pointers == [fault.pointer for fault in refusal.value.faults]
    assert DAYS_MAX == len(DayRange(TODAY, TODAY + (DAYS_MAX - 1) * DAY).days)


# Registrations


def an_account(house: House, created: datetime, verified: datetime | None = None, left: datetime | None = None) -> None:
    member = MemberId(house.ids.new())
    email = f"{member}@example.com"
    status = Status.PENDING if verified is None else Status.ACTIVE
    account = Account(member, email, email, created, status, email_verified_at=verified, deleted_at=left)
    with house.store.transaction() as tx:
        tx.rows(USERS).add(account)


def in_new_york(day: date, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    from fittrack_domain.shared.calendar import PLATFORM_ZONE

    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PLATFORM_ZONE, fold=fold).astimezone(UTC)


@pytest.mark.parametrize("changing", [FALL_BACK, SPRING_FORWARD])
def test_registrations_fall_on_the_days_of_new_york_when_clocks_change(house: House, changing: date) -> None:
    before, after = changing - DAY, changing + DAY
    an_account(house, in_new_york(before, 0), in_new_york(before, 23, 59))
    an_account(house, in_new_york(changing, 0), in_new_york(changing, 1, 30))
    an_account(house, in_new_york(changing, 1, 30, fold=1), in_new_york(changing, 23, 59))
    an_account(house, in_new_york(after, 0), in_new_york(after, 0), in_new_york(after, 23, 59))
    an_account(house, in_new_york(after + DAY, 0))
    an_account(house, in_new_york(before, 0) - timedelta(microseconds=1))
    assert [
        DayOfRegistrations(before, registered=1, verified=1, left=0),
        DayOfRegistrations(changing, registered=2, verified=2, left=0),
        DayOfRegistrations(after, registered=1, verified=1, left=1),
    ] == house.fittrack.analytics.registrations(before, after)


def test_days_without_anybody_are_told_too(house: House) -> None:
    assert [DayOfRegistrations(TODAY, 0, 0, 0)] == house.fittrack.analytics.registrations(TODAY, TODAY)


# Activity


def report(house: House, member: MemberId, *reports: ActivityReport) -> None:
    connection = house.fittrack.tracking.connect(member, Provider.FITBIT, connected_on=date(2026, 1, 1))
    house.fittrack.tracking.receive([Delivery(connection.id, reports)])
    house.fittrack.relay.drain()


def test_activity_is_summed_by_day(house: House) -> None:
    sunday = TODAY - DAY
    at = NOON - DAY
    report(house, house.member("ann"), ActivityReport.of_steps(sunday, 12_024), a_workout("run", at, 45))
    report(
        house,
        house.member("bob"),
        ActivityReport.of_steps(sunday, 900),
        ActivityReport.of_steps(TODAY, 2_000),
        ActivityReport.of_minutes(TODAY, Intensity.MODERATE, 31),
    )
    assert [
        DayOfActivity(sunday - DAY, 0, 0, 0, 0, 0),
        DayOfActivity(sunday, active_members=1, steps=12_924, active_minutes=0, workouts=1, points_earned=270),
        DayOfActivity(TODAY, active_members=1, steps=2_000, active_minutes=31, workouts=0, points_earned=82),
    ] == house.fittrack.analytics.activity(sunday - DAY, TODAY)


# Drawings and overview


def a_drawing(house: House, name: str, at: datetime, **stated: Any) -> Any:
    prizes = (PrizeDraft(1, "Shoes", Usd.of("99.50"), quantity=2), PrizeDraft(2, "Card", Usd.of("25")))
    draft = DrawingDraft(DrawingType.DAILY, name, drawing_time=at, prizes=prizes, **stated)
    return house.fittrack.drawings.publish(None, house.fittrack.drawings.create(None, draft).id)


def a_season(house: House) -> None:
    """Drawings in every state with entries of all kinds, trackers, reviews, members of every kind."""
    fittrack, at = house.fittrack, house.clock.now() + DAY
    ann, bob, carl, dora = (house.member(name) for name in ("ann", "bob", "carl", "dora"))
    house.later(days=8)
    over = a_drawing(house, 'Over, "quoted"', at + 8 * DAY)
    called_off = a_drawing(house, "Called off", at + 9 * DAY)
    on_sale = a_drawing(house, "On sale", at + 12 * DAY, sales_open_at=house.clock.now())
    a_drawing(house, "To come", at + 13 * DAY, sales_open_at=at + 12 * DAY)
    fittrack.drawings.create(None, DrawingDraft(DrawingType.WEEKLY, "Draft", drawing_time=at + 9 * DAY))
    for member, drawing, tickets in ((ann, over, 2), (ann, over, 1), (bob, called_off, 3), (bob, on_sale, 4)):
        fittrack.sweepstakes.buy_tickets(member, drawing.id, tickets)
    fittrack.sweepstakes.free_entry(carl, over.id)
    fittrack.drawings.cancel(None, called_off.id, "Rain")
    house.clock.set(over.drawing_time)
    fittrack.draws.run_due()
    report(house, ann, ActivityReport.of_steps(house.clock.now().date(), -1))
    report(house, bob, ActivityReport.of_steps(house.clock.now().date(), 30_000))
    fittrack.identity.set_role(None, bob, Role.PREMIUM, at + 100 * DAY)
    fittrack.identity.suspend(None, carl, "Two accounts")
    fittrack.identity.leave(dora)
    fittrack.relay.drain()


def test_drawings_are_told_with_what_they_brought(house: House) -> None:
    a_season(house)
    found = house.fittrack.analytics.drawings(TODAY, TODAY + 40 * DAY)
    assert [
        ('Over, "quoted"', DrawingStatus.COMPLETED, 3, 2, 4, 300),
        ("Called off", DrawingStatus.CANCELLED, 1, 1, 3, 300),
        ("On sale", DrawingStatus.OPEN, 1, 1, 4, 400),
        ("To come", DrawingStatus.SCHEDULED, 0, 0, 0, 0),
    ] == [(f.name, f.status, f.entries, f.members, f.tickets, f.points_spent) for f in found]
    assert {Decimal("224.00")} == {figures.prize_value_usd for figures in found}
    day = found[0].drawing_time.date()
    assert found[:1] == house.fittrack.analytics.drawings(day, day)


def test_too_many_drawings_are_refused_instead_of_left_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    a_season(house)
    monkeypatch.setattr(service, "DRAWINGS_MAX", 3)
    with pytest.raises(InvalidInput, match="drawing 4"):
        house.fittrack.analytics.drawings(TODAY, TODAY + 40 * DAY)


def test_the_overview_of_a_season(house: House) -> None:
    a_season(house)
    overview = house.fittrack.analytics.overview()
    assert {Status.PENDING: 0, Status.ACTIVE: 2, Status.SUSPENDED: 1, Status.BANNED: 0, Status.DELETED: 1} == (
        overview.members_by_status
    )
    assert {Role.USER: 2, Role.PREMIUM: 1, Role.ADMIN: 0} == overview.members_by_role
    assert (1, 1, 300, 700) == (
        overview.active_7_days,
        overview.active_30_days,
        overview.points_earned,
        overview.points_spent,
    )
    assert (4 * 1_000 + 300 - 700, 1, 4) == (overview.points_outstanding, overview.open_drawings, overview.tickets)
    assert (2, 0) == (overview.prizes[FulfillmentStatus.WINNER_NOTIFIED], overview.prizes[FulfillmentStatus.SHIPPED])
    assert 1 == overview.open_reviews
    assert {
        ("members_by_status", "active", 2),
        ("points_spent", None, 700),
        ("prizes", "winner_notified", 2),
    } <= set(overview.lines)


def test_the_overview_of_nothing(house: House) -> None:
    overview = house.fittrack.analytics.overview()
    assert {0} == {number for *_, number in overview.lines}


def test_points_and_activity_are_those_of_the_days_asked_for(house: House) -> None:
    a_season(house)
    today = house.clock.now().date()
    last_week = house.fittrack.analytics.overview(today - 10 * DAY, today - 8 * DAY)
    assert (0, 0, 0, 0) == (
        last_week.active_7_days,
        last_week.active_30_days,
        last_week.points_earned,
        last_week.points_spent,
    )


def everything(make_store: MakeStore, day: date) -> Sequence[Any]:
    clock = StoppedClock(datetime.combine(day, NOON.timetz()))
    house = House(make_store(clock), clock)
    a_season(house)
    analytics = house.fittrack.analytics
    span = (day - DAY, day + 60 * DAY)
    reports = (analytics.registrations, analytics.activity, analytics.drawings)
    return [attrs.asdict(analytics.overview(*span)), *(each(*span) for each in reports)]


@pytest.mark.parametrize("day", [TODAY, FALL_BACK - 4 * DAY])
def test_every_store_tells_the_same(new_store: MakeStore, day: date) -> None:
    assert everything(in_memory, day) == everything(new_store, day)
