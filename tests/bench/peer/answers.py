"""The peer's answers as pydantic models: the same in shape as FitTrack's."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, extra="forbid")


class Quantity(Model):
    quantity: int = Field(ge=1, le=10_000)


class Balance(Model):
    balance: int
    held: int
    points_earned: int


class Month(Model):
    steps: int
    active_minutes: int
    workouts: int
    points_earned: int


class Week(Month):
    streak_days: int


class Today(Month):
    points_cap: int
    points_remaining: int


class Summary(Model):
    today: Today
    this_week: Week
    this_month: Month


class Pagination(Model):
    page: int
    limit: int
    total_items: int
    total_pages: int


class UserRank(Model):
    rank: int
    points_earned: int
    display_name: str | None


class RankedMember(Model):
    rank: int
    display_name: str | None
    points_earned: int
    is_me: bool


class Leaderboard(Model):
    period: str
    period_start: date
    tier_code: str
    total_users_in_tier: int
    reset_time: datetime | None
    provisional: bool = False
    final: bool = False
    user_rank: UserRank | None
    rankings: list[RankedMember]
    around: list[RankedMember]
    pagination: Pagination


class SponsorOut(Model):
    id: UUID = Field(serialization_alias="sponsorId")
    name: str
    website_url: str | None
    logo_url: str | None


class PrizeOut(Model):
    id: UUID = Field(serialization_alias="prizeId")
    prize_rank: int = Field(serialization_alias="rank")
    name: str
    description: str | None
    value_usd: Decimal
    quantity: int
    fulfillment_type: str
    image_url: str | None
    sponsor: SponsorOut | None


class Odds(Model):
    user_tickets: int
    total_tickets: int


class Obstacle(Model):
    rule: str
    detail: str


class Eligibility(Model):
    user_type: str
    min_account_age_days: int


class DrawingOut(Model):
    drawing_id: UUID
    type: str
    name: str
    description: str | None
    status: str
    ticket_cost_points: int
    sales_open_at: datetime
    ticket_sales_close: datetime
    drawing_time: datetime | None
    eligibility: Eligibility
    max_tickets_per_member: int | None
    prizes: list[PrizeOut]
    user_tickets: int
    total_tickets: int
    odds: Odds
    eligible: bool
    not_eligible_because: list[Obstacle]
    terms_hash: str | None
    seed_commitment: str | None


class Drawings(Model):
    items: list[DrawingOut]
    pagination: Pagination


class Receipt(Model):
    entry_id: UUID
    transaction_id: UUID
    tickets_purchased: int
    points_spent: int
    new_balance: int = Field(serialization_alias="newPointBalance")
    total_user_tickets: int
    odds: Odds
    log_head: str
