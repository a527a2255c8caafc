"""From changed days to awards: once each, whatever comes when."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fittrack_domain.points.events import DayAward, PointsAwarded
from fittrack_domain.points.model import TransferType
from fittrack_domain.points.rates import RATE_CARDS
from fittrack_domain.points.streaks import ACTIVE_MINUTES
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.tracking.intake import Deletion
from fittrack_domain.tracking.model import ActivityReport, Intensity
from tests.domain.points.world import MONDAY, PointsWorld, a_points_world, a_real_day, active, day
from tests.domain.tracking.world import a_workout

APRIL_13 = date(2016, 4, 13)
GROWTH = [
    # A real day as it grew: steps, light, moderate and vigorous minutes so far, and the score.
    (1_633, 53, 2, 2, 73),
    (5_681, 58, 5, 43, 247),
    (6_965, 108, 5, 43, 307),
    (10_181, 198, 5, 43, 537),
    (11_438, 264, 5, 43, 613),
    (12_024, 292, 5, 43, 651),
    (12_024, 292, 5, 43, 651),
]


def grown(order: int) -> list[ActivityReport]:
    steps, light, moderate, vigorous, _ = GROWTH[order]
    return a_real_day(APRIL_13, steps, light, moderate, vigorous, order)


def test_a_growing_day_is_awarded_step_by_step_and_a_late_retry_changes_nothing(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    scores = []
    for order in range(len(GROWTH)):
        world.deliver(tracker, *grown(order))
        scores.append(world.day(member, APRIL_13).score)
    assert [expected for *_, expected in GROWTH] == scores
    before = world.transfers(member)
    world.deliver(tracker, *grown(6))
    world.deliver(tracker, *grown(2))
    assert 651 == world.day(member, APRIL_13).score
    assert before == world.transfers(member)
    assert [73, 174, 60, 230, 76, 38] == [transfer.amount for transfer in reversed(before)]
    assert (651, 651) == (world.points.balance(member).balance, world.points.balance(member).points_earned)


def test_the_days_run_adds_fifty_once_and_its_minutes_nothing(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *grown(5))
    nine = datetime(2016, 4, 13, 9, 1, tzinfo=UTC)
    world.deliver(tracker, a_workout("run", nine, 25, moderate_minutes=2, vigorous_minutes=23))
    later = attrs.evolve(a_workout("run", nine, 48, moderate_minutes=5, vigorous_minutes=43), source_order=1)
    world.deliver(tracker, later)
    world.deliver(tracker, later)
    assert (701, 701) == (world.day(member, APRIL_13).score, world.points.balance(member).balance)


def test_an_award_is_a_transfer_that_says_what_for(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, active(1, 40))
    [transfer] = world.transfers(member)
    expected = (TransferType.EARN, 80, 0, 80, "issuance", f"member:{member}", "day_score", day(1), 1)
    assert expected == (
        transfer.transaction_type,
        transfer.amount,
        transfer.balance_before,
        transfer.balance_after,
        transfer.debit_account,
        transfer.credit_account,
        transfer.reference_type,
        transfer.activity_day,
        transfer.wallet_seq,
    )
    assert (str(world.day(member, day(1)).id), "Activity of 2026-01-05") == (
        transfer.reference_id,
        transfer.description,
    )


def test_what_was_awarded_is_told_by_day_and_whether_the_day_became_active(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, active(1, 29), active(2, 30))
    world.deliver(tracker, active(1, 31, order=1), active(2, 33, order=1))
    assert [
        PointsAwarded(member, (DayAward(day(1), 58, False), DayAward(day(2), 60, True))),
        PointsAwarded(member, (DayAward(day(1), 4, True), DayAward(day(2), 6, False))),
    ] == world.awards()


def test_a_correction_downwards_takes_nothing_back_and_is_recorded(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, active(1, 100))
    world.deliver(tracker, active(1, 20, order=1))
    world.deliver(tracker, active(1, 90, order=2))
    scored = world.day(member, day(1))
    assert (180, 200, 200) == (scored.score, scored.awarded, world.points.balance(member).balance)
    world.deliver(tracker, active(1, 101, order=3))
    assert [2, 200] == [transfer.amount for transfer in world.transfers(member)]
    assert [True, False] == [award.days[0].became_active for award in world.awards()]


def test_a_day_may_become_active_without_earning_more(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, ActivityReport.of_steps(day(1), 15_000))
    world.deliver(tracker, active(1), deleted=[Deletion(f"steps:{day(1)}", 1)])
    assert [DayAward(day(1), 250, False)] == list(world.awards()[0].days)
    assert [DayAward(day(1), 0, True)] == list(world.awards()[1].days)
    assert 1 == len(world.transfers(member))


def test_a_day_without_anything_counting_scores_nothing(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, ActivityReport.of_steps(day(1), 0))
    assert (0, []) == (world.day(member, day(1)).score, world.awards())


def test_a_streak_pays_on_the_seventh_day_and_again_on_the_fourteenth(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    for number in range(1, 16):
        world.deliver(tracker, active(number))
    assert [7, 14] == world.bonuses(member)
    assert 15 * 60 + 2 * 250 == world.points.balance(member).balance
    assert 15 == world.day(member, day(15)).streak_length


def test_a_late_day_completes_a_run(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *(active(number) for number in (1, 2, 3, 5, 6, 7)))
    assert [] == world.bonuses(member)
    world.deliver(tracker, active(4))
    assert [7] == world.bonuses(member)
    assert [DayAward(day(4), 60, True), DayAward(day(7), 250, False)] == list(world.awards()[-1].days)


def test_a_late_day_that_shifts_positions_pays_no_bonus_twice(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *(active(number) for number in (1, 2, 3, *range(5, 12))))
    assert [11] == world.bonuses(member)
    world.deliver(tracker, active(4))
    assert [11] == world.bonuses(member)
    assert 11 * 60 + 250 == world.points.balance(member).balance
    world.deliver(tracker, active(11, 40, order=1))
    assert 11 * 60 + 20 + 250 == world.points.balance(member).balance
    world.deliver(tracker, *(active(number) for number in (12, 13, 14)))
    assert [11, 14] == world.bonuses(member)


def test_a_run_that_is_cut_keeps_what_it_was_paid_and_pays_no_more_than_is_due(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *(active(number) for number in range(1, 8)))
    world.deliver(tracker, active(4, 5, order=1))
    assert [] == world.bonuses(member)
    assert (60, 310) == (world.day(member, day(7)).score, world.day(member, day(7)).awarded)
    world.deliver(tracker, *(active(number) for number in range(8, 12)))
    assert [7] == world.bonuses(member)
    assert 11 * 60 + 250 == world.points.balance(member).balance


def test_the_card_of_the_activity_day_applies_whenever_it_is_scored(world: PointsWorld) -> None:
    doubled = attrs.evolve(RATE_CARDS[0], name="doubled", applies_from=day(2), moderate_minute_points=4)
    world = a_points_world([*RATE_CARDS, doubled])
    member, tracker = world.a_member()
    world.deliver(tracker, active(1), active(2))
    assert [("standard", 60), ("doubled", 120)] == [(d.rate_card, d.score) for d in world.points.days(member)]


def test_scoring_the_same_days_again_changes_nothing(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *(active(number) for number in range(1, 9)))
    before = list(world.points.days(member)), world.transfers(member), world.awards()
    from fittrack_domain.tracking.events import DaysChanged

    with world.tracked.store.transaction() as tx:
        world.scoring.react(tx, world.tracked.clock.now(), DaysChanged(member, (day(3), day(7))))
    assert before == (list(world.points.days(member)), world.transfers(member), world.awards())


Sent = tuple[int, int, int]
"""A day's number, an ordering timestamp, minutes."""

some_days = st.lists(
    st.tuples(st.integers(1, 24), st.integers(0, 3), st.integers(0, 45)), max_size=40, unique_by=lambda s: s[:2]
)


def delivered(batches: list[list[Sent]]) -> tuple[PointsWorld, MemberId]:
    world = a_points_world()
    member, tracker = world.a_member()
    for batch in batches:
        world.deliver(tracker, *(active(number, minutes, order) for number, order, minutes in batch))
    return world, member


@settings(max_examples=60, deadline=None)
@given(some_days, st.data())
def test_without_streaks_scores_depend_on_neither_order_nor_repetition(sent: list[Sent], data: st.DataObject) -> None:
    short = [(number, order, minutes % ACTIVE_MINUTES) for number, order, minutes in sent]
    again = data.draw(st.permutations([*short, *short]))
    one, member = delivered([short])
    other, twin = delivered([[report] for report in again])
    scores = [(d.activity_day, d.score) for d in one.points.days(member)]
    assert scores == [(d.activity_day, d.score) for d in other.points.days(twin)]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(1, 40)), st.data())
def test_late_days_in_any_order_pay_exactly_what_the_rules_pay(numbers: set[int], data: st.DataObject) -> None:
    batches = data.draw(st.permutations(sorted(numbers)))
    at_once, member = delivered([[(number, 0, 30) for number in sorted(numbers)]])
    one_by_one, late = delivered([[(number, 0, 30)] for number in batches])
    assert at_once.points.balance(member).balance == one_by_one.points.balance(late).balance
    assert len(at_once.bonuses(member)) == len(one_by_one.bonuses(late))
    assert one_by_one.points.verify().clean


@settings(max_examples=60, deadline=None)
@given(st.lists(some_days, max_size=6))
def test_no_history_pays_more_than_the_best_of_each_day_and_a_bonus_for_every_seven(batches: list[list[Sent]]) -> None:
    """Corrections in both directions, runs that break and join: each day at most its best, each bonus at most once."""
    world, member = delivered(batches)
    scored = list(world.points.days(member))
    best: dict[int, int] = {}
    for number, _, minutes in (report for batch in batches for report in batch):
        best[number] = max(best.get(number, 0), minutes)
    ever_active = [number for number, minutes in best.items() if minutes >= ACTIVE_MINUTES]
    paid = sum(day_.awarded for day_ in scored)
    assert world.points.balance(member).points_earned == paid
    assert paid <= sum(2 * minutes for minutes in best.values()) + 250 * sum(day_.streak_paid for day_ in scored)
    assert sum(day_.streak_paid for day_ in scored) <= max(len(ever_active) - 6, 0)
    for day_ in scored:
        assert day_.score <= day_.awarded <= 1_000
    assert world.points.verify().clean


@pytest.mark.parametrize("gap", [1, 2, 30])
def test_only_the_runs_around_a_change_are_read(world: PointsWorld, gap: int) -> None:
    """A run is picked up where it began, however long ago its days were delivered."""
    member, tracker = world.a_member()
    world.deliver(tracker, *(active(number) for number in range(1, 21)))
    world.deliver(tracker, active(20 + gap))
    assert (21 if gap == 1 else 1) == world.day(member, MONDAY + timedelta(days=19 + gap)).streak_length
    assert ([7, 14, 21] if gap == 1 else [7, 14]) == world.bonuses(member)


def test_intensities_of_a_real_day_are_scored_in_their_order(world: PointsWorld) -> None:
    member, tracker = world.a_member()
    world.deliver(tracker, *a_real_day(APRIL_13, 12_024, 292, 5, 43))
    lines = world.day(member, APRIL_13).breakdown
    assert [120, 100, 292, 10, 129, 0, 0] == [line.points for line in lines]
    assert 340 == sum(
        ActivityReport.of_minutes(day(1), kind, n).amount for kind, n in zip(Intensity, (292, 5, 43), strict=True)
    )
