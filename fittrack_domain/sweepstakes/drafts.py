"""What an administrator hands in to plan a drawing, and everything that can be wrong with it at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import DrawingId, MemberId, PrizeId, SponsorId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.text import line_faults, note_faults
from fittrack_domain.sweepstakes.model import (
    WINS_PER_HOLDER,
    Drawing,
    DrawingType,
    Eligibility,
    FulfillmentType,
    Prize,
    Sponsor,
)
from fittrack_domain.sweepstakes.schedule import TICKET_COST_POINTS, next_drawing_time, sales_close

NAME_LENGTH_MAX: Final = 100
NOTE_LENGTH_MAX: Final = 2_000
LINK_LENGTH_MAX: Final = 500
TICKET_COST_MAX: Final = 100_000
ACCOUNT_AGE_DAYS_MAX: Final = 3_650
TICKETS_PER_MEMBER_MAX: Final = 1_000_000_000
WINS_PER_HOLDER_MAX: Final = 10_000
ALTERNATES_MAX: Final = 10_000
PRIZE_RANK_MAX: Final = 1_000
PRIZES_MAX: Final = 100
PRIZE_UNITS_MAX: Final = 10_000


@attrs.frozen
class SponsorDraft:
    """A sponsor as handed in. Raises `InvalidInput` with every fault."""

    name: str
    contact_name: str | None = None
    contact_email: str | None = None
    contact_phone: str | None = None
    website_url: str | None = None
    logo_url: str | None = None
    notes: str | None = None

    def __attrs_post_init__(self) -> None:
        faults = line_faults("/name", self.name, NAME_LENGTH_MAX)
        faults += _optional_lines(
            NAME_LENGTH_MAX,
            contactName=self.contact_name,
            contactEmail=self.contact_email,
            contactPhone=self.contact_phone,
        )
        faults += _optional_lines(LINK_LENGTH_MAX, websiteUrl=self.website_url, logoUrl=self.logo_url)
        if self.notes is not None:
            faults += note_faults("/notes", self.notes, NOTE_LENGTH_MAX)
        refuse(faults)

    def sponsor(self, sponsor_id: SponsorId, now: datetime) -> Sponsor:
        return Sponsor(id=sponsor_id, created_at=now, **attrs.asdict(self))

    def applied_to(self, sponsor: Sponsor) -> Sponsor:
        return attrs.evolve(sponsor, **attrs.asdict(self))


@attrs.frozen
class PrizeDraft:
    """A prize as handed in. Raises `InvalidInput` with every fault."""

    rank: int
    name: str
    value_usd: Usd
    quantity: int = 1
    fulfillment_type: FulfillmentType = FulfillmentType.PHYSICAL
    sponsor_id: SponsorId | None = None
    description: str | None = None
    image_url: str | None = None

    def __attrs_post_init__(self) -> None:
        faults = [
            *_range("/rank", self.rank, 1, PRIZE_RANK_MAX),
            *_range("/quantity", self.quantity, 1, PRIZE_UNITS_MAX),
        ]
        faults += line_faults("/name", self.name, NAME_LENGTH_MAX)
        faults += _optional_lines(LINK_LENGTH_MAX, imageUrl=self.image_url)
        if self.description is not None:
            faults += note_faults("/description", self.description, NOTE_LENGTH_MAX)
        refuse(faults)

    def prize(self, prize_id: PrizeId, drawing_id: DrawingId, now: datetime) -> Prize:
        return Prize(id=prize_id, drawing_id=drawing_id, created_at=now, **self._columns())

    def applied_to(self, prize: Prize) -> Prize:
        return attrs.evolve(prize, **self._columns())

    def _columns(self) -> dict[str, Any]:
        columns = attrs.asdict(self, recurse=False)
        columns["prize_rank"] = columns.pop("rank")
        return columns


@attrs.frozen
class DrawingDraft:
    """A drawing as handed in. What is left out is taken from its type (rules, chapter 9).

    Attributes:
        ticket_cost_points: The usual price of the type when None.
        drawing_time: The next usual time of the type when None.
        sales_open_at: At once, that is at publication, when None.
        ticket_sales_close: 5 minutes before the drawing time when None.
        max_tickets_per_member: No limit when None.
        max_wins_per_holder: 0 for no limit.
        alternates: The larger of 10 and the number of prize units when None.
    """

    drawing_type: DrawingType
    name: str
    description: str | None = None
    ticket_cost_points: int | None = None
    drawing_time: datetime | None = None
    sales_open_at: datetime | None = None
    ticket_sales_close: datetime | None = None
    eligibility: Eligibility = attrs.field(factory=Eligibility)
    max_tickets_per_member: int | None = None
    max_wins_per_holder: int = WINS_PER_HOLDER
    alternates: int | None = None
    prizes: tuple[PrizeDraft, ...] = ()

    def drawing(self, drawing_id: DrawingId, by: MemberId | None, now: datetime) -> Drawing:
        """The planned drawing. Raises `InvalidInput` with every fault."""
        drawing_time = self.drawing_time or next_drawing_time(self.drawing_type, now)
        drawing = Drawing(
            id=drawing_id,
            drawing_type=self.drawing_type,
            name=self.name,
            description=self.description,
            ticket_cost_points=(
                TICKET_COST_POINTS[self.drawing_type] if self.ticket_cost_points is None else self.ticket_cost_points
            ),
            sales_open_at=self.sales_open_at or now.replace(microsecond=0),
            ticket_sales_close=self.ticket_sales_close or sales_close(drawing_time),
            drawing_time=drawing_time,
            eligibility=self.eligibility,
            max_tickets_per_member=self.max_tickets_per_member,
            max_wins_per_holder=self.max_wins_per_holder,
            alternates=self.alternates,
            created_by=by,
            created_at=now,
        )
        refuse([*_drawing_faults(drawing), *_time_faults(drawing, now), *self._prizes_faults()])
        return drawing

    def _prizes_faults(self) -> Iterator[Fault]:
        return prizes_faults([(prize.rank, prize.quantity) for prize in self.prizes])


def prizes_faults(ranks_and_quantities: Sequence[tuple[int, int]]) -> Iterator[Fault]:
    """What is wrong with the prizes of a drawing side by side."""
    if len(ranks_and_quantities) > PRIZES_MAX:
        yield Fault("/prizes", f"must be at most {PRIZES_MAX}")
    if len({rank for rank, _ in ranks_and_quantities}) < len(ranks_and_quantities):
        yield Fault("/prizes", "two prizes have the same rank")
    if sum(quantity for _, quantity in ranks_and_quantities) > PRIZE_UNITS_MAX:
        yield Fault("/prizes", f"must be at most {PRIZE_UNITS_MAX} units together")


def _drawing_faults(drawing: Drawing) -> Iterator[Fault]:
    yield from line_faults("/name", drawing.name, NAME_LENGTH_MAX)
    if drawing.description is not None:
        yield from note_faults("/description", drawing.description, NOTE_LENGTH_MAX)
    yield from _range("/ticketCostPoints", drawing.ticket_cost_points, 1, TICKET_COST_MAX)
    yield from _range(
        "/eligibility/minAccountAgeDays", drawing.eligibility.min_account_age_days, 0, ACCOUNT_AGE_DAYS_MAX
    )
    yield from _range("/maxWinsPerHolder", drawing.max_wins_per_holder, 0, WINS_PER_HOLDER_MAX)
    if drawing.max_tickets_per_member is not None:
        yield from _range("/maxTicketsPerMember", drawing.max_tickets_per_member, 1, TICKETS_PER_MEMBER_MAX)
    if drawing.alternates is not None:
        yield from _range("/alternates", drawing.alternates, 0, ALTERNATES_MAX)


def _time_faults(drawing: Drawing, now: datetime) -> Iterator[Fault]:
    times = {
        "/salesOpenAt": drawing.sales_open_at,
        "/ticketSalesClose": drawing.ticket_sales_close,
        "/drawingTime": drawing.drawing_time,
    }
    for pointer, instant in times.items():
        if instant.microsecond:
            yield Fault(pointer, "must be a full second: the published terms count in seconds")
    if drawing.ticket_sales_close <= now:
        yield Fault("/ticketSalesClose", "must be in the future")
    if drawing.sales_open_at >= drawing.ticket_sales_close:
        yield Fault("/salesOpenAt", "must be before the close of sales")
    if drawing.ticket_sales_close > drawing.drawing_time:
        yield Fault("/ticketSalesClose", "must not be after the drawing time")


def _optional_lines(most: int, **lines: str | None) -> list[Fault]:
    return [fault for name, line in lines.items() if line is not None for fault in line_faults(f"/{name}", line, most)]


def _range(pointer: str, value: int, least: int, most: int) -> list[Fault]:
    return [] if least <= value <= most else [Fault(pointer, f"must be between {least} and {most}")]


def refuse(faults: Sequence[Fault]) -> None:
    """Raises `InvalidInput` with the faults, if there are any."""
    if faults:
        raise InvalidInput(tuple(faults))
