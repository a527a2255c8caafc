"""Documents as they are read: through the views of a database, or composed from rows in memory, spelled the same."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from fittrack_adapters.store.documents import (
    FULFILLMENT_DETAILS,
    USER_ACTIVITIES,
    USER_CONNECTIONS,
    USER_PROFILE,
    USER_TICKETS,
    DocumentView,
    Part,
)
from fittrack_adapters.store.rows import Condition, Rows
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.tables import Kind, Table
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.ids import MemberId

Document = dict[str, Any]
RowsOf = Callable[[Table[Any]], Rows[Any]]
Found = Callable[[DocumentView, UUID], list[Document]]
"""The documents of a kind that are found by an id, by key."""


def sql_documents(session: SqlSession) -> Found:
    """Read through the views of a database."""

    def found(view: DocumentView, by: UUID) -> list[Document]:
        sql = session.dialect.documents(view.name, view.found_by)
        rows = session.database.fetch(sql, {"found_by": session.encoded("uuid", by)})
        documents = [spelled(view.root, session.decoded("json", data)) for (data,) in rows]
        return sorted(documents, key=lambda document: str(document["_id"]))

    return found


def row_documents(rows_of: RowsOf) -> Found:
    """Composed from rows, for the store in memory."""

    def found(view: DocumentView, by: UUID) -> list[Document]:
        wanted: dict[str, Condition] = {view.found_by_column: by}
        rows = rows_of(view.root.table).where(order=view.root.table.key, **wanted)
        return [spelled(view.root, _composed(view.root, row, rows_of)) for row in rows]

    return found


@attrs.frozen
class MemberDocumentRows:
    """`MemberDocuments` over the views, or over rows."""

    found: Found

    def profile(self, member_id: MemberId) -> Document:
        documents = self.found(USER_PROFILE, member_id)
        if not documents:
            raise MemberNotFound(member_id)
        return documents[0]

    def connections(self, member_id: MemberId) -> Sequence[Document]:
        (document,) = self.found(USER_CONNECTIONS, member_id)
        connections: Sequence[Document] = document["connections"]
        return connections

    def activities(self, member_id: MemberId) -> Sequence[Document]:
        return self.found(USER_ACTIVITIES, member_id)

    def tickets(self, member_id: MemberId) -> Sequence[Document]:
        return self.found(USER_TICKETS, member_id)

    def fulfillments(self, member_id: MemberId) -> Sequence[Document]:
        return self.found(FULFILLMENT_DETAILS, member_id)


def _composed(part: Part, row: Any, rows_of: RowsOf) -> Document:
    document = {field.name: _plain(part.table, row, field.column) for field in part.fields}
    for name, inner in part.parts.items():
        assert inner.joined is not None
        own, outer = inner.joined
        rows = rows_of(inner.table).where(order=inner.table.key, **{own: getattr(row, outer)})
        objects = [_composed(inner, each, rows_of) for each in rows]
        document[name] = objects if inner.many else next(iter(objects), None)
    return document


def _plain(table: Table[Any], row: Any, column: str) -> Any:
    value = getattr(row, column)
    plain = table.column(column).plain if column in table.fields else None
    return value if plain is None or value is None else plain(value)


def spelled(part: Part, document: Mapping[str, Any]) -> Document:
    """The document with values spelled the same whatever the store brings them as, and all its fields in order."""
    told = {field.name: _spelled(field.kind, document.get(field.name)) for field in part.fields}
    for name, inner in part.parts.items():
        found = document.get(name)
        if inner.many:
            key = next(field.name for field in inner.fields if field.column == inner.table.key[0])
            told[name] = sorted((spelled(inner, each) for each in found or ()), key=lambda each: str(each[key]))
        else:
            told[name] = None if found is None else spelled(inner, found)
    return told


def _spelled(kind: Kind, value: Any) -> Any:
    return None if value is None else SPELLINGS[kind](value)


def _uuid(value: Any) -> str:
    return str(UUID(bytes=value) if isinstance(value, bytes) else UUID(str(value)))


def _instant(value: datetime | str) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _day(value: date | str) -> str:
    return str(value)[:10]  # Oracle's days have hours


SPELLINGS: Mapping[Kind, Callable[[Any], Any]] = {
    "uuid": _uuid,
    "instant": _instant,
    "day": _day,
    "number": int,
    "flag": bool,
    "text": str,
    "money": lambda value: f"{Decimal(str(value)):.2f}",
    "json": lambda value: json.loads(json.dumps(value)),
}
