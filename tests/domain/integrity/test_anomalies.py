"""What stands out within a tier, against a naive reckoning with fractions."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.integrity.anomalies import (
    MEMBERS_MIN,
    Measure,
    MeasuredDay,
    Spread,
    members_compared,
    spreads,
    unusual,
)
from fittrack_domain.shared.ids import MemberId

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
BORN = date(1990, 6, 15)


def measured(steps: Sequence[int], minutes: int = 30, born: date = BORN, first: int = 1) -> list[MeasuredDay]:
    """Members of one tier, by number, who walked so much."""
    return [
        MeasuredDay(MemberId(UUID(int=number)), born, Sex.FEMALE, Level.ADVANCED, walked, minutes)
        for number, walked in enumerate(steps, first)
    ]


def found(days: Sequence[MeasuredDay]) -> list[tuple[int, Measure]]:
    return [(each.member_id.int, each.measure) for each in unusual(DAY, days, spreads(DAY, days))]


def naive(steps: Sequence[int]) -> list[tuple[int, Measure]]:
    """By the textbook, without square roots: whoever is above the mean by more than three deviations."""
    mean = Fraction(sum(steps), len(steps))
    variance = sum((Fraction(walked) - mean) ** 2 for walked in steps) / len(steps)
    return [
        (number, Measure.STEPS)
        for number, walked in enumerate(steps, 1)
        if walked > mean and (walked - mean) ** 2 > 9 * variance
    ]


STEPS = st.integers(0, 100_000)
FEW_VALUES = st.sampled_from([0, 1, 8_000, 8_001, 100_000])


@given(st.lists(st.one_of(STEPS, FEW_VALUES), min_size=MEMBERS_MIN, max_size=60))
def test_what_stands_out_is_what_the_textbook_says(steps: list[int]) -> None:
    assert naive(steps) == found(measured(steps))


@given(st.integers(1, 200), st.integers(0, 20_000), st.integers(0, 100_000))
def test_one_among_equals(others: int, usual: int, own: int) -> None:
    """Who alone differs from n - 1 equals is sqrt(n - 1) deviations away, however far it is."""
    stands_out = others + 1 >= MEMBERS_MIN and own > usual
    assert stands_out is ((1, Measure.STEPS) in found(measured([own, *[usual] * others])))


def test_exactly_three_deviations_are_usual() -> None:
    spread = Spread()
    for walked in [0, 6] * 20:
        spread.add(walked)
    assert (40, 3, 3) == (spread.members, spread.mean, spread.deviation)
    assert [False, True] == [spread.is_unusual(value) for value in (12, 13)]


@pytest.mark.parametrize(("members", "said"), [(MEMBERS_MIN - 1, []), (MEMBERS_MIN, [(1, Measure.STEPS)])])
def test_of_few_members_nothing_is_said(members: int, said: list[tuple[int, Measure]]) -> None:
    assert said == found(measured([90_000, *[8_000] * (members - 1)]))


def test_tiers_are_not_mixed_and_birthdays_count() -> None:
    young = measured([8_000] * MEMBERS_MIN)
    old = measured([40_000] * MEMBERS_MIN, born=date(1966, 3, 2), first=100)
    on_birthday, day_before = date(1996, 3, 2), date(1996, 3, 3)
    moved = measured([40_000], born=on_birthday, first=200) + measured([40_000], born=day_before, first=201)
    days = [*young, *old, *moved]
    assert [(200, Measure.STEPS)] == found(days)  # 30 today; the other one is 29, and alone
    assert 2 * MEMBERS_MIN + 1 == members_compared(spreads(DAY, days))


def test_active_minutes_are_compared_too() -> None:
    days = [*measured([8_000] * MEMBERS_MIN), *measured([8_000], minutes=900, first=500)]
    [seen] = unusual(DAY, days, spreads(DAY, days))
    assert (500, Measure.ACTIVE_MINUTES, 900) == (seen.member_id.int, seen.measure, seen.value)
    assert {"mean": 58, "standardDeviation": 153, "members": 31, "tierCode": "F-30-39-ADV"}.items() <= dict(
        seen.finding(NOON).facts
    ).items()


def test_who_was_too_young_that_day_is_in_no_tier() -> None:
    children = measured([8_000] * MEMBERS_MIN, born=date(2010, 1, 1))
    assert ([], 0) == (found(children), members_compared(spreads(DAY, children)))
