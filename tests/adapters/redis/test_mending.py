"""Boards find out by themselves what they missed or lost, and bring it back from the store."""

import time
from collections.abc import Callable
from copy import copy
from datetime import timedelta

import pytest

from fittrack_adapters.redis import boards as boards_module
from fittrack_adapters.redis.boards import BoardCheck
from fittrack_domain.competition.model import Ranking
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from tests.adapters.redis.followed import FollowedLeague
from tests.domain.competition.league import BOARD, WEDNESDAY, League
from tests.redis_server import RedisProcess

WEEKLY = Ranking.holding(BOARD, Period.WEEKLY, WEDNESDAY)
EVERY_PERIOD = {Ranking.holding(BOARD, period, WEDNESDAY) for period in Period}


@pytest.fixture
def members(league: FollowedLeague) -> list[MemberId]:
    members = [league.member(f"m{n}x") for n in range(12)]
    for n, member in enumerate(members):
        league.award(member, 1_000 - n // 3)
    return members


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards_module, "BATCH", 4)


def behind_its_back(league: FollowedLeague) -> League:
    """The same league, in a process that knows no Redis."""
    plain = copy(league)
    plain.store = league.plain
    return plain


def test_what_another_process_changed_without_redis_is_noticed_and_brought(
    league: FollowedLeague, members: list[MemberId]
) -> None:
    behind_its_back(league).award(members[5], 500)
    league.forget_proofs()
    assert league.ready(WEEKLY) is None
    assert EVERY_PERIOD == set(league.boards.mend())
    assert league.truth(WEEKLY, members[5]) == league.ready(WEEKLY, members[5])
    assert [] == list(league.boards.mend())


def test_a_proof_outlasts_changes_by_half_a_second_only(
    league: FollowedLeague, members: list[MemberId], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = league.ready(WEEKLY)
    behind_its_back(league).award(members[5], 500)
    assert before == league.ready(WEEKLY)
    later = time.monotonic() + 0.51
    monkeypatch.setattr(boards_module, "monotonic", lambda: later)
    assert league.ready(WEEKLY) is None


def test_an_emptied_redis_is_filled_again_hidden_members_included(
    league: FollowedLeague, members: list[MemberId], redis: RedisProcess
) -> None:
    league.suspend(members[3])
    redis.client().flushall()
    assert league.ready(WEEKLY) is None
    assert EVERY_PERIOD == set(league.boards.mend())
    assert league.truth(WEEKLY, members[3]) == league.ready(WEEKLY, members[3])
    league.reinstate(members[3])
    assert league.truth(WEEKLY, members[3]) == league.ready(WEEKLY, members[3])


def test_a_redis_set_back_to_an_older_state_is_noticed_even_while_a_proof_lasts(
    league: FollowedLeague, members: list[MemberId], redis: RedisProcess
) -> None:
    redis.client().save()
    league.award(members[5], 500)
    assert league.truth(WEEKLY) == league.ready(WEEKLY)
    redis.kill()
    redis.start()
    assert league.ready(WEEKLY) is None
    league.boards.mend()
    assert league.truth(WEEKLY) == league.ready(WEEKLY)


def test_what_is_left_of_another_database_is_thrown_away(
    new_league: Callable[[], FollowedLeague], redis: RedisProcess
) -> None:
    former = new_league()
    ann = former.member("ann")
    former.award(ann, 10)
    kept = {key: redis.client().dump(key) for key in redis.client().keys("fittrack:standings:*")}
    league = new_league()
    league.later(seconds=1)
    league.award(league.member("bob"), 10)
    for key, value in kept.items():
        redis.client().restore(key, 0, value, replace=True)
    league.boards.mend()
    assert league.truth(WEEKLY) == league.ready(WEEKLY)
    assert league.ready(WEEKLY, ann) == league.truth(WEEKLY, ann)


def test_a_ranking_is_not_rebuilt_by_itself_twice_in_a_minute(
    league: FollowedLeague, members: list[MemberId], redis: RedisProcess
) -> None:
    assert members
    redis.client().flushall()
    assert 4 == len(league.boards.mend())
    redis.client().flushall()
    assert [] == list(league.boards.mend())


def test_one_process_at_a_time_mends(league: FollowedLeague, members: list[MemberId], redis: RedisProcess) -> None:
    assert members
    redis.client().flushall()
    redis.client().set("fittrack:lease:boards", "somebody else")
    assert [] == list(league.boards.mend())


def test_a_rebuild_while_awards_go_on_ends_complete(
    league: FollowedLeague, members: list[MemberId], redis: RedisProcess
) -> None:
    redis.client().flushall()
    for number, _ in enumerate(league.boards.rebuild(WEEKLY)):
        league.award(members[number], 300)
        league.award(members[-number], 40)
    assert league.truth(WEEKLY, members[0]) == league.ready(WEEKLY, members[0])


def test_two_rebuilds_at_once_end_complete(league: FollowedLeague, members: list[MemberId]) -> None:
    assert members
    one, another = league.boards.rebuild(WEEKLY), league.boards.rebuild(WEEKLY)
    next(one)
    next(one)
    next(another)
    sum(one)
    sum(another)
    assert league.truth(WEEKLY) == league.ready(WEEKLY)


def test_checking_finds_every_difference(league: FollowedLeague, members: list[MemberId], redis: RedisProcess) -> None:
    assert [BoardCheck(WEEKLY, 12, None)] == [league.boards.check(WEEKLY)]
    client = redis.client()
    [order] = client.keys("*{*weekly*:order")
    [leader] = client.zrange(order, 0, 0)
    client.zadd(order, {leader: -5})
    assert "different from place 1 on" == league.boards.check(WEEKLY).fault
    behind_its_back(league).award(members[0], 1)
    assert "not current" == league.boards.check(Ranking.holding(BOARD, Period.DAILY, WEDNESDAY)).fault
    client.flushall()
    assert "missing" == league.boards.check(WEEKLY).fault
    sum(league.boards.rebuild(WEEKLY))
    assert league.boards.check(WEEKLY).fault is None


def test_archived_and_long_ended_rankings_are_not_mended(league: FollowedLeague, members: list[MemberId]) -> None:
    assert members
    assert EVERY_PERIOD == set(league.boards.live())
    league.clock.advance(timedelta(days=3))
    league.competition.archive_due()
    assert EVERY_PERIOD - {Ranking.holding(BOARD, Period.DAILY, WEDNESDAY)} == set(league.boards.live())
