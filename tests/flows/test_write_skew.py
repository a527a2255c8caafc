"""Two that each read what the other is about to change: harmless with one writer at a time, and so everywhere."""

import threading
from datetime import date, timedelta
from itertools import count

import pytest

from fittrack_adapters.store.competition import STANDINGS
from fittrack_adapters.store.notices import MAIL_BOX
from fittrack_adapters.store.points import DAY_SCORES
from fittrack_adapters.testing.builders import a_member, an_open_drawing
from fittrack_adapters.wiring import Installation
from fittrack_domain.app import FitTrack
from fittrack_domain.fulfillment.model import FulfillmentStatus
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
from fittrack_domain.sweepstakes.model import DrawingType, Eligibility
from fittrack_domain.tracking.errors import TrackerTaken
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, ActivityState, Intensity, Provider
from tests.flows.racing import all_at_once, assert_books_balance, clock_of, refusals

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def a_tracker(fittrack: FitTrack, member_id: MemberId, provider: Provider = Provider.FITBIT) -> ConnectionId:
    return fittrack.tracking.connect(member_id, provider, connected_on=TODAY - 30 * DAY).id


def report(fittrack: FitTrack, tracker: ConnectionId, *days: date) -> None:
    fittrack.tracking.receive([Delivery(tracker, tuple(ActivityReport.of_steps(day, 10_000) for day in days))])


@pytest.mark.parametrize("round_no", range(6))
def test_two_trackers_of_one_member_report_the_same_steps_and_one_counts(
    installation: Installation, round_no: int
) -> None:
    fittrack = installation.fittrack
    ann = a_member(fittrack)
    trackers = [a_tracker(fittrack, ann, provider) for provider in Provider]
    assert [] == refusals(all_at_once(*[lambda t=t: report(fittrack, t, TODAY) for t in trackers]))
    found = fittrack.tracking.activities(ann, Paging()).items
    assert [1, 2] == [
        sum(activity.state is state for activity in found)
        for state in (ActivityState.ACCEPTED, ActivityState.SUPERSEDED)
    ]


def test_days_that_are_scored_at_once_make_one_streak(installation: Installation) -> None:
    fittrack = installation.fittrack
    days = [TODAY - n * DAY for n in range(12)]
    members = [a_member(fittrack, f"m{n}") for n in range(3)]
    for member_id in members:
        tracker = a_tracker(fittrack, member_id)
        for day in days:
            vigorous = ActivityReport.of_minutes(day, Intensity.VIGOROUS, 40)
            fittrack.tracking.receive([Delivery(tracker, (vigorous,))])
    all_at_once(*[fittrack.relay.drain] * 5)
    fittrack.relay.drain()

    with installation.store.reading() as tx:
        rows = tx.rows(DAY_SCORES).where(order=("user_id", "-activity_day"))
    assert [12 - n for n in range(12)] * 3 == [row.streak_length for row in rows]
    assert 0 == fittrack.relay.waiting()
    assert [] == list(fittrack.relay.parked().items)
    assert_books_balance(installation)


@pytest.mark.parametrize("round_no", range(4))
def test_who_is_suspended_while_points_come_in_is_on_no_board(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    members = [a_member(fittrack, f"m{n}") for n in range(4)]
    for member_id in members:
        fittrack.identity.opt_in_to_open(member_id)
        report(fittrack, a_tracker(fittrack, member_id), TODAY)
    suspending = [lambda m=m: fittrack.identity.suspend(None, m, "cheated") for m in members]
    assert [] == refusals(all_at_once(*suspending, *[fittrack.relay.drain] * 3))
    fittrack.relay.drain()
    with installation.store.reading() as tx:
        assert {False} == {standing.shown for standing in tx.rows(STANDINGS).where()}
    assert 0 == fittrack.relay.waiting()
    assert_books_balance(installation)


@pytest.mark.parametrize("round_no", range(5))
def test_a_tracker_account_belongs_to_one_member(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    members = [a_member(fittrack, f"m{n}") for n in range(4)]
    outcomes = all_at_once(*[lambda m=m: fittrack.tracking.connect(m, Provider.FITBIT, "one") for m in members])
    assert [TrackerTaken] * 3 == [type(refusal) for refusal in refusals(outcomes)]


@pytest.mark.parametrize("round_no", range(5))
def test_one_of_several_trackers_is_primary(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    ann = a_member(fittrack)
    connected = all_at_once(*[lambda p=p: fittrack.tracking.connect(ann, p) for p in Provider])
    assert 1 == sum(connection.is_primary for connection in connected)

    acts = [lambda c=c: fittrack.tracking.make_primary(ann, c.id) for c in connected]
    assert [] == refusals(all_at_once(*acts, *acts))
    assert 1 == sum(connection.is_primary for connection in fittrack.tracking.connections(ann))


def a_draft(**stated: object) -> DrawingDraft:
    prize = PrizeDraft(rank=1, name="Gift card", value_usd=Usd.of("25.00"))
    plain = {
        "drawing_type": DrawingType.DAILY,
        "name": "Daily drawing",
        "eligibility": Eligibility(min_account_age_days=0),
    }
    return DrawingDraft(**{**plain, "prizes": (prize,), **stated})  # type: ignore[arg-type]  # of many types


@pytest.mark.parametrize("round_no", range(5))
def test_what_is_published_names_every_prize(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    drawing = fittrack.drawings.create(None, a_draft())

    def add(rank: int) -> None:
        fittrack.catalogue.add_prize(None, drawing.id, PrizeDraft(rank=rank, name="Bottle", value_usd=Usd.of("5.00")))

    all_at_once(*[lambda r=r: add(r) for r in (2, 3, 4)], lambda: fittrack.drawings.publish(None, drawing.id))
    with installation.store.reading() as tx:
        terms = tx.draw_records.find(drawing.id, "terms")
        assert terms is not None
        published = [prize["rank"] for prize in terms.record["prizes"]]
        assert published == [prize.prize_rank for prize in tx.prizes.of(drawing.id)]


def test_audited_acts_at_once_all_succeed_and_the_chain_stays_whole(installation: Installation) -> None:
    fittrack = installation.fittrack
    members = [a_member(fittrack, f"m{n}") for n in range(8)]

    def adjust(member_id: MemberId) -> None:
        for n in range(5):
            fittrack.points.adjust(None, member_id, 100, "a gift", f"gift-{n}")

    assert [] == refusals(all_at_once(*[lambda m=m: adjust(m) for m in members]))
    assert_books_balance(installation)


def test_drawings_published_at_once_follow_each_other_in_the_log(installation: Installation) -> None:
    fittrack = installation.fittrack
    assert [] == refusals(all_at_once(*[lambda: an_open_drawing(fittrack)] * 8))
    assert_books_balance(installation)
    with installation.store.reading() as tx:
        assert list(range(8)) == [line.seq - next(tx.draw_log.each()).seq for line in tx.draw_log.each()]


@pytest.mark.parametrize("round_no", range(3))
def test_the_same_adjustment_many_times_at_once_is_made_once(installation: Installation, round_no: int) -> None:
    fittrack = installation.fittrack
    ann = a_member(fittrack)
    outcomes = all_at_once(*[lambda: fittrack.points.adjust(None, ann, 500, "a gift", "once")] * 6)
    assert 1 == len({transfer.id for transfer in outcomes})
    assert 500 == fittrack.points.balance(ann).balance


def test_a_key_that_comes_at_once_with_all_points_spent_answers_the_purchase(installation: Installation) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    ann = a_member(fittrack, points=600)
    receipts = all_at_once(*[lambda: fittrack.sweepstakes.buy_tickets(ann, drawing.id, 6, "all")] * 6)
    assert [] == refusals(receipts)
    assert 1 == len({receipt.entry_id for receipt in receipts})


def test_a_member_may_buy_and_earn_at_once(installation: Installation) -> None:
    fittrack = installation.fittrack
    drawings = [an_open_drawing(fittrack) for _ in range(3)]
    ann = a_member(fittrack, points=100_000)
    tracker = a_tracker(fittrack, ann)

    def buy(n: int) -> None:
        for _ in range(6):
            fittrack.sweepstakes.buy_tickets(ann, drawings[n].id, 2)

    def earn() -> None:
        for n in range(6):
            report(fittrack, tracker, TODAY - n * DAY)
            fittrack.relay.drain()

    assert [] == refusals(all_at_once(earn, *[lambda n=n: buy(n) for n in range(3)]))
    wallet = fittrack.points.balance(ann)
    assert 100_000 - 3 * 6 * 200 + wallet.points_earned == wallet.balance
    assert 600 <= wallet.points_earned
    assert_books_balance(installation)


def test_a_drawing_is_cancelled_while_its_buyers_go_on_buying(installation: Installation) -> None:
    fittrack = installation.fittrack
    doomed, other = an_open_drawing(fittrack), an_open_drawing(fittrack)
    members = [a_member(fittrack, f"m{n}", points=1_000_000) for n in range(6)]
    for member_id in members:
        fittrack.sweepstakes.buy_tickets(member_id, doomed.id, 5)
    bought = threading.Semaphore(0)

    def buy(member_id: MemberId) -> None:
        for n in count():
            fittrack.sweepstakes.buy_tickets(member_id, doomed.id if n % 2 else other.id, 1)
            bought.release()

    def cancel() -> None:
        for _ in range(12):
            bought.acquire()
        fittrack.drawings.cancel(None, doomed.id, "the sponsor left")

    outcomes = all_at_once(*[lambda m=m: buy(m) for m in members], cancel)
    assert {"DrawingIsCancelled", "SalesClosed"} >= {type(refusal).__name__ for refusal in refusals(outcomes)}
    assert outcomes[-1] is None
    fittrack.relay.drain()
    with installation.store.reading() as tx:
        spent = {m: 100 * tx.entries.held(other.id, m).tickets for m in members}
    assert all(1_000_000 - spent[m] == fittrack.points.balance(m).balance for m in members)
    assert_books_balance(installation)


def test_one_mail_however_many_relays(installation: Installation) -> None:
    fittrack = installation.fittrack
    drawing = an_open_drawing(fittrack)
    for n in range(6):
        fittrack.sweepstakes.buy_tickets(a_member(fittrack, f"m{n}", points=1_000), drawing.id, 1)
    fittrack.drawings.cancel(None, drawing.id, "the sponsor left")
    all_at_once(*[fittrack.relay.drain] * 5)
    fittrack.relay.drain()
    with installation.store.reading() as tx:
        assert 6 == tx.rows(MAIL_BOX).total()
    assert 0 == fittrack.relay.waiting()


def test_a_prize_is_forfeited_once(installation: Installation) -> None:
    fittrack, clock = installation.fittrack, clock_of(installation)
    prizes = tuple(PrizeDraft(rank=n, name=f"Bottle {n}", value_usd=Usd.of("5.00")) for n in range(1, 5))
    drawing = an_open_drawing(fittrack, prizes=prizes)
    for n in range(8):
        fittrack.sweepstakes.buy_tickets(a_member(fittrack, f"m{n}", points=1_000), drawing.id, 1)
    clock.set(drawing.drawing_time)
    fittrack.draws.execute(drawing.id)
    fittrack.relay.drain()
    clock.advance(timedelta(days=15))
    all_at_once(*[fittrack.fulfillments.sweep] * 4)
    fittrack.fulfillments.sweep()
    fittrack.relay.drain()
    everyone = fittrack.fulfillments.page(Paging(limit=100)).items
    forfeited = [each for each in everyone if each.status is FulfillmentStatus.FORFEITED]
    assert (4, 8) == (len(forfeited), len(everyone))
    assert_books_balance(installation)
