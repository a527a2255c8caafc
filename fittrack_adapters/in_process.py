"""What is kept beside the store when there is no server for it: in this process, lost with it."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

import attrs

COPIES_MAX = 50_000
"""The copies looked at longest ago make room."""


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


@attrs.frozen
class ProcessLease:
    """`Lease` where there is only one process to take it."""

    def take(self, name: str, seconds: float) -> bool:  # noqa: ARG002  # nobody else is there to ask for it
        return True

    def give_back(self, name: str) -> None:
        """Nobody waits for it."""
