"""Chi-square tests of 60,000 drawings each against exact laws, and proof that wrong drawings do not pass them.

Seeds are fixed, so a pass stays a pass; `FITTRACK_STATISTICS_SEED` gives fresh ones: less than one false alarm in
10,000 runs.
"""

import os

import pytest
from scipy.stats import chi2

from tests.statistics.drawers import by_protocol
from tests.statistics.laws import LAWS, REFUSED_BELOW, VARIED, Varied, keys, upper_tail
from tests.statistics.wrong import WRONG

DRAWINGS = 60_000
SEED = os.environ.get("FITTRACK_STATISTICS_SEED", "fittrack-draw-1")


@pytest.mark.parametrize("varied", VARIED)
@pytest.mark.parametrize("name", LAWS)
def test_drawings_obey_the_law(name: str, varied: Varied) -> None:
    p = LAWS[name].p_value(by_protocol, keys(varied, f"{SEED}/{name}", DRAWINGS))
    print(f"\n{name}, {varied} varied: p = {p:.4f}", end="")
    assert p >= REFUSED_BELOW


@pytest.mark.parametrize("varied", VARIED)
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_drawing_is_refused(name: str, varied: Varied) -> None:
    draw, law = WRONG[name]
    p = LAWS[law].p_value(draw, keys(varied, f"{SEED}/{name}", DRAWINGS))
    print(f"\n{name}, {varied} varied: p = {p:.1e}", end="")
    assert p < REFUSED_BELOW


def test_the_battery_has_sixty_tests_and_every_law_adds_up() -> None:
    assert 60 == len(LAWS) * len(VARIED)
    assert {1} == {sum(law.probabilities.values()) for law in LAWS.values()}


@pytest.mark.parametrize("freedom", [1, 2, 3, 6, 89, 99, 119, 999])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.5, 3.0])
def test_the_closed_form_of_chi_square_agrees_with_scipy(freedom: int, ratio: float) -> None:
    assert chi2.sf(freedom * ratio, freedom) == pytest.approx(upper_tail(freedom * ratio, freedom), rel=1e-9)
