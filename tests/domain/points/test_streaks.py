"""Where the bonus for every seventh active day falls."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.points.streaks import Streak, streaks
from tests.domain.points.world import MONDAY, day


def bonus_days(active: list[int], paid: list[int]) -> list[int]:
    placed = streaks((day(n) for n in active), {day(n) for n in paid})
    return [(at - MONDAY).days + 1 for at, streak in sorted(placed.items()) if streak.bonus]


@pytest.mark.parametrize(
    ("active", "paid", "expected"),
    [
        ([], [], []),
        ([1, 2, 3, 4, 5, 6], [], []),
        ([7, 6, 5, 4, 3, 2, 1], [], [7]),
        (list(range(1, 22)), [], [7, 14, 21]),
        ([*range(1, 7), *range(8, 15)], [], [14]),
        # A late day joins two runs: what was paid in the second one counts for the whole.
        (list(range(1, 15)), [14], [7, 14]),
        (list(range(1, 12)), [11], [11]),
        (list(range(1, 15)), [11], [11, 14]),
        (list(range(1, 22)), [11, 18], [11, 18, 21]),
        # A run that a correction cut: paid bonuses stay with the run that holds their day, and count there.
        ([5, 6, 7], [7], []),
        (list(range(5, 12)), [7], [7]),
        (list(range(5, 19)), [7], [7, 18]),
    ],
)
def test_a_run_has_one_bonus_for_every_seven_days(active: list[int], paid: list[int], expected: list[int]) -> None:
    assert expected == bonus_days(active, paid)


def test_a_days_place_in_its_run_counts_from_one() -> None:
    placed = streaks([day(3), day(1), day(2), day(9)], ())
    assert {day(1): 1, day(2): 2, day(3): 3, day(9): 1} == {at: streak.length for at, streak in placed.items()}
    assert Streak.on_day(7) == streaks([day(n) for n in range(1, 8)], ())[day(7)]


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_no_run_has_more_or_fewer_bonuses_than_its_length_allows(active: set[int], paid: set[int]) -> None:
    placed = streaks([day(n) for n in active], {day(n) for n in paid})
    ends = [at for at in placed if at + timedelta(days=1) not in placed]
    for end in ends:
        length = placed[end].length
        run = [placed[end - timedelta(days=n)] for n in range(length)]
        assert length // 7 == sum(streak.bonus for streak in run)
        assert list(range(length, 0, -1)) == [streak.length for streak in run]
