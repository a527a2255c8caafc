from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.sweepstakes.draw.errors import Malformed
from fittrack_domain.sweepstakes.draw.terms import (
    QUICKNET,
    checked_terms,
    closing_round,
    first_round_at_or_after,
    prize_units,
    quicknet_beacon,
    slots,
    terms_record,
    time_of_round,
)
from tests.domain.sweepstakes.draw.forging import DRAW_AT, DRAWING, SEED, a_prize, some_terms

TERMS = checked_terms(some_terms())
ROUND = first_round_at_or_after(DRAW_AT)
DUE = time_of_round(ROUND)


@given(at=st.integers(0, 2**53 - 1))
def test_the_first_round_is_not_before_its_time_and_the_one_before_is(at: int) -> None:
    first = first_round_at_or_after(at)
    assert time_of_round(first) >= at
    assert 1 == first or time_of_round(first - 1) < at


def test_the_beacon_of_a_drawing_is_quicknet_with_an_hour_between_retries() -> None:
    beacon = quicknet_beacon(DRAW_AT)
    assert {**QUICKNET, "round": ROUND, "retry_rounds": 1200} == beacon
    assert 3600 == time_of_round(beacon["round"] + beacon["retry_rounds"]) - time_of_round(beacon["round"])


@pytest.mark.parametrize(
    ("now", "retries"),
    [
        (0, 0),
        (DUE - 300, 0),
        (DUE - 1, 0),
        (DUE, 1),
        (DUE + 1, 1),
        (DUE + 3540, 1),
        (DUE + 3541, 2),
        (DUE + 3600, 2),
        (DUE + 7140, 2),
        (DUE + 7141, 3),
        (DUE + 86_400, 25),
    ],
)
def test_a_closing_is_decided_by_the_announced_round_or_the_next_retry_a_minute_ahead(now: int, retries: int) -> None:
    assert ROUND + 1200 * retries == closing_round(TERMS, now)


@given(late_seconds=st.integers(0, 10**7), retry_rounds=st.integers(1, 5000))
def test_a_late_closing_never_takes_a_round_that_somebody_may_know(late_seconds: int, retry_rounds: int) -> None:
    terms = checked_terms(some_terms(beacon=quicknet_beacon(DRAW_AT, retry_rounds)))
    decided_by = closing_round(terms, DUE + late_seconds)
    assert decided_by is not None
    assert time_of_round(decided_by) >= DUE + late_seconds + 60
    retries, rest = divmod(decided_by - ROUND, retry_rounds)
    assert 0 == rest
    assert 1 == retries or time_of_round(decided_by - retry_rounds) < DUE + late_seconds + 60


def test_without_a_beacon_no_round_decides() -> None:
    assert closing_round(checked_terms(some_terms(beacon=None)), DRAW_AT) is None


def test_slots_are_the_units_of_the_prizes_by_rank_and_then_the_alternates() -> None:
    assert [(1, 1), (3, 1), (3, 2), (0, 1), (0, 2)] == list(slots(TERMS))
    assert 3 == prize_units(TERMS)


def test_terms_are_made_of_what_is_fixed_before_sales() -> None:
    record = terms_record(
        drawing_id=DRAWING,
        title="Weekly",
        sales_open_at=DRAW_AT - 86_400,
        sales_close_at=DRAW_AT - 300,
        draw_at=DRAW_AT,
        prizes=[{"rank": 1, "quantity": 1, "prize_id": str(DRAWING), "title": "Bottle"}],
        alternates=2,
        max_wins_per_holder=0,
        seed=SEED,
        beacon=quicknet_beacon(DRAW_AT),
        further={"ticket_price": {"points": 100}, "title": "never overwrites"},
    )
    assert some_terms(prizes=[{**a_prize(1, 1), "prize_id": str(DRAWING), "title": "Bottle"}]) == dict(record)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"prizes": []}, "/prizes"),
        ({"prizes": [a_prize(2, 1), a_prize(1, 1)]}, "/prizes"),
        ({"prizes": [a_prize(0, 1)]}, "/prizes/0/rank"),
        ({"prizes": [a_prize(1, 0)]}, "/prizes/0/quantity"),
        ({"alternates": -1}, "/alternates"),
        ({"max_wins_per_holder": None}, "/max_wins_per_holder"),
        ({"beacon": {**quicknet_beacon(DRAW_AT), "round": ROUND + 1}}, "/beacon/round"),
        ({"beacon": {**quicknet_beacon(DRAW_AT), "period": 30}}, "/beacon"),
        ({"beacon": {**quicknet_beacon(DRAW_AT), "surplus": 1}}, "/beacon"),
        ({"beacon": quicknet_beacon(DRAW_AT, 0)}, "/beacon/retry_rounds"),
        ({"draw_at": DRAW_AT + 3}, "/beacon/round"),
        ({"odds": 0.5}, "/odds"),
    ],
)
def test_terms_that_nobody_could_verify_are_refused_where_they_are_wrong(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Malformed) as refusal:
        checked_terms(some_terms(**changes))
    assert pointer == refusal.value.pointer


def test_further_members_are_allowed_in_terms_and_prizes() -> None:
    prize = {**a_prize(1, 1), "sponsor": "Ö & Co"}
    terms = some_terms(prizes=[prize], eligibility={"states": ["NY"]})
    assert terms is checked_terms(terms)
