"""Whatever is created is created once for a request that comes twice, and answered as it is by then."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import pytest

from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation
from fittrack_domain.app import FitTrack
from fittrack_domain.audit.model import Wanted
from fittrack_domain.identity.admission import NewMember, ProfileEdit
from fittrack_domain.identity.model import Level, Role, Sex
from fittrack_domain.shared.errors import InvalidInput, KeyReused
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import DrawingType
from fittrack_domain.tracking.model import ActivityReport

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRIZE = PrizeDraft(rank=1, name="Bottle", value_usd=Usd.of("5.00"))
EDIT = ProfileEdit("Pat Doe", "TX", Sex.MALE, Level.BEGINNER)


class Office:
    """An administrator, members to deal with, and a draft."""

    def __init__(self) -> None:
        self.clock = StoppedClock(NOON)
        self.fittrack: FitTrack = an_installation(self.clock).fittrack
        self.admin: MemberId = a_member(self.fittrack, "admin")
        self.bare: MemberId = a_member(self.fittrack, "bare", display_name=None)
        self.draft: DrawingId = self.fittrack.drawings.create(None, self.soon()).id

    def soon(self) -> DrawingDraft:
        return DrawingDraft(DrawingType.DAILY, "Soon", drawing_time=NOON + timedelta(hours=1))

    def request(self, key: str = "k", **arguments: object) -> Request:
        return Request(self.admin, "create", key, arguments)


Create: TypeAlias = Callable[[Office, Request], Any]

CREATIONS: dict[str, tuple[Create, str]] = {
    "member": (
        lambda office, request: office.fittrack.identity.create_member(
            office.admin, NewMember("jo@example.com", date(1990, 5, 17), "CA"), request=request
        ),
        "member.created",
    ),
    "profile": (
        lambda office, request: office.fittrack.corrections.first_profile(office.admin, office.bare, EDIT, request),
        "profile.corrected",
    ),
    "sponsor": (
        lambda office, request: office.fittrack.catalogue.add_sponsor(office.admin, SponsorDraft("Acme"), request),
        "sponsor.added",
    ),
    "prize": (
        lambda office, request: office.fittrack.catalogue.add_prize(office.admin, office.draft, PRIZE, request),
        "prize.added",
    ),
    "drawing": (
        lambda office, request: office.fittrack.drawings.create(office.admin, office.soon(), request),
        "drawing.created",
    ),
    "activity": (
        lambda office, request: office.fittrack.tracking.record_activity(
            office.admin, office.bare, ActivityReport.of_steps(NOON.date(), 5_000), request
        ),
        "activity.record",
    ),
    "adjustment": (
        lambda office, request: office.fittrack.points.adjust(office.admin, office.bare, 5, "Why", "k", request),
        "points.adjust",
    ),
}


@pytest.fixture(params=CREATIONS)
def creation(request: pytest.FixtureRequest) -> tuple[Create, str]:
    return CREATIONS[request.param]


def test_a_request_that_comes_twice_makes_one_thing(creation: tuple[Create, str]) -> None:
    create, action = creation
    office = Office()
    first, again = office.request(), office.request()
    made = create(office, first)
    office.clock.advance(timedelta(hours=23))  # by then the same could not be made any more
    assert made == create(office, again)
    assert (False, True) == (first.replayed, again.replayed)
    assert 1 == office.fittrack.audit.page(Paging(), Wanted(actor=office.admin, action=action)).total


def test_the_key_with_another_request_is_refused(creation: tuple[Create, str]) -> None:
    create, _ = creation
    office = Office()
    create(office, office.request(n=1))
    with pytest.raises(KeyReused):
        create(office, office.request(n=2))


def test_what_was_refused_can_be_asked_again_under_the_same_key() -> None:
    office = Office()
    late = DrawingDraft(DrawingType.DAILY, "Late", drawing_time=NOON)
    with pytest.raises(InvalidInput):
        office.fittrack.drawings.create(office.admin, late, office.request())
    assert "Soon" == office.fittrack.drawings.create(office.admin, office.soon(), office.request()).name


def test_a_member_is_made_with_a_role_at_once() -> None:
    office = Office()
    new = NewMember("jo@example.com", date(1990, 5, 17), "CA")
    with pytest.raises(InvalidInput):
        office.fittrack.identity.create_member(office.admin, new, Role.PREMIUM)
    made = office.fittrack.identity.create_member(office.admin, new, Role.ADMIN)
    assert made.is_admin
    [entry] = office.fittrack.audit.page(Paging(), Wanted(subject_id=str(made.id))).items
    assert {"role": "admin"} == entry.facts


def test_an_adjustment_is_the_members_own_for_good_whoever_asks_again() -> None:
    office = Office()
    adjust = office.fittrack.points.adjust
    first = adjust(office.admin, office.bare, 5, "Why", "k", office.request())
    office.clock.advance(timedelta(hours=25))
    assert first == adjust(office.admin, office.bare, 5, "Why", "k", office.request())
    with pytest.raises(KeyReused):
        adjust(MemberId(UUID(int=7)), office.bare, 5, "Why", "k")
