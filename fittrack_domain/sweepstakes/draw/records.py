"""The records a drawing publishes after its terms, and the pseudonyms in them (protocol, sections 4 to 8 and 10)."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final, Literal, TypeAlias, TypedDict
from uuid import UUID

from fittrack_domain.sweepstakes.draw.encoding import PROTOCOL, canonical, label, tagged_hash, u64
from fittrack_domain.sweepstakes.draw.errors import NotValid
from fittrack_domain.sweepstakes.draw.selection import Block, Draw, beacon_value, draw_key, select, words
from fittrack_domain.sweepstakes.draw.terms import Terms, prize_units, seed_commitment, slots
from fittrack_domain.sweepstakes.draw.tree import Step, SumTree

Kind: TypeAlias = Literal["terms", "closing", "result", "award", "void", "log"]
Status: TypeAlias = Literal["drawn", "cancelled_no_tickets"]
PathRecord: TypeAlias = list[list[str | int]]

DRAWN: Final = "drawn"
CANCELLED: Final = "cancelled_no_tickets"


class Closing(TypedDict):
    """The record `closing`: the frozen tickets and the opened seed."""

    protocol: str
    drawing_id: str
    terms_hash: str
    blocks: int
    tickets: int
    root: str
    seed: str | None
    round: int | None


class DrawRecord(TypedDict):
    """A draw as the result shows it."""

    n: int
    rank: int
    unit: int
    ticket: int
    holder: str


class Result(TypedDict):
    """The record `result`: every draw in order."""

    protocol: str
    drawing_id: str
    closing_hash: str
    status: Status
    beacon_signature: str | None
    draws: list[DrawRecord]
    unawarded: int


class Proof(TypedDict):
    """Shows the block of a drawn ticket under the root of the closing."""

    count: int
    path: PathRecord


class Entry(TypedDict):
    """What a member gets to find their own tickets under the root of the closing."""

    member_id: str
    salt: str
    count: int
    path: PathRecord


class Void(TypedDict):
    """The record `void`: a drawing called off before its closing."""

    protocol: str
    drawing_id: str
    reason: str


class Bundle(TypedDict):
    """The file that a verifier takes."""

    terms: Terms
    closing: Closing
    result: Result
    proofs: list[Proof]


def record_hash(kind: Kind, record: Mapping[str, object]) -> str:
    """The hash of a record as other records and the log refer to it, in hex.

    Raises:
        Malformed: as `canonical`.
    """
    return tagged_hash(kind, canonical(record)).hex()


class Pseudonyms:
    """The salts and holders of one drawing.

    Args:
        drawing_id: Pseudonyms of different drawings cannot be linked.
        salt_key: 32 random bytes of this drawing. Whoever has it can open every pseudonym.
    """

    def __init__(self, drawing_id: UUID, salt_key: bytes) -> None:
        # Begun once and copied: taking up the key costs more than all that follows.
        self._salts = hmac.new(salt_key, label("salt") + drawing_id.bytes, "sha256")
        self._holder_prefix = label("holder") + drawing_id.bytes

    def salt(self, member_id: UUID) -> bytes:
        """32 bytes for the member alone: they open the pseudonym."""
        salts = self._salts.copy()
        salts.update(member_id.bytes)
        return salts.digest()

    def holder(self, member_id: UUID) -> bytes:
        """The pseudonym, 32 bytes."""
        return sha256(self._holder_prefix + self.salt(member_id) + member_id.bytes).digest()


def holder(drawing_id: UUID, salt: bytes, member_id: UUID) -> bytes:
    """The pseudonym that a salt opens to a member."""
    return tagged_hash("holder", drawing_id.bytes + salt + member_id.bytes)


def snapshot_hash(closing: Closing) -> bytes:
    """What the key binds of the frozen tickets."""
    totals = u64(closing["blocks"]) + u64(closing["tickets"])
    return tagged_hash("snapshot", UUID(closing["drawing_id"]).bytes + totals + bytes.fromhex(closing["root"]))


def closing_record(terms: Terms, tree: SumTree, seed: bytes | None, decided_by: int | None) -> Closing:
    """The closing of a drawing, ready to be published.

    Args:
        terms: Of the drawing.
        tree: Over the frozen tickets.
        seed: As committed to; `None` if it is lost.
        decided_by: `closing_round(terms, now)`.

    Raises:
        NotValid: when the seed is not the one of the terms, or is lost and there is no beacon: the drawing is void.
    """
    check_seed(terms, seed)
    return {
        "protocol": PROTOCOL,
        "drawing_id": terms["drawing_id"],
        "terms_hash": record_hash("terms", terms),
        "blocks": tree.blocks,
        "tickets": tree.tickets,
        "root": tree.root.hex(),
        "seed": None if seed is None else seed.hex(),
        "round": decided_by,
    }


def check_seed(terms: Terms, seed: bytes | None) -> None:
    """Refuses a seed the terms do not commit to, and the lack of any where no beacon stands in.

    Raises:
        NotValid: at step 4.
    """
    if seed is None:
        if terms["beacon"] is None:
            raise NotValid(4, "neither a beacon nor a seed")
    elif seed_commitment(UUID(terms["drawing_id"]), seed) != terms["seed_commitment"]:
        raise NotValid(4, "the seed is not the one the terms commit to")


def key_of(terms: Terms, closing: Closing, signature: str | None) -> bytes:
    """The key of the drawing's randomness, from its published records and the beacon's signature in hex."""
    return draw_key(
        seed=None if closing["seed"] is None else bytes.fromhex(closing["seed"]),
        terms_hash=bytes.fromhex(record_hash("terms", terms)),
        snapshot_hash=snapshot_hash(closing),
        decided_by=closing["round"],
        beacon_value=beacon_value(None if signature is None else bytes.fromhex(signature)),
    )


def draw(terms: Terms, closing: Closing, signature: str | None, block_of: Callable[[int], Block]) -> list[Draw]:
    """All draws of a closed drawing: winners, then alternates.

    Args:
        terms: Of the drawing.
        closing: Of the drawing.
        signature: The beacon's for the closing's round, in hex, checked; `None` without a beacon or without tickets.
        block_of: The block a ticket lies in; asked once per draw, in their order.

    Raises:
        SnapshotDamaged: when `block_of` answers with a block without the ticket.
    """
    random_words = words(key_of(terms, closing, signature))
    return list(select(slots(terms), closing["tickets"], terms["max_wins_per_holder"], block_of, random_words))


def result_record(terms: Terms, closing: Closing, signature: str | None, draws: list[Draw]) -> Result:
    """The result, ready to be published; a cancellation when nothing was sold."""
    return {
        "protocol": PROTOCOL,
        "drawing_id": terms["drawing_id"],
        "closing_hash": record_hash("closing", closing),
        "status": DRAWN if closing["tickets"] else CANCELLED,
        "beacon_signature": signature if closing["tickets"] else None,
        "draws": [draw_record(draw) for draw in draws],
        "unawarded": max(prize_units(terms) - len(draws), 0),
    }


def draw_record(draw: Draw) -> DrawRecord:
    """A draw as the result shows it."""
    return {
        "n": draw.n,
        "rank": draw.rank,
        "unit": draw.unit,
        "ticket": draw.ticket,
        "holder": draw.holder.hex(),
    }


def path_record(path: Iterable[Step]) -> PathRecord:
    """A path as proofs and entries show it."""
    return [[step.side, step.tickets, step.hash.hex()] for step in path]


def parsed_path(record: PathRecord) -> Iterator[Step]:
    """The path in a proof or an entry of known form."""
    for side, tickets, digest in record:
        yield Step("L" if side == "L" else "R", int(tickets), bytes.fromhex(str(digest)))


def proof_record(count: int, path: Iterable[Step]) -> Proof:
    """The proof of a drawn ticket's block, from `Paths.path`."""
    return {"count": count, "path": path_record(path)}


def entry_record(member_id: UUID, salt: bytes, count: int, path: Iterable[Step]) -> Entry:
    """A member's proof of their own block. It holds the salt: for that member's eyes only."""
    return {"member_id": str(member_id), "salt": salt.hex(), "count": count, "path": path_record(path)}


def void_record(drawing_id: UUID, reason: str) -> Void:
    """A drawing called off; possible before its closing only."""
    return {"protocol": PROTOCOL, "drawing_id": str(drawing_id), "reason": reason}
