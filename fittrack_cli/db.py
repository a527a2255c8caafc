"""`fittrack db`: the database."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from fittrack_cli.output import AsJson, complain, example, print_facts, print_json, print_lines, progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fittrack_adapters.settings import Settings
    from fittrack_adapters.store.copying import Copyable
    from fittrack_adapters.store.migrate import Migration

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.command(epilog=example("fittrack db migrate"))
def migrate(
    as_json: AsJson = False,
    immutable_tables: Annotated[
        bool,
        typer.Option(
            "--immutable-tables",
            help="Into an empty schema of Oracle: nobody can change, remove or drop what is of record, ever.",
        ),
    ] = False,
) -> None:
    """Bring the database up to date. Done again, it changes nothing."""
    applied = _migrate(_settings(), immutable_tables=immutable_tables)
    if as_json:
        print_json({"applied": _names(applied)})
    else:
        print_lines(*(f"Applied {name}." for name in _names(applied)), "The database is up to date.")


@app.command(epilog=example("fittrack db status"))
def status(as_json: AsJson = False) -> None:
    """Tell which database is used, and which migrations it lacks."""
    from fittrack_adapters.settings import without_password
    from fittrack_adapters.store.migrate import migrations, pending

    settings = _settings()
    store = _store(settings)
    lacking = _names([] if store is None else pending(store))
    known = len(migrations())
    database = without_password(settings.database_url)
    if as_json:
        print_json({"database": database, "migrations": known, "pending": lacking})
        return
    print_facts(
        {
            "Database": database,
            "Migrations": f"{known - len(lacking)} of {known} applied",
            "Pending": ", ".join(lacking) or None,
            "Next": "fittrack db migrate" if lacking else None,
        }
    )


@app.command(epilog=example("fittrack db reset", "fittrack db reset --yes"))
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Throw the database away and begin with an empty one. Only in development; stop the server first."""
    from fittrack_adapters.settings import SERVERS

    settings = _settings()
    path = settings.database_path
    if not settings.development:
        complain("This is not a development installation: the database is not thrown away. Restore a backup instead.")
        raise typer.Exit(1)
    if settings.database_url.startswith(SERVERS):
        _require_droppable(settings)
        complain("The database lies on a server. Drop it there, make it again, and run: fittrack db migrate")
        raise typer.Exit(1)
    if path is not None and not yes:
        typer.confirm(f"Throw away everything in {path}?", abort=True, err=True)
    if path is not None:
        for beside in ("", "-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
    _migrate(settings)
    print_lines("The database is empty and up to date.")


def _settings() -> "Settings":
    from fittrack_adapters.settings import Settings

    return Settings.load(os.environ)


def _store(settings: "Settings") -> "Copyable | None":
    """The store that has tables; None for the memory store, which is always up to date."""
    from fittrack_adapters.store.memory import MemoryStore
    from fittrack_adapters.wiring import open_store

    store = open_store(settings)
    return None if isinstance(store, MemoryStore) else store


def _migrate(settings: "Settings", *, immutable_tables: bool = False) -> "Sequence[Migration]":
    from fittrack_adapters.store import migrate as migrating

    store = _store(settings)
    if store is None:
        if immutable_tables:
            raise migrating.NoImmutableTables("memory")
        return []
    with progress("Migrating"):
        return migrating.migrate(store, immutable_tables=immutable_tables)


def _require_droppable(settings: "Settings") -> None:
    from fittrack_adapters.store.wiping import require_droppable

    store = _store(settings)
    assert store is not None, "it lies on a server"
    require_droppable(store)


def _names(migrations: "Sequence[Migration]") -> list[str]:
    return [f"{migration.number:04d}_{migration.name}" for migration in migrations]
