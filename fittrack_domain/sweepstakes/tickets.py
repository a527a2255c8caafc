"""Getting tickets: bought with points, free, or granted; and what a member holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.points import ledger
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, TransferId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.shared.text import note_faults
from fittrack_domain.sweepstakes.eligibility import require_eligible
from fittrack_domain.sweepstakes.errors import EntryNotFound, FreeEntryTaken, QuantityOutOfRange, SalesClosed
from fittrack_domain.sweepstakes.model import TICKETS_PER_PURCHASE_MAX, Drawing, Entry, Held, Route, free_key
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import log_head
from fittrack_domain.sweepstakes.views import Odds

REASON_LENGTH_MAX: Final = 500


@attrs.frozen
class Receipt:
    """What a member gets for a request for tickets.

    Attributes:
        entry_id: The new entry.
        transaction_id: Of the points spent; None for tickets that cost none.
        tickets_purchased: In this entry.
        points_spent: On this entry.
        new_balance: Points left to spend.
        total_user_tickets: Of the member in this drawing, these included.
        odds: Tickets of the member and of all, at this moment.
        log_head: Hash of the last entry in the public log of drawings, so that members can tell they see the same.
        replayed: Whether this is the answer to an earlier request with the same key.
    """

    entry_id: EntryId
    transaction_id: TransferId | None
    tickets_purchased: int
    points_spent: int
    new_balance: int
    total_user_tickets: int
    odds: Odds
    log_head: str
    replayed: bool = False
