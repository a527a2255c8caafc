"""What fulfillment needs of a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.integrity.ports import IntegrityTx
from fittrack_domain.shared.ids import FulfillmentId, MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.sweepstakes.ports import SweepstakesTx


class StoredFulfillments(Protocol):
    """All deliveries: one for each draw that has or had a prize."""

    def get(self, fulfillment_id: FulfillmentId) -> Fulfillment:
        """Raises `FulfillmentNotFound`."""
        ...

    def add(self, fulfillment: Fulfillment) -> None:
        """Raises `AlreadyExists` when the draw has one."""
        ...

    def save(self, fulfillment: Fulfillment) -> Fulfillment: ...

    def page(
        self,
        paging: Paging,
        *,
        status: FulfillmentStatus | None,
        member_id: MemberId | None,
        forfeit_by: datetime | None,
    ) -> Page[Fulfillment]:
        """The latest first; with `forfeit_by`, those whose deadline is not later."""
        ...

    def to_warn(self, forfeit_by: datetime, limit: int) -> Sequence[FulfillmentId]:
        """Not warned yet, with a deadline not later than this: the earliest first."""
        ...

    def to_forfeit(self, now: datetime, limit: int) -> Sequence[FulfillmentId]:
        """Past the deadline: the earliest first, of one moment by drawing and draw number."""
        ...

    def of(self, member_id: MemberId) -> Sequence[Fulfillment]:
        """All of a member, in the order in which they were won."""
        ...

    def prizes_won(self, member_id: MemberId) -> int:
        """How many prizes the member has won and not forfeited."""
        ...


class FulfillmentTx(SweepstakesTx, IntegrityTx, Protocol):
    """A transaction with everything fulfillment keeps."""

    @property
    def fulfillments(self) -> StoredFulfillments: ...
