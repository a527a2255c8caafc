"""What is kept beside the store by several processes of one server: each has its own, and tells the others."""

import struct
import threading
from hashlib import blake2b
from time import monotonic
from typing import Final

from fittrack_adapters.in_process import CALLERS_MAX, ProcessCache, Windows
from fittrack_adapters.neighbours import NOTE_BYTES, Broadcast
from fittrack_domain.shared.beside import Allowance, RateLimit

EVERYTHING: Final = b""
"""In place of a key that has no place in a note."""

CALL: Final = struct.Struct("=16sdd")
"""A digest of the limit and the caller, when the call was, and until when that is of interest."""


class _Looked(threading.local):
    """When a thread last found nothing: after so many changes."""

    after = 0


class SharedCache:
    """`Cache` that forgets what another process has changed, before it is asked again.

    What a thread has looked up after `get` found nothing is not kept when anything has changed meanwhile elsewhere: it
    may have looked too early.
    """

    def __init__(self, changes: Broadcast) -> None:
        self._own = ProcessCache()
        self._changes = changes
        self._heard = 0
        self._looked = _Looked()
        self._guard = threading.Lock()

    def get(self, key: str) -> bytes | None:
        with self._guard:
            self._hear()
            found = self._own.get(key)
            if found is None:
                self._looked.after = self._heard
            return found

    def put(self, key: str, value: bytes, seconds: float) -> None:
        with self._guard:
            self._hear()
            self._own.put(key, value, seconds)
            self._tell(key)

    def put_new(self, key: str, value: bytes, seconds: float) -> None:
        with self._guard:
            self._hear()
            if self._looked.after == self._heard:
                self._own.put_new(key, value, seconds)

    def drop(self, key: str) -> None:
        with self._guard:
            self._own.drop(key)
            self._tell(key)

    def _tell(self, key: str) -> None:
        note = key.encode()
        self._changes.tell(note if len(note) <= NOTE_BYTES else EVERYTHING)

    def _hear(self) -> None:
        for note in self._changes.hear():
            self._heard += 1
            if note:
                self._own.drop(note.decode())
            else:
                self._own.clear()


class SharedRateLimiter:
    """`RateLimiter` of all processes together: each counts the calls that another has let in before one of its own.

    Nobody waits for the others: of calls in the same instant, each process may let one in that is one too many.
    """

    def __init__(self, calls: Broadcast) -> None:
        self._windows = Windows(CALLERS_MAX, monotonic)  # a clock that is the same in all processes
        self._calls = calls
        self._guard = threading.Lock()

    def spend(self, limit: RateLimit, caller: str) -> Allowance:
        whose = blake2b(f"{limit.name} {limit.calls} {limit.seconds} {caller}".encode(), digest_size=16).digest()
        with self._guard:
            for note in self._calls.hear():
                if note is not None:  # lost ones forgive
                    self._windows.note(*CALL.unpack(note))
            allowance = self._windows.spend(limit, whose)
            if allowance.allowed:
                now = monotonic()
                self._calls.tell(CALL.pack(whose, now, now + limit.seconds))
            return allowance
