"""A Redis of these tests' own, which they may empty, stop and kill, and a league that it follows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.migrate import migrate
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from tests.adapters.redis.followed import AnyStore, FollowedLeague
from tests.redis_server import RedisProcess, new_redis


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisProcess]:
    redis = new_redis()
    yield redis
    redis.close()


@pytest.fixture
def redis(shared_redis: RedisProcess) -> RedisProcess:
    """Running and empty."""
    if not shared_redis.is_running:
        shared_redis.start()
    shared_redis.wake()
    shared_redis.client().flushall()
    return shared_redis


NewLeague = Callable[[], FollowedLeague]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def new_league(
    request: pytest.FixtureRequest, redis: RedisProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewLeague]:
    """Makes leagues, each on a store of its own. One at a time: they share the Redis, and it is emptied before each."""
    with ExitStack() as at_end:

        def make_store(clock: StoppedClock) -> AnyStore:
            if request.param == "memory":
                return MemoryStore(clock, CountingIds(clock))
            if request.param == "postgres":
                on_server = PostgresStore(request.getfixturevalue("new_database")(), clock, CountingIds(clock))
                at_end.callback(on_server.close)
                return on_server
            path = tmp_path_factory.mktemp("league") / "league.db"
            store = SqliteStore(path, clock, CountingIds(clock), durable=False)
            at_end.callback(store.close)
            migrate(store)
            return store

        def make_league() -> FollowedLeague:
            redis.client().flushall()
            league = FollowedLeague(make_store, redis.url)
            at_end.callback(league.server.close)
            return league

        yield make_league


@pytest.fixture
def league(new_league: NewLeague) -> FollowedLeague:
    return new_league()
