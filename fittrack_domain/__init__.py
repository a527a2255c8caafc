"""FitTrack's rules as a library: activity to points, points to standings and tickets, drawings that anyone can verify.

What a day is worth needs no store and no clock:

    from datetime import date

    from fittrack_domain import NO_STREAK, ActivityReport, RateCard, score_day

    day = date(2026, 3, 2)
    score = score_day([ActivityReport.of_steps(day, 12_024)], NO_STREAK, RateCard("mine", day))
    assert score.points == 220

Everything else hangs on `assemble(Ports(...))`, which answers a `FitTrack`; docs/library.md shows both at work. A name
is loaded when it is first asked for, so that who needs one rule does not pay for all of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack as FitTrack
    from fittrack_domain.app import Ports as Ports
    from fittrack_domain.app import assemble as assemble
    from fittrack_domain.fulfillment.address import Address as Address
    from fittrack_domain.identity.admission import NewMember as NewMember
    from fittrack_domain.identity.admission import ProfileEdit as ProfileEdit
    from fittrack_domain.identity.model import Goal as Goal
    from fittrack_domain.identity.model import Level as Level
    from fittrack_domain.identity.model import Role as Role
    from fittrack_domain.identity.model import Sex as Sex
    from fittrack_domain.points.rates import DayScore as DayScore
    from fittrack_domain.points.rates import RateCard as RateCard
    from fittrack_domain.points.rates import score_day as score_day
    from fittrack_domain.points.streaks import NO_STREAK as NO_STREAK
    from fittrack_domain.points.streaks import Streak as Streak
    from fittrack_domain.shared.calendar import Period as Period
    from fittrack_domain.shared.errors import Conflict as Conflict
    from fittrack_domain.shared.errors import Fault as Fault
    from fittrack_domain.shared.errors import FitTrackError as FitTrackError
    from fittrack_domain.shared.errors import Invalid as Invalid
    from fittrack_domain.shared.errors import InvalidInput as InvalidInput
    from fittrack_domain.shared.errors import Limited as Limited
    from fittrack_domain.shared.errors import NotFound as NotFound
    from fittrack_domain.shared.errors import Refused as Refused
    from fittrack_domain.shared.errors import Unauthenticated as Unauthenticated
    from fittrack_domain.shared.errors import Unavailable as Unavailable
    from fittrack_domain.shared.ids import DrawingId as DrawingId
    from fittrack_domain.shared.ids import MemberId as MemberId
    from fittrack_domain.shared.money import Usd as Usd
    from fittrack_domain.shared.paging import Page as Page
    from fittrack_domain.shared.paging import Paging as Paging
    from fittrack_domain.sweepstakes.drafts import DrawingDraft as DrawingDraft
    from fittrack_domain.sweepstakes.drafts import PrizeDraft as PrizeDraft
    from fittrack_domain.sweepstakes.drafts import SponsorDraft as SponsorDraft
    from fittrack_domain.sweepstakes.model import DrawingType as DrawingType
    from fittrack_domain.sweepstakes.model import Eligibility as Eligibility
    from fittrack_domain.sweepstakes.model import FulfillmentType as FulfillmentType
    from fittrack_domain.sweepstakes.model import UserType as UserType
    from fittrack_domain.tracking.intake import Deletion as Deletion
    from fittrack_domain.tracking.intake import Delivery as Delivery
    from fittrack_domain.tracking.model import ActivityReport as ActivityReport
    from fittrack_domain.tracking.model import ActivityType as ActivityType
    from fittrack_domain.tracking.model import Intensity as Intensity
    from fittrack_domain.tracking.model import Provider as Provider

_NAMES: Final = {
    "app": "FitTrack Ports assemble",
    "fulfillment.address": "Address",
    "identity.admission": "NewMember ProfileEdit",
    "identity.model": "Goal Level Role Sex",
    "points.rates": "DayScore RateCard score_day",
    "points.streaks": "NO_STREAK Streak",
    "shared.calendar": "Period",
    "shared.errors": "Conflict Fault FitTrackError Invalid InvalidInput Limited NotFound Refused Unauthenticated"
    " Unavailable",
    "shared.ids": "DrawingId MemberId",
    "shared.money": "Usd",
    "shared.paging": "Page Paging",
    "sweepstakes.drafts": "DrawingDraft PrizeDraft SponsorDraft",
    "sweepstakes.model": "DrawingType Eligibility FulfillmentType UserType",
    "tracking.intake": "Deletion Delivery",
    "tracking.model": "ActivityReport ActivityType Intensity Provider",
}
_HOMES: Final = {name: home for home, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # of whatever type the name is
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
