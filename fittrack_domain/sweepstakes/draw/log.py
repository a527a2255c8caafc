"""The one public log that every record enters, each entry chained to the one before (protocol, section 10)."""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias, TypedDict, cast
from uuid import UUID

from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.errors import Malformed, NotValid
from fittrack_domain.sweepstakes.draw.records import record_hash

LoggedKind: TypeAlias = Literal["terms", "closing", "result", "award", "void"]

BEGINNING: Final = "0" * 64
_STEP: Final = 11


class LogEntry(TypedDict):
    """An entry of the log. `at` is in Unix seconds."""

    seq: int
    prev: str
    at: int
    kind: LoggedKind
    drawing_id: str
    hash: str


def log_entry(last: LogEntry | None, *, at: int, kind: LoggedKind, drawing_id: UUID, record_hash: str) -> LogEntry:
    """The entry that follows the last one, or the first of all."""
    return {
        "seq": 1 if last is None else last["seq"] + 1,
        "prev": BEGINNING if last is None else entry_hash(last),
        "at": at,
        "kind": kind,
        "drawing_id": str(drawing_id),
        "hash": record_hash,
    }


def entry_hash(entry: LogEntry) -> str:
    """The hash that the next entry carries on; of the last entry it is the head of the log."""
    return record_hash("log", entry)


def checked_log(entries: Iterable[object]) -> list[LogEntry]:
    """The log itself, once its chain is known to be whole from the first entry on.

    Raises:
        NotValid: at step 11, for an entry malformed, missing, repeated, moved or changed.
    """
    whole: list[LogEntry] = []
    head = BEGINNING
    for seq, value in enumerate(entries, start=1):
        try:
            shapes.LOG_ENTRY(value, f"/log/{seq - 1}")
        except Malformed as error:
            raise NotValid(_STEP, str(error)) from error
        entry = cast("LogEntry", value)
        if entry["seq"] != seq or entry["prev"] != head:
            raise NotValid(_STEP, f"the chain of the log breaks at entry {seq}")
        head = entry_hash(entry)
        whole.append(entry)
    return whole
