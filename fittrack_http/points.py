"""Points over HTTP: the balance, the ledger's rows, and why a day is worth what it is."""

from datetime import date, datetime
from typing import Final

import attrs

from fittrack_domain.app import FitTrack
from fittrack_domain.points.errors import DayNotScored
from fittrack_domain.points.model import Transfer, TransferType, Wallet
from fittrack_domain.points.rates import Line, Rule
from fittrack_domain.points.words import Explanation
from fittrack_domain.shared.ids import TransferId
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Access, Route

TAG: Final = "Points"


@attrs.frozen
class Balance:
    """The points that can be spent, those on hold, and all that were ever earned by activity."""

    balance: int
    held: int
    points_earned: int

    @classmethod
    def of(cls, wallet: Wallet) -> "Balance":
        return cls(wallet.balance, wallet.held, wallet.points_earned)


@attrs.frozen
class Transaction:
    """A movement of points, signed as the member sees it. The balances hold what is on hold too."""

    transaction_id: TransferId
    type: TransferType
    amount: int
    balance_before: int
    balance_after: int
    reference_type: str
    reference_id: str
    description: str
    activity_day: date | None
    created_at: datetime

    @classmethod
    def of(cls, transfer: Transfer) -> "Transaction":
        return cls(
            transaction_id=transfer.id,
            type=transfer.transaction_type,
            amount=transfer.amount,
            balance_before=transfer.balance_before,
            balance_after=transfer.balance_after,
            reference_type=transfer.reference_type,
            reference_id=transfer.reference_id,
            description=transfer.description,
            activity_day=transfer.activity_day,
            created_at=transfer.created_at,
        )


@attrs.frozen(kw_only=True)
class TransactionsQuery(PageQuery):
    """Which transactions; the days are platform days (New York)."""

    type: TransferType | None = None
    start_date: date | None = None
    end_date: date | None = None


@attrs.frozen(kw_only=True)
class DayQuery:
    """Which day."""

    day: date


@attrs.frozen
class RuleLine:
    """A rule's part: what was measured, how much of it counts, points for each, points before the cap, points cut."""

    rule: Rule
    input: int
    counted: int
    rate: int
    points: int
    cut: int

    @classmethod
    def of(cls, line: Line) -> "RuleLine":
        return cls(line.rule, line.input, line.counted, line.rate, line.points, line.cut)


@attrs.frozen
class DayExplained:
    """A day's score, what was awarded for it so far, and how it came about, in figures and in words."""

    day: date
    rate_card: str
    score: int
    awarded: int
    active_minutes: int
    streak_days: int
    lines: tuple[RuleLine, ...]
    sentences: tuple[str, ...]

    @classmethod
    def of(cls, explanation: Explanation) -> "DayExplained":
        day = explanation.day
        return cls(
            day=day.activity_day,
            rate_card=day.rate_card,
            score=day.score,
            awarded=day.awarded,
            active_minutes=day.active_minutes,
            streak_days=day.streak_length,
            lines=tuple(map(RuleLine.of, day.breakdown)),
            sentences=explanation.sentences,
        )


def point_balance(fittrack: FitTrack, caller: Caller) -> Balance:
    """Show your points."""
    return Balance.of(fittrack.points.balance(caller.member_id))


def point_transactions(fittrack: FitTrack, caller: Caller, query: TransactionsQuery) -> Listed[Transaction]:
    """List the movements of your points.

    Sorted by time, the newest first.
    """
    found = fittrack.points.transactions(
        caller.member_id,
        query.paging,
        transaction_type=query.type,
        first=query.start_date,
        last=query.end_date,
    )
    return Listed.of(found.map(Transaction.of))


def explain_points(fittrack: FitTrack, caller: Caller, query: DayQuery) -> DayExplained:
    """Explain your points of a day.

    Every rule, what was measured, its rate, and what the day's maximum cut.
    """
    return DayExplained.of(fittrack.points.explain(caller.member_id, query.day))


ROUTES: Final = (
    Route("GET", "/api/v1/points/balance", point_balance, Access.MEMBER, TAG, quick=True),
    Route("GET", "/api/v1/points/transactions", point_transactions, Access.MEMBER, TAG),
    Route("GET", "/api/v1/points/explain", explain_points, Access.MEMBER, TAG, problems=(DayNotScored,)),
)
