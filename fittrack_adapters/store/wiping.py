"""Empties a database of development, from within: servers may run on meanwhile."""

from fittrack_adapters.store.documents import DOCUMENT_VIEWS
from fittrack_adapters.store.migrate import Migratable, migrate
from fittrack_adapters.store.schema import tables


def wipe(store: Migratable) -> None:
    """Throws every table away, rows of record included, and makes all of them anew."""
    with store.migrating() as database:
        for view in DOCUMENT_VIEWS:
            database.run(f"drop view if exists {view.name}", {})
        for table in reversed(tables()):
            database.run(f"drop table if exists {table.name}", {})
        database.run("drop table if exists schema_migrations", {})
    migrate(store)
