"""The words in which the demo's drawings are planned: sponsors, prizes with what becomes of them, offers.

Days are counted from today, which is 0: what is done on day -3 was done three days ago.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final

import attrs

from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.ids import SponsorId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import DrawingType, Eligibility, FulfillmentType

CASCADE, HERON, GREENLEAF, NORTHLIGHT, STILLWATER = range(5)
SPONSORS: Final = tuple(
    SponsorDraft(name, contact_name, f"partners@{domain}", website_url=f"https://www.{domain}")
    for name, contact_name, domain in (
        ("Cascade Outfitters", "Lena Marsh", "cascade-outfitters.example"),
        ("Blue Heron Running", "Tom Ferris", "blueheron.example"),
        ("Greenleaf Kitchen", "Priya Rao", "greenleaf.example"),
        ("Northlight Audio", "Sam Osei", "northlight.example"),
        ("Stillwater Yoga", "Ana Duarte", "stillwater.example"),
    )
)
FOR_ALL: Final = Eligibility()


class Step(Enum):
    """Something that is done about a prize."""

    CONFIRM = "the winner gives an address"
    REJECT = "the address turns out not to work"
    SHIP = "the office ships it"
    SEND = "the office sends it by email"
    DELIVER = "it arrives"


Fate = Sequence[tuple[int, Step]]
"""What is done about a prize, each with the days that have gone by since it was won."""

UNCLAIMED: Final[Fate] = ()
CONFIRMED: Final[Fate] = ((1, Step.CONFIRM),)
INVALID: Final[Fate] = ((1, Step.CONFIRM), (2, Step.REJECT))
SHIPPED: Final[Fate] = ((1, Step.CONFIRM), (2, Step.SHIP))
DELIVERED: Final[Fate] = ((1, Step.CONFIRM), (3, Step.SHIP), (6, Step.DELIVER))
SENT: Final[Fate] = ((1, Step.SEND),)
RECEIVED: Final[Fate] = ((1, Step.SEND), (2, Step.DELIVER))


@attrs.frozen
class Reward:
    """Units of a prize, and what becomes of each in the order in which they are won; alternates share the last fate."""

    name: str
    value: str
    sponsor: int
    fates: Sequence[Fate] = (CONFIRMED,)
    quantity: int = 1

    @property
    def is_digital(self) -> bool:
        return any(step is Step.SEND for fate in self.fates for _, step in fate)

    def draft(self, rank: int, sponsor_id: SponsorId) -> PrizeDraft:
        """The prize as the office hands it in."""
        kind = FulfillmentType.DIGITAL if self.is_digital else FulfillmentType.PHYSICAL
        return PrizeDraft(rank, self.name, Usd.of(self.value), self.quantity, kind, sponsor_id)


@attrs.frozen(kw_only=True)
class Offer:
    """A drawing of the demo.

    Attributes:
        kind: Its type.
        at: Its drawing time.
        rewards: Its prizes, the first one drawn first.
        planned_on: Day on which it is planned and, unless it stays a draft, published.
        name: Its name, where it is not the usual one of its type.
        is_draft: Whether it stays one.
        appeal: The chance that a member who can afford a ticket buys on a given day.
        sales_open_at: When, if not at once.
        sales_close: When, if not five minutes before the drawing.
        eligibility: Who may take part.
        cancelled_on: Day on which it is called off.
    """

    kind: DrawingType
    at: datetime
    rewards: Sequence[Reward]
    planned_on: int
    name: str | None = None
    is_draft: bool = False
    appeal: float = 0.0
    sales_open_at: datetime | None = None
    sales_close: datetime | None = None
    eligibility: Eligibility = FOR_ALL
    cancelled_on: int | None = None

    @property
    def title(self) -> str:
        """What members read."""
        day = platform_day(self.at)
        usual = {
            DrawingType.DAILY: f"Daily drawing of {day:%B} {day.day}",
            DrawingType.WEEKLY: f"Weekly drawing of {day:%B} {day.day}",
            DrawingType.MONTHLY: f"{day:%B} drawing",
            DrawingType.ANNUAL: f"New Year drawing {day.year}",
        }
        return self.name or usual[self.kind]

    def draft(self, sponsors: Sequence[SponsorId]) -> DrawingDraft:
        """The drawing as the office hands it in."""
        prizes = (reward.draft(rank, sponsors[reward.sponsor]) for rank, reward in enumerate(self.rewards, start=1))
        return DrawingDraft(
            self.kind,
            self.title,
            drawing_time=self.at,
            sales_open_at=self.sales_open_at,
            ticket_sales_close=self.sales_close,
            eligibility=self.eligibility,
            prizes=tuple(prizes),
        )
