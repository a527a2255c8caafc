"""Drawings as somebody sees them: with prizes, sponsors, tickets, odds, and what keeps one out."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from fittrack_domain.identity.model import Account, Profile
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.sweepstakes.eligibility import obstacles
from fittrack_domain.sweepstakes.errors import Obstacle
from fittrack_domain.sweepstakes.model import Drawing, DrawingStatus, Prize, Sponsor
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
        obstacles=None if viewer is None else obstacles(drawing.eligibility, viewer.account, viewer.profile, now),
        terms_hash=None if terms is None else terms.hash,
        seed_commitment=None if terms is None else terms.record["seed_commitment"],
    )


def offered(tx: SweepstakesTx, prizes: Sequence[Prize]) -> Sequence[OfferedPrize]:
    """Prizes with their sponsors, each sponsor read once."""
    ids = {prize.sponsor_id for prize in prizes if prize.sponsor_id is not None}
    sponsors = {sponsor_id: tx.sponsors.get(sponsor_id) for sponsor_id in ids}
    return [OfferedPrize(prize, None if prize.sponsor_id is None else sponsors[prize.sponsor_id]) for prize in prizes]
