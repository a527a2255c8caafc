from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.sweepstakes.draw.awards import Award, awards_for, verify_awards
from fittrack_domain.sweepstakes.draw.errors import NothingToForfeit, NotValid
from fittrack_domain.sweepstakes.draw.records import record_hash
from tests.domain.sweepstakes.draw.forging import a_prize, forged, some_terms


def a_result(winners: int = 3, alternates: int = 2) -> Any:
    terms = some_terms(prizes=[a_prize(1, winners)], alternates=alternates)
    return forged(terms)["result"]


def forfeited(result: Any, *ns: int) -> list[Award]:
    """One after another, each at a moment of its own."""
    awards: list[Award] = []
    for n in ns:
        awards += awards_for(result, awards, {n: "unclaimed"})
    return awards


def passed_on(awards: list[Award]) -> list[tuple[int, int | None]]:
    return [(award["forfeited"], award["replacement"]) for award in awards]


def test_forfeits_are_served_in_the_order_in_which_they_come() -> None:
    assert [(2, 4), (1, 5)] == passed_on(forfeited(a_result(), 2, 1))


def test_an_alternate_who_forfeits_is_replaced_by_the_next() -> None:
    assert [(3, 4), (4, 5)] == passed_on(forfeited(a_result(), 3, 4))


def test_of_several_forfeits_at_one_moment_the_lower_n_comes_first() -> None:
    assert [(1, 4), (3, 5)] == passed_on(awards_for(a_result(), [], {3: "unclaimed", 1: "ineligible"}))
    assert [(3, 4), (4, 5)] == passed_on(awards_for(a_result(), [], {4: "ineligible", 3: "unclaimed"}))


def test_a_prize_stays_unawarded_when_no_alternate_is_left() -> None:
    awards = forfeited(a_result(), 1, 2, 3, 4)
    assert [(1, 4), (2, 5), (3, None), (4, None)] == passed_on(awards)


def test_an_award_record_says_what_of_which_drawing_and_why() -> None:
    result = a_result()
    first, second = awards_for(result, [], {1: "ineligible", 2: "unclaimed"})
    assert {
        "protocol": "fittrack-draw-1",
        "drawing_id": result["drawing_id"],
        "result_hash": record_hash("result", result),
        "seq": 1,
        "forfeited": 1,
        "reason": "ineligible",
        "replacement": 4,
    } == first
    assert (2, "unclaimed") == (second["seq"], second["reason"])


@pytest.mark.parametrize("n", [0, 4, 5, 6])
def test_a_draw_that_won_nothing_has_nothing_to_forfeit(n: int) -> None:
    with pytest.raises(NothingToForfeit) as refusal:
        awards_for(a_result(), [], {n: "unclaimed"})
    assert n == refusal.value.n
    assert str(n) in str(refusal.value)


def test_nobody_forfeits_twice() -> None:
    result = a_result()
    with pytest.raises(NothingToForfeit):
        forfeited(result, 1, 4, 1)
    with pytest.raises(NothingToForfeit):
        forfeited(result, 1, 4, 4)


@given(
    winners=st.integers(1, 5),
    alternates=st.integers(0, 5),
    picks=st.lists(st.integers(0, 20), max_size=12),
)
def test_every_prize_has_one_holder_or_none_and_every_alternate_is_used_once(
    winners: int, alternates: int, picks: list[int]
) -> None:
    result = a_result(winners, alternates)
    awards: list[Award] = []
    holding = set(range(1, winners + 1))
    for pick in picks:
        if not holding:
            break
        n = sorted(holding)[pick % len(holding)]
        (award,) = awards_for(result, awards, {n: "unclaimed"})
        awards.append(award)
        holding = holding - {n} | ({award["replacement"]} if award["replacement"] else set())
    replacements = [award["replacement"] for award in awards]
    used = [n for n in replacements if n is not None]

    assert list(range(winners + 1, winners + 1 + len(used))) == used
    assert [None] * (len(awards) - len(used)) == replacements[len(used) :]
    assert winners == len(holding) + len(awards) - len(used)
    verify_awards(result, awards)


@pytest.mark.parametrize(
    "change",
    [
        {"replacement": 5},
        {"replacement": None},
        {"forfeited": 5},
        {"seq": 2},
        {"result_hash": "00" * 32},
        {"drawing_id": "00000000-0000-0000-0000-000000000001"},
        {"protocol": "fittrack-draw-2"},
        {"surplus": 1},
        {"reason": "\ud800"},
        {"forfeited": True},
    ],
)
def test_an_award_that_does_not_follow_is_refused(change: dict[str, Any]) -> None:
    result = a_result()
    awards: list[Any] = forfeited(result, 1, 4)
    verify_awards(result, awards)
    with pytest.raises(NotValid) as refusal:
        verify_awards(result, [{**awards[0], **change}, *awards[1:]])
    assert refusal.value.step is None
    assert str(refusal.value) == refusal.value.reason


def test_awards_out_of_order_missing_or_malformed_are_refused() -> None:
    result = a_result()
    awards: list[Any] = forfeited(result, 1, 4)
    refused: list[Any] = [awards[::-1], awards[1:], [*awards, awards[1]], [None], [{}]]
    for others in refused:
        with pytest.raises(NotValid):
            verify_awards(result, others)
