"""Leaderboards and tiers over HTTP, and what members may know of each other."""

from datetime import date, datetime
from typing import Annotated, Final, Self

import attrs
from annotated_types import Len

from fittrack_domain.app import FitTrack
from fittrack_domain.competition.errors import NotArchived, NoTier, TierNotFound
from fittrack_domain.competition.model import TOP, Leaderboard, Place, PublicProfile, TierSize
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_http.auth import Caller
from fittrack_http.listing import PageLimit, PageQuery, Pagination
from fittrack_http.routes import Access, Route

TAG: Final = "Competition"
TierCode = Annotated[str, Len(1, 20)]


@attrs.frozen(kw_only=True)
class LeaderboardQuery(PageQuery):
    """Which board: a tier's code or OPEN; your own tier if none is given."""

    tier: TierCode | None = None
    limit: PageLimit = TOP.limit


@attrs.frozen(kw_only=True)
class ArchiveQuery(LeaderboardQuery):
    """Which board, and of which period: the one that ends on this day, or holds it."""

    ending: date


@attrs.frozen
class UserRank:
    """Your own place."""

    rank: int
    points_earned: int
    display_name: str | None


@attrs.frozen
class RankedMember:
    """A place. Names of members who are not shown any more are null."""

    rank: int
    display_name: str | None
    points_earned: int
    is_me: bool

    @classmethod
    def of(cls, place: Place, own: int | None) -> "RankedMember":
        return cls(place.rank, place.display_name, place.points, place.rank == own)


@attrs.frozen
class LeaderboardPage:
    """A board in a period. `resetTime` is when the period ends, null for all-time.

    `provisional`: it has ended, but late data still counts. `final`: archived, nothing changes any more.
    """

    period: Period
    period_start: date | None
    tier_code: str
    tier_name: str
    total_users_in_tier: int
    reset_time: datetime | None
    provisional: bool
    final: bool
    user_rank: UserRank | None
    rankings: tuple[RankedMember, ...]
    around: tuple[RankedMember, ...]
    pagination: Pagination

    @classmethod
    def of(cls, board: Leaderboard) -> "LeaderboardPage":
        own, ranking = board.own, board.ranking
        rank = None if own is None else own.rank
        return cls(
            period=ranking.period,
            period_start=None if ranking.period is Period.ALLTIME else ranking.period_start,
            tier_code=ranking.board,
            tier_name=board.board_name,
            total_users_in_tier=board.size,
            reset_time=board.resets_at,
            provisional=board.provisional,
            final=board.final,
            user_rank=None if own is None else UserRank(own.rank, own.points, own.display_name),
            rankings=tuple([RankedMember.of(place, rank) for place in board.page.items]),
            around=tuple([RankedMember.of(place, rank) for place in board.around]),
            pagination=Pagination.of(board.page),
        )


@attrs.frozen
class PublicUser:
    """What any member may know of another: the rank is the all-time one in their tier."""

    display_name: str | None
    tier_code: str | None
    rank: int | None

    @classmethod
    def of(cls, profile: PublicProfile) -> Self:
        return cls(profile.display_name, profile.tier_code, profile.rank)


@attrs.frozen
class TierOut:
    """A board, and how many members are ranked on it, all-time."""

    code: str
    name: str
    members: int

    @classmethod
    def of(cls, tier: TierSize) -> Self:
        return cls(tier.code, tier.name, tier.members)


@attrs.frozen
class Tiers:
    """All 31 boards: 30 tiers, and OPEN."""

    items: tuple[TierOut, ...]


def leaderboard(fittrack: FitTrack, caller: Caller, period: Period, query: LeaderboardQuery) -> LeaderboardPage:
    """Show a leaderboard.

    The current day, week, month, or all time. Sorted by rank: points earned, then who reached them earlier, then
    active days. `around` are the ten places above and below your own.
    """
    board = fittrack.competition.leaderboard(period, query.tier, caller.member_id, paging=query.paging)
    return LeaderboardPage.of(board)


def leaderboard_archive(fittrack: FitTrack, caller: Caller, period: Period, query: ArchiveQuery) -> LeaderboardPage:
    """Show the final standings of a period that is over.

    They are final 12 hours after its end. Sorted by rank.
    """
    board = fittrack.competition.archive(period, query.tier, query.ending, caller.member_id, query.paging)
    return LeaderboardPage.of(board)


def public_user(fittrack: FitTrack, user_id: MemberId) -> PublicUser:
    """Show what any member may know of another."""
    return PublicUser.of(fittrack.competition.public_profile(user_id))


def tiers(fittrack: FitTrack) -> Tiers:
    """List the tiers, and how many members each has.

    Sorted by sex, age and level; OPEN comes last.
    """
    return Tiers(tuple(map(TierOut.of, fittrack.competition.tiers())))


def tier(fittrack: FitTrack, code: TierCode) -> TierOut:
    """Show a tier."""
    return TierOut.of(fittrack.competition.tier(code))


ROUTES: Final = (
    Route(
        "GET",
        "/api/v1/leaderboards/{period}",
        leaderboard,
        Access.MEMBER,
        TAG,
        problems=(TierNotFound, NoTier),
        quick=True,
    ),
    Route(
        "GET",
        "/api/v1/leaderboards/{period}/archive",
        leaderboard_archive,
        Access.MEMBER,
        TAG,
        problems=(TierNotFound, NoTier, NotArchived),
    ),
    Route("GET", "/api/v1/tiers", tiers, Access.MEMBER, TAG),
    Route("GET", "/api/v1/tiers/{code}", tier, Access.MEMBER, TAG, problems=(TierNotFound,)),
    Route("GET", "/api/v1/users/{user_id}/public", public_user, Access.MEMBER, "Members", problems=(MemberNotFound,)),
)
