"""The purchase of tickets as one would write it with SQLAlchemy's ORM: models, session.get, add, commit.

The tables are the peer's own, made from its models. It reads and writes the rows that FitTrack's use case does, and
checks what guards points and tickets; it has no triggers and no check constraints to pay for.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Engine, ForeignKey, String, UniqueConstraint, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from uuid_utils.compat import uuid7

from fittrack_domain.shared.ids import MemberId
from fittrack_domain.sweepstakes.model import GATES, gate_of

CREDITS = 1_000_000


def _now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSON}  # noqa: RUF012  # as documented


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    status: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16))
    email_verified_at: Mapped[datetime | None]
    premium_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Profile(Base):
    __tablename__ = "profiles"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(50))
    date_of_birth: Mapped[date]
    state_of_residence: Mapped[str] = mapped_column(String(2))
    biological_sex: Mapped[str] = mapped_column(String(16))
    fitness_level: Mapped[str] = mapped_column(String(16))


class Drawing(Base):
    __tablename__ = "drawings"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    ticket_cost_points: Mapped[int]
    sales_open_at: Mapped[datetime]
    ticket_sales_close: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16))
    eligibility: Mapped[dict[str, Any]]
    max_tickets_per_member: Mapped[int | None]
    drawing_type: Mapped[str] = mapped_column(String(16), default="daily")
    description: Mapped[str | None] = mapped_column(String(500))
    drawing_time: Mapped[datetime | None] = mapped_column(index=True)
    terms_hash: Mapped[str | None] = mapped_column(String(64))
    seed_commitment: Mapped[str | None] = mapped_column(String(64))


class Gate(Base):
    __tablename__ = "drawing_gates"

    drawing_id: Mapped[UUID] = mapped_column(ForeignKey(Drawing.id), primary_key=True)
    gate_no: Mapped[int] = mapped_column(primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    tickets: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)


class Wallet(Base):
    __tablename__ = "wallets"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id), primary_key=True)
    credits: Mapped[int]
    debits: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    points_earned: Mapped[int] = mapped_column(default=0)
    transfers: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as documented


class Transfer(Base):
    __tablename__ = "point_transactions"
    __table_args__ = (UniqueConstraint("user_id", "wallet_seq"), UniqueConstraint("user_id", "idempotency_key"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    wallet_seq: Mapped[int]
    transaction_type: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    balance_before: Mapped[int]
    balance_after: Mapped[int]
    debit_account: Mapped[str] = mapped_column(String(64))
    credit_account: Mapped[str] = mapped_column(String(64))
    reference_type: Mapped[str] = mapped_column(String(32))
    reference_id: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(500))
    idempotency_key: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Entry(Base):
    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("user_id", "drawing_id", "entry_no"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    drawing_id: Mapped[UUID] = mapped_column(ForeignKey(Drawing.id), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    entry_no: Mapped[int]
    quantity: Mapped[int]
    cost_points: Mapped[int]
    route: Mapped[str] = mapped_column(String(16))
    transaction_id: Mapped[UUID | None] = mapped_column(ForeignKey(Transfer.id))
    purchased_at: Mapped[datetime] = mapped_column(default=_now)


class LogLine(Base):
    __tablename__ = "draw_log"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class Answer(Base):
    __tablename__ = "idempotency_keys"

    principal: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(String(64), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class Shop:
    """The use case, over an engine with its pool."""

    def __init__(self, url: str, connections_above: int = 10) -> None:
        self.engine = create_engine(url, pool_size=16, max_overflow=connections_above)
        if self.engine.dialect.name == "sqlite":
            _as_durable_as_ours(self.engine)
        Base.metadata.create_all(self.engine)
        self.drawing_id = uuid7()

    def filled(self, count: int) -> Sequence[MemberId]:
        """Puts one drawing on sale, to so many members with points."""
        now = _now()
        month, week = timedelta(days=30), timedelta(days=7)
        members = [MemberId(uuid7()) for _ in range(count)]
        with Session(self.engine) as session, session.begin():
            session.add(_drawing(self.drawing_id, now - week, now + week))
            session.add(LogLine(seq=1, hash="0" * 64))
            session.add_all(
                User(
                    id=member,
                    email=f"{member}@example.com",
                    status="active",
                    role="user",
                    email_verified_at=now,
                    created_at=now - month,
                )
                for member in members
            )
            session.flush()
            session.add_all(Gate(drawing_id=self.drawing_id, gate_no=number) for number in range(GATES))
            session.add_all(
                Profile(
                    user_id=member,
                    display_name=str(member),
                    date_of_birth=date(1990, 6, 15),
                    state_of_residence="CA",
                    biological_sex="female",
                    fitness_level="advanced",
                )
                for member in members
            )
            session.add_all(Wallet(user_id=member, credits=CREDITS) for member in members)
        return members

    def buy(self, member_id: MemberId, key: str) -> dict[str, Any]:
        return self.bought(member_id, self.drawing_id, key)

    def bought(self, member_id: UUID, drawing_id: UUID, key: str) -> dict[str, Any]:
        fingerprint = hashlib.sha256(json.dumps([str(drawing_id), "1"]).encode()).hexdigest()
        with Session(self.engine) as session:
            user = session.get_one(User, member_id, with_for_update=True)
            earlier = session.get(Answer, (member_id, "buy_tickets", key))
            if earlier is not None:
                assert earlier.fingerprint == fingerprint
                return earlier.answer
            answer = self._bought(session, user, drawing_id)
            session.add(
                Answer(
                    principal=member_id,
                    operation="buy_tickets",
                    idempotency_key=key,
                    fingerprint=fingerprint,
                    answer=answer,
                    expires_at=_now() + timedelta(hours=24),
                )
            )
            session.commit()
            return answer

    def _bought(self, session: Session, user: User, drawing_id: UUID) -> dict[str, Any]:
        drawing = session.get_one(Drawing, drawing_id)
        profile = session.get_one(Profile, user.id)
        assert (user.status, drawing.status) == ("active", "scheduled")
        assert _aware(drawing.sales_open_at) <= _now() < _aware(drawing.ticket_sales_close)
        assert profile.date_of_birth < date(2006, 1, 1)
        gate = session.get_one(Gate, (drawing.id, gate_of(MemberId(user.id))), with_for_update=True)
        assert gate.is_open
        gate.tickets += 1
        gate.entries += 1
        tickets, entries = session.execute(
            select(func.coalesce(func.sum(Entry.quantity), 0), func.count()).where(
                Entry.user_id == user.id, Entry.drawing_id == drawing.id
            )
        ).one()
        assert drawing.max_tickets_per_member is None or tickets < drawing.max_tickets_per_member
        entry_id = uuid7()
        transfer, balance = self._debited(session, user, drawing, entry_id)
        session.flush()  # the transfer before the entry that refers to it
        session.add(
            Entry(
                id=entry_id,
                drawing_id=drawing.id,
                user_id=user.id,
                entry_no=entries + 1,
                quantity=1,
                cost_points=drawing.ticket_cost_points,
                route="points",
                transaction_id=transfer.id,
            )
        )
        in_all = session.scalar(select(func.sum(Gate.tickets)).where(Gate.drawing_id == drawing.id))
        head = session.scalars(select(LogLine).order_by(LogLine.seq.desc()).limit(1)).one()
        return {
            "entry_id": str(entry_id),
            "transaction_id": str(transfer.id),
            "tickets_purchased": 1,
            "points_spent": drawing.ticket_cost_points,
            "new_balance": balance,
            "total_user_tickets": int(tickets) + 1,
            "odds": {"member": int(tickets) + 1, "all": int(in_all or 0)},
            "log_head": head.hash,
        }

    def _debited(self, session: Session, user: User, drawing: Drawing, entry_id: UUID) -> tuple[Transfer, int]:
        wallet = session.get_one(Wallet, user.id, with_for_update=True)
        cost, total = drawing.ticket_cost_points, wallet.credits - wallet.debits
        assert total - wallet.held >= cost
        wallet.debits += cost
        wallet.transfers += 1
        transfer_id = uuid7()
        transfer = Transfer(
            id=transfer_id,
            user_id=user.id,
            wallet_seq=wallet.transfers,
            transaction_type="spend",
            amount=-cost,
            balance_before=total,
            balance_after=total - cost,
            debit_account=f"member:{user.id}",
            credit_account="sweepstakes",
            reference_type="entry",
            reference_id=str(entry_id),
            description=f"Tickets: {drawing.name}",
            idempotency_key=f"transfer:{transfer_id}",
        )
        session.add(transfer)
        return transfer, total - cost - wallet.held


def _drawing(drawing_id: UUID, opens: datetime, closes: datetime) -> Drawing:
    return Drawing(
        id=drawing_id,
        name="Drawing of the bench",
        ticket_cost_points=100,
        sales_open_at=opens,
        ticket_sales_close=closes,
        status="scheduled",
        eligibility={"user_type": "all", "min_account_age_days": 7},
    )


def _aware(at: datetime) -> datetime:
    """SQLite forgets the zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _as_durable_as_ours(engine: Engine) -> None:
    """The same pragmas, and writers that queue instead of failing (SQLAlchemy's documented recipe)."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
