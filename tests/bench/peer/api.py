"""The five routes of the load as one writes them with FastAPI and SQLAlchemy's ORM: after their documentation.

Plain functions, a session for each request by a dependency, the current user by another, pydantic models in and out.
It checks tokens and what guards points and tickets; it counts no calls, bounds no queue, and sends no security headers.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tests.bench.peer import answers
from tests.bench.peer.orm import Drawing, Entry, Gate, Profile, Shop, User, Wallet
from tests.bench.peer.tables import DayScore, Prize, Standing
from tests.bench.peer.town import AUDIENCE

UNBOUNDED = -1
"""Connections. With any bound the documented way deadlocks at 512 callers: those who have one of the database wait for
one of Starlette's 40 threads, and all of these wait for a connection. SQLAlchemy's default is 15.
"""

DATABASE = Path(os.environ["PEER_DATABASE"])
PUBLIC_KEY = DATABASE.with_suffix(".pem").read_text()
PLATFORM = ZoneInfo("America/New_York")
POINTS_CAP = 1_000
ACTIVE_MINUTES = 20
BRACKETS = ((60, "60+"), (50, "50-59"), (40, "40-49"), (30, "30-39"), (18, "18-29"))
AROUND = 10

shop = Shop(f"sqlite:///{DATABASE}", connections_above=UNBOUNDED)
reader = shop.engine.execution_options(reads=True)
app = FastAPI()
bearer = HTTPBearer()


def get_session() -> Iterator[Session]:
    with Session(reader) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


def get_current_user(session: SessionDep, sent: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> User:
    try:
        claims = jwt.decode(sent.credentials, PUBLIC_KEY, algorithms=["RS256"], audience=AUDIENCE, issuer="peer")
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Could not validate credentials") from None
    user = session.get(User, UUID(claims["sub"]))
    if user is None or user.status != "active":
        raise HTTPException(401, "Inactive user")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def platform_day() -> date:
    return datetime.now(PLATFORM).date()


@app.get("/health/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/v1/points/balance")
def balance(session: SessionDep, user: CurrentUser) -> answers.Balance:
    wallet = session.get_one(Wallet, user.id)
    left = wallet.credits - wallet.debits - wallet.held
    return answers.Balance(balance=left, held=wallet.held, points_earned=wallet.points_earned)


@app.get("/api/v1/activities/summary")
def summary(session: SessionDep, user: CurrentUser) -> answers.Summary:
    today = platform_day()
    week, month = today - timedelta(days=today.weekday()), today.replace(day=1)
    since = min(week, month, today - timedelta(days=1))
    days = session.scalars(
        select(DayScore)
        .where(DayScore.user_id == user.id, DayScore.activity_day >= since, DayScore.activity_day <= today)
        .order_by(DayScore.activity_day.desc())
    ).all()
    running = [day.streak_length for day in days[:2] if day.active_minutes >= ACTIVE_MINUTES]
    totals = totals_of([day for day in days if day.activity_day == today])
    return answers.Summary(
        today=answers.Today(
            **totals, points_cap=POINTS_CAP, points_remaining=max(0, POINTS_CAP - totals["points_earned"])
        ),
        this_week=answers.Week(
            **totals_of([day for day in days if day.activity_day >= week]), streak_days=running[0] if running else 0
        ),
        this_month=answers.Month(**totals_of([day for day in days if day.activity_day >= month])),
    )


def totals_of(days: Sequence[DayScore]) -> dict[str, int]:
    measured = [{line["rule"]: line["input"] for line in day.breakdown} for day in days]
    return {
        "steps": sum(day.get("steps", 0) for day in measured),
        "active_minutes": sum(day.active_minutes for day in days),
        "workouts": sum(day.get("workouts", 0) for day in measured),
        "points_earned": sum(day.awarded for day in days),
    }


@app.get("/api/v1/leaderboards/{period}")
def leaderboard(
    session: SessionDep,
    user: CurrentUser,
    period: str,
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
) -> answers.Leaderboard:
    today = platform_day()
    starts = {"daily": today, "weekly": today - timedelta(days=today.weekday()), "monthly": today.replace(day=1)}
    if period not in starts:
        raise HTTPException(404)
    profile = session.get_one(Profile, user.id)
    board = tier_code(profile, today)
    ranked = (
        Standing.board == board,
        Standing.period == period,
        Standing.period_start == starts[period],
        Standing.shown.is_(True),
    )
    size = session.scalar(select(func.count()).select_from(Standing).where(*ranked)) or 0
    own = session.get(Standing, (user.id, starts[period], period, board))
    rank = None if own is None else 1 + (session.scalar(ahead_of(own, ranked)) or 0)
    first = 0 if rank is None else max(0, rank - 1 - AROUND)
    ahead = 0 if rank is None else rank - 1
    return answers.Leaderboard(
        period=period,
        period_start=starts[period],
        tier_code=board,
        total_users_in_tier=size,
        reset_time=None,
        user_rank=None
        if own is None or rank is None
        else answers.UserRank(rank=rank, points_earned=own.points, display_name=profile.display_name),
        rankings=places(session, ranked, (page - 1) * limit, limit, user),
        around=[] if rank is None else places(session, ranked, first, ahead + AROUND + 1 - first, user),
        pagination=answers.Pagination(page=page, limit=limit, total_items=size, total_pages=-(-size // limit)),
    )


def ahead_of(own: Standing, ranked: Any) -> Any:
    level = Standing.points == own.points
    as_early = and_(level, Standing.reached_at == own.reached_at)
    return (
        select(func.count())
        .select_from(Standing)
        .where(
            *ranked,
            or_(
                Standing.points > own.points,
                and_(level, Standing.reached_at < own.reached_at),
                and_(as_early, Standing.active_days > own.active_days),
                and_(as_early, Standing.active_days == own.active_days, Standing.user_id < own.user_id),
            ),
        )
    )


def places(session: Session, ranked: Any, offset: int, limit: int, user: User) -> list[answers.RankedMember]:
    found = session.execute(
        select(Standing, Profile.display_name)
        .join(Profile, Profile.user_id == Standing.user_id)
        .where(*ranked)
        .order_by(Standing.points.desc(), Standing.reached_at, Standing.active_days.desc(), Standing.user_id)
        .offset(offset)
        .limit(limit)
    ).all()
    return [
        answers.RankedMember(
            rank=rank, display_name=name, points_earned=standing.points, is_me=standing.user_id == user.id
        )
        for rank, (standing, name) in enumerate(found, offset + 1)
    ]


def tier_code(profile: Profile, today: date) -> str:
    birth = profile.date_of_birth
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    bracket = next(name for youngest, name in BRACKETS if age >= youngest)
    return f"{profile.biological_sex[0].upper()}-{bracket}-{profile.fitness_level[:3].upper()}"


@app.get("/api/v1/drawings")
def drawings(
    session: SessionDep,
    user: CurrentUser,
    page: Annotated[int, Query(ge=1)] = 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> answers.Drawings:
    offered = Drawing.status != "draft"
    size = session.scalar(select(func.count()).select_from(Drawing).where(offered)) or 0
    found = session.scalars(
        select(Drawing)
        .where(offered)
        .options(selectinload(Drawing.prizes).options(joinedload(Prize.sponsor)))  # type: ignore[attr-defined]
        .order_by(Drawing.drawing_time.desc(), Drawing.id.desc())
        .offset((page - 1) * limit)
        .limit(limit)
    ).all()
    ids = [drawing.id for drawing in found]
    in_all = tickets(session, select(Gate.drawing_id, func.sum(Gate.tickets)).where(Gate.drawing_id.in_(ids)), Gate)
    held = select(Entry.drawing_id, func.sum(Entry.quantity)).where(Entry.drawing_id.in_(ids), Entry.user_id == user.id)
    own = tickets(session, held, Entry)
    profile = session.get_one(Profile, user.id)
    return answers.Drawings(
        items=[shown(drawing, user, profile, own.get(drawing.id, 0), in_all.get(drawing.id, 0)) for drawing in found],
        pagination=answers.Pagination(page=page, limit=limit, total_items=size, total_pages=-(-size // limit)),
    )


def tickets(session: Session, query: Any, model: Any) -> dict[UUID, int]:
    return {drawing_id: int(count) for drawing_id, count in session.execute(query.group_by(model.drawing_id))}


def shown(drawing: Drawing, user: User, profile: Profile, own: int, in_all: int) -> answers.DrawingOut:
    now = datetime.now(UTC)
    obstacles = []
    if profile.date_of_birth > platform_day().replace(year=platform_day().year - 18):
        obstacles.append(answers.Obstacle(rule="age", detail="You must be 18 or older."))
    if now - user.created_at.replace(tzinfo=UTC) < timedelta(days=drawing.eligibility["min_account_age_days"]):
        obstacles.append(answers.Obstacle(rule="account_age", detail="Your account is too young."))
    is_open = drawing.sales_open_at.replace(tzinfo=UTC) <= now < drawing.ticket_sales_close.replace(tzinfo=UTC)
    return answers.DrawingOut(
        drawing_id=drawing.id,
        type=drawing.drawing_type,
        name=drawing.name,
        description=drawing.description,
        status="open" if is_open else drawing.status,
        ticket_cost_points=drawing.ticket_cost_points,
        sales_open_at=drawing.sales_open_at,
        ticket_sales_close=drawing.ticket_sales_close,
        drawing_time=drawing.drawing_time,
        eligibility=answers.Eligibility(**drawing.eligibility),
        max_tickets_per_member=drawing.max_tickets_per_member,
        prizes=drawing.prizes,  # type: ignore[attr-defined]  # a backref
        user_tickets=own,
        total_tickets=in_all,
        odds=answers.Odds(user_tickets=own, total_tickets=in_all),
        eligible=not obstacles,
        not_eligible_because=obstacles,
        terms_hash=drawing.terms_hash,
        seed_commitment=drawing.seed_commitment,
    )


@app.post("/api/v1/drawings/{drawing_id}/tickets", status_code=201)
def buy_tickets(
    session: SessionDep,
    user: CurrentUser,
    drawing_id: UUID,
    _body: answers.Quantity,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=100)],
) -> answers.Receipt:
    member_id = user.id
    session.rollback()  # gives the connection back: the purchase begins anew, as a writer
    receipt = shop.bought(member_id, drawing_id, idempotency_key)
    odds = receipt.pop("odds")
    return answers.Receipt(**receipt, odds=answers.Odds(user_tickets=odds["member"], total_tickets=odds["all"]))
