"""Rankings in Redis equal those of the store: order, ties, ranks, pages, who is hidden, in whatever order it came."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fittrack_adapters.redis.server import RedisServer
from fittrack_adapters.redis.standings import POINTS_MAX, StandingSets
from fittrack_adapters.store.competition import weight_of
from fittrack_domain.competition.model import AROUND, Place, Ranking, Standing
from fittrack_domain.competition.tiers import OPEN
from fittrack_domain.identity.model import Sex
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from tests.adapters.redis.followed import PATIENT_SECONDS, FollowedLeague
from tests.domain.competition.league import BOARD, NOON, WEDNESDAY
from tests.domain.competition.test_standings import MEMBERS, OPERATIONS, Total, follow
from tests.redis_server import RedisProcess

FOREVER = Ranking.holding(BOARD, Period.ALLTIME, WEDNESDAY)
WEEKLY = Ranking.holding(BOARD, Period.WEEKLY, WEDNESDAY)
INSTANTS = st.one_of(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([NOON, NOON + timedelta(microseconds=1), datetime.max.replace(tzinfo=UTC)]),
)
STANDINGS = st.lists(
    st.builds(
        Standing,
        st.just(FOREVER.board),
        st.just(FOREVER.period),
        st.just(FOREVER.period_start),
        st.one_of(st.uuids(), st.builds(UUID, int=st.integers(0, 3))),
        points=st.one_of(st.sampled_from([0, 1, 1, 999, POINTS_MAX - 1, POINTS_MAX]), st.integers(0, POINTS_MAX)),
        reached_at=INSTANTS,
        active_days=st.one_of(st.integers(0, 3), st.just(2**31)),
        shown=st.sampled_from([True, True, True, False]),
        version=st.integers(1, 10**9),
    ),
    max_size=30,
    unique_by=lambda standing: standing.user_id,
)


@pytest.fixture
def sets(redis: RedisProcess) -> StandingSets:
    return StandingSets(RedisServer(redis.url, timeout_seconds=PATIENT_SECONDS))


def revision(standings: list[Standing]) -> int:
    return sum(standing.version * weight_of(standing.user_id) for standing in standings)


def naive(standings: list[Standing]) -> list[Standing]:
    shown = [standing for standing in standings if standing.shown]
    return sorted(shown, key=lambda s: (-s.points, s.reached_at, -s.active_days, s.user_id))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(standings=STANDINGS, page=st.integers(1, 4), limit=st.integers(1, 15), chance=st.randoms())
def test_order_ranks_pages_and_surroundings_equal_a_naive_sort(
    sets: StandingSets, standings: list[Standing], page: int, limit: int, chance: Random
) -> None:
    sets.forget(FOREVER)
    chance.shuffle(standings)
    sets.put(standings, NOON)
    expected = [Place(rank, s.user_id, s.points) for rank, s in enumerate(naive(standings), 1)]
    rank_of = {place.user_id: place.rank for place in expected}
    paging = Paging(page, limit)
    for standing in standings:
        seen = sets.view(FOREVER, standing.user_id, paging)
        assert seen is not None
        assert revision(standings) == seen.revision
        assert len(expected) == seen.view.size
        assert expected[paging.offset : paging.offset + limit] == seen.view.page
        own = rank_of.get(standing.user_id)
        assert own == seen.view.own
        around = [] if own is None else expected[max(0, own - 1 - AROUND) : own + AROUND]
        assert around == seen.view.around


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    histories=st.lists(
        st.lists(
            st.tuples(st.integers(0, 500), st.integers(0, 3), st.integers(0, 2), st.booleans()), min_size=1, max_size=6
        ),
        min_size=1,
        max_size=5,
    ),
    chance=st.randoms(),
)
def test_in_whatever_order_and_however_often_versions_come_the_latest_stay(
    sets: StandingSets, histories: list[list[tuple[int, int, int, bool]]], chance: Random
) -> None:
    sets.forget(FOREVER)
    latest, deliveries = [], []
    for number, history in enumerate(histories):
        versions = [
            Standing(
                FOREVER.board,
                FOREVER.period,
                FOREVER.period_start,
                MemberId(UUID(int=number)),
                points,
                NOON + timedelta(microseconds=later),
                active_days,
                shown,
                version,
            )
            for version, (points, later, active_days, shown) in enumerate(history, 1)
        ]
        latest.append(versions[-1])
        deliveries += [*versions, *chance.choices(versions, k=2)]
    chance.shuffle(deliveries)
    while deliveries:
        batch = [deliveries.pop() for _ in range(min(len(deliveries), chance.randint(1, 4)))]
        sets.put(batch, NOON)
    seen = sets.view(FOREVER, None, Paging(limit=100))
    assert seen is not None
    assert revision(latest) == seen.revision
    assert [s.user_id for s in naive(latest)] == [place.user_id for place in seen.view.page]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=OPERATIONS, page=st.integers(1, 3), limit=st.integers(1, 4))
def test_after_any_history_of_the_league_redis_says_what_the_store_says(
    new_league: Callable[[], FollowedLeague], operations: list[tuple[Any, ...]], page: int, limit: int
) -> None:
    league = new_league()
    members = [league.member(f"m{n}x", sex=Sex.MALE, on_open=n % 2 == 0) for n in range(MEMBERS)]
    for name, *details in operations:
        follow(league, members, defaultdict(lambda: defaultdict(Total)), name, details)
    for ranking in league.boards.live():
        for viewer in (None, *members):
            for paging in (Paging(page, limit), Paging(limit=100)):
                assert league.truth(ranking, viewer, paging) == league.ready(ranking, viewer, paging)


def test_what_nobody_was_put_into_is_not_there(sets: StandingSets) -> None:
    assert sets.view(FOREVER, None, Paging()) is None
    assert {} == sets.revisions([FOREVER, WEEKLY])


@pytest.mark.parametrize("lost", ["members", "order"])
def test_a_ranking_that_lost_one_of_its_halves_is_not_there(sets: StandingSets, redis: RedisProcess, lost: str) -> None:
    sets.put([a_standing(1), a_standing(2)], NOON)
    [key] = redis.client().keys(f"*:{lost}")
    redis.client().delete(key)
    assert sets.view(FOREVER, None, Paging()) is None


def test_ended_rankings_are_forgotten_after_their_archive_and_all_time_never(
    sets: StandingSets, redis: RedisProcess
) -> None:
    daily = Ranking.holding(BOARD, Period.DAILY, WEDNESDAY)
    of_the_day = attrs.evolve(a_standing(1), period=daily.period, period_start=daily.period_start)
    sets.put([a_standing(1), of_the_day], NOON)
    client = redis.client()
    hours_left = [client.ttl(key) / 3600 for key in client.keys("*daily*")]
    assert [pytest.approx(12 + 12 + 24, abs=0.1)] * 2 == hours_left
    assert [-1] * 2 == [client.ttl(key) for key in client.keys("*alltime*")]


def test_rankings_that_ended_long_ago_are_not_kept(league: FollowedLeague, redis: RedisProcess) -> None:
    ann = league.member("ann")
    league.award(ann, 10, WEDNESDAY - timedelta(days=100))
    assert 2 == len(redis.client().keys("fittrack:standings:*"))
    assert league.ready(FOREVER) == league.truth(FOREVER)
    long_ago = Ranking.holding(BOARD, Period.DAILY, WEDNESDAY - timedelta(days=100))
    assert league.ready(long_ago) is None


def test_only_members_who_are_shown_are_counted_on_open(league: FollowedLeague) -> None:
    ann, bob = league.member("ann", on_open=True), league.member("bob", on_open=True)
    for member in (ann, bob):
        league.award(member, 10)
    league.leave_open(ann)
    everyone = Ranking.holding(OPEN, Period.ALLTIME, WEDNESDAY)
    seen = league.ready(everyone, ann)
    assert seen is not None
    assert (1, None, [bob]) == (seen.size, seen.own, [place.user_id for place in seen.page])


def a_standing(number: int) -> Standing:
    return Standing(
        FOREVER.board,
        FOREVER.period,
        FOREVER.period_start,
        MemberId(UUID(int=number)),
        points=number,
        reached_at=NOON,
        active_days=0,
        shown=True,
    )
