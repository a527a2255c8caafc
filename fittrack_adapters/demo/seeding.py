"""Fills an installation with the demo, once, and finds the demo's people again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import attrs

from fittrack_adapters.demo.people import ADMIN_EMAIL, MEMBER_EMAIL, NEWCOMER_EMAIL, PREMIUM_EMAIL
from fittrack_adapters.demo.stage import Stage
from fittrack_adapters.demo.story import Story
from fittrack_adapters.settings import BeaconKind, Settings
from fittrack_adapters.testing.doubles import CountingIds, FixedEntropy, StoppedClock
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.model import Member
from fittrack_domain.shared.errors import Conflict, Refused
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging

SEED: Final = 20_260
ONE: Final = Paging(limit=1)


@attrs.frozen
class DemoOnlyInDevelopment(Refused):
    """Made-up members, and drawings whose secrets follow from a known number, have no place in production."""

    code = "demo_only_in_development"

    def __str__(self) -> str:
        return "Demo data is for development only, and FITTRACK_ENVIRONMENT says that this is production."


@attrs.frozen
class HistoryBegun(Conflict):
    """There are drawings already, or the beginning of a demo: its past cannot be put before them."""

    code = "history_begun"

    def __str__(self) -> str:
        return (
            "The demo tells a history of its own, and this database has begun another one: drawings were published "
            "here, or a demo was interrupted. Empty the database with: fittrack db reset "
            "(or choose another one with FITTRACK_DATABASE_URL)."
        )


@attrs.frozen
class DemoReport:
    """What the installation holds now, and whether this run has put the demo there."""

    is_new: bool
    members: int
    drawings: int
    tickets: int
    prizes_won: int


def seed_demo(
    settings: Settings, *, now: datetime, seed: int = SEED, on_day: Callable[[int], object] = lambda _: None
) -> DemoReport:
    """Puts the demo that ends at `now` into the database, unless it is there already.

    With the same `now` and `seed` it comes out the same. `on_day` is told how many of the story's `DAYS` went by.
    Interrupted, it cannot be taken up again: `fittrack db reset` makes room.

    Raises: `DemoOnlyInDevelopment`, `HistoryBegun`, and what the store raises.
    """
    if not settings.development:
        raise DemoOnlyInDevelopment
    clock = StoppedClock(now)
    # No public randomness: that of the past would have to be fetched from the network for every demo. And no mail to
    # people who were made up.
    offline = attrs.evolve(settings, beacon=BeaconKind.NONE, smtp_url=None)
    with open_fittrack(
        offline, clock=clock, ids=CountingIds(clock, seed), entropy=FixedEntropy(seed), durable=False
    ) as installation:
        return add_demo(installation.fittrack, clock, seed, on_day)


def add_demo(
    fittrack: FitTrack, clock: StoppedClock, seed: int = SEED, on_day: Callable[[int], object] = lambda _: None
) -> DemoReport:
    """As `seed_demo`, into a FitTrack that goes by `clock`, which shows the instant at which the demo ends."""
    is_new = _found(fittrack, NEWCOMER_EMAIL) is None
    if is_new:
        if _found(fittrack, ADMIN_EMAIL) or fittrack.proofs.log(ONE).total:
            raise HistoryBegun
        Story(Stage(fittrack, clock, clock.now(), seed)).tell(on_day)
    drawings = fittrack.drawings.page(None, Paging(limit=PAGE_LIMIT_MAX), drafts=True)
    return DemoReport(
        is_new=is_new,
        members=fittrack.identity.members(ONE).total,
        drawings=drawings.total,
        tickets=sum(view.odds.all_tickets for view in drawings.items),
        prizes_won=fittrack.fulfillments.page(ONE).total,
    )


def logins(fittrack: FitTrack) -> Sequence[Member]:
    """The demo's administrator, a premium member and an ordinary one, to log in as; empty where there is no demo."""
    found = (_found(fittrack, email) for email in (ADMIN_EMAIL, PREMIUM_EMAIL, MEMBER_EMAIL))
    return [member for member in found if member is not None]


def _found(fittrack: FitTrack, email: str) -> Member | None:
    try:
        return fittrack.identity.member_by_email(email)
    except MemberNotFound:
        return None
