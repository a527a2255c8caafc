"""What is kept beside the store when there is no server for it: in this process, lost with it."""

import threading
from array import array
from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Hashable
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

    def clear(self) -> None:
        with self._guard:
            self._copies.clear()

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


class Windows:
    """The time of every call of each caller within a window: 8 bytes each, which makes it exact. For one thread."""

    def __init__(self, callers_max: int, timer: Callable[[], float]) -> None:
        self._calls: OrderedDict[Hashable, _Calls] = OrderedDict()
        self._callers_max = callers_max
        self._timer = timer

    def spend(self, limit: RateLimit, caller: Hashable) -> Allowance:
        """Counts a call of now, if it is allowed. `caller` is another one for each limit."""
        now = self._timer()
        times = self._calls_of(caller, now + limit.seconds, now).times
        del times[: bisect_right(times, now - limit.seconds)]
        allowed = len(times) < limit.calls
        if allowed:
            times.append(now)
        return Allowance(allowed, max(0, limit.calls - len(times)), ceil(times[0] + limit.seconds - now))

    def note(self, caller: Hashable, at: float, until: float) -> None:
        """Counts a call that was allowed elsewhere, and is of interest until the given time."""
        now = self._timer()
        if until > now:
            insort(self._calls_of(caller, until, now).times, at)

    def _calls_of(self, caller: Hashable, until: float, now: float) -> _Calls:
        calls = self._calls.get(caller)
        if calls is None:
            calls = self._calls[caller] = _Calls(array("d"), until)
        calls.until = until
        self._calls.move_to_end(caller)
        while len(self._calls) > self._callers_max or next(iter(self._calls.values())).until <= now:
            self._calls.popitem(last=False)
        return calls


class ProcessRateLimiter:
    """`RateLimiter` that knows every call within the window."""

    def __init__(self, callers_max: int = CALLERS_MAX, timer: Callable[[], float] = monotonic) -> None:
        self._windows = Windows(callers_max, timer)
        self._guard = threading.Lock()

    def spend(self, limit: RateLimit, caller: str) -> Allowance:
        with self._guard:
            return self._windows.spend(limit, (limit, caller))


@attrs.frozen
class ProcessLease:
    """`Lease` where there is only one process to take it."""

    def take(self, name: str, seconds: float) -> bool:  # noqa: ARG002  # nobody else is there to ask for it
        return True

    def give_back(self, name: str) -> None:
        """Nobody waits for it."""
