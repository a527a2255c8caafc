"""Who gets a forfeited prize: the next name of the list that the drawing itself fixed (protocol, section 9)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.encoding import PROTOCOL, canonical
from fittrack_domain.sweepstakes.draw.errors import Malformed, NothingToForfeit, NotValid
from fittrack_domain.sweepstakes.draw.records import Result, record_hash
from fittrack_domain.sweepstakes.draw.selection import ALTERNATE_RANK


class Award(TypedDict):
    """The record `award`: the prize of draw `forfeited` passes to draw `replacement`, or to nobody any more."""

    protocol: str
    drawing_id: str
    result_hash: str
    seq: int
    forfeited: int
    reason: str
    replacement: int | None


def awards_for(result: Result, earlier: Sequence[Award], forfeits: Mapping[int, str]) -> list[Award]:
    """The awards that follow from prizes forfeited at one moment.

    Args:
        result: Of the drawing.
        earlier: All awards of the drawing so far, in order.
        forfeits: The draws whose prizes fall free, by n, each with the reason. The lower n is served first.

    Raises:
        NothingToForfeit: when one of them holds no prize.
    """
    awards = list(earlier)
    for n in sorted(forfeits):
        awards.append(_next_award(result, awards, n, forfeits[n]))
    return awards[len(earlier) :]


def verify_awards(result: Result, awards: Iterable[object]) -> None:
    """Checks all awards of a drawing, in order, against its result.

    Raises:
        NotValid: when one is malformed or is not the one that follows from the result and those before it.
    """
    seen: list[Award] = []
    for award in awards:
        try:
            shapes.AWARD(award, f"/awards/{len(seen)}")
            canonical(award)
            assert isinstance(award, dict)
            expected = _next_award(result, seen, award["forfeited"], award["reason"])
        except (Malformed, NothingToForfeit) as error:
            raise NotValid(None, str(error)) from error
        if award != expected:
            raise NotValid(None, f"award {len(seen) + 1} does not follow from the result and the awards before it")
        seen.append(expected)


def _next_award(result: Result, earlier: Sequence[Award], forfeited: int, reason: str) -> Award:
    winners = {draw["n"] for draw in result["draws"] if draw["rank"] != ALTERNATE_RANK}
    used = {award["replacement"] for award in earlier}
    holding = (winners | used) - {award["forfeited"] for award in earlier}
    if forfeited not in holding:
        raise NothingToForfeit(forfeited)
    unused = (draw["n"] for draw in result["draws"] if draw["rank"] == ALTERNATE_RANK and draw["n"] not in used)
    return {
        "protocol": PROTOCOL,
        "drawing_id": result["drawing_id"],
        "result_hash": record_hash("result", result),
        "seq": len(earlier) + 1,
        "forfeited": forfeited,
        "reason": reason,
        "replacement": next(unused, None),
    }
