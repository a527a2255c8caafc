"""A few seconds' worth of the statistical battery, with teeth; the whole of it is a session of its own."""

import pytest

from fittrack_domain.sweepstakes.draw.selection import uniform_below, words
from tests.statistics.drawers import Setting, by_protocol, with_uniform
from tests.statistics.laws import LAWS, REFUSED_BELOW, keys
from tests.statistics.wrong import WRONG

DRAWINGS = 4_000


@pytest.mark.parametrize("name", sorted({law for _, law in WRONG.values()}))
def test_drawings_obey_the_law(name: str) -> None:
    assert LAWS[name].p_value(by_protocol, keys("signature", name, DRAWINGS)) >= REFUSED_BELOW


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_drawing_is_refused(name: str) -> None:
    draw, law = WRONG[name]
    assert LAWS[law].p_value(draw, keys("signature", name, DRAWINGS)) < REFUSED_BELOW


def test_what_is_wrong_with_a_wrong_drawing_is_only_what_its_name_says() -> None:
    setting = Setting((4, 30, 2, 1, 3), slots=40)
    for key in keys("seed", "control", 50):
        assert by_protocol(setting, words(key)) == with_uniform(uniform_below)(setting, words(key))
