"""Which activity of a day is unusual within its tier: more than three standard deviations above the mean.

Reckoned in whole numbers, so that nothing is rounded and every machine says the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from math import isqrt
from typing import Final

import attrs

from fittrack_domain.competition.tiers import Tier, age_bracket
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.integrity.model import Finding
from fittrack_domain.shared.ids import MemberId

DEVIATIONS_MAX: Final = 3

MEMBERS_MIN: Final = 30
"""Members of a tier with activity on a day, without whom nothing is said about any of them.

Among n values none can lie more than sqrt(n - 1) standard deviations from their mean (Samuelson): up to 10 members
nobody could ever stand out, and with a few more only somebody whom the others do not resemble at all. From 30 on, one
member moves mean and deviation by little, and the deviation itself is known to about an eighth.
"""


class Measure(Enum):
    """What is compared."""

    STEPS = "steps"
    ACTIVE_MINUTES = "active_minutes"


@attrs.frozen
class MeasuredDay:
    """What a member with a complete profile did on a day, cut off at no cap, and what their tier follows from."""

    member_id: MemberId
    date_of_birth: date
    sex: Sex
    level: Level
    steps: int
    active_minutes: int

    def tier_on(self, day: date) -> Tier | None:
        bracket = age_bracket(self.date_of_birth, day)
        return None if bracket is None else Tier(self.sex, bracket, self.level)

    def of(self, measure: Measure) -> int:
        return self.steps if measure is Measure.STEPS else self.active_minutes


@attrs.define
class Spread:
    """How one measure is spread over the members of a tier."""

    members: int = 0
    total: int = 0
    squares: int = 0

    def add(self, value: int) -> None:
        self.members += 1
        self.total += value
        self.squares += value * value

    @property
    def mean(self) -> int:
        """Rounded, to be shown."""
        return round(self.total / self.members)

    @property
    def deviation(self) -> int:
        """The standard deviation of all these members, rounded down, to be shown."""
        return isqrt(self._variance) // self.members

    def is_unusual(self, value: int) -> bool:
        """Whether this is more than `DEVIATIONS_MAX` deviations above the mean of members who are enough to tell."""
        above = self.members * value - self.total  # the mean, times the members
        return self.members >= MEMBERS_MIN and above > 0 and above**2 > DEVIATIONS_MAX**2 * self._variance

    @property
    def _variance(self) -> int:
        """Times the square of the members."""
        return self.members * self.squares - self.total**2


Spreads = Mapping[tuple[Tier, Measure], Spread]


def spreads(day: date, measured: Iterable[MeasuredDay]) -> Spreads:
    """How each measure is spread within each tier. Who has no tier that day is left out."""
    found: defaultdict[tuple[Tier, Measure], Spread] = defaultdict(Spread)
    for each in measured:
        if tier := each.tier_on(day):
            for measure in Measure:
                found[tier, measure].add(each.of(measure))
    return found


def members_compared(found: Spreads) -> int:
    """How many members are in tiers large enough."""
    of_steps = (spread.members for (_, measure), spread in found.items() if measure is Measure.STEPS)
    return sum(members for members in of_steps if members >= MEMBERS_MIN)


@attrs.frozen
class Unusual:
    """What stands out: whose it is, how much, and what is usual in the tier."""

    member_id: MemberId
    activity_day: date
    tier: Tier
    measure: Measure
    value: int
    usual: Spread

    def finding(self, now: datetime) -> Finding:
        return Finding(
            f"{self.activity_day} {self.measure.value}",
            now,
            {
                "activityDay": self.activity_day.isoformat(),
                "tierCode": self.tier.code,
                "measure": self.measure.value,
                "value": self.value,
                "mean": self.usual.mean,
                "standardDeviation": self.usual.deviation,
                "members": self.usual.members,
            },
        )


def unusual(day: date, measured: Iterable[MeasuredDay], found: Spreads) -> Iterator[Unusual]:
    """What stands out among the same members that were spread before."""
    for each in measured:
        if tier := each.tier_on(day):
            for measure in Measure:
                usual = found[tier, measure]
                if usual.is_unusual(each.of(measure)):
                    yield Unusual(each.member_id, day, tier, measure, each.of(measure), usual)
