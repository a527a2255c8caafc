"""What was decided about members that they are told of."""

import attrs

from fittrack_domain.integrity.model import Outcome
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId


@attrs.frozen
class AppealDecided(Event):
    """A member's appeal was decided. Why lies with the review alone: it may hold what is erased one day."""

    member_id: MemberId
    outcome: Outcome
