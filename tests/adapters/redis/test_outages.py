"""Redis may be emptied, stopped, killed, cut off or hang at any moment: answers stay right, and waits short."""

import threading
import time
from collections.abc import Callable, Iterator
from random import Random
from uuid import uuid4

import pytest

from fittrack_adapters.beside import Beside
from fittrack_adapters.redis.boards import RedisBoards
from fittrack_adapters.redis.server import TIMEOUT_SECONDS, RedisAway, RedisServer
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds
from fittrack_domain.competition.model import Ranking
from fittrack_domain.shared.beside import RateLimit
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from tests.adapters.redis.followed import FollowedLeague
from tests.domain.competition.league import BOARD, WEDNESDAY
from tests.redis_server import Proxy, RedisProcess

WEEKLY = Ranking.holding(BOARD, Period.WEEKLY, WEDNESDAY)
ROUNDS = 40
SLACK_SECONDS = 0.5
"""For a busy machine; without a pause after failures it would be exceeded many times over."""


def a_league(url: str) -> FollowedLeague:
    """With Redis as in production, but for shorter pauses."""
    return FollowedLeague(lambda clock: MemoryStore(clock, CountingIds(clock)), url, TIMEOUT_SECONDS)


def with_members(league: FollowedLeague, count: int) -> list[MemberId]:
    members = [league.member(f"m{n}x") for n in range(count)]
    for member in members:
        league.award(member, 100)
    return members


@pytest.fixture
def proxy(redis: RedisProcess) -> Iterator[Proxy]:
    proxy = Proxy(redis.port)
    yield proxy
    proxy.close()


def test_whatever_happens_to_redis_leaderboards_are_those_of_the_store(redis: RedisProcess) -> None:
    league = a_league(redis.url)
    members = with_members(league, 30)
    chance = Random(7)
    for number in range(ROUNDS):
        disturb(redis, chance)
        league.award(chance.choice(members), chance.choice([0, 1, 50]))
        league.forget_proofs()
        with_redis, without = league.leaderboards(chance.choice(members))
        assert without == with_redis
        if number % 4 == 3:
            recover(redis)
            assert is_soon_mended(league, chance.choice(members))


def is_soon_mended(league: FollowedLeague, viewer: MemberId) -> bool:
    """Also on a busy machine, where some answers come too late."""
    for _ in range(20):
        league.boards._rebuilt_at.clear()
        league.boards.mend()
        if league.truth(WEEKLY, viewer) == league.ready(WEEKLY, viewer):
            return True
        time.sleep(0.25)
    return False


def disturb(redis: RedisProcess, chance: Random) -> None:
    what = chance.choice(["nothing", "flush", "stop", "kill", "hang", "save"])
    if what == "nothing":
        return
    recover(redis)
    match what:
        case "flush":
            redis.client().flushall()
        case "save":
            redis.client().save()  # so that it comes back with something old
        case "stop":
            redis.stop()
        case "kill":
            redis.kill()
        case "hang":
            redis.hang()


def recover(redis: RedisProcess) -> None:
    if not redis.is_running:
        redis.start()
    redis.wake()


def test_many_readers_notice_nothing_of_a_redis_that_comes_and_goes(redis: RedisProcess) -> None:
    league = a_league(redis.url)
    members = with_members(league, 30)
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            chance = Random(threading.get_ident())
            while not stop.is_set():
                board = league.leaderboards(chance.choice(members))[0]
                assert 30 == board.size
                assert board.own is not None
        except BaseException as error:  # noqa: BLE001  # told by the test's own thread
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    chance = Random(3)
    for _ in range(15):
        disturb(redis, chance)
        league.award(chance.choice(members), 10)
        league.boards.mend()
        time.sleep(0.05)
    stop.set()
    for reader in readers:
        reader.join()
    recover(redis)
    assert [] == failures


def test_an_answer_cut_off_at_any_byte_is_no_answer(proxy: Proxy) -> None:
    league = a_league(proxy.url)
    members = with_members(league, 30)
    assert league.truth(WEEKLY, members[9]) == league.ready(WEEKLY, members[9])
    for length in (*range(60), *range(60, 3_000, 197)):
        league.server._away_until = 0.0
        proxy.cut_after(length)
        league.forget_proofs()
        with_redis, without = league.leaderboards(members[9])
        assert without == with_redis
    proxy.cut_after(None)


def test_a_change_whose_connection_is_cut_is_brought_later(proxy: Proxy) -> None:
    league = a_league(proxy.url)
    members = with_members(league, 5)
    for length in range(20):
        league.server._away_until = 0.0
        proxy.cut_after(length)
        league.award(members[length % 5], 50)
        proxy.cut_after(None)
        league.server._away_until = 0.0
        league.forget_proofs()
        assert league.ready(WEEKLY) in (None, league.truth(WEEKLY))
        assert is_soon_mended(league, members[0])


def test_a_hanging_redis_is_waited_for_once_then_left_alone_then_tried_by_one(redis: RedisProcess) -> None:
    server = RedisServer(redis.url, away_seconds=1.0)
    assert server.run(lambda client: client.ping())
    redis.hang()
    assert TIMEOUT_SECONDS <= seconds(lambda: away(server)) < TIMEOUT_SECONDS + SLACK_SECONDS
    assert seconds(lambda: away(server, 1_000)) < SLACK_SECONDS
    time.sleep(1.0)
    assert not server.is_away
    tries = [threading.Thread(target=away, args=(server,)) for _ in range(8)]
    started = time.monotonic()
    for each in tries:
        each.start()
    for each in tries:
        each.join()
    assert time.monotonic() - started < TIMEOUT_SECONDS + SLACK_SECONDS
    redis.wake()
    time.sleep(1.0)
    assert server.run(lambda client: client.ping())
    assert not server.is_away
    server.close()


def test_a_redis_that_nobody_can_reach_costs_little(redis: RedisProcess) -> None:
    redis.stop()
    server = RedisServer(redis.url)
    assert seconds(lambda: away(server)) < TIMEOUT_SECONDS + SLACK_SECONDS
    assert seconds(lambda: away(server, 1_000)) < SLACK_SECONDS
    server.close()


def test_a_restarted_redis_is_used_at_once_by_connections_that_lasted(redis: RedisProcess) -> None:
    server = RedisServer(redis.url, timeout_seconds=5)
    assert server.run(lambda client: client.ping())
    redis.kill()
    redis.start()
    assert server.run(lambda client: client.ping())
    server.close()


def test_without_redis_everything_beside_the_store_answers_all_the_same(redis: RedisProcess) -> None:
    beside = Beside(RedisServer(redis.url, away_seconds=0.1))
    session, limit = uuid4(), RateLimit("outage", 2, 60)
    beside.deny_list.deny(session, 60)
    redis.kill()
    for _ in range(2):
        assert beside.cache.get("x") is None
        beside.cache.put("x", b"1", 60)
        beside.cache.drop("x")
        assert beside.deny_list.is_denied(session) is None
        assert beside.lease.take("work", 60)
        beside.lease.give_back("work")
        time.sleep(0.1)
    assert [True, True, False] == [beside.rate_limiter.spend(limit, "ann").allowed for _ in range(3)]
    redis.start()
    time.sleep(0.15)
    beside.cache.put("x", b"2", 60)
    assert beside.cache.get("x") == b"2"
    assert beside.rate_limiter.spend(limit, "ann").allowed
    beside.close()


def test_boards_without_redis_neither_answer_nor_raise(redis: RedisProcess) -> None:
    league = a_league(redis.url)
    members = with_members(league, 3)
    redis.kill()
    boards: RedisBoards = league.boards
    league.award(members[0], 5)
    assert league.ready(WEEKLY) is None
    assert () == boards.mend()
    time.sleep(0.25)
    assert () == boards.mend()


def seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def away(server: RedisServer, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(RedisAway):
            server.run(lambda client: client.ping())
