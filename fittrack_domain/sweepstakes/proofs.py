"""What anyone needs to check a drawing, and what a member needs to find their own tickets in it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from uuid import UUID

import attrs

from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Sealer, Store
from fittrack_domain.sweepstakes.awards import awards_of
from fittrack_domain.sweepstakes.draw.awards import verify_awards
from fittrack_domain.sweepstakes.draw.errors import NotValid
from fittrack_domain.sweepstakes.draw.log import LogEntry, checked_log
from fittrack_domain.sweepstakes.draw.records import Bundle, Kind, Result, entry_record, record_hash
from fittrack_domain.sweepstakes.draw.tree import snapshot_record
from fittrack_domain.sweepstakes.errors import DrawDiffers, EntryNotFound
from fittrack_domain.sweepstakes.outcome import StoredPaths, outcome
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import logged, require_record
from fittrack_domain.sweepstakes.results import first_ticket
from fittrack_domain.sweepstakes.sealing import pseudonyms

BLOCKS_AT_ONCE: Final = 10_000


@attrs.frozen
class EntryProof:
    """Shows a member that an entry of theirs is in the snapshot.

    Attributes:
        proof: The record `entry` of the protocol, about all the member's tickets; for the member's eyes only.
        first: Number of the entry's first ticket.
        last: Number of its last.
    """

    proof: Mapping[str, Any]
    first: int
    last: int


@attrs.frozen
class LogReport:
    """How many entries the log has, and what is wrong with it: empty when it is whole."""

    entries: int
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.problems


@attrs.frozen
class Proofs:
    """The public records of drawings."""

    store: Store[SweepstakesTx]
    sealer: Sealer

    def records(self, drawing_id: DrawingId) -> Mapping[str, Any]:
        """What was published of a drawing so far: `terms`, `closing`, `result`, `void` (each if it is out), `awards`.

        Raises: `RecordNotFound` when not even the terms are.
        """
        with self.store.reading() as tx:
            require_record(tx, drawing_id, "terms")
            found = {kind: tx.draw_records.find(drawing_id, kind) for kind in ("terms", "closing", "result", "void")}
            records = {kind: record.record for kind, record in found.items() if record is not None}
            return {**records, "awards": awards_of(tx, drawing_id)}

    def bundle(self, drawing_id: DrawingId) -> Bundle:
        """The file that a verifier takes: terms, closing, result, and a proof per draw.

        Raises: `RecordNotFound` before the result; `DrawDiffers`, `SnapshotDamaged` (alarms) when the stored tickets
            are not those that the result was drawn from.
        """
        with self.store.reading() as tx:
            terms, closing, result = (require_record(tx, drawing_id, kind) for kind in ("terms", "closing", "result"))
            again = outcome(tx, drawing_id, result["beacon_signature"])
            if again.result != result:
                raise DrawDiffers(drawing_id, "result")
            return cast("Bundle", {"terms": terms, "closing": closing, "result": result, "proofs": again.proofs})

    def snapshot(self, drawing_id: DrawingId) -> Iterator[bytes]:
        """The canonical snapshot file, piece by piece. Raises `RecordNotFound` before the closing."""
        with self.store.reading() as tx:
            blocks = require_record(tx, drawing_id, "closing")["blocks"]
        return self._pieces(drawing_id, blocks)

    def _pieces(self, drawing_id: DrawingId, blocks: int) -> Iterator[bytes]:
        for first_no in range(0, blocks, BLOCKS_AT_ONCE):
            with self.store.reading() as tx:
                piece = tx.blocks.some(drawing_id, first_no, BLOCKS_AT_ONCE)
            yield b"".join(snapshot_record(count, holder) for count, holder in piece)

    def entry_proof(self, member_id: MemberId, drawing_id: DrawingId, entry_id: EntryId) -> EntryProof:
        """Proof that the member's tickets are in the snapshot, for that member only.

        Raises: `EntryNotFound` (also for another's entry), `RecordNotFound` before the closing, `SnapshotDamaged`.
        """
        with self.store.reading() as tx:
            entry = tx.entries.get(entry_id)
            if (entry.user_id, entry.drawing_id) != (member_id, drawing_id):
                raise EntryNotFound(entry_id)
            require_record(tx, drawing_id, "closing")
            block = tx.blocks.of_member(drawing_id, member_id)
            salt = pseudonyms(self.sealer, tx.draw_secrets.get(drawing_id)).salt(member_id)
            path = StoredPaths(tx, drawing_id).of(block)
            first = first_ticket(tx, entry)
            return EntryProof(
                entry_record(member_id, salt, block.ticket_count, path), first, first + entry.quantity - 1
            )

    def log(self, paging: Paging, drawing_id: DrawingId | None = None) -> Page[LogEntry]:
        """The public log, the latest entry first."""
        with self.store.reading() as tx:
            return tx.draw_log.page(paging, drawing_id).map(logged)

    def whole_log(self) -> list[LogEntry]:
        """The public log from the first entry on, as a verifier takes it."""
        with self.store.reading() as tx:
            return [logged(line) for line in tx.draw_log.each()]

    def verify_log(self) -> LogReport:
        """Proves that the log's chain is whole, that it holds every record, and that all awards follow from results."""
        with self.store.reading() as tx:
            log = [logged(line) for line in tx.draw_log.each()]
            problems = [*_chain_problems(log), *_record_problems(tx, log), *_award_problems(tx, log)]
        return LogReport(len(log), tuple(problems))


def _chain_problems(log: list[LogEntry]) -> Iterator[str]:
    try:
        checked_log(log)
    except NotValid as error:
        yield str(error)


def _record_problems(tx: SweepstakesTx, log: list[LogEntry]) -> Iterator[str]:
    logged_records = {(entry["drawing_id"], entry["kind"], entry["hash"]) for entry in log}
    for record in tx.draw_records.each():
        found = (str(record.drawing_id), record.kind, record_hash(cast("Kind", record.kind), record.record))
        if found in logged_records:
            logged_records.remove(found)
        else:
            yield f"the {record.kind} of drawing {record.drawing_id} is not the one in the log"
    yield from (f"the {kind} of drawing {drawing_id} is missing" for drawing_id, kind, _ in sorted(logged_records))


def _award_problems(tx: SweepstakesTx, log: list[LogEntry]) -> Iterator[str]:
    for drawing_id in sorted({entry["drawing_id"] for entry in log if entry["kind"] == "award"}):
        drawing = DrawingId(UUID(drawing_id))
        try:
            verify_awards(cast("Result", require_record(tx, drawing, "result")), awards_of(tx, drawing))
        except NotValid as error:
            yield f"drawing {drawing_id}: {error}"
