"""Where members come to tickets: what a sale rests on is read at one stroke, what follows is written at one.

The other ports can say all of it, one thing after the other. But purchases come in rushes, each within minutes of the
close of sales, and what takes their time is waiting for the store.
"""

from typing import Protocol

import attrs

from fittrack_domain.identity.model import Account, Profile
from fittrack_domain.points.ledger import Moved
from fittrack_domain.points.model import Wallet
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.requests import Answered, Request
from fittrack_domain.sweepstakes.frozen import LogLine
from fittrack_domain.sweepstakes.model import Drawing, Entry, Gate, Held


@attrs.frozen
class Grounds:
    """What a sale rests on.

    Attributes:
        account: The member's, locked.
        gate: The member's in the drawing, locked; None where no tickets were ever sold.
        wallet: The member's, locked; an empty one where nothing was moved yet.
        profile: The member's.
        drawing: None where there is no such. Without its description, on which nothing rests.
        held: What the member has in the drawing so far.
        has_free: Whether their free entry is among it.
        tickets: Of all members in the drawing.
        log_head: The last line of the public log of drawings.
        answered: What was answered under the request's key, however long ago.
    """

    account: Account
    gate: Gate | None
    wallet: Wallet
    profile: Profile
    drawing: Drawing | None
    held: Held
    has_free: bool
    tickets: int
    log_head: LogLine | None
    answered: Answered | None


class BoxOffice(Protocol):
    """Reads what a sale rests on, and writes what follows from it."""

    def grounds(self, member_id: MemberId, drawing_id: DrawingId, request: Request | None) -> Grounds:
        """Locks the member's account, their gate and their wallet, in this order, and reads when all are held.

        So what is read of them holds still until the transaction is over, and what others of the member's requests did
        before is in it. Raises `MemberNotFound`.
        """
        ...

    def issue(
        self, entry: Entry, drawing: Drawing, moved: Moved | None = None, answered: Answered | None = None
    ) -> None:
        """Passes the tickets through the member's gate, and stores the entry, what was paid and what is answered.

        Raises `SalesClosed` when the gate is shut, `StaleVersion` when the wallet is not the one that was read,
        `AlreadyExists` when the same request, or a second free entry, was carried out at the same moment.
        """
        ...
