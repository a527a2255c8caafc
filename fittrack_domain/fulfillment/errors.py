"""How fulfillment says no."""

from datetime import datetime

import attrs

from fittrack_domain.shared.errors import Conflict, NotFound
from fittrack_domain.shared.ids import FulfillmentId, MemberId


@attrs.frozen
class FulfillmentNotFound(NotFound):
    """No fulfillment has this id, or it is another member's."""

    fulfillment_id: FulfillmentId
    code = "fulfillment_not_found"

    def __str__(self) -> str:
        return f"There is no fulfillment {self.fulfillment_id}."


@attrs.frozen
class IllegalTransition(Conflict):
    """The delivery does not stand where this step begins."""

    status: str
    step: str
    code = "illegal_transition"

    def __str__(self) -> str:
        return f"A fulfillment that is {self.status} cannot be {self.step}."


@attrs.frozen
class NotForThisPrize(Conflict):
    """Digital prizes are sent, others are shipped to an address."""

    fulfillment_type: str
    step: str
    code = "not_for_this_prize"

    def __str__(self) -> str:
        return f"A {self.fulfillment_type} prize cannot be {self.step}."


@attrs.frozen
class ClaimExpired(Conflict):
    """The time for claiming the prize is over."""

    expired_at: datetime
    code = "claim_expired"

    def __str__(self) -> str:
        return f"The prize had to be claimed before {self.expired_at.isoformat()}; it passes on to the next winner."


@attrs.frozen
class EmailNotConfirmed(Conflict):
    """A digital prize goes to an email that the winner has confirmed."""

    code = "email_not_confirmed"

    def __str__(self) -> str:
        return "The winner's email is not verified, so nothing can be sent there yet."


@attrs.frozen
class WinnerUnderReview(Conflict):
    """The winner has an open review, which has to be decided before anything is sent. Deadlines run on meanwhile."""

    member_id: MemberId
    code = "winner_under_review"

    def __str__(self) -> str:
        return f"The winner, member {self.member_id}, is under review. Resolve their open reviews first, then send it."


@attrs.frozen
class NoAddress(NotFound):
    """The winner has given no address."""

    code = "no_address"

    def __str__(self) -> str:
        return "The winner has not given a postal address."
