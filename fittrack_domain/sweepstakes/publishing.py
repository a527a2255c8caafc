"""Making a record of the drawing protocol public: stored for good, and entered into the one public log."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes.draw.log import BEGINNING, LogEntry, LoggedKind, entry_hash, log_entry
from fittrack_domain.sweepstakes.draw.records import record_hash
from fittrack_domain.sweepstakes.draw.terms import Beacon, Terms, terms_record
from fittrack_domain.sweepstakes.draw.terms import Prize as PrizeTerms
from fittrack_domain.sweepstakes.errors import RecordNotFound
from fittrack_domain.sweepstakes.frozen import LogLine, PublicRecord
from fittrack_domain.sweepstakes.model import Drawing, Prize
from fittrack_domain.sweepstakes.ports import SweepstakesTx


def publish(
    tx: SweepstakesTx, now: datetime, drawing_id: DrawingId, kind: LoggedKind, record: Mapping[str, Any], seq: int = 1
) -> PublicRecord:
    """Stores the record and logs it. Raises `AlreadyExists` when it is there already."""
    published = PublicRecord(drawing_id, kind, seq, record, record_hash(kind, record))
    tx.draw_records.add(published)
    head = tx.draw_log.locked_head()
    entry = log_entry(
        None if head is None else logged(head),
        at=seconds(now),
        kind=kind,
        drawing_id=drawing_id,
        record_hash=published.hash,
    )
    tx.draw_log.add(LogLine(entry["seq"], entry["prev"], entry["at"], kind, drawing_id, published.hash))
    return published


def logged(line: LogLine) -> LogEntry:
    """A line of the log as the protocol spells it."""
    return {
        "seq": line.seq,
        "prev": line.prev,
        "at": line.at,
        "kind": cast("LoggedKind", line.kind),
        "drawing_id": str(line.drawing_id),
        "hash": line.hash,
    }


def log_head(head: LogLine | None) -> str:
    """The hash that stands for the whole log up to its last line. Who has seen it can tell a log that was changed."""
    return BEGINNING if head is None else entry_hash(logged(head))


def require_record(tx: SweepstakesTx, drawing_id: DrawingId, kind: LoggedKind) -> Mapping[str, Any]:
    """A record that was published. Raises `RecordNotFound` before that."""
    found = tx.draw_records.find(drawing_id, kind)
    if found is None:
        raise RecordNotFound(kind)
    return found.record


def terms_of(drawing: Drawing, prizes: Sequence[Prize], seed: bytes, beacon: Beacon | None) -> Terms:
    """The terms of a drawing, ready to be published."""
    return terms_record(
        drawing_id=drawing.id,
        title=drawing.name,
        sales_open_at=seconds(drawing.sales_open_at),
        sales_close_at=seconds(drawing.ticket_sales_close),
        draw_at=seconds(drawing.drawing_time),
        prizes=[_prize_terms(prize) for prize in prizes],
        alternates=drawing.alternates_for(sum(prize.quantity for prize in prizes)),
        max_wins_per_holder=drawing.max_wins_per_holder,
        seed=seed,
        beacon=beacon,
        further={
            "drawing_type": drawing.drawing_type.value,
            "ticket_cost_points": drawing.ticket_cost_points,
            "max_tickets_per_member": drawing.max_tickets_per_member,
            "eligibility": {
                "user_type": drawing.eligibility.user_type.value,
                "min_account_age_days": drawing.eligibility.min_account_age_days,
            },
        },
    )


def seconds(instant: datetime) -> int:
    """Unix seconds, as the protocol counts time."""
    return int(instant.timestamp())


def instant(unix_seconds: int) -> datetime:
    """The instant of so many Unix seconds."""
    return datetime.fromtimestamp(unix_seconds, UTC)


def _prize_terms(prize: Prize) -> PrizeTerms:
    return {"rank": prize.prize_rank, "quantity": prize.quantity, "prize_id": str(prize.id), "title": prize.name}
