"""Makes bundles whose hashes, paths and signatures all agree: honest ones, and ones that cheat exactly once."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256, sha384
from itertools import accumulate
from typing import Any
from uuid import UUID

from fittrack_domain.sweepstakes.draw import selection
from fittrack_domain.sweepstakes.draw.records import key_of, proof_record, record_hash, result_record
from fittrack_domain.sweepstakes.draw.selection import Block, select
from fittrack_domain.sweepstakes.draw.terms import Beacon, quicknet_beacon, seed_commitment, slots
from fittrack_domain.sweepstakes.draw.tree import CHUNK_BLOCKS, CountedHolder, Paths, SumTree, snapshot_record

DRAWING = UUID("0190f5a0-0000-7000-8000-00000000d4a3")
SEED = bytes(range(32))
DRAW_AT = 1_776_643_200
SOLD = [(3, b"a" * 32), (1, b"b" * 32), (4, b"c" * 32), (2, b"d" * 32)]


def beacon_signature(number: int) -> str:
    """48 bytes that only depend on the round: the scheme of this little beacon."""
    return sha384(b"beacon" + number.to_bytes(8)).hexdigest()


def is_beacons(_beacon: Beacon, number: int, signature: str) -> bool:
    return signature == beacon_signature(number)


def some_terms(**changes: Any) -> dict[str, Any]:
    return {
        "protocol": "fittrack-draw-1",
        "drawing_id": str(DRAWING),
        "title": "Weekly",
        "sales_open_at": DRAW_AT - 86_400,
        "sales_close_at": DRAW_AT - 300,
        "draw_at": DRAW_AT,
        "prizes": [a_prize(1, 1), a_prize(3, 2)],
        "alternates": 2,
        "max_wins_per_holder": 0,
        "seed_commitment": seed_commitment(DRAWING, SEED),
        "beacon": quicknet_beacon(DRAW_AT),
        "ticket_price": {"points": 100},
        **changes,
    }


def a_prize(rank: int, quantity: int) -> dict[str, Any]:
    return {"rank": rank, "quantity": quantity, "prize_id": str(UUID(int=rank)), "title": f"Prize {rank}"}


def forged(
    terms: Any = None,
    sold: Sequence[CountedHolder] = SOLD,
    *,
    closing_changes: Mapping[str, Any] | None = None,
    signature: Callable[[int], str] = beacon_signature,
    words: Callable[[bytes], Iterator[int]] = selection.words,
    drawn_slots: Iterable[tuple[int, int]] | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A bundle that is consistent throughout; honest unless told otherwise."""
    terms = some_terms() if terms is None else terms
    tree = SumTree.of(sold)
    closing: Any = {
        "protocol": "fittrack-draw-1",
        "drawing_id": terms["drawing_id"],
        "terms_hash": record_hash("terms", terms),
        "blocks": tree.blocks,
        "tickets": tree.tickets,
        "root": tree.root.hex(),
        "seed": SEED.hex(),
        "round": terms["beacon"] and terms["beacon"]["round"],
        **(closing_changes or {}),
    }
    signed = None if closing["round"] is None else signature(closing["round"])
    used_limit = terms["max_wins_per_holder"] if limit is None else limit
    blocks = Blocks(sold, closing["tickets"] - tree.tickets)
    stream = words(key_of(terms, closing, signed))
    draws = list(select(drawn_slots or slots(terms), closing["tickets"], used_limit, blocks.holding, stream))
    return {
        "terms": terms,
        "closing": closing,
        "result": result_record(terms, closing, signed, draws),
        "proofs": [blocks.proof_of(draw.ticket) for draw in draws],
    }


class Blocks:
    """The sold blocks; the last one also answers for invented tickets beyond the total."""

    def __init__(self, sold: Sequence[CountedHolder], invented: int) -> None:
        self._sold = sold
        self._invented = invented
        self._firsts = list(accumulate((count for count, _ in sold), initial=1))[: len(sold)]
        self._paths = Paths(SumTree.of(sold).chunks)

    def holding(self, ticket: int) -> Block:
        at = self._at(ticket)
        count, holder = self._sold[at]
        return Block(self._firsts[at], count + (self._invented if at == len(self._sold) - 1 else 0), holder)

    def proof_of(self, ticket: int) -> dict[str, Any]:
        at = self._at(ticket)
        start = at - at % CHUNK_BLOCKS
        path = self._paths.path(self._sold[start : start + CHUNK_BLOCKS], at)
        return {**proof_record(self._sold[at][0], path)}

    def _at(self, ticket: int) -> int:
        return bisect_right(self._firsts, ticket) - 1


def snapshot_file(sold: Iterable[CountedHolder]) -> bytes:
    return b"".join(snapshot_record(*block) for block in sold)


def many_sold(number: int) -> list[CountedHolder]:
    return [(1 + at % 9, sha256(at.to_bytes(4)).digest()) for at in range(number)]
