"""A whole drawing from its inputs, in the form of the protocol's vectors (section 17)."""

from bisect import bisect_right
from hashlib import sha256
from itertools import accumulate
from typing import Any, Final, cast
from uuid import UUID

from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.errors import Malformed
from fittrack_domain.sweepstakes.draw.records import (
    Proof,
    closing_record,
    draw,
    entry_record,
    holder,
    key_of,
    proof_record,
    result_record,
    snapshot_hash,
)
from fittrack_domain.sweepstakes.draw.selection import Block, beacon_value
from fittrack_domain.sweepstakes.draw.terms import checked_terms, prize_units
from fittrack_domain.sweepstakes.draw.tree import CHUNK_BLOCKS, CountedHolder, Paths, Step, SumTree, snapshot_record
from fittrack_domain.sweepstakes.draw.verify import CheckSignature, verify

DRAWS_MAX: Final = 100_000


def replay(case: object, *, check_signature: CheckSignature | None = None) -> dict[str, Any]:
    """Closes, draws and verifies a drawing in one go.

    Args:
        case: `{"terms", "seed", "members": [{"member_id", "salt", "count"}], "round", "beacon_signature"}`.
        check_signature: As for `verify`.

    Returns:
        All records of the drawing with their hashes, a proof per draw, the entry of every member with the `first` and
        `last` of their tickets, and the warnings of the verification. `key` and `beacon_value` are `None` when nothing
        was sold.

    Raises:
        Malformed: when the case is not of that form, or has more than `DRAWS_MAX` draws.
        NotValid: when a drawing of these inputs cannot be valid.
    """
    shapes.REPLAY(case, "")
    given = cast("dict[str, Any]", case)
    terms, signature = checked_terms(given["terms"]), given["beacon_signature"]
    snapshot = _Snapshot(UUID(terms["drawing_id"]), given["members"])
    if min(snapshot.tree.tickets, prize_units(terms) + terms["alternates"]) > DRAWS_MAX:
        raise Malformed("/terms", f"more than {DRAWS_MAX} draws")
    seed = None if given["seed"] is None else bytes.fromhex(given["seed"])
    closing = closing_record(terms, snapshot.tree, seed, given["round"])
    draws = draw(terms, closing, signature, snapshot.block_of)
    result = result_record(terms, closing, signature, draws)
    proofs = [snapshot.proof_of(each.ticket) for each in draws]
    bundle = {"terms": terms, "closing": closing, "result": result, "proofs": proofs}
    verification = verify(bundle, snapshot=snapshot.file, check_signature=check_signature)
    sold = snapshot.tree.tickets > 0
    return {
        "terms_hash": closing["terms_hash"],
        "snapshot_sha256": sha256(snapshot.file).hexdigest(),
        "snapshot_hash": snapshot_hash(closing).hex(),
        "closing": closing,
        "closing_hash": result["closing_hash"],
        "beacon_value": beacon_value(None if signature is None else bytes.fromhex(signature)).hex() if sold else None,
        "key": key_of(terms, closing, signature).hex() if sold else None,
        "result": result,
        "result_hash": verification.result_hash,
        "proofs": proofs,
        "entries": snapshot.entries(),
        "warnings": list(verification.warnings),
    }


class _Snapshot:
    """The frozen tickets of a small drawing, wholly in memory."""

    def __init__(self, drawing_id: UUID, members: list[dict[str, Any]]) -> None:
        if len({member["member_id"] for member in members}) < len(members):
            raise Malformed("/members", "a member appears twice")
        self._members = members
        self._blocks: list[CountedHolder] = [
            (member["count"], holder(drawing_id, bytes.fromhex(member["salt"]), UUID(member["member_id"])))
            for member in members
        ]
        self._firsts = list(accumulate((count for count, _ in self._blocks), initial=1))
        self.tree = SumTree.of(self._blocks)
        self.file = b"".join(snapshot_record(count, holder) for count, holder in self._blocks)
        self._paths = Paths(self.tree.chunks)

    def block_of(self, ticket: int) -> Block:
        block_no = bisect_right(self._firsts, ticket) - 1
        return Block(self._firsts[block_no], *self._blocks[block_no])

    def proof_of(self, ticket: int) -> Proof:
        block_no = bisect_right(self._firsts, ticket) - 1
        return proof_record(self._blocks[block_no][0], self._path(block_no))

    def entries(self) -> list[dict[str, Any]]:
        return [
            {
                **entry_record(UUID(member["member_id"]), bytes.fromhex(member["salt"]), count, self._path(block_no)),
                "first": self._firsts[block_no],
                "last": self._firsts[block_no] + count - 1,
            }
            for block_no, (member, (count, _)) in enumerate(zip(self._members, self._blocks, strict=True))
        ]

    def _path(self, block_no: int) -> list[Step]:
        chunk_start = block_no - block_no % CHUNK_BLOCKS
        return self._paths.path(self._blocks[chunk_start : chunk_start + CHUNK_BLOCKS], block_no)
