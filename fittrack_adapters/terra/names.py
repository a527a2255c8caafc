"""What Terra calls things: tables, so that a renamed provider is a line."""

from collections.abc import Mapping
from typing import Final

from fittrack_domain.tracking.model import Origin, Provider

PROVIDERS: Final[Mapping[str, Provider]] = {
    "GOOGLE_HEALTH": Provider.FITBIT,
    "FITBIT": Provider.FITBIT,  # its own web API was switched off on 2026-11-02
    "HEALTH_CONNECT": Provider.GOOGLE_FIT,
    "GOOGLE": Provider.GOOGLE_FIT,
    "APPLE": Provider.APPLE_HEALTH,
}
"""Whose data ours are, by Terra's names, the old ones too."""

RESOURCES: Final[Mapping[Provider, str]] = {Provider.FITBIT: "GOOGLE_HEALTH"}
"""Where members sign in on the web. At all others Terra's kit in a phone app signs them in, and sends the data."""

VEHICLES: Final = frozenset(
    {
        0,  # in a vehicle
        74,  # snowmobile
        117,  # elevator
        118,  # escalator
        135,  # driving
        136,  # driving off the road
        137,  # motorbike
        138,  # motor racing
        139,  # enduro
        143,  # flying
        144,  # hot air balloon
        145,  # jet ski
        146,  # motorboat
    }
)
STILL: Final = frozenset(
    {
        3,  # still
        5,  # tilting: the device was moved, not its owner
        45,  # meditation
        122,  # guided breathing
    }
)
"""Types of activity in which nobody makes an effort. All others count as what they were measured to be."""

ENTERED_BY_HAND: Final = 2
MARKED_FOR_DELETION: Final = 4
"""Types of upload. The rest says how a measured activity came to Terra, which makes no difference."""


def origin(activity_type: object, upload_type: object) -> Origin:
    """How the tracker came to know of an activity. Type 0 is a type, and not a missing one."""
    if upload_type == MARKED_FOR_DELETION:
        return Origin.WITHDRAWN
    if upload_type == ENTERED_BY_HAND:
        return Origin.BY_HAND
    if not isinstance(activity_type, int | float) or isinstance(activity_type, bool):
        return Origin.MEASURED
    if activity_type in VEHICLES:
        return Origin.VEHICLE
    return Origin.STILL if activity_type in STILL else Origin.MEASURED
