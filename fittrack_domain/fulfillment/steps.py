"""Steps of a delivery inside a transaction: saved, audited, and told, all at one moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fittrack_domain.audit.service import record as audit
from fittrack_domain.fulfillment.events import ClaimWarned, PrizeForfeited, PrizeReturned
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.fulfillment.ports import FulfillmentTx
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.sweepstakes.awards import pass_on


def save(
    tx: FulfillmentTx,
    now: datetime,
    actor: MemberId | None,
    fulfillment: Fulfillment,
    facts: Mapping[str, Any] | None = None,
) -> Fulfillment:
    """Stores a delivery after a step, and audits it under the name of its new status."""
    audit(tx, now, actor, f"fulfillment.{fulfillment.status.value}", "fulfillment", fulfillment.id, facts)
    return tx.fulfillments.save(fulfillment)


def told(fulfillment: Fulfillment) -> dict[str, Any]:
    """What every event says of a delivery."""
    return {
        "fulfillment_id": fulfillment.id,
        "member_id": fulfillment.user_id,
        "drawing_name": fulfillment.drawing_name,
        "prize_name": fulfillment.prize_name,
    }


def warn(tx: FulfillmentTx, now: datetime, fulfillment: Fulfillment) -> None:
    """Reminds the winner of the deadline, once."""
    if fulfillment.forfeit_at is not None and fulfillment.is_to_be_warned(now):
        audit(tx, now, None, "fulfillment.warned", "fulfillment", fulfillment.id)
        warned = tx.fulfillments.save(fulfillment.warned(now))
        tx.record(ClaimWarned(**told(warned), forfeit_at=fulfillment.forfeit_at))


def erase(tx: FulfillmentTx, now: datetime, fulfillment: Fulfillment) -> None:
    """Takes what is personal off a delivery. What was still to be shipped has no address then: it passes on in time."""
    if fulfillment.status is FulfillmentStatus.ADDRESS_CONFIRMED:
        fulfillment = save(tx, now, None, fulfillment.address_found_invalid(now))
    tx.fulfillments.save(fulfillment.erased())


def forfeit(
    tx: FulfillmentTx, now: datetime, actor: MemberId | None, fulfillment: Fulfillment, reason: str
) -> Fulfillment:
    """Passes the prize on to the next alternate, or back to its sponsor. The reason becomes public.

    Raises: `IllegalTransition`.
    """
    forfeited = fulfillment.forfeited(now)
    tx.record(PrizeForfeited(**told(forfeited), reason=reason))
    # First the log of drawings, then the audit: whoever appends to both does it in this order.
    if pass_on(tx, now, forfeited.drawing_id, forfeited.draw_no, reason) is None:
        sponsor_id = tx.prizes.get(forfeited.prize_id).sponsor_id
        tx.record(PrizeReturned(forfeited.prize_id, forfeited.prize_name, forfeited.drawing_name, sponsor_id))
    return save(tx, now, actor, forfeited, {"reason": reason})
