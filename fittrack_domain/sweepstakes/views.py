"""Drawings as somebody sees them: with prizes, sponsors, tickets, odds, and what keeps one out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from fittrack_domain.identity.model import Account, Profile
from fittrack_domain.shared.ids import MemberId, SponsorId
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


def drawing_views(
    tx: SweepstakesTx, now: datetime, viewer: Viewer | None, drawings: Sequence[Drawing]
) -> Sequence[DrawingView]:
    """The drawings as the viewer sees them. Everything is looked up once for all of them."""
    ids = [drawing.id for drawing in drawings]
    prizes, terms = tx.prizes.of_all(ids), tx.draw_records.terms_of(ids)
    given = [prize.sponsor_id for each in prizes.values() for prize in each if prize.sponsor_id is not None]
    sponsors = tx.sponsors.of(set(given))
    sold = tx.gates.tickets_of(ids)
    held = {} if viewer is None else tx.entries.tickets(ids, viewer.account.id)

    def view(drawing: Drawing) -> DrawingView:
        published = terms.get(drawing.id)
        return DrawingView(
            drawing=drawing,
            status=drawing.status_at(now),
            prizes=[_offered(prize, sponsors) for prize in prizes.get(drawing.id, ())],
            odds=Odds(held.get(drawing.id, 0), sold.get(drawing.id, 0)),
            obstacles=None if viewer is None else obstacles(drawing.eligibility, viewer.account, viewer.profile, now),
            terms_hash=None if published is None else published.hash,
            seed_commitment=None if published is None else published.record["seed_commitment"],
        )

    return [view(drawing) for drawing in drawings]


def _offered(prize: Prize, sponsors: Mapping[SponsorId, Sponsor]) -> OfferedPrize:
    return OfferedPrize(prize, None if prize.sponsor_id is None else sponsors[prize.sponsor_id])
