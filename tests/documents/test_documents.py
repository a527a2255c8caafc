"""Documents are the same on every store, whoever composes them, and migrations have the texts of specifications."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from fittrack_adapters.store.document_views import rendered
from fittrack_adapters.store.documents import DOCUMENT_VIEWS, DocumentView, Part
from fittrack_adapters.store.documents_found import row_documents, spelled
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_adapters.wiring import Installation
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.shared.ids import MemberId
from tests.documents.town import NOON, copied, members, settle

KINDS = pytest.mark.parametrize("view", DOCUMENT_VIEWS, ids=lambda view: view.name)
SECRETS = re.compile("password|token|secret|seed|salt|sealed|shipping|address_?line|email_key|hash")


@pytest.fixture(scope="module")
def town() -> Installation:
    clock = StoppedClock(NOON)
    installation = an_installation(clock)
    settle(installation, clock)
    return installation


@pytest.fixture
def copy_of(town: Installation, tmp_path: Path) -> Iterator[Callable[[str], Installation]]:
    """The town on another store."""
    opened: list[Installation] = []

    def copy(url: str) -> Installation:
        opened.append(copied(town, url))
        return opened[-1]

    yield copy
    for installation in opened:
        installation.close()


@pytest.fixture
def on_sqlite(copy_of: Callable[[str], Installation], tmp_path: Path) -> Installation:
    return copy_of(f"sqlite:///{tmp_path}/town.db")


@pytest.fixture
def on_postgres(copy_of: Callable[[str], Installation], postgres_url: str) -> Installation:
    return copy_of(postgres_url)


@pytest.fixture(params=["sqlite", "postgres", "double"])
def other(request: pytest.FixtureRequest, copy_of: Callable[[str], Installation], tmp_path: Path) -> Installation:
    """The town on every store but the one where it came to be."""
    if request.param == "sqlite":
        return copy_of(f"sqlite:///{tmp_path}/town.db")
    return copy_of(request.getfixturevalue(f"{request.param}_url"))


def shown(installation: Installation, view: DocumentView) -> dict[str, Any]:
    """The documents as the database itself shows them, by key."""
    assert not isinstance(installation.store, MemoryStore)
    with installation.store.connected() as database:
        found = [
            database.dialect.decoded("json", data) for (data,) in database.fetch(f"select data from {view.name}", {})
        ]
    return {document["_id"]: document for document in found}


def composed(town: Installation, view: DocumentView) -> dict[str, Any]:
    """The documents as memory composes them, by key."""
    with town.store.reading() as tx:
        rows = tx.rows(view.root.table).where(order=view.root.table.key)
        owners = {getattr(row, view.found_by_column) for row in rows}
        found = [document for owner in owners for document in row_documents(tx.rows)(view, owner)]
    return {document["_id"]: document for document in found}


@KINDS
def test_sqlite_shows_what_memory_composes(town: Installation, on_sqlite: Installation, view: DocumentView) -> None:
    expected = composed(town, view)
    assert expected
    assert expected == shown(on_sqlite, view)


@KINDS
def test_postgres_shows_what_sqlite_shows(
    on_sqlite: Installation, on_postgres: Installation, view: DocumentView
) -> None:
    assert shown(on_sqlite, view) == shown(on_postgres, view)


def test_an_export_is_the_same_on_every_store(town: Installation, other: Installation) -> None:
    for member in members(town):
        assert town.fittrack.exports.of_member(member) == other.fittrack.exports.of_member(member)


def test_fields_come_in_the_order_of_the_specification(town: Installation, other: Installation) -> None:
    ann = members(town)[0]
    one, two = (each.fittrack.exports.of_member(ann).profile for each in (town, other))
    assert json.dumps(one) == json.dumps(two)


def test_nobody_has_no_documents(other: Installation) -> None:
    with pytest.raises(MemberNotFound):
        other.fittrack.exports.of_member(MemberId(UUID(int=7)))


def test_values_are_spelled_as_on_the_wire(town: Installation) -> None:
    by_name = {view.name: list(composed(town, view).values()) for view in DOCUMENT_VIEWS}
    ann = next(each for each in by_name["user_profile_dv"] if each["email"] == "ann@example.com")
    assert str(UUID(ann["_id"])) == ann["_id"] == ann["profile"]["userId"]
    assert ("1990-06-15", False, []) == tuple(ann["profile"][name] for name in ("dateOfBirth", "openTier", "goals"))
    assert {"2024-03-04T12:00:00Z"} == {each["createdAt"] for each in by_name["user_profile_dv"]}
    drawn = next(each for each in by_name["drawing_details_dv"] if each["name"] == "Drawn")
    assert ["249.00", "12.50"] == [prize["valueUsd"] for prize in drawn["prizes"]]
    assert ["Acme", None] == [prize["sponsor"] and prize["sponsor"]["name"] for prize in drawn["prizes"]]
    assert {True, False} == {
        connection["isPrimary"] for each in by_name["user_connections_dv"] for connection in each["connections"]
    }
    assert {"2024-03-04T12:00:00Z", "2024-03-04T12:00:01.000250Z"} == {
        each["purchasedAt"] for each in by_name["user_tickets_dv"]
    }


def test_the_balance_is_that_of_the_wallet(town: Installation, other: Installation) -> None:
    for member in members(town):
        told = other.fittrack.exports.of_member(member).profile["wallet"]
        assert other.fittrack.points.balance(member).balance == (told["pointBalance"] if told else 0)


def test_what_a_database_brings_in_its_own_types_is_spelled_the_same() -> None:
    """As Oracle's driver brings the documents of a duality view: bytes, naive instants, days with hours, decimals."""
    from datetime import UTC, datetime
    from decimal import Decimal

    part = DOCUMENT_VIEWS[3].root.parts["prizes"]
    brought: Mapping[str, Any] = {"prizeId": UUID(int=5).bytes, "prizeRank": Decimal(1), "valueUsd": Decimal("12.5")}
    told = spelled(part, brought)
    assert (str(UUID(int=5)), 1, "12.50", None) == tuple(
        told[name] for name in ("prizeId", "prizeRank", "valueUsd", "sponsor")
    )
    activity = spelled(
        DOCUMENT_VIEWS[2].root,
        {"startTime": NOON.replace(tzinfo=None), "activityDay": datetime(2024, 3, 3, tzinfo=UTC)},
    )
    assert ("2024-03-04T12:00:00Z", "2024-03-03") == (activity["startTime"], activity["activityDay"])


def parts(part: Part) -> Iterator[Part]:
    yield part
    for inner in part.parts.values():
        yield from parts(inner)


@KINDS
def test_no_secret_is_in_any_view(view: DocumentView) -> None:
    for part in parts(view.root):
        assert not [field for field in part.fields if SECRETS.search(field.column) or field.kind == "bytes"]


def test_no_address_is_in_any_document(on_sqlite: Installation) -> None:
    assert "Secret Street" not in json.dumps([shown(on_sqlite, view) for view in DOCUMENT_VIEWS])


@pytest.mark.parametrize("database", ["oracle", "postgres", "sqlite"])
def test_the_migration_makes_what_is_specified(database: str) -> None:
    """When a specification changes, a new migration replaces its views: this one was applied already."""
    text = files("fittrack_adapters.store") / "migrations" / f"0010_documents.{database}.sql"
    assert rendered(database) == text.read_text(encoding="utf-8")
