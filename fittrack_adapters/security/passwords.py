"""Passwords hashed with Argon2id: slow and greedy for memory on purpose, so only so many at once."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from fittrack_domain.access.errors import HashingBusy

MEMORY_KIB, ITERATIONS, PARALLELISM = 65_536, 3, 4
"""What the rules ask for (chapter 2): about 130 ms and 64 MiB each."""

WAITING_MAX = 8
WAIT_SECONDS = 5.0


class Argon2Hasher:
    """`PasswordHasher` that works on as many passwords at once as there are cores, and lets few more wait."""

    def __init__(
        self,
        memory_kib: int = MEMORY_KIB,
        iterations: int = ITERATIONS,
        parallelism: int = PARALLELISM,
        at_once: int | None = None,
    ) -> None:
        at_once = at_once or os.cpu_count() or 1
        self._argon2 = PasswordHasher(iterations, memory_kib, parallelism)
        self._working = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + WAITING_MAX)
        self._guard = threading.Lock()
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        with self._turn():
            return self._argon2.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        with self._turn():
            nobodys = self._hash_of_nobody()  # for every first call alike, whoever asks
            try:
                self._argon2.verify(password_hash or nobodys, password)
            except VerifyMismatchError:
                return False
            return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def _hash_of_nobody(self) -> str:
        with self._guard:
            if self._nobodys is None:
                self._nobodys = self._argon2.hash(secrets.token_hex())
            return self._nobodys

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Raises `HashingBusy` when too many wait already, or when it takes too long."""
        if not self._places.acquire(blocking=False):
            raise HashingBusy
        try:
            if not self._working.acquire(timeout=WAIT_SECONDS):
                raise HashingBusy
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._places.release()
