"""Keys on every store."""

from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from fittrack_adapters.security import keys
from fittrack_adapters.security.keys import KeyRing
from fittrack_adapters.security.sealing import AesSealer
from fittrack_adapters.testing import StoppedClock
from fittrack_domain.shared.ports import Clock
from tests.stores import AnyStore, MakeStore

MADE: list[RSAPrivateKey] = []


@pytest.fixture(autouse=True)
def _keys_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test gets the same series of keys: making one takes a third of a second."""
    numbers = count()

    def next_key(exponent: int, bits: int) -> RSAPrivateKey:
        number = next(numbers)
        while len(MADE) <= number:
            MADE.append(generate_private_key(exponent, bits))
        return MADE[number]

    monkeypatch.setattr(keys, "generate_private_key", next_key)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store(new_store: MakeStore, clock: StoppedClock) -> AnyStore:
    return new_store(clock)


@pytest.fixture
def ring(store: AnyStore, clock: StoppedClock) -> KeyRing:
    return a_ring(store, clock)


def a_ring(store: AnyStore, clock: Clock, *, generate: bool = True, master: int = 0) -> KeyRing:
    """The keys as one process sees them."""
    return KeyRing(store, clock, AesSealer(bytes([master] * 32)), generate=generate)
