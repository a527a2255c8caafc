"""Everybody's movements of points over HTTP, and the adjustments of administrators."""

from datetime import date, datetime
from typing import Annotated, Final

import attrs
from annotated_types import Ge, Le, Len

from fittrack_domain.app import FitTrack
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.points.errors import AmountOutOfRange, NotEnoughPoints, TransactionNotFound
from fittrack_domain.points.model import AMOUNT_MAX, Transfer, TransferType
from fittrack_domain.points.service import REASON_LENGTH_MAX
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId, TransferId
from fittrack_domain.shared.requests import Request
from fittrack_http.admin import route
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed
from fittrack_http.points import TransactionsQuery
from fittrack_http.routes import Given
from fittrack_http.structuring import Told

TAG: Final = "Ledger"


@attrs.frozen(kw_only=True)
class LedgerQuery(TransactionsQuery):
    """Which transactions, of one member or of all; the days are platform days (New York)."""

    user_id: MemberId | None = None


@attrs.frozen
class LedgerRow:
    """A movement of points between a member's wallet and a house account, signed as the member sees it."""

    transaction_id: TransferId
    user_id: MemberId
    type: TransferType
    amount: int
    balance_before: int
    balance_after: int
    debit_account: str
    credit_account: str
    reference_type: str
    reference_id: str
    description: str
    activity_day: date | None
    created_at: datetime

    @classmethod
    def of(cls, transfer: Transfer) -> "LedgerRow":
        return cls(
            transaction_id=transfer.id,
            user_id=transfer.user_id,
            type=transfer.transaction_type,
            amount=transfer.amount,
            balance_before=transfer.balance_before,
            balance_after=transfer.balance_after,
            debit_account=transfer.debit_account,
            credit_account=transfer.credit_account,
            reference_type=transfer.reference_type,
            reference_id=transfer.reference_id,
            description=transfer.description,
            activity_day=transfer.activity_day,
            created_at=transfer.created_at,
        )


@attrs.frozen(kw_only=True)
class Adjustment:
    """Points to give or, below zero, to take, and why: the member sees it."""

    amount: Annotated[int, Ge(-AMOUNT_MAX), Le(AMOUNT_MAX)]
    reason: Annotated[str, Told(Len(1, REASON_LENGTH_MAX))]


@attrs.frozen(kw_only=True)
class NewTransaction(Adjustment):
    """An adjustment of a member's points."""

    user_id: MemberId


def transactions(fittrack: FitTrack, query: LedgerQuery) -> Listed[LedgerRow]:
    """List the movements of points, everybody's or one member's.

    Sorted by time, the newest first.
    """
    found = fittrack.points.transactions(
        query.user_id, query.paging, transaction_type=query.type, first=query.start_date, last=query.end_date
    )
    return Listed.of(found.map(LedgerRow.of))


def transaction(fittrack: FitTrack, transaction_id: TransferId) -> LedgerRow:
    """Show a movement of points."""
    return LedgerRow.of(fittrack.points.transaction(transaction_id))


def create_transaction(fittrack: FitTrack, caller: Caller, body: NewTransaction, request: Request) -> LedgerRow:
    """Adjust a member's points.

    A balance cannot be taken below zero.
    """
    return _adjusted(fittrack, caller, body.user_id, body, request)


def adjust_points(
    fittrack: FitTrack, caller: Caller, user_id: MemberId, body: Adjustment, request: Request
) -> LedgerRow:
    """Adjust a member's points.

    A balance cannot be taken below zero.
    """
    return _adjusted(fittrack, caller, user_id, body, request)


def _adjusted(fittrack: FitTrack, caller: Caller, member_id: MemberId, body: Adjustment, request: Request) -> LedgerRow:
    adjust = fittrack.points.adjust
    return LedgerRow.of(adjust(caller.member_id, member_id, body.amount, body.reason, request.key, request))


ADJUSTED: Final = (MemberNotFound, AmountOutOfRange, NotEnoughPoints, StaleVersion)

ROUTES: Final = (
    route("GET", "transactions", transactions, TAG),
    route("GET", "transactions/{transaction_id}", transaction, TAG, problems=(TransactionNotFound,)),
    route("POST", "transactions", create_transaction, TAG, status=201, key=Given.REQUIRED, problems=ADJUSTED),
    route(
        "POST",
        "admin/users/{user_id}/adjust-points",
        adjust_points,
        TAG,
        status=201,
        key=Given.REQUIRED,
        problems=ADJUSTED,
    ),
)
