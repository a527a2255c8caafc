"""`fittrack db copy`: an installation moves into another database."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from fittrack_cli.output import AsJson, complain, example, print_json, print_lines, print_table, progress, say, warn

if TYPE_CHECKING:
    from fittrack_adapters.settings import Settings
    from fittrack_adapters.store.copying import Copyable

EPILOG = example("fittrack db copy --from sqlite:///var/fittrack.db --to postgresql://fittrack@localhost/fittrack")

SourceUrl = Annotated[str, typer.Option("--from", metavar="URL", help="The database that has the data.")]
TargetUrl = Annotated[str, typer.Option("--to", metavar="URL", help="The one that gets it, empty or half copied.")]

PORTS = {"postgresql": 5432, "oracle": 1521}


def copy(source_url: SourceUrl, target_url: TargetUrl, as_json: AsJson = False) -> None:
    """Move everything into another database.

    Every row as it is; both databases are compared and the books verified at the end, and it ends with 1 if anything
    is not right. Stop all servers and jobs of both first. The source is not changed; an empty target is migrated. If
    it was ended half-way, the same command goes on where it stopped.

    FITTRACK_DATABASE_PASSWORD stands in for a password in either address. Sealed values stay sealed: the new database
    needs the old one's master key.
    """
    from fittrack_adapters.store import copying

    source, target = _pair(source_url, target_url)
    warn("Servers and jobs of both databases must be stopped: nothing else may write to them now.")
    with closing(_store(source)) as there, closing(_store(target)) as here:
        with progress("Copying", copying.rows_in(there)) as advance:
            added = copying.copy(there, here, advance)
        with progress("Comparing"):
            rows = copying.compared(there, here)
    with progress("Verifying"):
        problems = _problems(_reports(source), _reports(target))
    if as_json:
        print_json({"valid": not problems, "added": added, "rows": rows, "problems": problems})
    else:
        print_table(("Table", "#Rows"), rows.items())
        print_lines(f"Both have the same {sum(rows.values())} rows; {added} of them were copied now.")
    _conclude(problems)


def _pair(source_url: str, target_url: str) -> "tuple[Settings, Settings]":
    """The settings for both. Raises `InvalidInput`, with all faults."""
    from fittrack_adapters.settings import Settings
    from fittrack_domain.shared.errors import Fault, InvalidInput

    settings = Settings.load(os.environ)
    faults = []
    found = []
    for name, url in (("--from", source_url), ("--to", target_url)):
        try:
            found.append(_with_tables(settings.at(url)))
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    if not faults:
        source, target = found
        if source.database_path is not None and not source.database_path.is_file():
            faults.append(Fault("--from", f"there is no file {source.database_path}"))
        elif _place(source) == _place(target):
            faults.append(Fault("--to", "is the same database as --from"))
        else:
            return source, target
    raise InvalidInput(tuple(faults))


def _with_tables(settings: "Settings") -> "Settings":
    if settings.database_url == "memory://":
        raise ValueError("must be a file or a server: what is in memory goes with the process that has it")
    return settings


def _place(settings: "Settings") -> object:
    """Where the database is, however its address is written."""
    if settings.database_path is not None:
        return settings.database_path.resolve()
    parts = urlsplit(settings.database_url)
    schema = parts.username if parts.scheme == "oracle" else None
    return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], parts.path, schema


def _store(settings: "Settings") -> "Copyable":
    from fittrack_adapters.store.memory import MemoryStore
    from fittrack_adapters.wiring import open_store

    store = open_store(settings)
    assert not isinstance(store, MemoryStore), "refused before"
    return store


def _reports(settings: "Settings") -> Mapping[str, Any]:
    import attrs

    from fittrack_adapters.wiring import open_fittrack

    # Nothing sealed is opened here: any key does, and no new one must come to lie beside a database.
    with open_fittrack(attrs.evolve(settings, master_key=bytes(32))) as installation:
        fittrack = installation.fittrack
        return {
            "ledger": fittrack.points.verify(),
            "audit log": fittrack.audit.verify(),
            "draw log": fittrack.proofs.verify_log(),
        }


def _problems(source: Mapping[str, Any], target: Mapping[str, Any]) -> Sequence[str]:
    """What is not right in the copy, and where its reports differ from the source's."""
    differing = [
        f"The {what} verifies otherwise than in the source." for what in source if source[what] != target[what]
    ]
    return [*differing, *(f"{what}: {problem}" for what, report in target.items() for problem in report.problems)]


def _conclude(problems: Sequence[str]) -> None:
    for problem in problems:
        complain(problem)
    if problems:
        raise typer.Exit(1)
    say("The new database needs the old one's master key: FITTRACK_MASTER_KEY, or the file master.key beside it.")
