"""The demo: as full as promised, as true as any other data, and the same whenever it is told again."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from fittrack_adapters.demo import (
    DAYS,
    DemoOnlyInDevelopment,
    HistoryBegun,
    add_demo,
    logins,
    seed_demo,
)
from fittrack_adapters.demo.programme import programme
from fittrack_adapters.demo.seeding import SEED
from fittrack_adapters.settings import Environment, Settings
from fittrack_adapters.testing.builders import an_installation, an_open_drawing
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_cli.main import app
from fittrack_domain.app import FitTrack
from fittrack_domain.competition.tiers import BOARDS, OPEN, TIERS
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.identity.model import Member, Role, Status
from fittrack_domain.integrity.model import ReviewState
from fittrack_domain.points.model import TransferType
from fittrack_domain.points.rates import Rule
from fittrack_domain.shared.calendar import Period, platform_day
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging
from fittrack_domain.sweepstakes.draw.verify import verify
from fittrack_domain.sweepstakes.model import DrawingStatus, DrawingType, FulfillmentType, Route
from fittrack_domain.sweepstakes.views import DrawingView
from fittrack_domain.tracking.model import ActivityState

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 18)
ALL = Paging(limit=PAGE_LIMIT_MAX)
KEY = bytes(32)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the demo."""
    database_url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'fittrack.db'}"
    an_installation(StoppedClock(NOW), database_url).close()
    days: list[int] = []
    settings = Settings(database_url=database_url, master_key=KEY)
    assert seed_demo(settings, now=NOW, on_day=days.append).is_new
    assert len(DAYS) == sum(days)
    return database_url


@pytest.fixture
def demo(url: str) -> Iterator[FitTrack]:
    with an_installation(StoppedClock(NOW), url) as installation:
        yield installation.fittrack


def members(demo: FitTrack) -> list[Member]:
    return list(demo.identity.members(ALL).items)


def drawings(demo: FitTrack) -> list[DrawingView]:
    return list(demo.drawings.page(None, ALL, drafts=True).items)


def fulfillments(demo: FitTrack) -> list[Fulfillment]:
    return list(demo.fulfillments.page(ALL).items)


def public_facts(demo: FitTrack) -> dict[str, Any]:
    """What anyone can see of an installation, without the ids that depend on the order of a store's answers."""
    wallets = {member.account.email: demo.points.balance(member.id) for member in members(demo)}
    boards = {
        (board, period): [
            (row.rank, row.display_name, row.points) for row in demo.competition.leaderboard(period, board).page.items
        ]
        for board in BOARDS
        for period in Period
    }
    return {
        "balances": {email: (wallet.balance, wallet.points_earned) for email, wallet in wallets.items()},
        "boards": boards,
        "log": demo.proofs.whole_log(),
        "drawings": [(view.drawing.name, view.status, view.odds) for view in drawings(demo)],
        "prizes": Counter((each.drawing_id, each.draw_no, each.user_id, each.status) for each in fulfillments(demo)),
        "audit": demo.audit.verify().records,
    }


def test_there_are_people_in_every_tier(demo: FitTrack) -> None:
    everyone = members(demo)
    roles = Counter(member.account.role for member in everyone)
    assert roles[Role.ADMIN] >= 3
    assert roles[Role.PREMIUM] >= 15
    assert roles[Role.USER] >= 50
    assert {Status.ACTIVE, Status.SUSPENDED} == {member.account.status for member in everyone}
    sizes = {size.code: size.members for size in demo.competition.tiers()}
    assert {tier.code for tier in TIERS} == {code for code, size in sizes.items() if size and code != OPEN}
    assert sizes[OPEN] > 10


def test_trackers_bring_thirty_days_that_end_today(demo: FitTrack) -> None:
    connections = [demo.tracking.connections(member.id) for member in members(demo)]
    assert sum(map(len, connections)) >= 60
    assert sum(len(own) == 2 for own in connections) >= 5
    assert all(1 == sum(connection.is_primary for connection in own) for own in connections if own)
    scored = Counter(day.user_id for day in demo.points.days())
    assert {30} == set(scored.values())
    assert {TODAY - timedelta(days=29), TODAY} <= {day.activity_day for day in demo.points.days()}


def test_days_are_as_different_as_people(demo: FitTrack) -> None:
    days = list(demo.points.days())
    cut = [day for day in days if any(line.cut for line in day.breakdown)]
    assert {1_000} == {day.score for day in cut}
    assert sum(day.score < 50 for day in days) > 50
    paid = Counter(line.rule for day in days for line in day.breakdown if line.paid)
    assert set(Rule) == set(paid)
    assert paid[Rule.STREAK] > 20
    states = Counter(
        activity.state
        for member in members(demo)
        for page in range(1, 4)
        for activity in demo.tracking.activities(member.id, Paging(page, PAGE_LIMIT_MAX)).items
    )
    assert set(ActivityState) == set(states)
    assert states[ActivityState.SUPERSEDED] > 100


def test_points_move_in_every_way(demo: FitTrack) -> None:
    moved = Counter(
        transfer.transaction_type
        for member in members(demo)
        for page in (1, 2)
        for transfer in demo.points.transactions(member.id, Paging(page, PAGE_LIMIT_MAX)).items
    )
    expected = {TransferType.EARN, TransferType.SPEND, TransferType.REFUND, TransferType.ADJUST}
    assert expected == set(moved)


def test_drawings_of_every_type_are_in_every_state(demo: FitTrack) -> None:
    found = drawings(demo)
    assert set(DrawingType) == {view.drawing.drawing_type for view in found}
    states = Counter(view.status for view in found)
    assert set(DrawingStatus) - {DrawingStatus.CLOSING} == set(states)
    assert states[DrawingStatus.OPEN] >= 4
    assert states[DrawingStatus.COMPLETED] >= 5
    assert 2 == states[DrawingStatus.CANCELLED]
    assert len(found) >= 15
    assert sum(view.odds.all_tickets for view in found) >= 200
    assert sum(offered.prize.quantity for view in found for offered in view.prizes) >= 20
    assert 5 == demo.catalogue.sponsors(ALL).total
    routes = Counter(
        entry.entry.route for view in found for entry in demo.results.entries(ALL, drawing_id=view.drawing.id).items
    )
    assert set(Route) == set(routes)


def test_prizes_are_on_all_ways_to_their_winners(demo: FitTrack) -> None:
    found = fulfillments(demo)
    assert set(FulfillmentStatus) - {FulfillmentStatus.PENDING} == {each.status for each in found}
    assert any(each.warned_at and each.status is FulfillmentStatus.WINNER_NOTIFIED for each in found)
    sent = [each for each in found if each.fulfillment_type is FulfillmentType.DIGITAL and each.reference]
    assert {FulfillmentStatus.SHIPPED, FulfillmentStatus.DELIVERED} == {each.status for each in sent}
    (forfeited,) = (each for each in found if each.status is FulfillmentStatus.FORFEITED)
    heirs = [each for each in found if each.prize_id == forfeited.prize_id and each != forfeited]
    assert [FulfillmentStatus.SHIPPED] == [each.status for each in heirs]


def test_there_are_reviews_to_decide_and_decided_ones(demo: FitTrack) -> None:
    found = demo.reviews.page(ALL).items
    assert {ReviewState.OPEN, ReviewState.CLEARED} == {review.state for review in found}
    assert all(review.evidence for review in found)
    assert [] == demo.watch.look_due()


def test_books_audit_and_drawings_verify(demo: FitTrack) -> None:
    assert demo.points.verify().clean
    assert demo.audit.verify().whole
    assert demo.proofs.verify_log().whole
    assert (0, []) == (demo.relay.waiting(), demo.relay.parked().items)
    log = demo.proofs.whole_log()
    assert all(one["at"] <= other["at"] for one, other in pairwise(log))
    drawn = [view.drawing.id for view in drawings(demo) if view.drawing.completed_at is not None]
    assert 10 == len(drawn)
    for drawing_id in drawn:
        snapshot = b"".join(demo.proofs.snapshot(drawing_id))
        assert ("no_beacon",) == verify(demo.proofs.bundle(drawing_id), snapshot=snapshot, log=log).warnings


def test_told_again_it_changes_nothing(url: str, demo: FitTrack) -> None:
    before = public_facts(demo)
    later = NOW + timedelta(days=3)
    report = seed_demo(Settings(database_url=url, master_key=KEY), now=later)
    assert not report.is_new
    assert before == public_facts(demo)


def test_the_same_seed_tells_the_same_on_another_store(demo: FitTrack) -> None:
    clock = StoppedClock(NOW)
    with an_installation(clock, seed=SEED) as other:
        assert add_demo(other.fittrack, clock).is_new
        assert NOW == clock.now()
        assert public_facts(demo) == public_facts(other.fittrack)


def test_interrupted_it_is_not_continued() -> None:
    class Killed(BaseException):
        pass

    def kill(_: int) -> None:
        raise Killed

    clock = StoppedClock(NOW)
    with an_installation(clock) as installation:
        with pytest.raises(Killed):
            add_demo(installation.fittrack, clock, on_day=kill)
        with pytest.raises(HistoryBegun, match="fittrack db reset"):
            add_demo(installation.fittrack, clock)


def test_no_past_is_put_before_drawings_that_are_there() -> None:
    clock = StoppedClock(NOW)
    with an_installation(clock) as installation:
        an_open_drawing(installation.fittrack)
        with pytest.raises(HistoryBegun):
            add_demo(installation.fittrack, clock)
        assert 0 == installation.fittrack.identity.members(ALL).total


def test_production_has_no_demo() -> None:
    settings = Settings(environment=Environment.PRODUCTION, database_url="memory://", master_key=KEY)
    with pytest.raises(DemoOnlyInDevelopment, match="FITTRACK_ENVIRONMENT"):
        seed_demo(settings, now=NOW)


def test_one_of_each_role_is_there_to_log_in_as(demo: FitTrack) -> None:
    assert [Role.ADMIN, Role.PREMIUM, Role.USER] == [member.account.role for member in logins(demo)]
    _, premium, ordinary = logins(demo)
    assert min(demo.points.balance(member.id).points_earned for member in (premium, ordinary)) > 1_000


def test_without_the_demo_there_is_nobody_to_log_in_as() -> None:
    with an_installation(StoppedClock(NOW)) as installation:
        assert [] == logins(installation.fittrack)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis
def test_on_any_day_there_is_something_in_every_state(now: datetime) -> None:
    offers = programme(now)
    assert len(offers) == len({offer.title for offer in offers})
    assert all(min(DAYS) < offer.planned_on <= 0 for offer in offers)
    published = [offer for offer in offers if not offer.is_draft and offer.cancelled_on is None]
    to_come = [offer for offer in published if offer.at > now]
    assert 10 == sum(offer.at < now for offer in published)
    assert all(platform_day(offer.at) < platform_day(now) for offer in published if offer not in to_come)
    assert 2 == sum(offer.sales_open_at is not None and offer.sales_open_at > now for offer in to_come)
    assert 1 == sum(offer.sales_close is not None and offer.sales_close <= now for offer in to_come)
    assert 8 == len(to_come)


@pytest.mark.parametrize("words", [("demo",), ("db", "seed")])
def test_the_command_says_that_it_is_there_already(url: str, words: tuple[str, ...]) -> None:
    environment = {"FITTRACK_DATABASE_URL": url, "FITTRACK_MASTER_KEY": KEY.hex()}
    result = CliRunner().invoke(app, words, env=environment)
    assert (0, "") == (result.exit_code, result.stderr)
    assert result.stdout.startswith("The demo is there already: nothing was changed.")
    as_json = CliRunner().invoke(app, [*words, "--json"], env=environment)
    assert '"isNew": false' in as_json.stdout
