"""A FitTrack in memory with members, activities and drawings in every state that the routes show."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import attrs

from fittrack_adapters.settings import Settings
from fittrack_adapters.testing import CountingIds, FakeTerra, FixedEntropy, PlainHasher, StoppedClock
from fittrack_adapters.testing.builders import a_token
from fittrack_adapters.wiring import Installation, open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Level, Role, Sex
from fittrack_domain.shared.ids import DrawingId, FulfillmentId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import DrawingType, FulfillmentType
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity, Provider

JOINED: Final = datetime(2026, 3, 2, 17, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 18, 17, tzinfo=UTC)
TODAY: Final = date(2026, 3, 18)
BORN: Final = date(1990, 5, 5)
PURSE: Final = 50_000


@attrs.frozen
class World:
    """What the tests speak of. `tokens` are access tokens.

    `ann` has walked, yesterday too, and won, `ben` has points, `cat` has none; `ada` is an administrator, `eve` is
    suspended, `new` joined a moment ago, `bare` has no profile yet.
    """

    installation: Installation
    clock: StoppedClock
    terra: FakeTerra
    tokens: dict[MemberId, str]
    ann: MemberId
    ben: MemberId
    cat: MemberId
    ada: MemberId
    eve: MemberId
    new: MemberId
    bare: MemberId
    on_sale: DrawingId
    to_come: DrawingId
    drawn: DrawingId
    cancelled: DrawingId
    won: FulfillmentId

    @property
    def fittrack(self) -> FitTrack:
        return self.installation.fittrack


def a_world() -> World:
    """Built by the use cases alone."""
    clock = StoppedClock(JOINED)
    settings, terra = Settings(database_url="memory://"), FakeTerra()
    installation = open_fittrack(
        settings, clock=clock, ids=CountingIds(clock), entropy=FixedEntropy(), hasher=PlainHasher(), gateway=terra
    )
    fittrack = installation.fittrack
    ann, ben, cat, ada, eve = (_member(fittrack, name) for name in ("Ann", "Ben", "Cat", "Ada", "Eve"))
    bare = fittrack.identity.create_member(None, NewMember("bare@example.com", BORN, "CA")).id
    fittrack.identity.set_role(None, ada, Role.ADMIN)
    _walk(fittrack, clock, ann)
    clock.set(NOW - timedelta(days=1))
    drawn = _published(fittrack, ada, "Drawn", NOW - timedelta(hours=1))
    cancelled = _published(fittrack, ada, "Cancelled", NOW + timedelta(days=3))
    for member in (ann, ben):
        fittrack.points.adjust(ada, member, PURSE, "a test", f"purse-{member}")
    fittrack.sweepstakes.buy_tickets(ann, drawn, 5)
    clock.set(NOW)
    fittrack.drawings.cancel(ada, cancelled, "a test")
    fittrack.draws.run_due()
    fittrack.relay.drain()
    fittrack.competition.archive_due()
    (won,) = fittrack.fulfillments.page(Paging(), member_id=ann).items
    new = _member(fittrack, "New")
    tokens = {member: a_token(fittrack, member) for member in (ann, ben, cat, ada, eve, bare, new)}
    fittrack.identity.suspend(ada, eve, "a test")
    return World(
        installation=installation,
        clock=clock,
        terra=terra,
        tokens=tokens,
        ann=ann,
        ben=ben,
        cat=cat,
        bare=bare,
        ada=ada,
        eve=eve,
        new=new,
        on_sale=_published(fittrack, ada, "On sale", NOW + timedelta(days=1)),
        to_come=_published(fittrack, ada, "To come", NOW + timedelta(days=2), NOW + timedelta(days=1)),
        drawn=drawn,
        cancelled=cancelled,
        won=won.id,
    )


def _member(fittrack: FitTrack, name: str) -> MemberId:
    new = NewMember(
        email=f"{name.lower()}@example.com",
        date_of_birth=BORN,
        state_of_residence="CA",
        display_name=f"{name} of Example",
        biological_sex=Sex.FEMALE,
        fitness_level=Level.INTERMEDIATE,
    )
    return fittrack.identity.create_member(None, new).id


def _walk(fittrack: FitTrack, clock: StoppedClock, member: MemberId) -> None:
    connection = fittrack.tracking.connect(member, Provider.FITBIT, connected_on=date(2026, 3, 1))
    clock.set(NOW)
    reports = [
        ActivityReport.of_steps(TODAY, 12_024),
        ActivityReport.of_minutes(TODAY, Intensity.VIGOROUS, 43),
        ActivityReport.of_steps(TODAY - timedelta(days=1), 1_000),
        ActivityReport.of_steps(TODAY - timedelta(days=2), -1),
    ]
    fittrack.tracking.receive([Delivery(connection.id, tuple(reports))])
    fittrack.relay.drain()


def _published(
    fittrack: FitTrack, actor: MemberId, name: str, drawing_time: datetime, opens: datetime | None = None
) -> DrawingId:
    sponsor = fittrack.catalogue.add_sponsor(actor, SponsorDraft(name=f"Sponsor of {name}"))
    prize = PrizeDraft(
        rank=1,
        name="Gift card",
        value_usd=Usd.of("50.00"),
        fulfillment_type=FulfillmentType.PHYSICAL,
        sponsor_id=sponsor.id,
    )
    draft = DrawingDraft(
        drawing_type=DrawingType.DAILY,
        name=name,
        ticket_cost_points=100,
        drawing_time=drawing_time,
        sales_open_at=opens,
        max_tickets_per_member=20,
        prizes=(prize,),
    )
    drawing = fittrack.drawings.create(actor, draft)
    return fittrack.drawings.publish(actor, drawing.id).id
