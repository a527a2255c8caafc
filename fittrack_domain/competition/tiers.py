"""The 31 boards: which tier a profile belongs to on a day, its code and its name (rules, chapter 4)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from fittrack_domain.competition.errors import TierNotFound
from fittrack_domain.identity.model import Level, Profile, Sex
from fittrack_domain.shared.calendar import age_on

BRACKETS: Final = ((18, "18-29"), (30, "30-39"), (40, "40-49"), (50, "50-59"), (60, "60+"))
"""The age at which each bracket begins, and its code."""

SEX_CODES: Final = {Sex.MALE: "M", Sex.FEMALE: "F"}
SEX_NAMES: Final = {Sex.MALE: "Men", Sex.FEMALE: "Women"}
LEVEL_CODES: Final = {Level.BEGINNER: "BEG", Level.INTERMEDIATE: "INT", Level.ADVANCED: "ADV"}


@attrs.frozen
class Tier:
    """A competition bracket: sex, age and fitness level."""

    sex: Sex
    bracket: str
    level: Level

    @property
    def code(self) -> str:
        """As in `M-30-39-INT`."""
        return f"{SEX_CODES[self.sex]}-{self.bracket}-{LEVEL_CODES[self.level]}"

    @property
    def name(self) -> str:
        """As in `Men 30–39, intermediate`."""
        return f"{SEX_NAMES[self.sex]} {self.bracket.replace('-', '–')}, {self.level.value}"


TIERS: Final = tuple(Tier(sex, bracket, level) for sex in Sex for _, bracket in BRACKETS for level in Level)
OPEN: Final = "OPEN"
BOARDS: Final[Mapping[str, str]] = {tier.code: tier.name for tier in TIERS} | {OPEN: "Open, all tiers"}
"""The codes of all boards with their names for people."""


def age_bracket(birth: date, day: date) -> str | None:
    """The bracket that somebody born on `birth` is in on `day`; None before the 18th birthday."""
    age = age_on(birth, day)
    return next((bracket for youngest, bracket in reversed(BRACKETS) if age >= youngest), None)


def tier_of(profile: Profile, day: date) -> Tier | None:
    """The tier of a member for an activity on `day`, by birthday; None while the profile is incomplete."""
    bracket = age_bracket(profile.date_of_birth, day)
    if profile.display_name is None or profile.biological_sex is None or profile.fitness_level is None:
        return None
    return None if bracket is None else Tier(profile.biological_sex, bracket, profile.fitness_level)


def boards_of(profile: Profile, day: date) -> tuple[str, ...]:
    """The boards on which points of `day` count: the tier's, and OPEN for whoever opted in."""
    tier = tier_of(profile, day)
    if tier is None:
        return ()
    return (tier.code, OPEN) if profile.open_tier else (tier.code,)


def require_board(board: str) -> str:
    """The code itself. Raises `TierNotFound`."""
    if board not in BOARDS:
        raise TierNotFound(board)
    return board
