"""What everything kept beside the store promises, as tests: so that a team can prove an adapter of its own.

    class TestMyCache(CacheContract):
        @pytest.fixture
        def cache(self):
            return MyCache()

Times are real here: servers have clocks of their own. Names are new in every test, so a server may be shared.
"""

import threading
import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from fittrack_domain.shared.beside import Cache, DenyList, Lease, RateLimit, RateLimiter

SHORT = 0.2
LONG = 60.0


class CacheContract:
    """The promises of a `Cache`. `cache` is a fixture of the subclass."""

    @pytest.fixture
    def key(self) -> str:
        return f"contract {uuid4()}"

    def test_nothing_is_found_before_it_is_kept(self, cache: Cache, key: str) -> None:
        assert cache.get(key) is None
        cache.drop(key)

    @pytest.mark.parametrize("value", [b"", b"\x00\r\n\xff", "漢字".encode(), bytes(range(256)) * 400])
    def test_any_bytes_come_back(self, cache: Cache, key: str, value: bytes) -> None:
        cache.put(key, value, LONG)
        assert value == cache.get(key)

    def test_a_later_copy_takes_the_place_of_the_one_before(self, cache: Cache, key: str) -> None:
        cache.put(key, b"old", LONG)
        cache.put(key, b"new", LONG)
        assert cache.get(key) == b"new"

    def test_a_copy_that_must_be_new_leaves_the_one_that_is_there(self, cache: Cache, key: str) -> None:
        cache.put_new(key, b"first", LONG)
        cache.put_new(key, b"second", LONG)
        assert cache.get(key) == b"first"

    def test_a_dropped_copy_is_gone(self, cache: Cache, key: str) -> None:
        cache.put(key, b"x", LONG)
        cache.drop(key)
        assert cache.get(key) is None

    def test_copies_run_out_and_make_room_for_new_ones(self, cache: Cache, key: str) -> None:
        cache.put(key, b"x", SHORT)
        assert cache.get(key) == b"x"
        time.sleep(SHORT * 1.5)
        assert cache.get(key) is None
        cache.put_new(key, b"y", LONG)
        assert cache.get(key) == b"y"


class DenyListContract:
    """The promises of a `DenyList`. `deny_list` is a fixture of the subclass."""

    def test_nothing_is_known_at_first(self, deny_list: DenyList) -> None:
        assert deny_list.is_denied(uuid4()) is None

    def test_a_denied_session_is_denied_until_its_tokens_have_run_out(self, deny_list: DenyList) -> None:
        session = uuid4()
        deny_list.deny(session, SHORT)
        assert deny_list.is_denied(session)
        time.sleep(SHORT * 1.5)
        assert deny_list.is_denied(session) is None

    def test_a_session_that_was_vouched_for_is_good_until_it_is_denied(self, deny_list: DenyList) -> None:
        session = uuid4()
        deny_list.vouch(session)
        assert deny_list.is_denied(session) is False
        deny_list.deny(session, LONG)
        assert deny_list.is_denied(session)

    def test_vouching_too_late_undoes_no_denial(self, deny_list: DenyList) -> None:
        session = uuid4()
        deny_list.deny(session, LONG)
        deny_list.vouch(session)
        assert deny_list.is_denied(session)


class RateLimiterContract:
    """The promises of a `RateLimiter`. `rate_limiter` is a fixture of the subclass."""

    @pytest.fixture
    def caller(self) -> str:
        return str(uuid4())

    def test_so_many_calls_are_allowed_and_no_more(self, rate_limiter: RateLimiter, caller: str) -> None:
        limit = RateLimit("contract", 3, 60)
        spent = [rate_limiter.spend(limit, caller) for _ in range(5)]
        assert [True, True, True, False, False] == [allowance.allowed for allowance in spent]
        assert [2, 1, 0, 0, 0] == [allowance.remaining for allowance in spent]
        assert all(58 <= allowance.seconds_to_reset <= 60 for allowance in spent)

    def test_callers_and_limits_are_counted_apart(self, rate_limiter: RateLimiter, caller: str) -> None:
        limit = RateLimit("contract", 1, 60)
        assert rate_limiter.spend(limit, caller).allowed
        assert rate_limiter.spend(limit, f"{caller} the second").allowed
        assert rate_limiter.spend(RateLimit("another", 1, 60), caller).allowed
        assert not rate_limiter.spend(limit, caller).allowed

    def test_there_is_room_again_when_the_window_has_moved_on(self, rate_limiter: RateLimiter, caller: str) -> None:
        limit = RateLimit("contract", 1, 1)
        assert rate_limiter.spend(limit, caller).allowed
        refused = rate_limiter.spend(limit, caller)
        assert (False, 0, 1) == (refused.allowed, refused.remaining, refused.seconds_to_reset)
        time.sleep(1.05)
        assert rate_limiter.spend(limit, caller).allowed

    def test_calls_at_once_share_what_is_allowed(self, rate_limiter: RateLimiter, caller: str) -> None:
        allowed: list[bool] = []
        _eight_at_once(lambda: allowed.append(rate_limiter.spend(RateLimit("contract", 20, 60), caller).allowed), 5)
        assert 20 == sum(allowed)


class LeaseContract:
    """The promises of a `Lease`. `lease` is a fixture of the subclass."""

    @pytest.fixture
    def work(self) -> str:
        return f"contract {uuid4()}"

    def test_whoever_has_it_may_take_it_again(self, lease: Lease, work: str) -> None:
        assert lease.take(work, LONG)
        assert lease.take(work, LONG)

    def test_it_may_be_given_back_also_when_nobody_has_it(self, lease: Lease, work: str) -> None:
        lease.give_back(work)
        assert lease.take(work, LONG)
        lease.give_back(work)
        assert lease.take(work, LONG)


def _eight_at_once(work: Callable[[], object], times: int) -> None:
    def repeat() -> None:
        for _ in range(times):
            work()

    threads = [threading.Thread(target=repeat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
