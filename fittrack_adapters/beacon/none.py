"""No beacon: drawings that are final at their closing, for tests and trifles (protocol, section 13)."""

from typing import NoReturn

import attrs

from fittrack_adapters.beacon.errors import BeaconNotConfigured


@attrs.frozen
class NoBeacon:
    """`Beacon` for an installation that uses none."""

    def terms(self, draw_at: int) -> None:
        """Nothing: the terms say that no beacon is used."""

    def signature(self, round_no: int) -> NoReturn:
        """Raises `BeaconNotConfigured`: only drawings announced with a beacon ask."""
        raise BeaconNotConfigured(round_no)
