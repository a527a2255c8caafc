"""Which board a member is on."""

from datetime import date
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_domain.competition.errors import TierNotFound
from fittrack_domain.competition.tiers import (
    BOARDS,
    OPEN,
    TIERS,
    Tier,
    age_bracket,
    boards_of,
    require_board,
    tier_of,
)
from fittrack_domain.identity.model import Level, Profile, Sex
from fittrack_domain.shared.ids import MemberId
from tests.domain.competition.league import WEDNESDAY

PROFILE = Profile(MemberId(UUID(int=1)), date(1990, 6, 15), "CA").named("Pat")
COMPLETE = attrs.evolve(PROFILE, biological_sex=Sex.MALE, fitness_level=Level.INTERMEDIATE)


def test_there_are_thirty_tiers_and_an_open_board() -> None:
    assert 30 == len(TIERS) == len({tier.code for tier in TIERS})
    assert 31 == len(BOARDS)
    assert "Open, all tiers" == BOARDS[OPEN]


@pytest.mark.parametrize(
    ("tier", "code", "name"),
    [
        (Tier(Sex.MALE, "30-39", Level.INTERMEDIATE), "M-30-39-INT", "Men 30–39, intermediate"),
        (Tier(Sex.FEMALE, "60+", Level.ADVANCED), "F-60+-ADV", "Women 60+, advanced"),
        (Tier(Sex.FEMALE, "18-29", Level.BEGINNER), "F-18-29-BEG", "Women 18–29, beginner"),
    ],
)
def test_a_tier_has_a_code_and_a_name(tier: Tier, code: str, name: str) -> None:
    assert code == tier.code
    assert name == tier.name == BOARDS[code]


@pytest.mark.parametrize(
    ("age", "bracket"),
    [
        (17, None),
        (18, "18-29"),
        (29, "18-29"),
        (30, "30-39"),
        (39, "30-39"),
        (40, "40-49"),
        (49, "40-49"),
        (50, "50-59"),
        (59, "50-59"),
        (60, "60+"),
        (100, "60+"),
    ],
)
def test_age_brackets_have_these_borders(age: int, bracket: str | None) -> None:
    assert bracket == age_bracket(date(2026 - age, 3, 4), WEDNESDAY)


def test_a_birthday_moves_the_tier_that_day() -> None:
    assert "M-30-39-INT" == getattr(tier_of(COMPLETE, date(2030, 6, 14)), "code", None)
    assert "M-40-49-INT" == getattr(tier_of(COMPLETE, date(2030, 6, 15)), "code", None)


@pytest.mark.parametrize("lacking", [{"display_name": None}, {"biological_sex": None}, {"fitness_level": None}])
def test_an_incomplete_profile_has_no_tier(lacking: dict[str, Any]) -> None:
    incomplete = attrs.evolve(COMPLETE, **lacking)
    assert tier_of(incomplete, WEDNESDAY) is None
    assert () == boards_of(incomplete, WEDNESDAY)


def test_nobody_has_a_tier_before_the_eighteenth_birthday() -> None:
    assert tier_of(COMPLETE, date(2008, 6, 14)) is None


def test_members_who_opted_in_are_on_both_boards() -> None:
    assert ("M-30-39-INT",) == boards_of(COMPLETE, WEDNESDAY)
    assert ("M-30-39-INT", OPEN) == boards_of(COMPLETE.opted_in(), WEDNESDAY)


@pytest.mark.parametrize("code", ["", "open", "M-30-39", "X-30-39-INT", "M-60-69-INT"])
def test_other_codes_are_no_boards(code: str) -> None:
    assert OPEN == require_board(OPEN)
    with pytest.raises(TierNotFound, match="There is no tier"):
        require_board(code)
