"""How often a caller may come by (rules, chapter 12), and the headers that tell them."""

from typing import Final

import attrs

from fittrack_domain.shared.beside import Allowance, RateLimit, RateLimiter
from fittrack_domain.shared.errors import Limited

ANONYMOUS: Final = RateLimit("anonymous", 10, 60)
"""For each network address."""

MEMBER: Final = RateLimit("member", 100, 60)
ADMIN: Final = RateLimit("admin", 500, 60)

LOG_IN: Final = RateLimit("login", 5, 60)
"""For each network address and account."""


@attrs.frozen
class RateLimited(Limited):
    """More calls than are allowed in a while."""

    limit: RateLimit
    retry_after_seconds: int
    code = "rate_limited"

    def __str__(self) -> str:
        return (
            f"At most {self.limit.calls} requests in {self.limit.seconds} seconds are answered. "
            f"Try again in {self.retry_after_seconds} seconds."
        )


@attrs.frozen
class Turnstile:
    """Counts calls. Without a limiter everybody may pass, as often as they like."""

    limiter: RateLimiter | None

    def pass_through(self, limit: RateLimit, caller: str, told: dict[str, str]) -> None:
        """Counts one call, and puts into `told` the headers that say how many more may come.

        Raises: `RateLimited`.
        """
        if self.limiter is None:
            return
        allowance = self.limiter.spend(limit, caller)
        told.update(_headers(limit, allowance))
        if not allowance.allowed:
            raise RateLimited(limit, max(1, allowance.seconds_to_reset))


def _headers(limit: RateLimit, allowance: Allowance) -> dict[str, str]:
    """As the IETF draft on rate-limit headers has them."""
    return {
        "ratelimit-policy": f'"{limit.name}";q={limit.calls};w={limit.seconds}',
        "ratelimit": f'"{limit.name}";r={allowance.remaining};t={allowance.seconds_to_reset}',
    }
