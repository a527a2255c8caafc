"""An email that somebody has and one that nobody has cost the same work, so that no time tells one from the other.

How long it really takes is measured by `nox -s timing`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fittrack_adapters.testing import StoppedClock
from fittrack_domain.access.errors import Locked, WrongCredentials
from fittrack_domain.access.model import ATTEMPTS_MAX
from tests.domain.access.gatehouse import WRONG_PASSWORD, Gatehouse
from tests.domain.access.watched import WatchedStore
from tests.stores import MakeStore

KNOWN, UNKNOWN = "ann@example.com", "nobody@example.com"


@pytest.fixture
def store(new_store: MakeStore) -> Any:
    return WatchedStore(new_store(StoppedClock()))


@pytest.fixture
def gate(store: Any) -> Gatehouse:
    return Gatehouse(store, StoppedClock())


def work(gate: Gatehouse, store: WatchedStore, act: Callable[[], object]) -> tuple[int, list[str]]:
    """How many passwords are looked at, and what is asked of the store."""
    looks, asked = len(gate.hasher.looks), len(store.asked)
    act()
    return len(gate.hasher.looks) - looks, store.asked[asked:]


def refused(gate: Gatehouse, email: str) -> Callable[[], None]:
    def guess() -> None:
        with pytest.raises((WrongCredentials, Locked)):
            gate.log_in(email, WRONG_PASSWORD)

    return guess


def test_a_failed_log_in_is_the_same_work_whether_or_not_anybody_has_the_email(
    gate: Gatehouse, store: WatchedStore
) -> None:
    gate.join(KNOWN)
    each = {
        email: [work(gate, store, refused(gate, email)) for _ in range(ATTEMPTS_MAX + 1)] for email in (KNOWN, UNKNOWN)
    }
    assert each[KNOWN] == each[UNKNOWN]
    assert [1, 1, 1, 1, 1, 0] == [looks for looks, _ in each[KNOWN]]
    first = ["begin", "add_missing attempts", "locked attempts", "save attempts", "commit"]
    assert [*first, "read", "first users", "get credentials"] == each[KNOWN][0][1]


def test_an_account_without_a_password_is_the_same_work_too(gate: Gatehouse, store: WatchedStore) -> None:
    gate.identity.leave(gate.join(KNOWN))
    with gate.store.transaction() as tx:
        tx.credentials.remove(gate.identity.member_by_email(KNOWN).id)
    known = work(gate, store, refused(gate, KNOWN))
    assert work(gate, store, refused(gate, UNKNOWN)) == known


def test_a_mail_that_is_asked_for_costs_one_row_more_where_there_is_somebody_to_mail(
    gate: Gatehouse, store: WatchedStore
) -> None:
    gate.join(KNOWN)
    for ask in (gate.passwords.forgot, gate.registration.resend_verification):
        _, nobody = work(gate, store, partial(ask, UNKNOWN))
        _, somebody = work(gate, store, partial(ask, KNOWN))
        assert [step for step in somebody if step != "add outbox"] == nobody
