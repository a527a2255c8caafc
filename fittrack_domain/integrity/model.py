"""Reviews: what was found about a member, or said by them, and what people decided (rules, chapter 11)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID, uuid5

import attrs

from fittrack_domain.integrity.errors import ReviewResolved
from fittrack_domain.shared.ids import MemberId, ReviewId

FINDINGS_MAX: Final = 100
"""So many are kept with a review; whoever has not decided by then will not because of one more."""


class ReviewKind(Enum):
    """Why somebody has to look."""

    IMPLAUSIBLE_ACTIVITY = "implausible_activity"
    UNUSUAL_ACTIVITY = "unusual_activity"
    SHARED_DEVICE = "shared_device"
    APPEAL = "appeal"

    @property
    def flags(self) -> bool:
        """Whether the member's prizes wait as long as the review is open. An appeal accuses nobody."""
        return self is not ReviewKind.APPEAL


class ReviewState(Enum):
    """Where a review stands."""

    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


class Outcome(Enum):
    """How a review ends: nothing is held against the member, or it is as it seemed; then an appeal has failed."""

    CLEARED = "cleared"
    CONFIRMED = "confirmed"


@attrs.frozen
class Finding:
    """One thing that was found. `key` is the same when it is found again; `facts` are JSON without personal data."""

    key: str
    found_at: datetime
    facts: Mapping[str, Any]


@attrs.frozen
class Review:
    """One member's case. `open_key` is the same for all reviews of member and kind while they are open, and unique.

    `note` is what the member wrote, `resolution` what whoever decided did; both are erased with the member.
    """

    id: ReviewId
    user_id: MemberId
    kind: ReviewKind
    created_at: datetime
    open_key: UUID | None
    evidence: tuple[Finding, ...] = ()
    note: str | None = attrs.field(default=None, repr=False)
    state: ReviewState = ReviewState.OPEN
    resolved_by: MemberId | None = None
    resolved_at: datetime | None = None
    resolution: str | None = attrs.field(default=None, repr=False)
    version: int = 1

    @classmethod
    def opened(
        cls,
        review_id: ReviewId,
        member_id: MemberId,
        kind: ReviewKind,
        now: datetime,
        evidence: Sequence[Finding] = (),
        note: str | None = None,
    ) -> "Review":
        """The one open review of member and kind."""
        open_key = uuid5(member_id, kind.value)
        return cls(review_id, member_id, kind, now, open_key, tuple(evidence[:FINDINGS_MAX]), note)

    @property
    def is_open(self) -> bool:
        return self.state is ReviewState.OPEN

    def with_more(self, findings: Sequence[Finding]) -> "Review":
        """With what was found since, as long as there is room for it."""
        return attrs.evolve(self, evidence=(*self.evidence, *findings)[:FINDINGS_MAX])

    def resolved(self, outcome: Outcome, actor: MemberId | None, resolution: str, now: datetime) -> "Review":
        """Decided by `actor`, an admin or (None) whoever sits at the console. Raises `ReviewResolved`."""
        if not self.is_open:
            raise ReviewResolved(self.state.value)
        return attrs.evolve(
            self,
            state=ReviewState(outcome.value),
            open_key=None,
            resolved_by=actor,
            resolved_at=now,
            resolution=resolution,
        )

    def erased(self) -> "Review":
        """Without what people wrote."""
        return attrs.evolve(self, note=None, resolution=None)


@attrs.frozen
class Look:
    """That all members' activity of a day was compared: how many were in tiers large enough, how many stood out."""

    activity_day: date
    members: int
    unusual: int
