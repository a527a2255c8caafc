"""Drawings over HTTP as administrators plan, publish, draw and cancel them."""

from datetime import datetime
from typing import Annotated, Final

import attrs
from annotated_types import Ge, Le, Len

from fittrack_adapters.beacon.errors import BeaconNotConfigured, BeaconUnreachable
from fittrack_domain.app import FitTrack
from fittrack_domain.shared.errors import SealBroken, StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes import errors
from fittrack_domain.sweepstakes.drafts import (
    ACCOUNT_AGE_DAYS_MAX,
    ALTERNATES_MAX,
    PRIZES_MAX,
    TICKET_COST_MAX,
    TICKETS_PER_MEMBER_MAX,
    WINS_PER_HOLDER_MAX,
    DrawingDraft,
)
from fittrack_domain.sweepstakes.draw.errors import SnapshotDamaged
from fittrack_domain.sweepstakes.model import (
    MIN_ACCOUNT_AGE_DAYS,
    WINS_PER_HOLDER,
    DrawingStatus,
    DrawingType,
    Eligibility,
    UserType,
)
from fittrack_domain.sweepstakes.views import DrawingView
from fittrack_http.admin import Reason, route, twice
from fittrack_http.auth import Caller
from fittrack_http.catalogue import Name, Note, PrizeIn
from fittrack_http.listing import Listed
from fittrack_http.results import DrawingResults
from fittrack_http.routes import Given, Reply, Route
from fittrack_http.structuring import Told
from fittrack_http.sweepstakes import DrawingsQuery, EligibilityOut, PrizeOut

TAG: Final = "Planning"


@attrs.frozen(kw_only=True)
class EligibilityIn:
    """What is asked of members beyond what all drawings ask."""

    user_type: UserType = UserType.ALL
    min_account_age_days: Annotated[int, Told(Ge(0)), Told(Le(ACCOUNT_AGE_DAYS_MAX))] = MIN_ACCOUNT_AGE_DAYS

    @property
    def eligibility(self) -> Eligibility:
        return Eligibility(self.user_type, self.min_account_age_days)


@attrs.frozen(kw_only=True)
class DrawingIn:
    """A drawing as a whole, with all its prizes. What is left out or null is as usual for its type."""

    type: DrawingType
    name: Name
    description: Note | None = None
    ticket_cost_points: Annotated[int, Told(Ge(1)), Told(Le(TICKET_COST_MAX))] | None = None
    drawing_time: datetime | None = None
    sales_open_at: datetime | None = None
    ticket_sales_close: datetime | None = None
    eligibility: EligibilityIn | None = None
    max_tickets_per_member: Annotated[int, Told(Ge(1)), Told(Le(TICKETS_PER_MEMBER_MAX))] | None = None
    max_wins_per_member: Annotated[int, Ge(1), Le(WINS_PER_HOLDER_MAX)] | None = WINS_PER_HOLDER
    alternates: Annotated[int, Told(Ge(0)), Told(Le(ALTERNATES_MAX))] | None = None
    prizes: Annotated[tuple[PrizeIn, ...], Told(Len(0, PRIZES_MAX))]

    @property
    def draft(self) -> DrawingDraft:
        return DrawingDraft(
            drawing_type=self.type,
            name=self.name,
            description=self.description,
            ticket_cost_points=self.ticket_cost_points,
            drawing_time=self.drawing_time,
            sales_open_at=self.sales_open_at,
            ticket_sales_close=self.ticket_sales_close,
            eligibility=Eligibility() if self.eligibility is None else self.eligibility.eligibility,
            max_tickets_per_member=self.max_tickets_per_member,
            max_wins_per_holder=self.max_wins_per_member or 0,
            alternates=self.alternates,
            prizes=tuple(prize.draft for prize in self.prizes),
        )


@attrs.frozen(kw_only=True)
class PlannedDrawing:
    """A drawing as administrators see it. Hashes are hex, null until the terms are published."""

    drawing_id: DrawingId
    type: DrawingType
    name: str
    description: str | None
    status: DrawingStatus
    ticket_cost_points: int
    sales_open_at: datetime
    ticket_sales_close: datetime
    drawing_time: datetime
    eligibility: EligibilityOut
    max_tickets_per_member: int | None
    max_wins_per_member: int | None
    alternates: int
    prizes: tuple[PrizeOut, ...]
    total_tickets: int
    terms_hash: str | None
    seed_commitment: str | None
    created_by: MemberId | None
    created_at: datetime
    completed_at: datetime | None
    cancelled_reason: str | None

    @classmethod
    def of(cls, view: DrawingView) -> "PlannedDrawing":
        drawing, asked = view.drawing, view.drawing.eligibility
        return cls(
            drawing_id=drawing.id,
            type=drawing.drawing_type,
            name=drawing.name,
            description=drawing.description,
            status=view.status,
            ticket_cost_points=drawing.ticket_cost_points,
            sales_open_at=drawing.sales_open_at,
            ticket_sales_close=drawing.ticket_sales_close,
            drawing_time=drawing.drawing_time,
            eligibility=EligibilityOut(asked.user_type, asked.min_account_age_days),
            max_tickets_per_member=drawing.max_tickets_per_member,
            max_wins_per_member=drawing.max_wins_per_holder or None,
            alternates=drawing.alternates_for(sum(offered.prize.quantity for offered in view.prizes)),
            prizes=tuple(map(PrizeOut.of, view.prizes)),
            total_tickets=view.odds.all_tickets,
            terms_hash=view.terms_hash,
            seed_commitment=view.seed_commitment,
            created_by=drawing.created_by,
            created_at=drawing.created_at,
            completed_at=drawing.completed_at,
            cancelled_reason=drawing.cancelled_reason,
        )


@attrs.frozen(kw_only=True)
class CancellationQuery:
    """Why: it becomes public."""

    reason: Reason


def _shown(fittrack: FitTrack, drawing_id: DrawingId) -> Reply[PlannedDrawing]:
    view = fittrack.drawings.get(None, drawing_id, drafts=True)
    return Reply(PlannedDrawing.of(view), version=view.drawing.version)


def planned_drawings(fittrack: FitTrack, query: DrawingsQuery) -> Listed[PlannedDrawing]:
    """List the drawings, drafts too.

    Sorted by drawing time, the latest first.
    """
    found = fittrack.drawings.page(None, query.paging, status=query.status, drawing_type=query.type, drafts=True)
    return Listed.of(found.map(PlannedDrawing.of))


def planned_drawing(fittrack: FitTrack, drawing_id: DrawingId) -> Reply[PlannedDrawing]:
    """Show a drawing, be it a draft."""
    return _shown(fittrack, drawing_id)


def create_drawing(
    fittrack: FitTrack, caller: Caller, body: DrawingIn, request: Request | None
) -> Reply[PlannedDrawing]:
    """Plan a drawing with its prizes.

    Nobody else sees it before it is published. Left out, the drawing time is the next usual one of its type, and so is
    the price; sales open at publication and close 5 minutes before the drawing time; members may have any number of
    tickets, and win one prize (`maxWinsPerMember` null: any number).
    """
    return _shown(fittrack, fittrack.drawings.create(caller.member_id, body.draft, request).id)


def edit_drawing(
    fittrack: FitTrack, caller: Caller, drawing_id: DrawingId, body: DrawingIn, version: int | None
) -> Reply[PlannedDrawing]:
    """Replace a draft, and its prizes with those given."""
    fittrack.drawings.edit(caller.member_id, drawing_id, body.draft, version)
    return _shown(fittrack, drawing_id)


def cancel_drawing(
    fittrack: FitTrack, caller: Caller, drawing_id: DrawingId, query: CancellationQuery, version: int | None
) -> Reply[PlannedDrawing]:
    """Cancel a drawing before its closing, and refund its tickets.

    Who bought some is told, with the reason.
    """
    fittrack.drawings.cancel(caller.member_id, drawing_id, query.reason, version)
    return _shown(fittrack, drawing_id)


def publish_drawing(
    fittrack: FitTrack, caller: Caller, drawing_id: DrawingId, version: int | None
) -> Reply[PlannedDrawing]:
    """Fix the terms of a drawing and publish them, with the commitment to a secret seed.

    Nothing of them changes afterwards.
    """
    fittrack.drawings.publish(caller.member_id, drawing_id, version)
    return _shown(fittrack, drawing_id)


def execute_drawing(fittrack: FitTrack, caller: Caller, drawing_id: DrawingId) -> DrawingResults:
    """Draw the winners now, after the drawing time.

    The server does so by itself, in the same way. Done again, it computes the result anew and compares.
    """
    fittrack.draws.execute(drawing_id, caller.member_id)
    return DrawingResults.of(fittrack.results.of(caller.member_id, drawing_id), caller.member_id)


DRAWING: Final = "drawings/{drawing_id}"
SPONSORED: Final = (errors.SponsorNotFound, errors.SponsorInactive)
CHANGED: Final = (errors.DrawingNotFound, StaleVersion)

ROUTES: Final[tuple[Route, ...]] = (
    route("GET", "admin/drawings", planned_drawings, TAG),
    route("GET", f"admin/{DRAWING}", planned_drawing, TAG, problems=(errors.DrawingNotFound,)),
    *twice("POST", "drawings", create_drawing, TAG, status=201, key=Given.OPTIONAL, problems=SPONSORED),
    *twice(
        "PUT",
        DRAWING,
        edit_drawing,
        TAG,
        if_match=Given.REQUIRED,
        problems=(*CHANGED, *SPONSORED, errors.DrawingFrozen),
    ),
    *twice("DELETE", DRAWING, cancel_drawing, TAG, if_match=Given.OPTIONAL, problems=(*CHANGED, errors.NotCancellable)),
    route(
        "POST",
        f"admin/{DRAWING}/publish",
        publish_drawing,
        TAG,
        if_match=Given.OPTIONAL,
        problems=(*CHANGED, errors.DrawingFrozen, errors.NoPrizes, errors.PublishedTooLate),
    ),
    route(
        "POST",
        f"admin/{DRAWING}/execute",
        execute_drawing,
        TAG,
        problems=(
            errors.DrawingNotFound,
            errors.NotPublished,
            errors.DrawingIsCancelled,
            errors.TooEarly,
            errors.BeaconNotReady,
            errors.DrawDiffers,
            BeaconNotConfigured,
            BeaconUnreachable,
            SealBroken,
            SnapshotDamaged,
            StaleVersion,
        ),
    ),
)
