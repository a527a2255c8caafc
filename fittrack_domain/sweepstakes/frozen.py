"""What a drawing leaves behind for good: its secrets, frozen tickets, winners, and everything it published."""

from collections.abc import Mapping
from typing import Any

import attrs

from fittrack_domain.shared.ids import DrawingId, MemberId, PrizeId


@attrs.frozen
class TicketBlock:
    """The consecutive tickets of one member, frozen at the close. Block numbers count from 0, tickets from 1."""

    drawing_id: DrawingId
    block_no: int
    user_id: MemberId
    holder: bytes
    first_ticket: int
    ticket_count: int

    @property
    def last_ticket(self) -> int:
        return self.first_ticket + self.ticket_count - 1


@attrs.frozen
class Winner:
    """The ticket drawn n-th (`draw_no`), and the prize unit it won. Alternates have rank 0 and no prize."""

    drawing_id: DrawingId
    draw_no: int
    prize_rank: int
    unit: int
    ticket_number: int
    user_id: MemberId
    prize_id: PrizeId | None


@attrs.frozen
class DrawSecret:
    """Sealed: the seed, unknown to all until the closing, and the key of the salts, which only members ever see."""

    drawing_id: DrawingId
    seed: bytes
    salt_key: bytes


@attrs.frozen
class PublicRecord:
    """What was published, as the protocol spells it, and its hash in hex. `seq` counts awards, else it is 1."""

    drawing_id: DrawingId
    kind: str
    seq: int
    record: Mapping[str, Any]
    hash: str


@attrs.frozen
class LogLine:
    """An entry of the public log of all drawings, `at` in Unix seconds."""

    seq: int
    prev: str
    at: int
    kind: str
    drawing_id: DrawingId
    hash: str


@attrs.frozen
class DrawTree:
    """The upper levels of the tree over a drawing's blocks, kept for proofs: the records of level 8 in order."""

    drawing_id: DrawingId
    chunks: bytes
