"""Empties a database of development, from within: servers may run on meanwhile."""

import attrs

from fittrack_adapters.store.documents import DOCUMENT_VIEWS
from fittrack_adapters.store.migrate import Migratable, left_changeable, migrate
from fittrack_adapters.store.schema import tables
from fittrack_domain.shared.errors import Conflict


@attrs.frozen
class TablesStay(Conflict):
    """The server lets nobody throw the tables of record away."""

    code = "tables_stay"

    def __str__(self) -> str:
        return (
            "The tables of record are immutable tables: the server drops none that has rows, until for 16 days nothing "
            "was added to it. Begin anew in another schema"
        )


def require_droppable(store: Migratable) -> None:
    """Raises `TablesStay`."""
    if left_changeable(store) is not None:
        raise TablesStay


def wipe(store: Migratable) -> None:
    """Throws every table away, rows of record included, and makes all of them anew. Raises `TablesStay`."""
    require_droppable(store)
    with store.migrating() as database:
        for view in DOCUMENT_VIEWS:
            database.run(f"drop view if exists {view.name}", {})
        for table in reversed(tables()):
            database.run(f"drop table if exists {table.name}", {})
        database.run("drop table if exists schema_migrations", {})
    migrate(store)
