"""Standings and places: what one board says of one period (rules, chapter 8)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import attrs

from fittrack_domain.competition.tiers import BOARDS
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging

TOP: Final = Paging(limit=100)
"""The page that a leaderboard shows by default."""

AROUND: Final = 10
"""How many places above and below one's own are shown."""

GRACE: Final = timedelta(hours=12)
"""How long after its end a period stays open for late syncs and western time zones."""


@attrs.frozen
class Ranking:
    """One board in one period, named by the period's first day."""

    board: str
    period: Period
    period_start: date

    @classmethod
    def holding(cls, board: str, period: Period, day: date) -> "Ranking":
        """The ranking in which points of `day` count."""
        return cls(board, period, period.first_day(day))

    @property
    def ends_at(self) -> datetime | None:
        return self.period.ends_at(self.period_start)


@attrs.frozen
class RankingRecord:
    """That somebody is ranked in a ranking, and when it became final."""

    board: str
    period: Period
    period_start: date
    archived_at: datetime | None = None
    version: int = 1

    @property
    def ranking(self) -> Ranking:
        return Ranking(self.board, self.period, self.period_start)

    def archived(self, now: datetime) -> "RankingRecord":
        return attrs.evolve(self, archived_at=now)


@attrs.frozen
class Gain:
    """What one delivery of awards adds to a standing."""

    points: int = 0
    active_days: int = 0

    def plus(self, points: int, *, became_active: bool) -> "Gain":
        return Gain(self.points + points, self.active_days + became_active)


@attrs.frozen
class Standing:
    """How far one member has come in one ranking. `reached_at` tells since when the points are what they are."""

    board: str
    period: Period
    period_start: date
    user_id: MemberId
    points: int
    reached_at: datetime
    active_days: int
    shown: bool
    version: int = 1

    @classmethod
    def at_start(cls, ranking: Ranking, member_id: MemberId, now: datetime, *, shown: bool) -> "Standing":
        return cls(ranking.board, ranking.period, ranking.period_start, member_id, 0, now, 0, shown)

    @property
    def ranking(self) -> Ranking:
        return Ranking(self.board, self.period, self.period_start)

    def credited(self, gain: Gain, now: datetime) -> "Standing":
        return attrs.evolve(
            self,
            points=self.points + gain.points,
            active_days=self.active_days + gain.active_days,
            reached_at=now if gain.points else self.reached_at,
        )

    def with_shown(self, *, shown: bool) -> "Standing":
        return attrs.evolve(self, shown=shown)


@attrs.frozen
class Place:
    """A member's place in a ranking; ranks count from 1. Their name, too, where the ranking has it at hand.

    On a leaderboard all have their names, but members who were hidden since the ranking became final.
    """

    rank: int
    user_id: MemberId
    points: int
    display_name: str | None = attrs.field(default=None, eq=False)


@attrs.frozen
class View:
    """A look at a ranking: its size, a page, one member's rank and the places around it, all at the same moment."""

    size: int
    page: Sequence[Place]
    own: int | None
    around: Sequence[Place]


@attrs.frozen
class ArchivedPlace:
    """A place in a final ranking, written once."""

    board: str
    period: Period
    period_start: date
    place: int
    user_id: MemberId
    points: int


@attrs.frozen
class Leaderboard:
    """A page of a ranking as one member sees it: their own place and those around it, if they are ranked.

    `provisional`: the period is over, but late data still counts. `final`: archived, nothing changes any more.
    """

    ranking: Ranking
    page: Page[Place]
    own: Place | None
    around: Sequence[Place]
    provisional: bool
    final: bool

    @property
    def board_name(self) -> str:
        return BOARDS[self.ranking.board]

    @property
    def size(self) -> int:
        """How many members are ranked."""
        return self.page.total

    @property
    def resets_at(self) -> datetime | None:
        """When the period ends; None for all-time."""
        return self.ranking.ends_at


@attrs.frozen
class TierSize:
    """A board and how many members are ranked on it, all-time."""

    code: str
    name: str
    members: int


@attrs.frozen
class PublicProfile:
    """What any member may know of another one. The rank is the all-time one in their tier."""

    display_name: str | None
    tier_code: str | None
    rank: int | None
