"""Proof that a drawing was fair, from its published records alone (protocol, section 12)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias, cast
from uuid import UUID

import attrs

from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.errors import Malformed, NotValid
from fittrack_domain.sweepstakes.draw.log import LogEntry, LoggedKind, checked_log
from fittrack_domain.sweepstakes.draw.records import (
    CANCELLED,
    DRAWN,
    Bundle,
    Closing,
    DrawRecord,
    Entry,
    PathRecord,
    Proof,
    Result,
    check_seed,
    draw,
    draw_record,
    holder,
    parsed_path,
    record_hash,
)
from fittrack_domain.sweepstakes.draw.selection import Block, Draw
from fittrack_domain.sweepstakes.draw.terms import Beacon, Terms, checked_terms, prize_units, time_of_round
from fittrack_domain.sweepstakes.draw.tree import EMPTY, RECORD_BYTES, SumTree, snapshot_blocks, tickets_below, walk

CheckSignature: TypeAlias = Callable[[Beacon, int, str], bool]
"""Whether a signature, in hex, is the beacon's for the round."""

_AGREEING = shapes.members(protocol=shapes.PROTOCOL_NAME, drawing_id=shapes.uuid)
_BUNDLE = shapes.members(
    terms=_AGREEING,
    closing=shapes.CLOSING,
    result=shapes.RESULT,
    proofs=shapes.array(shapes.PROOF),
)


@attrs.frozen
class Verification:
    """A drawing found valid.

    Attributes:
        drawing_id: Which.
        status: `drawn` or `cancelled_no_tickets`.
        draws: Computed anew, equal to those published.
        result_hash: In hex, as awards and the log refer to it.
        warnings: What everyone should know all the same: `seed_lost`, `late_closing`, `no_beacon`,
            `beacon_not_verified`.
    """

    drawing_id: UUID
    status: str
    draws: tuple[Draw, ...]
    result_hash: str
    warnings: tuple[str, ...]


def verify(
    bundle: object,
    *,
    snapshot: bytes | None = None,
    log: Iterable[object] | None = None,
    check_signature: CheckSignature | None = None,
) -> Verification:
    """Checks everything that follows from the published records of a drawing.

    Args:
        bundle: `{"terms", "closing", "result", "proofs"}`, as `loads` gives it; it may be anything.
        snapshot: The canonical snapshot file, if it is at hand.
        log: All entries of the public log from the first on, if they are at hand.
        check_signature: Without it the beacon's signature is taken as given, and a warning says so.

    Raises:
        NotValid: at the first step that fails.
    """
    checked = _well_formed(bundle)
    terms, closing, result = checked["terms"], checked["closing"], checked["result"]
    _check_hashes(terms, closing, result)
    warnings = [*_seed_warnings(terms, closing), *_beacon_warnings(terms, closing, result)]
    draws: list[Draw] = []
    if closing["tickets"] == 0:
        _check_cancelled(checked)
    else:
        warnings += _signature_warnings(terms, closing, result, check_signature)
        draws = _verified_draws(checked)
    if snapshot is not None:
        _check_snapshot(closing, snapshot)
    if log is not None:
        _check_log(checked, checked_log(log))
    return Verification(
        drawing_id=UUID(terms["drawing_id"]),
        status=result["status"],
        draws=tuple(draws),
        result_hash=record_hash("result", result),
        warnings=tuple(warnings),
    )


def verify_entry(closing: object, entry: object, terms: object) -> range:
    """Checks a member's own proof of inclusion against the published closing.

    Returns:
        The member's ticket numbers.

    Raises:
        NotValid: when a record is malformed, the closing is not that of the terms, or the path does not lead from the
            member's block to the closing's root.
    """
    with _step(1):
        shapes.CLOSING(closing, "/closing")
        shapes.ENTRY(entry, "/entry")
    with _step(2):
        checked = checked_terms(terms)
    frozen, own = cast("Closing", closing), cast("Entry", entry)
    if frozen["drawing_id"] != checked["drawing_id"] or frozen["terms_hash"] != record_hash("terms", checked):
        raise NotValid(3, "the closing is not that of the terms")
    pseudonym = holder(UUID(frozen["drawing_id"]), bytes.fromhex(own["salt"]), UUID(own["member_id"]))
    first = _first_ticket(frozen, own["count"], pseudonym, own["path"])
    return range(first, first + own["count"])


@contextmanager
def _step(number: int) -> Iterator[None]:
    try:
        yield
    except Malformed as error:
        raise NotValid(number, str(error)) from error


def _well_formed(value: object) -> Bundle:
    """Steps 1 and 2."""
    with _step(1):
        _BUNDLE(value, "")
    bundle = cast("Bundle", value)
    ids = {bundle["terms"]["drawing_id"], bundle["closing"]["drawing_id"], bundle["result"]["drawing_id"]}
    if len(ids) > 1:
        raise NotValid(1, "the records are of different drawings")
    with _step(2):
        checked_terms(bundle["terms"])
    return bundle


def _check_hashes(terms: Terms, closing: Closing, result: Result) -> None:
    """Step 3."""
    if closing["terms_hash"] != record_hash("terms", terms):
        raise NotValid(3, "the closing is of other terms")
    if result["closing_hash"] != record_hash("closing", closing):
        raise NotValid(3, "the result is of another closing")


def _seed_warnings(terms: Terms, closing: Closing) -> list[str]:
    """Step 4."""
    seed = closing["seed"]
    check_seed(terms, None if seed is None else bytes.fromhex(seed))
    return ["seed_lost"] if seed is None else []


def _beacon_warnings(terms: Terms, closing: Closing, result: Result) -> list[str]:
    """Step 5."""
    beacon, decided_by = terms["beacon"], closing["round"]
    if beacon is None:
        if decided_by is not None or result["beacon_signature"] is not None:
            raise NotValid(5, "a beacon was used that the terms do not announce")
        return ["no_beacon"]
    if decided_by is None:
        raise NotValid(5, "the beacon that the terms announce was not used")
    late_rounds = decided_by - beacon["round"]
    if late_rounds < 0 or late_rounds % beacon["retry_rounds"]:
        raise NotValid(5, "the round is not on the schedule of the terms")
    return ["late_closing"] if late_rounds else []


def _check_cancelled(bundle: Bundle) -> None:
    """Step 6."""
    closing, result = bundle["closing"], bundle["result"]
    if closing["blocks"] != 0 or bytes.fromhex(closing["root"]) != EMPTY[8:]:
        raise NotValid(6, "there are blocks without tickets")
    if result["status"] != CANCELLED or result["draws"] or bundle["proofs"] or result["beacon_signature"] is not None:
        raise NotValid(6, "something was drawn though nothing was sold")
    if result["unawarded"] != prize_units(bundle["terms"]):
        raise NotValid(6, "the number of prizes not awarded is wrong")


def _signature_warnings(
    terms: Terms, closing: Closing, result: Result, check_signature: CheckSignature | None
) -> list[str]:
    """Step 7."""
    beacon, decided_by, signature = terms["beacon"], closing["round"], result["beacon_signature"]
    if beacon is None or decided_by is None:
        return []
    if signature is None:
        raise NotValid(7, "the signature of the beacon is missing")
    if check_signature is None:
        return ["beacon_not_verified"]
    if not check_signature(beacon, decided_by, signature):
        raise NotValid(7, "the signature is not the beacon's for this round")
    return []


def _verified_draws(bundle: Bundle) -> list[Draw]:
    """Steps 8 and 9."""
    terms, closing, result = bundle["terms"], bundle["closing"], bundle["result"]
    if result["status"] != DRAWN:
        raise NotValid(9, "tickets were sold and nothing was drawn")
    if not 1 <= closing["blocks"] <= closing["tickets"]:
        raise NotValid(8, "so many blocks cannot hold so many tickets")
    if len(bundle["proofs"]) != len(result["draws"]):
        raise NotValid(8, "there is not one proof per draw")
    draws = draw(terms, closing, result["beacon_signature"], _proven_blocks(bundle))
    if [draw_record(each) for each in draws] != result["draws"]:
        raise NotValid(9, "the draws are not those that follow from the records")
    if result["unawarded"] != max(prize_units(terms) - len(draws), 0):
        raise NotValid(9, "the number of prizes not awarded is wrong")
    return draws


def _proven_blocks(bundle: Bundle) -> Callable[[int], Block]:
    """Answers the n-th question for the block of a ticket from the n-th proof."""
    published: Iterator[tuple[DrawRecord, Proof]] = zip(bundle["result"]["draws"], bundle["proofs"], strict=True)
    seen: dict[bytes, Block] = {}

    def block_of(ticket: int) -> Block:
        drawn, proof = next(published, (None, None))
        if drawn is None or proof is None:
            raise NotValid(9, "there are fewer draws than slots to fill")
        pseudonym = bytes.fromhex(drawn["holder"])
        first = _first_ticket(bundle["closing"], proof["count"], pseudonym, proof["path"])
        block = Block(first, proof["count"], pseudonym)
        if ticket not in block:
            raise NotValid(8, f"the proof of draw {drawn['n']} is for a block without the ticket that was drawn")
        if seen.setdefault(pseudonym, block) != block:
            raise NotValid(8, f"the holder of draw {drawn['n']} appears with two blocks")
        return block

    return block_of


def _first_ticket(closing: Closing, count: int, pseudonym: bytes, path: PathRecord) -> int:
    top, before = walk(count, pseudonym, parsed_path(path))
    if tickets_below(top) != closing["tickets"] or top[8:] != bytes.fromhex(closing["root"]):
        raise NotValid(8, "a path does not lead from its block to the root of the closing")
    return before + 1


def _check_snapshot(closing: Closing, snapshot: bytes) -> None:
    """Step 10."""
    if len(snapshot) != closing["blocks"] * RECORD_BYTES:
        raise NotValid(10, "the snapshot file does not have the blocks of the closing")
    with _step(10):
        tree = SumTree.of(snapshot_blocks(snapshot))
    holders = {pseudonym for _, pseudonym in snapshot_blocks(snapshot)}
    if len(holders) != closing["blocks"]:
        raise NotValid(10, "a holder stands in the snapshot file with two blocks")
    if tree.tickets != closing["tickets"] or tree.root.hex() != closing["root"]:
        raise NotValid(10, "the snapshot file is not the one of the closing")


def _check_log(bundle: Bundle, log: list[LogEntry]) -> None:
    """Step 11."""
    own = [entry for entry in log if entry["drawing_id"] == bundle["terms"]["drawing_id"]]
    records: tuple[tuple[LoggedKind, Terms | Closing | Result], ...] = (
        ("terms", bundle["terms"]),
        ("closing", bundle["closing"]),
        ("result", bundle["result"]),
    )
    expected = [(kind, record_hash(kind, record)) for kind, record in records]
    if [(entry["kind"], entry["hash"]) for entry in own if entry["kind"] != "award"] != expected:
        raise NotValid(11, "the log does not hold terms, closing and result of the drawing once each, and no other")
    decided_by = bundle["closing"]["round"]
    anchored_at = next(entry["at"] for entry in own if entry["kind"] == "closing")
    if decided_by is not None and anchored_at >= time_of_round(decided_by):
        raise NotValid(11, "the closing was logged when its round was already known")
