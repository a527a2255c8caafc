"""Reviews of members over HTTP: the queue for administrators, and the way in for an appeal."""

from datetime import datetime
from typing import Annotated, Any, Final

import attrs
from annotated_types import Len

from fittrack_domain.access.errors import TokenNotValid
from fittrack_domain.app import FitTrack
from fittrack_domain.integrity.errors import AppealPending, NothingToAppeal, OwnReview, ReviewNotFound, ReviewResolved
from fittrack_domain.integrity.model import Finding, Outcome, Review, ReviewKind, ReviewState
from fittrack_domain.integrity.service import NOTE_LENGTH_MAX, RESOLUTION_LENGTH_MAX
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_http.auth import Caller
from fittrack_http.authentication import Token
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Route

TAG: Final = "Reviews"


@attrs.frozen(kw_only=True)
class AppealIn:
    """What you have to say, and the token that came with the mail about your account."""

    token: Token = attrs.field(repr=False)
    note: Annotated[str, Len(1, NOTE_LENGTH_MAX)] = attrs.field(repr=False)


@attrs.frozen
class AppealFiled:
    """Your appeal lies before the administrators."""

    appeal_id: ReviewId
    filed_at: datetime


@attrs.frozen(kw_only=True)
class ReviewsQuery(PageQuery):
    """Which reviews."""

    state: ReviewState | None = None
    kind: ReviewKind | None = None
    user_id: MemberId | None = None


@attrs.frozen
class FindingOut:
    """One thing that was found. The facts depend on the kind of review."""

    found_at: datetime
    facts: dict[str, Any]

    @classmethod
    def of(cls, finding: Finding) -> "FindingOut":
        return cls(finding.found_at, dict(finding.facts))


@attrs.frozen(kw_only=True)
class ReviewOut:
    """A member's case. `note` is what the member wrote, `resolution` what whoever decided did."""

    review_id: ReviewId
    user_id: MemberId
    kind: ReviewKind
    state: ReviewState
    created_at: datetime
    evidence: tuple[FindingOut, ...]
    note: str | None
    resolved_by: MemberId | None
    resolved_at: datetime | None
    resolution: str | None

    @classmethod
    def of(cls, review: Review) -> "ReviewOut":
        return cls(
            review_id=review.id,
            user_id=review.user_id,
            kind=review.kind,
            state=review.state,
            created_at=review.created_at,
            evidence=tuple(map(FindingOut.of, review.evidence)),
            note=review.note,
            resolved_by=review.resolved_by,
            resolved_at=review.resolved_at,
            resolution=review.resolution,
        )


@attrs.frozen(kw_only=True)
class ResolutionIn:
    """How the review ends, and why."""

    outcome: Outcome
    note: Annotated[str, Len(1, RESOLUTION_LENGTH_MAX)]


def appeal(fittrack: FitTrack, body: AppealIn) -> AppealFiled:
    """Appeal against the suspension or ban of your account.

    Without logging in: the token from the mail shows that it is you. It is good once, for 30 days.
    """
    filed = fittrack.reviews.appeal(body.token, body.note)
    return AppealFiled(filed.id, filed.created_at)


def reviews(fittrack: FitTrack, query: ReviewsQuery) -> Listed[ReviewOut]:
    """List reviews of members.

    Sorted by when they were opened, the oldest first.
    """
    found = fittrack.reviews.page(query.paging, state=query.state, kind=query.kind, member_id=query.user_id)
    return Listed.of(found.map(ReviewOut.of))


def review(fittrack: FitTrack, review_id: ReviewId) -> ReviewOut:
    """Show a review with what was found."""
    return ReviewOut.of(fittrack.reviews.get(review_id))


def resolve_review(fittrack: FitTrack, caller: Caller, review_id: ReviewId, body: ResolutionIn) -> ReviewOut:
    """Decide a review.

    `cleared`: nothing is held against the member, and prizes that waited may be sent. `confirmed`: it is as it seemed,
    or the appeal has failed. A suspension, or its end, is an act of its own.
    """
    return ReviewOut.of(fittrack.reviews.resolve(caller.member_id, review_id, body.outcome, body.note))


ROUTES: Final = (
    Route(
        "POST",
        "/api/v1/users/me/appeal",
        appeal,
        Access.ANYONE,
        TAG,
        status=201,
        problems=(TokenNotValid, NothingToAppeal, AppealPending),
    ),
    Route("GET", "/api/v1/admin/reviews", reviews, Access.ADMIN, TAG),
    Route("GET", "/api/v1/admin/reviews/{review_id}", review, Access.ADMIN, TAG, problems=(ReviewNotFound,)),
    Route(
        "POST",
        "/api/v1/admin/reviews/{review_id}/resolve",
        resolve_review,
        Access.ADMIN,
        TAG,
        problems=(ReviewNotFound, ReviewResolved, OwnReview, StaleVersion),
    ),
)
