"""What happens to points."""

from datetime import date

import attrs

from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId


@attrs.frozen
class DayAward:
    """Points awarded for a day, and whether it counts as an active day from now on."""

    day: date
    points: int
    became_active: bool


@attrs.frozen
class PointsAwarded(Event):
    """A member earned points by activity. Points may be 0 where a day only became active."""

    member_id: MemberId
    days: tuple[DayAward, ...]
