"""What is fixed before sales: prizes, times, limits, committed seed, deciding round (protocol, sections 3, 5, 11)."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, TypedDict, cast
from uuid import UUID

from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.encoding import PROTOCOL, canonical, tagged_hash
from fittrack_domain.sweepstakes.draw.errors import Malformed
from fittrack_domain.sweepstakes.draw.selection import ALTERNATE_RANK

RETRY_ROUNDS: Final = 1200  # one hour
LATE_LEAD_SECONDS: Final = 60


class Chain(TypedDict):
    """A public randomness beacon."""

    kind: str
    chain_hash: str
    public_key: str
    scheme: str
    genesis_time: int
    period: int


class Beacon(Chain):
    """The round of a beacon that decides a drawing, and the distance to the next ones for a late closing."""

    round: int
    retry_rounds: int


class Prize(TypedDict):
    """Equal units of one prize."""

    rank: int
    quantity: int
    prize_id: str
    title: str


class Terms(TypedDict):
    """The record `terms`. Times are Unix seconds. It may have further members; the hash covers them."""

    protocol: str
    drawing_id: str
    title: str
    sales_open_at: int
    sales_close_at: int
    draw_at: int
    prizes: list[Prize]
    alternates: int
    max_wins_per_holder: int
    seed_commitment: str
    beacon: Beacon | None


QUICKNET: Final[Chain] = {
    "kind": "drand",
    "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "public_key": "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510"
    "d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    "scheme": "bls-unchained-g1-rfc9380",
    "genesis_time": 1692803367,
    "period": 3,
}
"""drand's chain of the League of Entropy: the only one a drawing may use."""


def first_round_at_or_after(at: int) -> int:
    """The first round of quicknet whose time is not before this one, in Unix seconds."""
    return max(1, _ceil_div(at - QUICKNET["genesis_time"], QUICKNET["period"]) + 1)


def time_of_round(number: int) -> int:
    """When a round of quicknet is due, in Unix seconds."""
    return QUICKNET["genesis_time"] + (number - 1) * QUICKNET["period"]


def quicknet_beacon(draw_at: int, retry_rounds: int = RETRY_ROUNDS) -> Beacon:
    """The member `beacon` of the terms of a drawing at this time."""
    return {**QUICKNET, "round": first_round_at_or_after(draw_at), "retry_rounds": retry_rounds}


def closing_round(terms: Terms, now: int) -> int | None:
    """The round that decides when the closing is published now, in Unix seconds; `None` without a beacon.

    A round whose time has come is out of bounds: somebody may know it. A late closing takes the next retry round that
    lies a minute ahead, and verifiers report it.
    """
    beacon = terms["beacon"]
    if beacon is None:
        return None
    due = time_of_round(beacon["round"])
    if now < due:
        return beacon["round"]
    retries = _ceil_div(now + LATE_LEAD_SECONDS - due, beacon["retry_rounds"] * beacon["period"])
    return beacon["round"] + retries * beacon["retry_rounds"]


def seed_commitment(drawing_id: UUID, seed: bytes) -> str:
    """What the terms publish about the seed, in hex."""
    return tagged_hash("seed", drawing_id.bytes + seed).hex()


def terms_record(  # noqa: PLR0913 - one parameter per member of the record
    *,
    drawing_id: UUID,
    title: str,
    sales_open_at: int,
    sales_close_at: int,
    draw_at: int,
    prizes: list[Prize],
    alternates: int,
    max_wins_per_holder: int,
    seed: bytes,
    beacon: Beacon | None,
    further: Mapping[str, object],
) -> Terms:
    """The terms of a drawing, ready to be published.

    Args:
        drawing_id: One drawing, one id; other terms need another.
        title: Of the drawing.
        sales_open_at: Unix seconds, as all times here.
        sales_close_at: When the tickets freeze.
        draw_at: The first round of the beacon at or after it decides.
        prizes: By strictly increasing rank.
        alternates: Length of the reserve list.
        max_wins_per_holder: 0 for no limit.
        seed: 32 secret random bytes; only the commitment to them is published.
        beacon: `quicknet_beacon(draw_at)`, or `None`.
        further: More members for the record, such as the ticket price.

    Raises:
        Malformed: as `checked_terms`.
    """
    record = {
        **further,
        "protocol": PROTOCOL,
        "drawing_id": str(drawing_id),
        "title": title,
        "sales_open_at": sales_open_at,
        "sales_close_at": sales_close_at,
        "draw_at": draw_at,
        "prizes": prizes,
        "alternates": alternates,
        "max_wins_per_holder": max_wins_per_holder,
        "seed_commitment": seed_commitment(drawing_id, seed),
        "beacon": beacon,
    }
    return checked_terms(record)


def checked_terms(value: object) -> Terms:
    """The value itself, once it is known to be well-formed terms.

    Raises:
        Malformed: for members missing or of another form, ranks that do not increase, a chain that is not quicknet, or
            a round that does not follow from `draw_at`.
    """
    shapes.TERMS(value, "")
    canonical(value)
    terms = cast("Terms", value)
    if any(left["rank"] >= right["rank"] for left, right in pairwise(terms["prizes"])):
        raise Malformed("/prizes", "ranks do not increase")
    if terms["beacon"] is not None:
        _check_beacon(terms["beacon"], terms["draw_at"])
    return terms


def slots(terms: Terms) -> Iterator[tuple[int, int]]:
    """Rank and unit of everything to be drawn, in order: the units of the prizes, then the alternates."""
    for prize in terms["prizes"]:
        for unit in range(1, prize["quantity"] + 1):
            yield prize["rank"], unit
    for unit in range(1, terms["alternates"] + 1):
        yield ALTERNATE_RANK, unit


def prize_units(terms: Terms) -> int:
    """How many units all prizes have together."""
    return sum(prize["quantity"] for prize in terms["prizes"])


def _check_beacon(beacon: Mapping[str, Any], draw_at: int) -> None:
    if any(beacon[name] != value for name, value in QUICKNET.items()):
        raise Malformed("/beacon", "not a known chain")
    if beacon["round"] != first_round_at_or_after(draw_at):
        raise Malformed("/beacon/round", "not the first round at or after draw_at")


def _ceil_div(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)
