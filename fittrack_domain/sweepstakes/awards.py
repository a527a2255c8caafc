"""Forfeited prizes pass to the alternates that the drawing itself fixed (protocol, section 9)."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import attrs

from fittrack_domain.shared.ids import DrawingId, PrizeId
from fittrack_domain.sweepstakes.draw.awards import Award, awards_for
from fittrack_domain.sweepstakes.draw.records import Result
from fittrack_domain.sweepstakes.events import WinnerDrawn
from fittrack_domain.sweepstakes.frozen import Winner
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import publish, require_record


def pass_on(tx: SweepstakesTx, now: datetime, drawing_id: DrawingId, draw_no: int, reason: str) -> Winner | None:
    """Gives the prize of a draw to the next alternate, in the caller's transaction, and records `WinnerDrawn`.

    Args:
        tx: The transaction in which the prize is forfeited.
        now: The moment of it.
        drawing_id: Completed.
        draw_no: The draw that holds the prize.
        reason: Becomes public: no personal data.

    Returns:
        The alternate with the prize, or None when there is none left and the prize stays unawarded.

    Raises:
        RecordNotFound: before the result.
        NothingToForfeit: when the draw holds no prize.
    """
    result = cast("Result", require_record(tx, drawing_id, "result"))
    earlier = awards_of(tx, drawing_id)
    [award] = awards_for(result, earlier, {draw_no: reason})
    publish(tx, now, drawing_id, "award", award, seq=award["seq"])
    if award["replacement"] is None:
        return None
    alternate = tx.winners.get(drawing_id, award["replacement"])
    prize_id = prize_won(tx, alternate, [*earlier, award])
    assert prize_id is not None, "awards_for names only draws that hold a prize"
    tx.record(WinnerDrawn(drawing_id, alternate.draw_no, alternate.user_id, alternate.ticket_number, prize_id))
    return attrs.evolve(alternate, prize_id=prize_id)


def awards_of(tx: SweepstakesTx, drawing_id: DrawingId) -> Sequence[Award]:
    """All awards of a drawing, in order."""
    return [cast("Award", award.record) for award in tx.draw_records.awards(drawing_id)]


def prize_won(tx: SweepstakesTx, winner: Winner, awards: Sequence[Award]) -> PrizeId | None:
    """The prize that a draw won or took over; None for an alternate who was not needed."""
    passed_from = {award["replacement"]: award["forfeited"] for award in awards}
    while winner.prize_id is None:
        if winner.draw_no not in passed_from:
            return None
        winner = tx.winners.get(winner.drawing_id, passed_from[winner.draw_no])
    return winner.prize_id
