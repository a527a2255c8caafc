"""A clock that stands still, ids that count, and chance that repeats itself."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs


@attrs.define
class StoppedClock:
    """Stands at `at` until told otherwise."""

    at: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by

    def set(self, to: datetime) -> None:
        self.at = to


class CountingIds:
    """UUIDs of version 7 that follow each other: the clock's time, then a counter. `seed` tells two series apart."""

    def __init__(self, clock: StoppedClock, seed: int = 0) -> None:
        self._clock = clock
        self._seed = seed
        self._given = 0
        self._guard = threading.Lock()

    def new(self) -> UUID:
        with self._guard:
            self._given += 1
            milliseconds = int(self._clock.at.timestamp() * 1000)
            counter = self._given
        value = milliseconds << 80 | 7 << 76 | (counter >> 30 & 0xFFF) << 64 | 2 << 62
        return UUID(int=value | (counter & 0x3FFFFFFF) << 32 | self._seed & 0xFFFFFFFF)


class FixedEntropy:
    """Bytes that look random and are the same in every run with the same seed. For tests and demo data only."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._given = 0
        self._guard = threading.Lock()

    def token(self, size: int) -> bytes:
        with self._guard:
            self._given += 1
            given = self._given
        return hashlib.shake_256(f"{self._seed}/{given}".encode()).digest(size)
