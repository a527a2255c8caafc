"""Figures over everything that is stored: a statement or two for each, and the same from rows in memory.

What happened at an instant is told apart by days in Python, between borders that the calendar of platform time gives:
databases disagree on how to cut instants, and days have 23 or 25 hours where clocks change.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from fittrack_adapters.store.fulfillment import PRIZE_FULFILLMENTS
from fittrack_adapters.store.identity import USERS
from fittrack_adapters.store.integrity import REVIEWS, RULES
from fittrack_adapters.store.points import DAY_SCORES, WALLETS
from fittrack_adapters.store.rows import After, Before, Not, OneOf, Rows, Since, UpTo, between
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.sweepstakes import DRAWINGS, ENTRIES, PRIZES
from fittrack_adapters.store.tables import Table
from fittrack_adapters.store.tickets import DRAWING_GATES
from fittrack_domain.analytics.model import DayOfActivity, DayOfRegistrations, DrawingFigures
from fittrack_domain.analytics.ports import Figures
from fittrack_domain.fulfillment.model import FulfillmentStatus
from fittrack_domain.identity.model import Role, Status
from fittrack_domain.integrity.model import ReviewState
from fittrack_domain.points.rates import Rule
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes.model import DrawingStatus

RowsOf = Callable[[Table[Any]], Rows[Any]]
REGISTERED: Final = ("created_at", "email_verified_at", "deleted_at")
"""When somebody came, when their email was known to be theirs, when they left."""


@attrs.frozen
class Bought:
    """What members have in a drawing."""

    entries: int = 0
    members: int = 0
    tickets: int = 0
    points_spent: int = 0


@attrs.frozen
class RowFigures(Figures):
    """`Figures` from rows, for the store in memory."""

    rows_of: RowsOf

    def members(self) -> Mapping[tuple[Status, Role], int]:
        return Counter((account.status, account.role) for account in self.rows_of(USERS).where())

    def active_members(self, first: date, last: date) -> int:
        return len({day.user_id for day in self._days(first, last) if day.awarded})

    def points_earned(self, first: date, last: date) -> int:
        return sum(day.awarded for day in self._days(first, last))

    def points_outstanding(self) -> int:
        return sum(wallet.total for wallet in self.rows_of(WALLETS).where())

    def points_spent(self, since: datetime, before: datetime) -> int:
        kept = {drawing.id for drawing in self.rows_of(DRAWINGS).where(status=Not(DrawingStatus.CANCELLED))}
        bought = self.rows_of(ENTRIES).where(purchased_at=(Since(since), Before(before)))
        return sum(entry.cost_points for entry in bought if entry.drawing_id in kept)

    def on_sale(self, now: datetime) -> tuple[int, int]:
        open_ones = self.rows_of(DRAWINGS).where(**_open_at(now))
        gates = self.rows_of(DRAWING_GATES)
        return len(open_ones), sum(gates.sum("tickets", drawing_id=drawing.id) for drawing in open_ones)

    def prizes(self) -> Mapping[FulfillmentStatus, int]:
        return Counter(fulfillment.status for fulfillment in self.rows_of(PRIZE_FULFILLMENTS).where())

    def open_reviews(self) -> int:
        return self.rows_of(REVIEWS).total(state=ReviewState.OPEN)

    def registrations(self, days: Sequence[date], borders: Sequence[datetime]) -> Sequence[DayOfRegistrations]:
        return _by_day(days, borders, (self._instants(column, borders) for column in REGISTERED))

    def _instants(self, column: str, borders: Sequence[datetime]) -> Iterable[datetime]:
        within: dict[str, Any] = {column: (Since(borders[0]), Before(borders[-1]))}
        return [getattr(account, column) for account in self.rows_of(USERS).where(**within)]

    def activity(self, first: date, last: date) -> Sequence[DayOfActivity]:
        days: defaultdict[date, list[ScoredDay]] = defaultdict(list)
        for scored in self._days(first, last):
            days[scored.activity_day].append(scored)
        return [
            DayOfActivity(
                day=day,
                active_members=sum(scored.awarded > 0 for scored in of_day),
                steps=sum(_input(scored, Rule.STEPS) for scored in of_day),
                active_minutes=sum(scored.active_minutes for scored in of_day),
                workouts=sum(_input(scored, Rule.WORKOUTS) for scored in of_day),
                points_earned=sum(scored.awarded for scored in of_day),
            )
            for day, of_day in sorted(days.items())
        ]

    def drawings(self, since: datetime, before: datetime, now: datetime, limit: int) -> Sequence[DrawingFigures]:
        return _drawings(self.rows_of, since, before, now, limit, self._bought)

    def _bought(self, drawing_ids: Sequence[DrawingId]) -> Mapping[DrawingId, Bought]:
        found = {}
        for drawing_id in drawing_ids:
            entries = self.rows_of(ENTRIES).where(drawing_id=drawing_id)
            found[drawing_id] = Bought(
                entries=len(entries),
                members=len({entry.user_id for entry in entries}),
                tickets=sum(entry.quantity for entry in entries),
                points_spent=sum(entry.cost_points for entry in entries),
            )
        return found

    def _days(self, first: date, last: date) -> Sequence[ScoredDay]:
        return self.rows_of(DAY_SCORES).where(activity_day=between(first, last))


@attrs.frozen
class SqlFigures(Figures):
    """`Figures` from a database."""

    session: SqlSession

    def members(self) -> Mapping[tuple[Status, Role], int]:
        found = self.session.database.fetch("select status, role, count(*) from users group by status, role", {})
        return {(Status(status), Role(role)): int(number) for status, role, number in found}

    def active_members(self, first: date, last: date) -> int:
        return self._number(
            "select count(distinct user_id) from day_scores"
            " where activity_day >= :first_day and activity_day <= :last_day and awarded > 0",
            self._days(first, last),
        )

    def points_earned(self, first: date, last: date) -> int:
        return self._number(
            "select coalesce(sum(awarded), 0) from day_scores"
            " where activity_day >= :first_day and activity_day <= :last_day",
            self._days(first, last),
        )

    def points_outstanding(self) -> int:
        return self._number("select coalesce(sum(credits - debits), 0) from wallets", {})

    def points_spent(self, since: datetime, before: datetime) -> int:
        # By the drawings on sale in this span, whose entries an index finds: there is none by time of purchase.
        return self._number(
            "select coalesce(sum(e.cost_points), 0) from drawings d join entries e on e.drawing_id = d.id"
            " where d.status <> 'cancelled' and d.sales_open_at < :before and d.ticket_sales_close > :since"
            " and e.purchased_at >= :since and e.purchased_at < :before",
            self._span(since, before),
        )

    def on_sale(self, now: datetime) -> tuple[int, int]:
        tickets = self._number(
            "select coalesce(sum(g.tickets), 0) from drawings d join drawing_gates g on g.drawing_id = d.id"
            " where d.status = 'scheduled' and d.sales_open_at <= :at_instant and d.ticket_sales_close > :at_instant",
            {"at_instant": self.session.encoded("instant", now)},
        )
        return self.session.rows(DRAWINGS).total(**_open_at(now)), tickets

    def prizes(self) -> Mapping[FulfillmentStatus, int]:
        found = self.session.database.fetch("select status, count(*) from prize_fulfillments group by status", {})
        return {FulfillmentStatus(status): int(number) for status, number in found}

    def open_reviews(self) -> int:
        return self.session.rows(REVIEWS).total(state=ReviewState.OPEN)

    def registrations(self, days: Sequence[date], borders: Sequence[datetime]) -> Sequence[DayOfRegistrations]:
        return _by_day(days, borders, (self._instants(column, borders) for column in REGISTERED))

    def _instants(self, column: str, borders: Sequence[datetime]) -> Iterable[datetime]:
        found = self.session.database.stream(
            f"select {column} from users where {column} >= :since and {column} < :before",
            self._span(borders[0], borders[-1]),
        )
        return (self.session.decoded("instant", instant) for (instant,) in found)

    def activity(self, first: date, last: date) -> Sequence[DayOfActivity]:
        steps, workouts = (
            self.session.dialect.number_in("breakdown", RULES[rule], "input") for rule in (Rule.STEPS, Rule.WORKOUTS)
        )
        found = self.session.database.fetch(
            f"select activity_day, sum(case when awarded > 0 then 1 else 0 end), sum({steps}), sum(active_minutes),"
            f" sum({workouts}), sum(awarded) from day_scores"
            " where activity_day >= :first_day and activity_day <= :last_day group by activity_day"
            " order by activity_day",
            self._days(first, last),
        )
        return [DayOfActivity(self.session.decoded("day", day), *map(int, sums)) for day, *sums in found]

    def drawings(self, since: datetime, before: datetime, now: datetime, limit: int) -> Sequence[DrawingFigures]:
        return _drawings(self.session.rows, since, before, now, limit, lambda _: self._bought(since, before))

    def _bought(self, since: datetime, before: datetime) -> Mapping[DrawingId, Bought]:
        # A member's first entry in a drawing has number 1: so members are counted without comparing them.
        found = self.session.database.fetch(
            "select e.drawing_id, count(*), sum(case when e.entry_no = 1 then 1 else 0 end), sum(e.quantity),"
            " sum(e.cost_points) from drawings d join entries e on e.drawing_id = d.id"
            " where d.drawing_time >= :since and d.drawing_time < :before group by e.drawing_id",
            self._span(since, before),
        )
        decoded = self.session.decoded
        return {DrawingId(decoded("uuid", which)): Bought(*map(int, sums)) for which, *sums in found}

    def _number(self, sql: str, binds: Mapping[str, Any]) -> int:
        return int(self.session.database.fetch(sql, binds)[0][0])

    def _days(self, first: date, last: date) -> Mapping[str, Any]:
        return {"first_day": self.session.encoded("day", first), "last_day": self.session.encoded("day", last)}

    def _span(self, since: datetime, before: datetime) -> Mapping[str, Any]:
        return {"since": self.session.encoded("instant", since), "before": self.session.encoded("instant", before)}


def _open_at(now: datetime) -> dict[str, Any]:
    return {"status": DrawingStatus.SCHEDULED, "sales_open_at": UpTo(now), "ticket_sales_close": After(now)}


def _by_day(
    days: Sequence[date], borders: Sequence[datetime], instants: Iterable[Iterable[datetime]]
) -> Sequence[DayOfRegistrations]:
    counts = [Counter(bisect_right(borders, instant) - 1 for instant in of_kind) for of_kind in instants]
    return [DayOfRegistrations(day, *(count[at] for count in counts)) for at, day in enumerate(days)]


def _input(scored: ScoredDay, rule: Rule) -> int:
    return next(line.input for line in scored.breakdown if line.rule is rule)


def _drawings(
    rows_of: RowsOf,
    since: datetime,
    before: datetime,
    now: datetime,
    limit: int,
    bought_in: Callable[[Sequence[DrawingId]], Mapping[DrawingId, Bought]],
) -> Sequence[DrawingFigures]:
    found = rows_of(DRAWINGS).where(
        order=("drawing_time", "id"),
        limit=limit,
        drawing_time=(Since(since), Before(before)),
        status=Not(DrawingStatus.DRAFT),
    )
    ids = [drawing.id for drawing in found]
    bought, values = bought_in(ids), Counter[DrawingId]()
    for prize in rows_of(PRIZES).where(drawing_id=OneOf(ids)):
        values[prize.drawing_id] += prize.value_usd.amount * prize.quantity
    return [
        DrawingFigures(
            drawing_id=drawing.id,
            name=drawing.name,
            type=drawing.drawing_type,
            drawing_time=drawing.drawing_time,
            status=drawing.status_at(now),
            prize_value_usd=Decimal(values[drawing.id]),
            **attrs.asdict(bought.get(drawing.id, Bought())),
        )
        for drawing in found
    ]
