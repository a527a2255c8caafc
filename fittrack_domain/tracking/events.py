"""What happens in tracking."""

from datetime import date

import attrs

from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId


@attrs.frozen
class DaysChanged(Event):
    """What counts on these days of a member is not what it was."""

    member_id: MemberId
    days: tuple[date, ...]
