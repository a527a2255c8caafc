"""What is kept beside the store when there is no server for it: in this process, lost with it."""

import threading
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from time import monotonic

import attrs

from fittrack_domain.shared.beside import Allowance, RateLimit

COPIES_MAX = 50_000
"""The copies looked at longest ago make room."""

CALLERS_MAX = 100_000
"""Whoever called longest ago makes room, and may call again as if for the first time."""


class ProcessCache:
    """`Cache` in a dictionary with as many copies as `copies_max`."""

    def __init__(self, copies_max: int = COPIES_MAX, timer: Callable[[], float] = monotonic) -> None:
        self._copies: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._copies_max = copies_max
        self._timer = timer
        self._guard = threading.Lock()

    def get(self, key: str) -> bytes | None:
        with self._guard:
            return self._get(key)

    def put(self, key: str, value: bytes, seconds: float) -> None:
        with self._guard:
            self._put(key, value, seconds)

    def put_new(self, key: str, value: bytes, seconds: float) -> None:
        with self._guard:
            if self._get(key) is None:
                self._put(key, value, seconds)

    def drop(self, key: str) -> None:
        with self._guard:
            self._copies.pop(key, None)

    def _get(self, key: str) -> bytes | None:
        value, until = self._copies.get(key, (None, 0.0))
        if value is None:
            return None
        if until <= self._timer():
            del self._copies[key]
            return None
        self._copies.move_to_end(key)
        return value

    def _put(self, key: str, value: bytes, seconds: float) -> None:
        self._copies[key] = value, self._timer() + seconds
        self._copies.move_to_end(key)
        if len(self._copies) > self._copies_max:
            self._copies.popitem(last=False)


@attrs.define
class _Calls:
    """When a caller was let in, the earliest first, and until when that is of interest."""

    times: "array[float]"
    until: float


class ProcessRateLimiter:
    """`RateLimiter` that keeps the time of every call within the window: 8 bytes each, which makes it exact."""

    def __init__(self, callers_max: int = CALLERS_MAX, timer: Callable[[], float] = monotonic) -> None:
        self._calls: OrderedDict[tuple[RateLimit, str], _Calls] = OrderedDict()
        self._callers_max = callers_max
        self._timer = timer
        self._guard = threading.Lock()

    def spend(self, limit: RateLimit, caller: str) -> Allowance:
        with self._guard:
            now = self._timer()
            times = self._calls_of(limit, caller, now).times
            del times[: bisect_right(times, now - limit.seconds)]
            allowed = len(times) < limit.calls
            if allowed:
                times.append(now)
            return Allowance(allowed, limit.calls - len(times), ceil(times[0] + limit.seconds - now))

    def _calls_of(self, limit: RateLimit, caller: str, now: float) -> _Calls:
        key = limit, caller
        calls = self._calls.get(key)
        if calls is None:
            calls = self._calls[key] = _Calls(array("d"), now)
        calls.until = now + limit.seconds
        self._calls.move_to_end(key)
        while len(self._calls) > self._callers_max or next(iter(self._calls.values())).until <= now:
            self._calls.popitem(last=False)
        return calls


@attrs.frozen
class ProcessLease:
    """`Lease` where there is only one process to take it."""

    def take(self, name: str, seconds: float) -> bool:  # noqa: ARG002  # nobody else is there to ask for it
        return True

    def give_back(self, name: str) -> None:
        """Nobody waits for it."""
