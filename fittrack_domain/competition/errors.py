"""How competition says no."""

from datetime import date

import attrs

from fittrack_domain.shared.errors import Conflict, NotFound


@attrs.frozen
class TierNotFound(NotFound):
    """No board has this code."""

    board: str
    code = "tier_not_found"

    def __str__(self) -> str:
        return f"There is no tier {self.board!r}. Codes look like F-30-39-INT; OPEN is the board of all tiers."


@attrs.frozen
class NoTier(Conflict):
    """The member is in no tier, so there is no board of their own to show."""

    code = "no_tier"

    def __str__(self) -> str:
        return "Your profile does not name a tier yet. Complete it, or ask for a tier by its code."


@attrs.frozen
class NotArchived(NotFound):
    """The ranking is not final yet, or nobody was ranked in it."""

    board: str
    period: str
    period_start: date
    code = "standings_not_archived"

    def __str__(self) -> str:
        return (
            f"There are no final {self.period} standings of {self.board} for the period from {self.period_start}. "
            "They are final 12 hours after the period ends."
        )
