"""Sponsors and prizes over HTTP, for administrators."""

from datetime import datetime
from typing import Annotated, Final

import attrs
from annotated_types import Ge, Le, Len

from fittrack_domain.app import FitTrack
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import DrawingId, PrizeId, SponsorId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes.drafts import (
    LINK_LENGTH_MAX,
    NAME_LENGTH_MAX,
    NOTE_LENGTH_MAX,
    PRIZE_RANK_MAX,
    PRIZE_UNITS_MAX,
    PrizeDraft,
    SponsorDraft,
)
from fittrack_domain.sweepstakes.errors import (
    DrawingFrozen,
    DrawingNotFound,
    PrizeNotFound,
    SponsorInactive,
    SponsorNotFound,
)
from fittrack_domain.sweepstakes.model import FulfillmentType, Prize, Sponsor, SponsorStatus
from fittrack_http.admin import twice
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.routes import Given, Reply, Route
from fittrack_http.structuring import Told

TAG: Final = "Catalogue"

Name = Annotated[str, Told(Len(1, NAME_LENGTH_MAX))]
Note = Annotated[str, Told(Len(1, NOTE_LENGTH_MAX))]
Link = Annotated[str, Told(Len(1, LINK_LENGTH_MAX))]


@attrs.frozen(kw_only=True)
class SponsorsQuery(PageQuery):
    """Which sponsors."""

    status: SponsorStatus | None = None


@attrs.frozen(kw_only=True)
class SponsorIn:
    """A sponsor as a whole: what is left out is not known."""

    name: Name
    contact_name: Name | None = None
    contact_email: Name | None = None
    contact_phone: Name | None = None
    website_url: Link | None = None
    logo_url: Link | None = None
    notes: Note | None = None

    @property
    def draft(self) -> SponsorDraft:
        return SponsorDraft(**attrs.asdict(self))


@attrs.frozen(kw_only=True)
class SponsorDetails:
    """A sponsor with what only administrators see."""

    sponsor_id: SponsorId
    name: str
    status: SponsorStatus
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    website_url: str | None
    logo_url: str | None
    notes: str | None
    created_at: datetime

    @classmethod
    def of(cls, sponsor: Sponsor) -> "SponsorDetails":
        return cls(
            sponsor_id=sponsor.id,
            name=sponsor.name,
            status=sponsor.status,
            contact_name=sponsor.contact_name,
            contact_email=sponsor.contact_email,
            contact_phone=sponsor.contact_phone,
            website_url=sponsor.website_url,
            logo_url=sponsor.logo_url,
            notes=sponsor.notes,
            created_at=sponsor.created_at,
        )


@attrs.frozen(kw_only=True)
class PrizeIn:
    """Equal units of a prize as a whole; rank 1 is drawn first. Without a sponsor FitTrack gives it."""

    rank: Annotated[int, Told(Ge(1)), Told(Le(PRIZE_RANK_MAX))]
    name: Name
    value_usd: Usd
    quantity: Annotated[int, Told(Ge(1)), Told(Le(PRIZE_UNITS_MAX))] = 1
    fulfillment_type: FulfillmentType = FulfillmentType.PHYSICAL
    sponsor_id: SponsorId | None = None
    description: Note | None = None
    image_url: Link | None = None

    def __attrs_post_init__(self) -> None:
        _ = self.draft  # what is wrong with it is told here, under its place in the body

    @property
    def draft(self) -> PrizeDraft:
        return PrizeDraft(**{field.name: getattr(self, field.name) for field in attrs.fields(PrizeDraft)})


@attrs.frozen(kw_only=True)
class NewPrize(PrizeIn):
    """A prize for a drawing that is still a draft."""

    drawing_id: DrawingId


@attrs.frozen(kw_only=True)
class PrizeDetails:
    """A prize, and the drawing that it belongs to."""

    prize_id: PrizeId
    drawing_id: DrawingId
    sponsor_id: SponsorId | None
    rank: int
    name: str
    description: str | None
    value_usd: Usd
    quantity: int
    fulfillment_type: FulfillmentType
    image_url: str | None
    created_at: datetime

    @classmethod
    def of(cls, prize: Prize) -> "PrizeDetails":
        return cls(
            prize_id=prize.id,
            drawing_id=prize.drawing_id,
            sponsor_id=prize.sponsor_id,
            rank=prize.prize_rank,
            name=prize.name,
            description=prize.description,
            value_usd=prize.value_usd,
            quantity=prize.quantity,
            fulfillment_type=prize.fulfillment_type,
            image_url=prize.image_url,
            created_at=prize.created_at,
        )


def _sponsor(found: Sponsor) -> Reply[SponsorDetails]:
    return Reply(SponsorDetails.of(found), version=found.version)


def _prize(found: Prize) -> Reply[PrizeDetails]:
    return Reply(PrizeDetails.of(found), version=found.version)


def sponsors(fittrack: FitTrack, query: SponsorsQuery) -> Listed[SponsorDetails]:
    """List the sponsors.

    Sorted by name.
    """
    return Listed.of(fittrack.catalogue.sponsors(query.paging, query.status).map(SponsorDetails.of))


def create_sponsor(
    fittrack: FitTrack, caller: Caller, body: SponsorIn, request: Request | None
) -> Reply[SponsorDetails]:
    """Add a sponsor."""
    return _sponsor(fittrack.catalogue.add_sponsor(caller.member_id, body.draft, request))


def sponsor(fittrack: FitTrack, sponsor_id: SponsorId) -> Reply[SponsorDetails]:
    """Show a sponsor."""
    return _sponsor(fittrack.catalogue.sponsor(sponsor_id))


def edit_sponsor(
    fittrack: FitTrack, caller: Caller, sponsor_id: SponsorId, body: SponsorIn, version: int | None
) -> Reply[SponsorDetails]:
    """Replace what is known of a sponsor."""
    return _sponsor(fittrack.catalogue.edit_sponsor(caller.member_id, sponsor_id, body.draft, version))


def deactivate_sponsor(
    fittrack: FitTrack, caller: Caller, sponsor_id: SponsorId, version: int | None
) -> Reply[SponsorDetails]:
    """Take no more prizes from a sponsor.

    Those in drawings stay.
    """
    return _sponsor(fittrack.catalogue.deactivate_sponsor(caller.member_id, sponsor_id, version))


def prizes(fittrack: FitTrack, query: PageQuery) -> Listed[PrizeDetails]:
    """List the prizes of all drawings.

    Sorted by when they were added, the latest first.
    """
    return Listed.of(fittrack.catalogue.prizes(query.paging).map(PrizeDetails.of))


def create_prize(fittrack: FitTrack, caller: Caller, body: NewPrize, request: Request | None) -> Reply[PrizeDetails]:
    """Add a prize to a draft."""
    return _prize(fittrack.catalogue.add_prize(caller.member_id, body.drawing_id, body.draft, request))


def prize(fittrack: FitTrack, prize_id: PrizeId) -> Reply[PrizeDetails]:
    """Show a prize."""
    return _prize(fittrack.catalogue.prize(prize_id))


def edit_prize(
    fittrack: FitTrack, caller: Caller, prize_id: PrizeId, body: PrizeIn, version: int | None
) -> Reply[PrizeDetails]:
    """Replace a prize of a draft."""
    return _prize(fittrack.catalogue.edit_prize(caller.member_id, prize_id, body.draft, version))


def remove_prize(fittrack: FitTrack, caller: Caller, prize_id: PrizeId, version: int | None) -> None:
    """Remove a prize from a draft."""
    fittrack.catalogue.remove_prize(caller.member_id, prize_id, version)


SPONSOR: Final = "sponsors/{sponsor_id}"
PRIZE: Final = "prizes/{prize_id}"
EDITED: Final = (SponsorNotFound, StaleVersion)
FITTING: Final = (DrawingFrozen, SponsorNotFound, SponsorInactive, StaleVersion)

ROUTES: Final[tuple[Route, ...]] = (
    *twice("GET", "sponsors", sponsors, TAG),
    *twice("POST", "sponsors", create_sponsor, TAG, status=201, key=Given.OPTIONAL),
    *twice("GET", SPONSOR, sponsor, TAG, problems=(SponsorNotFound,)),
    *twice("PUT", SPONSOR, edit_sponsor, TAG, if_match=Given.OPTIONAL, problems=EDITED),
    *twice("DELETE", SPONSOR, deactivate_sponsor, TAG, if_match=Given.OPTIONAL, problems=EDITED),
    *twice("GET", "prizes", prizes, TAG),
    *twice("POST", "prizes", create_prize, TAG, status=201, key=Given.OPTIONAL, problems=(DrawingNotFound, *FITTING)),
    *twice("GET", PRIZE, prize, TAG, problems=(PrizeNotFound,)),
    *twice("PUT", PRIZE, edit_prize, TAG, if_match=Given.OPTIONAL, problems=(PrizeNotFound, *FITTING)),
    *twice(
        "DELETE",
        PRIZE,
        remove_prize,
        TAG,
        status=204,
        if_match=Given.OPTIONAL,
        problems=(PrizeNotFound, DrawingFrozen, StaleVersion),
    ),
)
