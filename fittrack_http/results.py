"""What came of drawings over HTTP: winners, one's own entries, and the records that prove everything."""

from datetime import datetime
from typing import Any, Final

import attrs

from fittrack_domain.app import FitTrack
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId, TransferId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes import model
from fittrack_domain.sweepstakes.draw.errors import SnapshotDamaged
from fittrack_domain.sweepstakes.draw.log import LogEntry
from fittrack_domain.sweepstakes.errors import DrawDiffers, DrawingNotFound, EntryNotFound, RecordNotFound
from fittrack_domain.sweepstakes.results import EntryView, OutcomeView, Win
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Route

TAG: Final = "Results and proofs"
Record = dict[str, Any]
"""A record of the drawing protocol, spelled as the protocol has it: its hashes are over this very text."""


@attrs.frozen
class WinnerOut:
    """A draw that has or had a prize. `forfeited`: the prize has passed on from here."""

    draw_no: int
    winning_number: int
    prize_id: PrizeId
    prize_name: str
    prize_value_usd: Usd
    display_name: str | None
    tickets_held: int
    forfeited: bool
    is_me: bool

    @classmethod
    def of(cls, win: Win, me: MemberId) -> "WinnerOut":
        return cls(
            draw_no=win.winner.draw_no,
            winning_number=win.winner.ticket_number,
            prize_id=win.prize.id,
            prize_name=win.prize.name,
            prize_value_usd=win.prize.value_usd,
            display_name=win.display_name,
            tickets_held=win.tickets_held,
            forfeited=win.forfeited,
            is_me=win.winner.user_id == me,
        )


@attrs.frozen
class Participation:
    """Your part in a drawing: your tickets, and the draws that hit you, as an alternate too."""

    tickets: int
    draws: tuple[int, ...]


@attrs.frozen
class DrawingResults:
    """What came out of a drawing. `unawarded` are prize units that nobody has."""

    drawing_id: DrawingId
    name: str
    completed_at: datetime | None
    total_tickets: int
    winners: tuple[WinnerOut, ...]
    unawarded: int
    user_participation: Participation

    @classmethod
    def of(cls, outcome: OutcomeView, me: MemberId) -> "DrawingResults":
        return cls(
            drawing_id=outcome.drawing.id,
            name=outcome.drawing.name,
            completed_at=outcome.drawing.completed_at,
            total_tickets=outcome.tickets,
            winners=tuple(WinnerOut.of(win, me) for win in outcome.wins),
            unawarded=outcome.unawarded,
            user_participation=Participation(outcome.member_tickets, outcome.member_draws),
        )


@attrs.frozen
class TicketWon:
    """A ticket that won, and its prize."""

    ticket_number: int
    prize_id: PrizeId


@attrs.frozen
class EntryOut:
    """One of your entries. Ticket numbers are null until the sales are closed."""

    entry_id: EntryId
    drawing_id: DrawingId
    drawing_name: str
    drawing_time: datetime
    tickets: int
    points_spent: int
    route: model.Route
    transaction_id: TransferId | None
    purchased_at: datetime
    first_ticket: int | None
    last_ticket: int | None
    won: tuple[TicketWon, ...]

    @classmethod
    def of(cls, view: EntryView) -> "EntryOut":
        entry = view.entry
        return cls(
            entry_id=entry.id,
            drawing_id=entry.drawing_id,
            drawing_name=view.drawing.name,
            drawing_time=view.drawing.drawing_time,
            tickets=entry.quantity,
            points_spent=entry.cost_points,
            route=entry.route,
            transaction_id=entry.transaction_id,
            purchased_at=entry.purchased_at,
            first_ticket=view.first_ticket,
            last_ticket=view.last_ticket,
            won=tuple(TicketWon(number, prize_id) for number, prize_id in sorted(view.prizes.items())),
        )


@attrs.frozen
class DrawProof:
    """The file that a verifier takes, offline: the records of the drawing protocol, and a proof for each draw."""

    terms: Record
    closing: Record
    result: Record
    proofs: tuple[Record, ...]


@attrs.frozen
class EntryProofOut:
    """That your tickets are in the closing's snapshot, for your eyes only: it tells who is behind a pseudonym.

    The tickets are those of the entry; the record is about all of yours in the drawing.
    """

    first_ticket: int
    last_ticket: int
    proof: Record


def results(fittrack: FitTrack, caller: Caller, drawing_id: DrawingId) -> DrawingResults:
    """Show the winners of a drawing, and your part in it.

    Winners are in the order of drawing.
    """
    return DrawingResults.of(fittrack.results.of(caller.member_id, drawing_id), caller.member_id)


def my_entries(fittrack: FitTrack, caller: Caller, query: PageQuery) -> Listed[EntryOut]:
    """List your entries in all drawings.

    Sorted by time of purchase, the latest first.
    """
    return Listed.of(fittrack.results.entries(query.paging, member_id=caller.member_id).map(EntryOut.of))


def draw_proof(fittrack: FitTrack, drawing_id: DrawingId) -> DrawProof:
    """Give the proof of a drawing, for anyone.

    Save it and check it offline: `fittrack draw verify FILE`.
    """
    bundle = fittrack.proofs.bundle(drawing_id)
    proofs = tuple(dict(proof) for proof in bundle["proofs"])
    return DrawProof(dict(bundle["terms"]), dict(bundle["closing"]), dict(bundle["result"]), proofs)


def draw_records(fittrack: FitTrack, drawing_id: DrawingId) -> Record:
    """Give what was published of a drawing so far, for anyone.

    `terms` before the sales, `closing` after them, then `result` and `awards`; `void` if it was called off.
    """
    return dict(fittrack.proofs.records(drawing_id))


def draw_log(fittrack: FitTrack, query: PageQuery) -> Listed[Record]:
    """List the public log of all drawings' records, for anyone.

    Each entry is chained to the one before by its hash. Sorted by number, the latest first.
    """
    return Listed.of(fittrack.proofs.log(query.paging).map(_spelled))


def _spelled(entry: LogEntry) -> Record:
    return {**entry}


def entry_proof(fittrack: FitTrack, caller: Caller, drawing_id: DrawingId, entry_id: EntryId) -> EntryProofOut:
    """Give the proof that an entry of yours is in the drawing."""
    found = fittrack.proofs.entry_proof(caller.member_id, drawing_id, entry_id)
    return EntryProofOut(found.first, found.last, dict(found.proof))


ROUTES: Final = (
    Route("GET", "/api/v1/drawings/my-entries", my_entries, Access.MEMBER, TAG),
    Route(
        "GET",
        "/api/v1/drawings/{drawing_id}/results",
        results,
        Access.MEMBER,
        TAG,
        problems=(DrawingNotFound, RecordNotFound),
    ),
    Route(
        "GET",
        "/api/v1/drawings/{drawing_id}/proof",
        draw_proof,
        Access.ANYONE,
        TAG,
        problems=(RecordNotFound, DrawDiffers, SnapshotDamaged),
    ),
    Route(
        "GET",
        "/api/v1/drawings/{drawing_id}/records",
        draw_records,
        Access.ANYONE,
        TAG,
        problems=(RecordNotFound,),
    ),
    Route(
        "GET",
        "/api/v1/drawings/{drawing_id}/entries/{entry_id}/proof",
        entry_proof,
        Access.MEMBER,
        TAG,
        problems=(EntryNotFound, RecordNotFound, SnapshotDamaged),
    ),
    Route("GET", "/api/v1/draw-log", draw_log, Access.ANYONE, TAG),
)
