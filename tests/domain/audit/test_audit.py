"""The audit log: every change to it shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.audit.model import CHAIN_START, AuditEntry, Wanted, verify_chain
from fittrack_domain.audit.service import Audit, record
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from tests.stores import MakeStore

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_chain(length: int) -> list[AuditEntry]:
    chain: list[AuditEntry] = []
    for n in range(length):
        head = chain[-1] if chain else None
        what: dict[str, Any] = {"actor": None, "subject_type": "drawing", "subject_id": str(n), "at": NOW}
        chain.append(AuditEntry.after(head, action="drawing.closed", facts={"n": n}, **what))
    return chain


def test_records_are_chained_and_the_chain_is_whole() -> None:
    clock = StoppedClock(NOW)
    store = MemoryStore(clock, ids := CountingIds(clock))
    admin = MemberId(ids.new())
    for n in range(3):
        with store.transaction() as tx:
            record(tx, NOW, admin, "member.suspended", "member", n, {"reason": "tested"})
    audit = Audit(store)
    newest = audit.page(Paging(limit=2))
    assert [3, 2] == [entry.seq for entry in newest.items]
    assert 3 == newest.total
    assert [2] == [entry.seq for entry in audit.page(Paging(), Wanted(subject_type="member", subject_id="1")).items]
    report = audit.verify()
    assert report.whole
    assert 3 == report.records


def test_records_are_found_by_actor_action_subject_and_time(new_store: MakeStore) -> None:
    clock = StoppedClock(NOW)
    store, ids = new_store(clock), CountingIds(clock, seed=1)
    ada, ida = MemberId(ids.new()), MemberId(ids.new())
    acts = [(ada, "member.banned", "member"), (ida, "member.banned", "member"), (None, "drawing.drawn", "drawing")]
    for hour, (actor, action, subject_type) in enumerate(acts):
        with store.transaction() as tx:
            record(tx, NOW + timedelta(hours=hour), actor, action, subject_type, hour)

    def found(**wanted: Any) -> list[int]:
        page = Audit(store).page(Paging(), Wanted(**wanted))
        assert len(page.items) == page.total
        return [entry.seq for entry in page.items]

    assert [3, 2, 1] == found()
    assert [1] == found(actor=ada)
    assert [2, 1] == found(action="member.banned")
    assert [3] == found(subject_type="drawing", subject_id="2")
    assert [3, 2] == found(since=NOW + timedelta(hours=1))
    assert [1] == found(before=NOW + timedelta(hours=1))
    assert [2] == found(since=NOW + timedelta(hours=1), before=NOW + timedelta(hours=2), actor=ida)
    assert [] == found(actor=ada, action="drawing.drawn")


def test_an_empty_log_is_whole() -> None:
    assert verify_chain([]).whole
    assert CHAIN_START == "0" * 64


@given(st.integers(0, 5), st.sampled_from(["actor", "action", "subject_type", "subject_id", "facts", "at"]))
def test_a_changed_record_shows(position: int, field: str) -> None:
    changes: dict[str, Any] = {
        "actor": MemberId(CountingIds(StoppedClock()).new()),
        "facts": {"n": -1},
        "at": datetime(2026, 3, 3, tzinfo=UTC),
    }
    chain = a_chain(6)
    chain[position] = attrs.evolve(chain[position], **{field: changes.get(field, "forged")})
    assert (f"record {position + 1} was changed",) == verify_chain(chain).problems


@given(st.integers(0, 4))
def test_a_missing_record_shows(position: int) -> None:
    chain = a_chain(6)
    del chain[position]
    assert not verify_chain(chain).whole


def test_a_record_changed_with_its_hash_breaks_the_next() -> None:
    chain = a_chain(3)
    forged = attrs.evolve(chain[1], facts={"n": 99})
    chain[1] = attrs.evolve(forged, entry_hash=forged.computed_hash())
    assert ("record 3 is not chained to the one before it",) == verify_chain(chain).problems


@pytest.mark.parametrize("length", [20, 100])
def test_a_ruined_log_is_reported_briefly(length: int) -> None:
    chain = [attrs.evolve(entry, action="forged") for entry in a_chain(length)]
    assert 20 == len(verify_chain(chain).problems)
