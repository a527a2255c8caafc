"""The same request twice: the effect once, the answer twice."""

from datetime import timedelta
from uuid import UUID

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.shared.errors import AlreadyExists, KeyReused
from fittrack_domain.shared.requests import Request, Requests

CLOCK = StoppedClock()
REQUEST = Request(UUID(int=1), "buy", "key-1", {"quantity": 3})


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore(CLOCK, CountingIds(CLOCK))
    with store.transaction() as tx:
        assert REQUEST.answered_before(tx, CLOCK.now()) is None
        REQUEST.answer(tx, CLOCK.now(), {"bought": 3})
    return store


def test_the_same_request_gets_the_same_answer(store: MemoryStore) -> None:
    with store.reading() as tx:
        assert {"bought": 3} == REQUEST.answered_before(tx, CLOCK.now())


def test_the_same_key_with_other_arguments_is_refused(store: MemoryStore) -> None:
    with store.reading() as tx, pytest.raises(KeyReused):
        Request(UUID(int=1), "buy", "key-1", {"quantity": 4}).answered_before(tx, CLOCK.now())


@pytest.mark.parametrize(
    "other",
    [
        Request(UUID(int=2), "buy", "key-1", {"quantity": 3}),
        Request(UUID(int=1), "sell", "key-1", {"quantity": 3}),
        Request(UUID(int=1), "buy", "key-2", {"quantity": 3}),
    ],
)
def test_keys_belong_to_a_principal_and_an_operation(store: MemoryStore, other: Request) -> None:
    with store.reading() as tx:
        assert other.answered_before(tx, CLOCK.now()) is None


def test_two_at_once_cannot_both_answer(store: MemoryStore) -> None:
    with pytest.raises(AlreadyExists), store.transaction() as tx:
        REQUEST.answer(tx, CLOCK.now(), {"bought": 3})


def test_after_a_day_the_key_is_free_again(store: MemoryStore) -> None:
    later = CLOCK.now() + timedelta(hours=24)
    with store.transaction() as tx:
        assert REQUEST.answered_before(tx, later) is None
        REQUEST.answer(tx, later, {"bought": 3})


def test_expired_answers_are_forgotten(store: MemoryStore) -> None:
    assert 0 == Requests(store, CLOCK).forget_expired()
    assert 1 == Requests(store, StoppedClock(CLOCK.now() + timedelta(hours=24))).forget_expired()
