"""A town in which everything has happened that documents tell of, on one store and copied row by row to others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from fittrack_adapters.store.fulfillment import PRIZE_FULFILLMENTS
from fittrack_adapters.store.identity import PROFILES, USERS
from fittrack_adapters.store.notices import NOTIFICATIONS
from fittrack_adapters.store.points import TRANSFERS, WALLETS
from fittrack_adapters.store.sweepstakes import DRAWINGS, ENTRIES, PRIZES, SPONSORS, WINNERS
from fittrack_adapters.store.tables import Table
from fittrack_adapters.store.tracking import ACTIVITIES, CONNECTIONS
from fittrack_adapters.testing.builders import a_member, an_installation, an_open_drawing
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_adapters.wiring import Installation
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging
from fittrack_domain.sweepstakes.drafts import PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import FulfillmentType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
DAY = date(2024, 3, 3)
TABLES: tuple[Table[Any], ...] = (
    USERS,
    PROFILES,
    WALLETS,
    CONNECTIONS,
    ACTIVITIES,
    TRANSFERS,
    SPONSORS,
    DRAWINGS,
    PRIZES,
    ENTRIES,
    WINNERS,
    PRIZE_FULFILLMENTS,
    NOTIFICATIONS,
)
"""Each after those that it refers to."""


def settle(installation: Installation, clock: StoppedClock) -> None:
    """Members with and without wallet and name, trackers, activities, drawings, an address, a prize on its way."""
    fittrack = installation.fittrack
    ann, bob = (a_member(fittrack, name, points=5_000) for name in ("ann", "bob"))
    a_member(fittrack, "zoe", display_name=None, biological_sex=None, fitness_level=None)
    fittrack.identity.set_role(None, bob, Role.PREMIUM, NOON + timedelta(days=90, microseconds=1))
    reports = (ActivityReport.of_steps(DAY, 12_024), ActivityReport.of_minutes(DAY, Intensity.VIGOROUS, 40))
    for member, provider in ((bob, Provider.FITBIT), (ann, Provider.GOOGLE_FIT), (ann, Provider.FITBIT)):
        connection = fittrack.tracking.connect(member, provider, f"{provider.value}-{member}", DAY)
        fittrack.tracking.receive([Delivery(connection.id, reports)])
    fittrack.relay.drain()
    acme = fittrack.catalogue.add_sponsor(None, SponsorDraft("Acme", website_url="https://acme.example")).id
    prizes = (
        PrizeDraft(rank=1, name="Watch ⌚", value_usd=Usd.of("249"), sponsor_id=acme),
        PrizeDraft(rank=2, name="Card", value_usd=Usd.of("12.50"), fulfillment_type=FulfillmentType.DIGITAL),
    )
    an_open_drawing(fittrack, name="Later", description='"quoted"', drawing_time=NOON + timedelta(days=30))
    drawn = an_open_drawing(fittrack, name="Drawn", prizes=prizes).id
    for member in (bob, ann):
        fittrack.sweepstakes.buy_tickets(member, drawn, 3)
        clock.advance(timedelta(seconds=1, microseconds=250))
    clock.advance(timedelta(days=2))
    fittrack.draws.execute(drawn)
    fittrack.relay.drain()
    for won in fittrack.fulfillments.page(Paging()).items:
        if won.fulfillment_type is FulfillmentType.PHYSICAL:
            address = Address("Ann Example", "1 Secret Street", None, "Springfield", "CA", "90210")
            fittrack.fulfillments.confirm_address(won.user_id, won.id, address)
    fittrack.relay.drain()


def copied(source: Installation, url: str) -> Installation:
    """The same rows on another store, empty so far."""
    target = an_installation(StoppedClock(source.fittrack.exports.clock.now()), url)
    with source.store.reading() as there, target.store.transaction() as here:
        for table in TABLES:
            here.rows(table).add_all(there.rows(table).each(order=table.key))
    return target


def members(installation: Installation) -> list[MemberId]:
    return [member.id for member in installation.fittrack.identity.members(Paging(limit=PAGE_LIMIT_MAX)).items]
