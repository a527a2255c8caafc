"""What is kept in this process and what is kept in Redis keep the same promises."""

import time
from uuid import uuid4

import pytest

from fittrack_adapters.beside import Beside
from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.neighbours import Neighbours
from fittrack_adapters.redis.server import RedisServer
from fittrack_adapters.testing.beside_contract import (
    LONG,
    SHORT,
    CacheContract,
    DenyListContract,
    LeaseContract,
    RateLimiterContract,
)
from fittrack_domain.shared.beside import Cache, DenyList, Lease, RateLimiter


class OfBeside:
    """The fixtures of all contracts."""

    @pytest.fixture
    def cache(self, beside: Beside) -> Cache:
        return beside.cache

    @pytest.fixture
    def deny_list(self, beside: Beside) -> DenyList:
        return beside.deny_list

    @pytest.fixture
    def rate_limiter(self, beside: Beside) -> RateLimiter:
        return beside.rate_limiter

    @pytest.fixture
    def lease(self, beside: Beside) -> Lease:
        return beside.lease


class TestInProcess(OfBeside, CacheContract, DenyListContract, RateLimiterContract, LeaseContract):
    @pytest.fixture
    def beside(self) -> Beside:
        return Beside()

    def test_the_copies_looked_at_longest_ago_make_room(self) -> None:
        cache = ProcessCache(copies_max=2)
        for key in ("a", "b"):
            cache.put(key, key.encode(), LONG)
        assert cache.get("a") == b"a"
        cache.put("c", b"c", LONG)
        assert (b"a", None, b"c") == (cache.get("a"), cache.get("b"), cache.get("c"))


class TestSideBySide(OfBeside, CacheContract, DenyListContract, RateLimiterContract, LeaseContract):
    @pytest.fixture
    def beside(self) -> Beside:
        return Beside(neighbours=Neighbours.of(2))


class TestRedis(OfBeside, CacheContract, DenyListContract, RateLimiterContract, LeaseContract):
    @pytest.fixture
    def beside(self, server: RedisServer) -> Beside:
        return Beside(server)

    @pytest.fixture
    def another(self, server: RedisServer) -> Beside:
        """Another process, as it were."""
        return Beside(server)

    def test_what_one_process_keeps_another_finds(self, beside: Beside, another: Beside) -> None:
        session = uuid4()
        beside.deny_list.deny(session, LONG)
        assert another.deny_list.is_denied(session)

    def test_one_process_at_a_time_has_the_lease(self, beside: Beside, another: Beside) -> None:
        work = str(uuid4())
        assert beside.lease.take(work, LONG)
        assert not another.lease.take(work, LONG)
        another.lease.give_back(work)
        assert not another.lease.take(work, LONG)
        beside.lease.give_back(work)
        assert another.lease.take(work, LONG)
        assert not beside.lease.take(work, LONG)

    def test_a_lease_runs_out_unless_it_is_taken_again(self, beside: Beside, another: Beside) -> None:
        work = str(uuid4())
        assert beside.lease.take(work, SHORT)
        assert beside.lease.take(work, SHORT * 3)
        time.sleep(SHORT * 1.5)
        assert not another.lease.take(work, LONG)
        time.sleep(SHORT * 2)
        assert another.lease.take(work, LONG)
