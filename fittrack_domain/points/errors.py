"""What the points context refuses."""

from datetime import date, datetime

import attrs

from fittrack_domain.shared.errors import Conflict, Invalid, NotFound
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId


@attrs.frozen
class NotEnoughPoints(Conflict):
    """The wallet does not hold that many points."""

    balance: int
    needed: int
    code = "insufficient_points"

    def __str__(self) -> str:
        return f"This takes {self.needed:,} points and you have {self.balance:,}."


@attrs.frozen
class TransactionNotFound(NotFound):
    """No movement of points has this id."""

    transaction_id: TransferId
    code = "transaction_not_found"

    def __str__(self) -> str:
        return f"There is no transaction {self.transaction_id}."


@attrs.frozen
class AmountOutOfRange(Invalid):
    """A movement of no points, or of more than anybody ever moves."""

    amount: int
    most: int
    code = "amount_out_of_range"

    def __str__(self) -> str:
        return f"{self.amount} points cannot be moved: the amount must be between 1 and {self.most:,}."


@attrs.frozen
class DayNotScored(NotFound):
    """Nothing that counts was reported of this day."""

    member_id: MemberId
    day: date
    code = "day_not_scored"

    def __str__(self) -> str:
        return f"No activity of {self.day} has been scored for member {self.member_id}."


@attrs.frozen
class HoldNotFound(NotFound):
    """There is no such hold."""

    hold_id: HoldId
    code = "hold_not_found"

    def __str__(self) -> str:
        return f"There is no hold {self.hold_id}."


@attrs.frozen
class HoldNotPending(Conflict):
    """The hold has had its answer."""

    hold_id: HoldId
    state: str
    code = "hold_not_pending"

    def __str__(self) -> str:
        return f"Hold {self.hold_id} is {self.state} already."


@attrs.frozen
class HoldExpired(Conflict):
    """The answer came too late; the points are free again."""

    hold_id: HoldId
    expired_at: datetime
    code = "hold_expired"

    def __str__(self) -> str:
        return f"Hold {self.hold_id} expired at {self.expired_at.isoformat()}."
