"""What members see of the standings, and when it becomes final."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_domain.competition.errors import NotArchived, NoTier, TierNotFound
from fittrack_domain.competition.model import PublicProfile, Ranking, TierSize
from fittrack_domain.competition.tiers import OPEN
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.model import Sex
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from tests.domain.competition.league import BOARD, WEDNESDAY, League

MONDAY = date(2026, 3, 2)
SUNDAY = date(2026, 3, 8)
WEEK_ENDS = datetime(2026, 3, 9, 4, tzinfo=UTC)  # New York's clocks went forward that Sunday


def crowd(league: League, size: int) -> list[MemberId]:
    """Members of one tier, the first with the most points."""
    members = [league.member(f"m{n}x") for n in range(size)]
    for n, member in enumerate(members):
        league.award(member, 1_000 - n)
    return members


def test_a_leaderboard_shows_a_page_ones_own_place_and_ten_around_it(league: League) -> None:
    members = crowd(league, 30)
    board = league.competition.leaderboard(Period.WEEKLY, viewer=members[14], paging=Paging(2, 5))
    assert Ranking(BOARD, Period.WEEKLY, MONDAY) == board.ranking
    assert "Men 30–39, intermediate" == board.board_name
    assert 30 == board.size
    assert WEEK_ENDS == board.resets_at
    assert [(6, members[5], "m5x m5x", 995), (10, members[9], "m9x m9x", 991)] == [
        (row.rank, row.user_id, row.display_name, row.points) for row in (board.page.items[0], board.page.items[-1])
    ]
    assert board.own is not None
    assert (15, members[14], 986) == (board.own.rank, board.own.user_id, board.own.points)
    assert list(range(5, 26)) == [row.rank for row in board.around]
    assert members[4:25] == [row.user_id for row in board.around]
    assert not board.provisional
    assert not board.final


@pytest.mark.parametrize(("own", "around"), [(1, range(1, 12)), (11, range(1, 22)), (25, range(15, 26))])
def test_there_are_fewer_around_at_the_ends(league: League, own: int, around: range) -> None:
    members = crowd(league, 25)
    board = league.competition.leaderboard(Period.DAILY, viewer=members[own - 1])
    assert list(around) == [row.rank for row in board.around]
    assert 25 == len(board.page.items)


def test_those_around_are_the_same_whatever_page_one_looks_at(league: League) -> None:
    members = crowd(league, 25)
    for own in (1, 8, 13, 25):
        seen = [
            league.competition.leaderboard(Period.DAILY, viewer=members[own - 1], paging=Paging(page, limit))
            for page, limit in ((1, 100), (1, 25), (1, 23), (1, 18), (2, 10), (2, 3), (9, 10))
        ]
        ranks = range(max(1, own - 10), min(25, own + 10) + 1)
        assert {tuple((rank, members[rank - 1], f"m{rank - 1}x m{rank - 1}x") for rank in ranks)} == {
            tuple((place.rank, place.user_id, place.display_name) for place in board.around) for board in seen
        }


def test_members_without_points_see_the_board_but_no_place_of_theirs(league: League) -> None:
    crowd(league, 2)
    board = league.competition.leaderboard(Period.DAILY, viewer=league.member("late"))
    assert board.own is None
    assert [] == list(board.around)
    assert 2 == board.size


def test_an_empty_board_is_empty(league: League) -> None:
    board = league.competition.leaderboard(Period.ALLTIME, "F-60+-BEG")
    assert 0 == board.size
    assert [] == list(board.page.items)
    assert board.resets_at is None
    assert not board.provisional


def test_nobody_in_particular_sees_the_open_board(league: League) -> None:
    assert OPEN == league.competition.leaderboard(Period.DAILY).ranking.board


def test_whoever_asks_for_no_board_needs_a_tier(league: League) -> None:
    with pytest.raises(NoTier, match="Complete it"):
        league.competition.leaderboard(Period.DAILY, viewer=league.newcomer("new"))
    with pytest.raises(TierNotFound):
        league.competition.leaderboard(Period.DAILY, "M-30")


def test_days_to_come_have_no_standings(league: League) -> None:
    for day in (WEDNESDAY + timedelta(days=1), date.max):
        with pytest.raises(InvalidInput, match="/day"):
            league.competition.leaderboard(Period.DAILY, OPEN, day=day)
        with pytest.raises(InvalidInput, match="/ending"):
            league.competition.archive(Period.DAILY, OPEN, day)


def test_a_period_is_provisional_from_its_end_until_it_is_archived(league: League) -> None:
    crowd(league, 2)

    def state() -> tuple[bool, bool]:
        board = league.competition.leaderboard(Period.WEEKLY, BOARD, day=WEDNESDAY)
        return board.provisional, board.final

    league.clock.set(WEEK_ENDS - timedelta(microseconds=1))
    assert (False, False) == state()
    league.clock.set(WEEK_ENDS)
    assert (True, False) == state()
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    league.competition.archive_due()
    assert (False, True) == state()


def test_rankings_are_archived_twelve_hours_after_their_end(league: League) -> None:
    crowd(league, 2)
    day_ends = datetime(2026, 3, 5, 5, tzinfo=UTC)
    league.clock.set(day_ends + timedelta(hours=12) - timedelta(microseconds=1))
    assert [] == league.competition.archive_due()
    league.clock.set(day_ends + timedelta(hours=12))
    assert [Ranking(BOARD, Period.DAILY, WEDNESDAY)] == league.competition.archive_due()
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    assert [Ranking(BOARD, Period.WEEKLY, MONDAY)] == league.competition.archive_due()
    league.clock.set(datetime(2026, 4, 1, 16, tzinfo=UTC))
    assert [Ranking(BOARD, Period.MONTHLY, date(2026, 3, 1))] == league.competition.archive_due()
    assert [] == league.competition.archive_due()


def test_later_data_earns_points_but_reopens_no_archive(league: League) -> None:
    ann, bob = crowd(league, 2)
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    league.competition.archive_due()
    league.award(bob, 500)
    league.award(league.member("cid"), 2_000)
    league.later(days=1)
    league.competition.archive_due()
    final = league.competition.archive(Period.WEEKLY, None, SUNDAY, viewer=bob)
    assert [(1, ann, 1_000), (2, bob, 999)] == [(row.rank, row.user_id, row.points) for row in final.page.items]
    assert final.final
    assert final.own is not None
    assert 2 == final.own.rank
    alltime = league.competition.leaderboard(Period.ALLTIME, BOARD)
    assert [2_000, 1_499, 1_000] == [row.points for row in alltime.page.items]


def test_archives_page_and_know_who_was_not_ranked(league: League) -> None:
    members = crowd(league, 5)
    league.suspend(members[0])
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    league.competition.archive_due()
    page = league.competition.archive(Period.WEEKLY, BOARD, SUNDAY, viewer=members[0], paging=Paging(2, 3))
    assert [(4, members[4])] == [(row.rank, row.user_id) for row in page.page.items]
    assert 4 == page.size
    assert page.own is None
    assert [] == list(league.competition.archive(Period.WEEKLY, BOARD, SUNDAY, paging=Paging(9, 3)).page.items)


def test_members_hidden_later_keep_an_archived_place_without_their_name(league: League) -> None:
    ann, bob = crowd(league, 2)
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    league.competition.archive_due()
    league.suspend(ann)
    rows = league.competition.archive(Period.WEEKLY, BOARD, SUNDAY).page.items
    assert [(1, ann, None), (2, bob, "m1x m1x")] == [(row.rank, row.user_id, row.display_name) for row in rows]


def test_what_is_not_final_is_no_archive(league: League) -> None:
    crowd(league, 1)
    for period in (Period.DAILY, Period.ALLTIME):
        with pytest.raises(NotArchived, match="12 hours after"):
            league.competition.archive(period, BOARD, WEDNESDAY)


def test_two_archivists_write_each_ranking_once(league: League) -> None:
    crowd(league, 1)
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    ranking = Ranking(BOARD, Period.WEEKLY, MONDAY)
    assert league.competition._archive(ranking, WEEK_ENDS)
    assert not league.competition._archive(ranking, WEEK_ENDS)


def test_a_ranking_whose_members_are_all_hidden_is_archived_empty(league: League) -> None:
    [ann] = crowd(league, 1)
    league.suspend(ann)
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    league.competition.archive_due()
    assert 0 == league.competition.archive(Period.WEEKLY, BOARD, SUNDAY).size


@pytest.mark.parametrize("new_store", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("change", ["update standing_archives set points = 0", "delete from standing_archives"])
def test_archives_cannot_be_changed_by_anyone(league: League, change: str) -> None:
    assert not isinstance(league.store, MemoryStore)
    crowd(league, 1)
    league.clock.set(WEEK_ENDS + timedelta(hours=12))
    league.competition.archive_due()
    with pytest.raises(Exception, match="immutable"), league.store.connected() as database:
        database.run(change, {})


def test_tiers_tell_how_many_are_ranked(league: League) -> None:
    crowd(league, 3)
    league.award(league.member("eve", sex=Sex.FEMALE, on_open=True), 10)
    sizes = {tier.code: tier.members for tier in league.competition.tiers()}
    assert 31 == len(sizes)
    assert {BOARD: 3, "F-30-39-INT": 1, OPEN: 1} == {code: size for code, size in sizes.items() if size}
    assert TierSize(BOARD, "Men 30–39, intermediate", 3) == league.competition.tier(BOARD)
    with pytest.raises(TierNotFound):
        league.competition.tier("NONE")


def test_a_public_profile_is_name_tier_and_rank_and_nothing_else(league: League) -> None:
    ann, bob = crowd(league, 2)
    profile = league.competition.public_profile
    assert PublicProfile("m1x m1x", BOARD, 2) == profile(bob)
    assert PublicProfile(None, None, None) == profile(league.newcomer("new"))
    league.suspend(ann)
    assert PublicProfile("m1x m1x", BOARD, 1) == profile(bob)
    with pytest.raises(MemberNotFound):
        profile(ann)
