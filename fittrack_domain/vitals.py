"""How an installation is doing: a few figures that cost next to nothing to read, however much is stored."""

from datetime import datetime, timedelta
from typing import Final, Protocol

import attrs

from fittrack_domain.relay import RelayTx
from fittrack_domain.shared.paging import Paging
from fittrack_domain.shared.ports import Clock, Store
from fittrack_domain.sweepstakes.model import DrawingStatus
from fittrack_domain.sweepstakes.ports import SweepstakesTx

OVERDUE_AFTER: Final = timedelta(minutes=5)
"""Results are public within so long (rules, chapter 9); what waits longer waits for a person."""
COUNTED_MAX: Final = 100
"""More than so many overdue ones are not counted: a hundred alarm as loudly as a thousand."""


class VitalsTx(RelayTx, SweepstakesTx, Protocol):
    """A transaction over everything that is looked at."""


@attrs.frozen(kw_only=True)
class Vitals:
    """The figures of one moment. `newest_transfer_at` is when points moved last, if they ever did."""

    events_waiting: int
    events_parked: int
    events_late_seconds: float
    drawings_on_sale: int
    drawings_overdue: int
    holds_overdue: int
    newest_transfer_at: datetime | None


@attrs.frozen
class Pulse:
    """Reads the figures. Whether the books are right is another question: `points.verify` reads all of them."""

    store: Store[VitalsTx]
    clock: Clock

    def vitals(self) -> Vitals:
        now = self.clock.now()
        overdue = now - OVERDUE_AFTER
        with self.store.reading() as tx:
            due_at = tx.envelopes.earliest_due()
            on_sale = tx.drawings.page(
                Paging(limit=1), now, status=DrawingStatus.OPEN, drawing_type=None, drafts=False
            ).total
            late = (*tx.drawings.to_close(overdue, COUNTED_MAX), *tx.drawings.to_draw(overdue, COUNTED_MAX))
            newest = tx.transfers.newest()
            return Vitals(
                events_waiting=tx.envelopes.waiting(),
                events_parked=tx.envelopes.given_up(),
                events_late_seconds=0.0 if due_at is None else max(0.0, (now - due_at).total_seconds()),
                drawings_on_sale=on_sale,
                drawings_overdue=len(late),
                holds_overdue=len(tx.holds.due(overdue, COUNTED_MAX)),
                newest_transfer_at=None if newest is None else newest.created_at,
            )
