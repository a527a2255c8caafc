"""Drawings and results as somebody sees them: with prizes, sponsors, tickets, odds, and what keeps one out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from fittrack_domain.identity.model import Account, Profile
from fittrack_domain.shared.ids import MemberId, PrizeId
from fittrack_domain.sweepstakes.eligibility import obstacles
from fittrack_domain.sweepstakes.errors import Obstacle
from fittrack_domain.sweepstakes.model import Drawing, DrawingStatus, Prize, Sponsor, Winner
from fittrack_domain.sweepstakes.ports import SweepstakesTx


@attrs.frozen
class Odds:
    """The chance of each draw to hit the member, exactly: so many tickets of so many."""

    member_tickets: int
    all_tickets: int


@attrs.frozen
class OfferedPrize:
    """A prize and who gives it (None: FitTrack)."""

    prize: Prize
    sponsor: Sponsor | None


@attrs.frozen
class DrawingView:
    """A drawing at this moment.

    Attributes:
        drawing: As it is stored.
        status: That holds now; `drawing.status` may lag behind the clock.
        prizes: By rank.
        odds: Tickets of the viewer and of all.
        obstacles: What keeps the viewer out; None when nobody is looking.
        terms_hash: Of the published terms, in hex; None before.
        seed_commitment: What the terms commit to, in hex; None before.
    """

    drawing: Drawing
    status: DrawingStatus
    prizes: Sequence[OfferedPrize]
    odds: Odds
    obstacles: tuple[Obstacle, ...] | None
    terms_hash: str | None
    seed_commitment: str | None


@attrs.frozen
class Viewer:
    """Who is looking."""

    account: Account
    profile: Profile

    @classmethod
    def of(cls, tx: SweepstakesTx, member_id: MemberId | None) -> "Viewer | None":
        """Raises `MemberNotFound`."""
        return None if member_id is None else cls(tx.accounts.get(member_id), tx.profiles.get(member_id))


def drawing_view(tx: SweepstakesTx, now: datetime, viewer: Viewer | None, drawing: Drawing) -> DrawingView:
    """The drawing as the viewer sees it."""
    held = 0 if viewer is None else tx.entries.held(drawing.id, viewer.account.id).tickets
    terms = tx.draw_records.find(drawing.id, "terms")
    return DrawingView(
        drawing=drawing,
        status=drawing.status_at(now),
        prizes=offered(tx, tx.prizes.of(drawing.id)),
        odds=Odds(held, tx.gates.tickets(drawing.id)),
        obstacles=viewer and obstacles(drawing.eligibility, viewer.account, viewer.profile, now),
        terms_hash=terms and terms.hash,
        seed_commitment=terms and terms.record["seed_commitment"],
    )


def offered(tx: SweepstakesTx, prizes: Sequence[Prize]) -> Sequence[OfferedPrize]:
    """Prizes with their sponsors, each sponsor read once."""
    sponsors = {prize.sponsor_id: tx.sponsors.get(prize.sponsor_id) for prize in prizes if prize.sponsor_id is not None}
    return [OfferedPrize(prize, prize.sponsor_id and sponsors[prize.sponsor_id]) for prize in prizes]


@attrs.frozen
class DrawnPrize:
    """A ticket that was drawn, and the prize its holder has now.

    Attributes:
        winner: The draw.
        prize: None for an alternate who was not needed.
        display_name: Of the holder; None once the account is erased.
        tickets_held: How many the holder had.
        forfeited: Whether the prize has passed on.
    """

    winner: Winner
    prize: Prize | None
    display_name: str | None
    tickets_held: int
    forfeited: bool


@attrs.frozen
class Results:
    """What came out of a drawing.

    Attributes:
        drawing: Completed.
        tickets: Of all members.
        unawarded: Prize units that nobody has: never drawn, or forfeited with no alternate left.
        drawn: Winners, and alternates who took over a prize, in the order of drawing.
        member_tickets: Of who is looking.
        member_draws: The numbers of the viewer's draws, of alternates too.
    """

    drawing: Drawing
    tickets: int
    unawarded: int
    drawn: Sequence[DrawnPrize]
    member_tickets: int
    member_draws: tuple[int, ...]


def prizes_now(tx: SweepstakesTx, winners: Sequence[Winner]) -> Mapping[int, PrizeId]:
    """The prize of each draw that has or had one, after all awards: by draw number."""
    won = {winner.draw_no: winner.prize_id for winner in winners if winner.prize_id is not None}
    for award in tx.draw_records.awards(winners[0].drawing_id) if winners else ():
        if award.record["replacement"] is not None:
            won[award.record["replacement"]] = won[award.record["forfeited"]]
    return won
