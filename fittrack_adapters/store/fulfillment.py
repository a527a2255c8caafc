"""Deliveries of prizes in the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from fittrack_adapters.store.rows import Not, Rows, UpTo
from fittrack_adapters.store.tables import Table
from fittrack_domain.fulfillment.errors import FulfillmentNotFound
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.shared.ids import FulfillmentId, MemberId
from fittrack_domain.shared.paging import Page, Paging

PRIZE_FULFILLMENTS = Table(
    "prize_fulfillments",
    Fulfillment,
    what="fulfillment",
    unique=(("drawing_id", "draw_no"),),
    index=(("user_id",),),
)


@attrs.frozen
class FulfillmentRows:
    """`StoredFulfillments` over rows."""

    rows: Rows[Fulfillment]

    def get(self, fulfillment_id: FulfillmentId) -> Fulfillment:
        fulfillment = self.rows.get(fulfillment_id)
        if fulfillment is None:
            raise FulfillmentNotFound(fulfillment_id)
        return fulfillment

    def add(self, fulfillment: Fulfillment) -> None:
        self.rows.add(fulfillment)

    def save(self, fulfillment: Fulfillment) -> Fulfillment:
        return self.rows.save(fulfillment)

    def page(
        self,
        paging: Paging,
        *,
        status: FulfillmentStatus | None,
        member_id: MemberId | None,
        forfeit_by: datetime | None,
    ) -> Page[Fulfillment]:
        by = None if forfeit_by is None else UpTo(forfeit_by)
        asked = {"status": status, "user_id": member_id, "forfeit_at": by}
        wanted: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        items = self.rows.where(order=("-id",), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))

    def to_warn(self, forfeit_by: datetime, limit: int) -> Sequence[FulfillmentId]:
        due = self.rows.where(order=("forfeit_at", "id"), limit=limit, forfeit_at=UpTo(forfeit_by), warned_at=None)
        return [fulfillment.id for fulfillment in due]

    def to_forfeit(self, now: datetime, limit: int) -> Sequence[FulfillmentId]:
        due = self.rows.where(order=("forfeit_at", "drawing_id", "draw_no"), limit=limit, forfeit_at=UpTo(now))
        return [fulfillment.id for fulfillment in due]

    def of(self, member_id: MemberId) -> Sequence[Fulfillment]:
        return self.rows.where(order=("id",), user_id=member_id)

    def prizes_won(self, member_id: MemberId) -> int:
        return self.rows.total(user_id=member_id, status=Not(FulfillmentStatus.FORFEITED))
