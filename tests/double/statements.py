"""All statements that the store can issue, with a value for every bind."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, get_args, get_type_hints
from uuid import UUID

import attrs

from fittrack_adapters.store.analytics import SqlFigures
from fittrack_adapters.store.box_office import SqlBoxOffice
from fittrack_adapters.store.competition import Shift, SqlLadder
from fittrack_adapters.store.documents import DOCUMENT_VIEWS
from fittrack_adapters.store.documents_found import sql_documents
from fittrack_adapters.store.integrity import SqlMeasuredDays
from fittrack_adapters.store.member_search import SqlMemberSearch
from fittrack_adapters.store.migrate import migrations
from fittrack_adapters.store.oracle_dialect import ORACLE, WITH_IMMUTABLE_TABLES
from fittrack_adapters.store.points import NOT_OPENED, TRANSFERS, WALLETS
from fittrack_adapters.store.rows import After, Not, OneOf, between
from fittrack_adapters.store.sql import SqlRows, SqlSession
from fittrack_adapters.store.sweepstakes import DRAWINGS, ENTRIES
from fittrack_adapters.store.tables import Column, Kind, Table
from fittrack_adapters.store.tickets import SqlBlocks, SqlGates
from fittrack_adapters.store.tracking import sql_efforts
from fittrack_domain.competition.model import Ranking, Standing
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.model import Role, Status
from fittrack_domain.points.ledger import Moved
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.shared.requests import Request

T = TypeVar("T")

ID = UUID(int=7)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SAMPLES: dict[Kind, Any] = {
    "uuid": ID,
    "instant": NOON,
    "day": NOON.date(),
    "number": 2**53,
    "flag": True,
    "text": "Ünïcödé ✓ " * 500,
    "money": Decimal("12.50"),
    "bytes": bytes(range(256)) * 200,
    "json": [{"n": [1, 2.5, None, True, "é"]}],
}


def definitions() -> Iterator[str]:
    """The statements of all migrations, with triggers and with immutable tables."""
    for migration in migrations():
        yield from migration.statements(ORACLE)
        yield from migration.statements(WITH_IMMUTABLE_TABLES)


def write_rows(session: SqlSession, table: Table[Any]) -> None:
    """Every change of single rows: one and many, with and without what may be missing."""
    codec = session.codec(table)
    full, gaps = (_row(table, missing=missing) for missing in (False, True))
    session.database.run(codec.insert, full)
    session.database.add_many(codec.into, [[row[name] for name in codec.into.columns] for row in (gaps, full, gaps)])
    for sql in (codec.insert_missing, *([codec.update] if table.changes else [])):
        session.database.run(sql, full)
        session.database.run_many(sql, [gaps, full, gaps])


def find_rows(session: SqlSession, table: Table[Any]) -> None:
    """Every query by single columns."""
    rows = SqlRows(table, session)
    rows.get(*(_value(table, table.column(field)) for field in table.key))
    rows.alone()
    for column in table.columns:
        if column.kind == "number":
            rows.sum(column.field)
            rows.sums(column.field, by=table.key[0])
        if column.kind in ("json", "bytes"):
            continue
        value = _value(table, column)
        for wanted in (value, None, Not(None), After(value), OneOf([value]), OneOf([]), between(value, value)):
            rows.where(order=(column.field, f"-{column.field}"), limit=7, offset=3, **{column.field: wanted})
        rows.locked(**{column.field: value})
        rows.taken(**{column.field: value})
        list(rows.each(order=(column.field,), **{column.field: value}))
        rows.remove(**{column.field: value})


def run_hand_written(session: SqlSession) -> None:
    """Where rows end."""
    drawing_id, member_id = DrawingId(ID), MemberId(ID)
    ranking = Ranking("OPEN", Period.DAILY, date(2026, 3, 2))
    gates, blocks, ladder = SqlGates(session), SqlBlocks(session), SqlLadder(session)
    gates.admit(drawing_id, member_id, 3)
    gates.shut(drawing_id)
    blocks.unnumbered(drawing_id, 500)
    blocks.some(drawing_id, 0, 256)
    list(blocks.each(drawing_id))
    ladder.steps(ranking)
    ladder.revision(ranking)
    ladder.shift({(ranking, 3): Shift(members=1, changes=1), (ranking, 4): Shift(members=-1, changes=1)})
    ladder.descent(ranking, 100, 5, 6, 10)
    ladder.ahead(Standing(ranking.board, ranking.period, ranking.period_start, member_id, 50, NOON, 3, shown=True))
    sell(session)
    for view in DOCUMENT_VIEWS:
        sql_documents(session)(view, ID)
    list(sql_efforts(session)(member_id, NOON.date(), NOON.date()))
    list(SqlMeasuredDays(session).on(NOON.date()))
    figures, day = SqlFigures(session), NOON.date()
    figures.members()
    figures.active_members(day, day)
    figures.points_earned(day, day)
    figures.points_outstanding()
    figures.points_spent(NOON, NOON)
    figures.on_sale(NOON)
    figures.prizes()
    figures.open_reviews()
    figures.registrations([day], [NOON, NOON])
    figures.activity(day, day)
    figures.drawings(NOON, NOON, NOON, 10)
    for sought in ("jo_1%", str(ID), None):
        SqlMemberSearch(session).page(Paging(2, 3), sought, status=Status.ACTIVE, role=Role.ADMIN, flagged=True)


def sell(session: SqlSession) -> None:
    """Tickets by every way of coming to them: by a new wallet and an old one, with a key and without."""
    box_office, request = SqlBoxOffice(session), Request(ID, "buy_tickets", "key", {})
    for asked in (request, None):
        with suppress(MemberNotFound):  # nobody is found here, and all queries were put
            box_office.grounds(MemberId(ID), DrawingId(ID), asked)
    drawing = _built(DRAWINGS)
    for version in (NOT_OPENED, 1):
        moved = Moved(attrs.evolve(_built(WALLETS), version=version), (_built(TRANSFERS), _built(TRANSFERS)))
        box_office.issue(_built(ENTRIES), drawing, moved, request.answered(NOON, SAMPLES["json"][0]))
    box_office.issue(attrs.evolve(_built(ENTRIES), transaction_id=None, free_key=None, reason=None), drawing)


def _built(table: Table[T]) -> T:
    """A row of the domain, with a value for everything."""
    values = {column.field: _value(table, column) for column in table.columns}
    return table.row(**values)


def _row(table: Table[Any], *, missing: bool) -> dict[str, Any]:
    """A row as it is handed to the driver."""
    values = {
        column.name: None if missing and column.optional else ORACLE.encoded(column.kind, SAMPLES[column.kind])
        for column in table.columns
    }
    stamp = ORACLE.encoded("instant", NOON)
    return {"created_at": stamp, "updated_at": stamp} | values


def _value(table: Table[Any], column: Column) -> Any:
    """A value of the column as a repository would ask for it."""
    hint = get_type_hints(table.row)[column.field]
    enums = [kind for kind in (hint, *get_args(hint)) if isinstance(kind, type) and issubclass(kind, Enum)]
    if enums:
        return next(iter(enums[0]))
    return Usd(SAMPLES["money"]) if column.kind == "money" else SAMPLES[column.kind]
