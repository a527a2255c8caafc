"""How the beacon's adapters say no."""

import attrs

from fittrack_domain.shared.errors import Unavailable


@attrs.frozen
class BeaconUnreachable(Unavailable):
    """No relay gave a usable answer, and none said that the round is not out yet.

    Attributes:
        round_no: The round that was asked for.
        reasons: What was wrong with each relay, in the order asked.
    """

    round_no: int
    reasons: tuple[str, ...]
    code = "beacon_unreachable"

    def __str__(self) -> str:
        return (
            f"No relay of the randomness beacon gives a usable answer for round {self.round_no} "
            f"({'; '.join(self.reasons)}). Check the network and FITTRACK_BEACON_RELAYS, then repeat: any relay of "
            "drand's quicknet will do, and waiting does not change the result."
        )


@attrs.frozen
class BeaconNotConfigured(Unavailable):
    """A drawing was announced with a beacon, and FitTrack now runs without one."""

    round_no: int
    code = "beacon_not_configured"

    def __str__(self) -> str:
        return (
            f"Round {self.round_no} of drand's quicknet decides this drawing, but FitTrack runs without a beacon. "
            "Set FITTRACK_BEACON=drand, then repeat."
        )
