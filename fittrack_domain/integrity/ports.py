"""What integrity needs of a transaction."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Protocol

from fittrack_domain.access.ports import AccessTx
from fittrack_domain.integrity.anomalies import MeasuredDay
from fittrack_domain.integrity.model import Look, Review, ReviewKind, ReviewState
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.paging import Page, Paging


class StoredReviews(Protocol):
    """All reviews. Of each kind a member has at most one open one."""

    def get(self, review_id: ReviewId) -> Review:
        """Raises `ReviewNotFound`."""
        ...

    def of(self, member_id: MemberId, kind: ReviewKind | None = None) -> Sequence[Review]:
        """A member's, of one kind if asked, the oldest first."""
        ...

    def add(self, review: Review) -> None:
        """Raises `AlreadyExists` for a second open one of member and kind."""
        ...

    def save(self, review: Review) -> Review:
        """Raises `StaleVersion`."""
        ...

    def page(
        self,
        paging: Paging,
        *,
        state: ReviewState | None = None,
        kind: ReviewKind | None = None,
        member_id: MemberId | None = None,
    ) -> Page[Review]:
        """The oldest first."""
        ...

    def flagged(self, member_ids: Collection[MemberId]) -> Collection[MemberId]:
        """Those of these members who have an open review that holds up their prizes."""
        ...


class MeasuredDays(Protocol):
    """What members did, as it was measured."""

    def on(self, day: date) -> Iterator[MeasuredDay]:
        """The members with a complete profile and anything that counts on this activity day, streamed."""
        ...


class Looks(Protocol):
    """Which days were compared."""

    def last(self) -> Look | None:
        """That of the latest day."""
        ...

    def note(self, look: Look) -> None:
        """Remembers it, unless the day was compared before."""
        ...


class IntegrityTx(AccessTx, Protocol):
    """A transaction over reviews and what they come from."""

    @property
    def reviews(self) -> StoredReviews: ...

    @property
    def measured_days(self) -> MeasuredDays: ...

    @property
    def looks(self) -> Looks: ...
