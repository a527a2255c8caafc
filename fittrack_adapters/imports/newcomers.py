"""Plausible members for trackers whose people are unknown: made up from the tracker's key, the same every time."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

from fittrack_domain.identity.admission import EXCLUDED_STATES, STATES, NewMember
from fittrack_domain.identity.model import Level, Sex

T = TypeVar("T")

ELDEST: Final = date(1950, 1, 1)
YOUNGEST: Final = date(2005, 12, 31)
HOMES: Final = sorted(STATES - EXCLUDED_STATES.keys())
ADJECTIVES: Final = ("Brisk", "Calm", "Eager", "Early", "Lucky", "Merry", "Nimble", "Quick", "Quiet", "Steady", "Sunny")
ANIMALS: Final = ("Badger", "Crane", "Falcon", "Fox", "Hare", "Heron", "Lynx", "Marten", "Otter", "Panther", "Wren")


def newcomer(tracker_user_key: str) -> NewMember:
    """The member for this key: a complete profile, of age, at home where FitTrack is offered."""
    chance = _Chance(tracker_user_key)
    name = f"{chance.of(ADJECTIVES)} {chance.of(ANIMALS)} {chance.below(1 << 32):08x}"
    return NewMember(
        email=f"{tracker_user_key}@import.example",
        date_of_birth=ELDEST + timedelta(days=chance.below((YOUNGEST - ELDEST).days)),
        state_of_residence=chance.of(HOMES),
        display_name=name,
        biological_sex=chance.of(tuple(Sex)),
        fitness_level=chance.of(tuple(Level)),
    )


class _Chance:
    """Numbers that follow from a text."""

    def __init__(self, text: str) -> None:
        self._left = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")

    def below(self, end: int) -> int:
        self._left, number = divmod(self._left, end)
        return number

    def of(self, things: Sequence[T]) -> T:
        return things[self.below(len(things))]
