"""Standings follow from awards, and places from standings as a naive sort would have them."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fittrack_adapters.store.competition import weight_of
from fittrack_domain.competition.model import Place, Ranking, Standing
from fittrack_domain.competition.service import credit
from fittrack_domain.competition.tiers import OPEN, boards_of
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.points.events import DayAward, PointsAwarded
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from tests.domain.competition.league import BOARD, WEDNESDAY, League

WEEKLY = Ranking.holding(BOARD, Period.WEEKLY, WEDNESDAY)


def places(league: League, ranking: Ranking = WEEKLY) -> list[tuple[MemberId, int]]:
    with league.store.reading() as tx:
        found = tx.standings.places(ranking, 1, 100)
        assert list(range(1, len(found) + 1)) == [place.rank for place in found]
        assert len(found) == tx.standings.size(ranking)
        assert [place.rank for place in found] == [tx.standings.rank_of(ranking, place.user_id) for place in found]
        return [(place.user_id, place.points) for place in found]


def test_an_award_counts_in_all_four_periods_of_its_day(league: League) -> None:
    ann = league.member("ann")
    league.award(ann, 300)
    league.award(ann, 50, WEDNESDAY - timedelta(days=1))
    league.award(ann, 7, date(2026, 2, 28))
    assert {
        Period.DAILY: [(ann, 300)],
        Period.WEEKLY: [(ann, 350)],
        Period.MONTHLY: [(ann, 350)],
        Period.ALLTIME: [(ann, 357)],
    } == {period: places(league, Ranking.holding(BOARD, period, WEDNESDAY)) for period in Period}


def test_many_days_at_once_count_like_one_after_the_other(new_league: Callable[[], League]) -> None:
    days = [DayAward(WEDNESDAY - timedelta(days=n), 10 * n, became_active=n % 2 == 0) for n in range(40)]
    at_once, one_by_one = new_league(), new_league()
    at_once.award_days(at_once.member("ann", on_open=True), *days)
    ann = one_by_one.member("ann", on_open=True)
    for award in days:
        one_by_one.award_days(ann, award)
    assert standings_of(at_once) == standings_of(one_by_one)


def standings_of(league: League) -> dict[Ranking, tuple[int, int]]:
    [member] = [member.id for member in league.identity.members(Paging()).items]
    with league.store.reading() as tx:
        return {s.ranking: (s.points, s.active_days) for s in tx.standings.of_member(member)}


def test_members_without_a_complete_profile_are_not_ranked(league: League) -> None:
    league.award(league.newcomer("new"), 500)
    assert [] == places(league)


def test_the_open_board_has_those_who_opted_in(league: League) -> None:
    ann, bob = league.member("ann", on_open=True), league.member("bob")
    league.award(ann, 10)
    league.award(bob, 20)
    everyone = Ranking.holding(OPEN, Period.WEEKLY, WEDNESDAY)
    assert [(ann, 10)] == places(league, everyone)
    assert [(bob, 20), (ann, 10)] == places(league)
    league.leave_open(ann)
    league.award(ann, 5)
    assert [] == places(league, everyone)
    league.join_open(ann)
    assert [(ann, 10)] == places(league, everyone)
    assert [(bob, 20), (ann, 15)] == places(league)


def test_a_birthday_splits_points_between_two_tiers_by_their_day(league: League) -> None:
    league.clock.advance(timedelta(days=120))
    ann = league.member("ann", born=date(1986, 6, 15))
    league.award_days(ann, DayAward(date(2026, 6, 14), 10, True), DayAward(date(2026, 6, 15), 20, True))
    month = date(2026, 6, 1)
    assert [(ann, 10)] == places(league, Ranking("M-30-39-INT", Period.MONTHLY, month))
    assert [(ann, 20)] == places(league, Ranking("M-40-49-INT", Period.MONTHLY, month))


def test_a_new_level_counts_for_points_from_then_on(league: League) -> None:
    ann = league.member("ann")
    league.award(ann, 10)
    league.level(ann, Level.ADVANCED)
    league.award(ann, 20)
    assert [(ann, 10)] == places(league)
    assert [(ann, 20)] == places(league, Ranking.holding("M-30-39-ADV", Period.WEEKLY, WEDNESDAY))


def test_who_reached_the_points_earlier_is_ahead(league: League) -> None:
    ann, bob = league.member("ann"), league.member("bob")
    league.award(bob, 100)
    league.later(seconds=1)
    league.award(ann, 100)
    assert [(bob, 100), (ann, 100)] == places(league)


def test_becoming_active_without_points_does_not_lose_the_moment(league: League) -> None:
    ann, bob = league.member("ann"), league.member("bob")
    league.award(bob, 100)
    league.later(seconds=1)
    league.award(ann, 100)
    league.later(seconds=1)
    league.award(bob, 0, became_active=True)
    assert [(bob, 100), (ann, 100)] == places(league)


def test_of_those_at_the_same_moment_the_more_active_is_ahead_then_the_smaller_id(league: League) -> None:
    ann, bob, cid = (league.member(name) for name in ("ann", "bob", "cid"))
    for member in (cid, bob, ann):
        league.award(member, 100, became_active=member == cid)
    assert [(cid, 100), (ann, 100), (bob, 100)] == places(league)


def test_ranks_close_up_over_hidden_members(league: League) -> None:
    ann, bob, cid = (league.member(name) for name in ("ann", "bob", "cid"))
    for points, member in enumerate((cid, bob, ann), start=1):
        league.award(member, points)
    league.suspend(bob)
    league.award(bob, 50)
    league.award(bob, 1, WEDNESDAY - timedelta(days=1))
    assert [(ann, 3), (cid, 1)] == places(league)
    with league.store.reading() as tx:
        assert tx.standings.rank_of(WEEKLY, bob) is None
        assert 2 == tx.standings.rank_of(WEEKLY, cid)
    league.reinstate(bob)
    assert [(bob, 53), (ann, 3), (cid, 1)] == places(league)


def test_leaving_open_while_suspended_outlasts_the_reinstatement(league: League) -> None:
    ann = league.member("ann", on_open=True)
    league.award(ann, 10)
    league.suspend(ann)
    league.leave_open(ann)
    league.reinstate(ann)
    assert [(ann, 10)] == places(league)
    assert [] == places(league, Ranking.holding(OPEN, Period.WEEKLY, WEDNESDAY))


MEMBERS = 6
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("award"),
            st.integers(0, MEMBERS - 1),
            st.sampled_from([0, 10, 10, 990, 1_000]),
            st.integers(0, 9),
            st.booleans(),
        ),
        st.tuples(st.just("wait"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["ban or back", "open or not"]), st.integers(0, MEMBERS - 1)),
    ),
    max_size=40,
)


@attrs.define
class Total:
    points: int = 0
    reached_at: datetime | None = None
    active_days: int = 0


@pytest.mark.parametrize("new_store", ["memory", "sqlite"], indirect=True)  # a store for each of many examples
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=OPERATIONS, window=st.tuples(st.integers(1, 8), st.integers(1, 8)))
def test_places_equal_a_naive_sort(
    new_league: Callable[[], League], operations: list[tuple[Any, ...]], window: tuple[int, int]
) -> None:
    league = new_league()
    members = [
        league.member(f"m{n}x", date(1985 if n % 3 else 1986, 3, 1), Sex.MALE, on_open=n % 2 == 0)
        for n in range(MEMBERS)
    ]
    totals: dict[Ranking, dict[MemberId, Total]] = defaultdict(lambda: defaultdict(Total))
    for name, *details in operations:
        follow(league, members, totals, name, details)
    for ranking, of_members in totals.items():
        expected = naive_order(league, ranking, of_members)
        assert expected == places(league, ranking)
        first, limit = window
        with league.store.reading() as tx:
            assert [Place(n, *expected[n - 1]) for n in range(first, min(first + limit, len(expected) + 1))] == list(
                tx.standings.places(ranking, first, limit)
            )
            ranks = {member: tx.standings.rank_of(ranking, member) for member in members}
        assert {member: n for n, (member, _) in enumerate(expected, 1)} == {m: r for m, r in ranks.items() if r}


def follow(
    league: League,
    members: list[MemberId],
    totals: dict[Ranking, dict[MemberId, Total]],
    name: str,
    details: list[Any],
) -> None:
    """Does the operation, and notes naively what it adds to whom."""
    if name == "wait":
        return league.later(seconds=details[0])
    member = members[details[0]]
    account, profile = league.identity.member(member).account, league.identity.member(member).profile
    if name == "ban or back":
        return league.suspend(member) if account.is_active else league.reinstate(member)
    if name == "open or not":
        return league.leave_open(member) if profile.open_tier else league.join_open(member)
    points, days_ago, became_active = details[1:]
    day = WEDNESDAY - timedelta(days=days_ago)
    league.award(member, points, day, became_active=became_active)
    for board in boards_of(profile, day):
        for period in Period:
            total = totals[Ranking.holding(board, period, day)][member]
            total.points += points
            total.active_days += became_active
            if points or total.reached_at is None:
                total.reached_at = league.clock.now()
    return None


def naive_order(league: League, ranking: Ranking, totals: dict[MemberId, Total]) -> list[tuple[MemberId, int]]:
    shown = {
        member.id: totals[member.id]
        for member in league.identity.members(Paging()).items
        if member.id in totals and member.account.is_active and (ranking.board != OPEN or member.profile.open_tier)
    }
    ordered = sorted(shown.items(), key=lambda item: naive_key(*item))
    return [(member, total.points) for member, total in ordered]


def naive_key(member: MemberId, total: Total) -> tuple[Any, ...]:
    return (-total.points, total.reached_at, -total.active_days, member)


def test_the_revision_of_a_ranking_is_made_of_all_versions_also_those_of_hidden_members(league: League) -> None:
    ann, bob = league.member("ann"), league.member("bob")
    for points in (10, 1, 500):
        league.award(ann, points)
    league.award(bob, 20)
    league.suspend(bob)
    league.award(bob, 5)
    with league.store.reading() as tx:
        versions = {s.user_id: s.version for m in (ann, bob) for s in tx.standings.of_member(m) if s.ranking == WEEKLY}
        assert {ann: 3, bob: 3} == versions
        assert 3 * weight_of(ann) + 3 * weight_of(bob) == tx.standings.revision(WEEKLY)
        assert 0 == tx.standings.revision(Ranking.holding(OPEN, Period.WEEKLY, WEDNESDAY))


def test_a_transaction_tells_what_it_stored_of_the_standings(league: League) -> None:
    ann = league.member("ann")
    league.award(ann, 10)
    with league.store.transaction() as tx:
        credit(tx, league.clock.now(), PointsAwarded(ann, (DayAward(WEDNESDAY, 5, False),)))
        stored = list(tx.standings.changed)
    with league.store.reading() as tx:
        assert sorted(tx.standings.of_member(ann), key=by_period) == sorted(stored, key=by_period)


def by_period(standing: Standing) -> str:
    return standing.period.value
