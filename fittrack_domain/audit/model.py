"""The records of the audit log, and the chain that makes every later change visible."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from fittrack_domain.shared.ids import MemberId

CHAIN_START = "0" * 64


@attrs.frozen
class AuditEntry:
    """One record. `actor` is None for the system itself; `facts` are JSON values without personal data."""

    seq: int
    prev_hash: str
    entry_hash: str
    actor: MemberId | None
    action: str
    subject_type: str
    subject_id: str
    facts: Mapping[str, Any]
    at: datetime

    @classmethod
    def after(cls, head: "AuditEntry | None", **what: Any) -> "AuditEntry":  # noqa: ANN401  # the other fields
        """The record that follows `head`, chained to it."""
        seq, prev = (head.seq + 1, head.entry_hash) if head else (1, CHAIN_START)
        entry = cls(seq=seq, prev_hash=prev, entry_hash="", **what)
        return attrs.evolve(entry, entry_hash=entry.computed_hash())

    def computed_hash(self) -> str:
        """SHA-256 over everything in the record but the hash itself, as canonical JSON."""
        content = [
            self.seq,
            self.prev_hash,
            None if self.actor is None else str(self.actor),
            self.action,
            self.subject_type,
            self.subject_id,
            self.facts,
            self.at.isoformat(timespec="microseconds"),
        ]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@attrs.frozen(kw_only=True)
class Wanted:
    """Which records are asked for: those that meet all that is not None, written from `since` until before `before`."""

    actor: MemberId | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


@attrs.frozen
class ChainReport:
    """How many records were read, and where the chain breaks: empty when it is whole."""

    records: int
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.problems


PROBLEMS_SHOWN_MAX = 20


def verify_chain(entries: Iterable[AuditEntry]) -> ChainReport:
    """Reads the whole log in order and reports every record that is missing, changed or out of place."""
    problems: list[str] = []
    expected_seq, expected_prev, records = 1, CHAIN_START, 0
    for entry in entries:
        records += 1
        if entry.seq != expected_seq:
            problems.append(f"record {entry.seq} stands where record {expected_seq} should be")
        if entry.prev_hash != expected_prev:
            problems.append(f"record {entry.seq} is not chained to the one before it")
        if entry.entry_hash != entry.computed_hash():
            problems.append(f"record {entry.seq} was changed")
        expected_seq, expected_prev = entry.seq + 1, entry.entry_hash
        if len(problems) >= PROBLEMS_SHOWN_MAX:
            break
    return ChainReport(records, tuple(problems))
