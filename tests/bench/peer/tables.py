"""What the peer's API shows beside `orm`: standings, scored days, prizes and their sponsors."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tests.bench.peer.orm import Base, Drawing, Profile, User


class Standing(Base):
    __tablename__ = "standings"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(Profile.user_id), primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    board: Mapped[str] = mapped_column(String(16), primary_key=True)
    points: Mapped[int] = mapped_column()
    reached_at: Mapped[datetime] = mapped_column()
    active_days: Mapped[int] = mapped_column()
    shown: Mapped[bool] = mapped_column()

    __table_args__ = (
        Index("places", board, period, period_start, shown, points.desc(), reached_at, active_days.desc(), user_id),
    )


class DayScore(Base):
    __tablename__ = "day_scores"
    __table_args__ = (UniqueConstraint("user_id", "activity_day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    activity_day: Mapped[date]
    breakdown: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    awarded: Mapped[int]
    active_minutes: Mapped[int]
    streak_length: Mapped[int]


class Sponsor(Base):
    __tablename__ = "sponsors"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    website_url: Mapped[str | None] = mapped_column(String(500))
    logo_url: Mapped[str | None] = mapped_column(String(500))


class Prize(Base):
    __tablename__ = "prizes"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    drawing_id: Mapped[UUID] = mapped_column(ForeignKey(Drawing.id), index=True)
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Sponsor.id))
    prize_rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(String(500))
    value_usd: Mapped[Any] = mapped_column(Numeric(10, 2))
    quantity: Mapped[int]
    fulfillment_type: Mapped[str] = mapped_column(String(16))
    image_url: Mapped[str | None] = mapped_column(String(500))

    drawing: Mapped[Drawing] = relationship(backref="prizes")
    sponsor: Mapped[Sponsor | None] = relationship()
