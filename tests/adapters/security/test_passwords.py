"""Argon2id with the parameters of the rules, on so many passwords at once and no more."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import argon2
import pytest

from fittrack_adapters.security import passwords
from fittrack_adapters.security.passwords import WAITING_MAX, Argon2Hasher
from fittrack_domain.access.errors import HashingBusy

CHEAP = {"memory_kib": 64, "iterations": 1, "parallelism": 1}


class Watched:
    """Argon2 that counts what it does, and waits at a gate."""

    def __init__(self) -> None:
        self.argon2 = argon2.PasswordHasher(1, 64, 1)
        self.done: list[str] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def hash(self, password: str) -> str:
        self.done.append("hash")
        return self.argon2.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        self.entered.release()
        assert self.gate.wait(10)
        self.done.append("verify")
        return self.argon2.verify(password_hash, password)


def watched(at_once: int = 2) -> tuple[Argon2Hasher, Watched]:
    hasher, inner = Argon2Hasher(**CHEAP, at_once=at_once), Watched()
    as_any: Any = hasher
    as_any._argon2 = inner
    return hasher, inner


def test_a_hash_says_that_it_was_made_as_the_rules_ask() -> None:
    made = Argon2Hasher().hash("Correct-horse-1")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert made != Argon2Hasher().hash("Correct-horse-1")
    assert len(made) <= 255


def test_a_password_is_the_one_that_was_hashed_or_is_not() -> None:
    hasher = Argon2Hasher(**CHEAP)
    made = hasher.hash("Correct-horse-1")
    assert hasher.verify(made, "Correct-horse-1")
    assert not hasher.verify(made, "correct-horse-1")
    assert not hasher.verify(None, "Correct-horse-1")
    assert not hasher.verify(None, "")


def test_other_parameters_make_a_hash_outdated() -> None:
    cheap = Argon2Hasher(**CHEAP)
    made = cheap.hash("Correct-horse-1")
    assert not cheap.is_outdated(made)
    assert Argon2Hasher(128, 1, 1).is_outdated(made)
    assert Argon2Hasher(128, 1, 1).verify(made, "Correct-horse-1")


def test_without_a_hash_as_much_is_verified_as_for_a_wrong_password() -> None:
    hasher, inner = watched()
    made = inner.argon2.hash("Correct-horse-1")
    hasher.verify(None, "Wrong-horse-3")
    assert ["hash", "verify"] == inner.done  # nobody's hash, made at the first call whoever asks
    for password_hash in (None, made):
        inner.done.clear()
        assert not hasher.verify(password_hash, "Wrong-horse-3")
        assert ["verify"] == inner.done


def test_more_than_can_wait_are_refused_at_once() -> None:
    hasher, inner = watched(at_once=2)
    hasher.verify(None, "warm")
    inner.gate.clear()
    with ThreadPoolExecutor(2 + WAITING_MAX) as pool:
        waiting = [pool.submit(hasher.verify, None, "Wrong-horse-3") for _ in range(2 + WAITING_MAX)]
        for _ in range(3):
            assert inner.entered.acquire(timeout=5)  # the first call, and as many as work at once
        assert not inner.entered.acquire(timeout=0.05)
        _until_all_wait(hasher)
        with pytest.raises(HashingBusy):
            hasher.verify(None, "Wrong-horse-3")
        with pytest.raises(HashingBusy):
            hasher.hash("Correct-horse-1")
        inner.gate.set()
        assert [False] * len(waiting) == [each.result(10) for each in waiting]
    assert not hasher.verify(None, "Wrong-horse-3")


def _until_all_wait(hasher: Argon2Hasher) -> None:
    """Until the last of those who were begun has taken its place."""
    for _ in range(1_000):
        if hasher._places._value == 0:
            return
        threading.Event().wait(0.005)
    pytest.fail("they did not all come")


def test_who_waits_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    hasher, inner = watched(at_once=1)
    hasher.verify(None, "warm")
    inner.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(hasher.verify, None, "Wrong-horse-3")
        for _ in range(2):
            assert inner.entered.acquire(timeout=5)
        with pytest.raises(HashingBusy):
            hasher.verify(None, "Wrong-horse-3")
        inner.gate.set()
        assert not working.result(10)
    assert not hasher.verify(None, "Wrong-horse-3")


def test_a_hash_that_is_none_fails_loudly_and_gives_its_place_back() -> None:
    hasher = Argon2Hasher(**CHEAP, at_once=1)
    for _ in range(3 + WAITING_MAX):
        with pytest.raises(argon2.exceptions.InvalidHashError):
            hasher.verify("not a hash", "Correct-horse-1")
    assert not hasher.verify(None, "Correct-horse-1")
