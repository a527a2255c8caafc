"""`fittrack serve`: the HTTP server, with its jobs."""

import sys
from collections.abc import Iterator
from functools import partial
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from fittrack_cli.installation import opened
from fittrack_cli.output import complain, example, print_lines

if TYPE_CHECKING:
    from fittrack_adapters.wiring import Installation
    from fittrack_domain.identity.model import Member

EPILOG = example("fittrack serve", "fittrack serve --port 8080 --processes 2")


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen; FITTRACK_HOST by default.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0 for any free one; FITTRACK_PORT by default.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many answer; each keeps one processor busy at most.")
    ] = 1,
) -> None:
    """Serve the HTTP API until stopped.

    Drawings are closed and drawn, deadlines kept and events delivered by the server itself.
    """
    try:
        from fittrack_http.app import make_app, run
    except ModuleNotFoundError as error:
        complain(f'The server needs {error.name}. Run: pip install "fittrack[http]"')
        raise typer.Exit(1) from None
    from fittrack_adapters.logs import set_up_logs

    with opened(processes) as installation:
        settings = installation.settings
        set_up_logs(settings)
        where = settings.host if host is None else host, settings.port if port is None else port
        _require_current(installation)
        _require_shared(installation, processes)
        people = list(_people(installation)) if settings.development else []
        try:
            announce = partial(_announce, people=people, installation=installation)
            run(make_app(installation), *where, announce, installation.beside.neighbours)
        except OSError as error:
            complain(f"{where[0]} port {where[1]}: {error.strerror}. Stop what runs there, or choose another --port.")
            raise typer.Exit(1) from None


def _require_current(installation: "Installation") -> None:
    from fittrack_adapters.store.memory import MemoryStore
    from fittrack_adapters.store.migrate import pending

    if not isinstance(installation.store, MemoryStore) and pending(installation.store):
        complain("The database is not up to date. Run: fittrack db migrate")
        raise typer.Exit(1)


def _require_shared(installation: "Installation", processes: int) -> None:
    from fittrack_adapters.store.memory import MemoryStore

    if processes > 1 and isinstance(installation.store, MemoryStore):
        complain("What is kept in memory is one process's. Choose a database in FITTRACK_DATABASE_URL, or one process.")
        raise typer.Exit(1)


def _people(installation: "Installation") -> Iterator["Member"]:
    """The demo's people to log in as."""
    from fittrack_adapters.demo import logins

    yield from logins(installation.fittrack)


def _announce(url: str, people: list["Member"], installation: "Installation") -> None:
    """The panel. What is to be copied stands below it, where no line is broken."""
    from rich.box import ROUNDED
    from rich.console import Console
    from rich.panel import Panel

    from fittrack_adapters.demo import PASSWORD

    development = installation.settings.development
    lines = [f"API        {url}/api/v1", f"Reference  {url}/docs", f"Health     {url}/health/ready"]
    if development and installation.beside.neighbours is None:
        lines.append(f"Devtools   {url}/devtools")
    if people:
        lines += ["", f"Log in with the password {PASSWORD} as", *map(_login, people)]
    panel = Panel("\n".join(lines), title="FitTrack", box=ROUNDED, expand=False)
    Console(markup=False, highlight=False, emoji=False).print(panel)
    command = "fittrack" if which("fittrack") else sys.argv[0]
    print_lines("Try, in another terminal:")
    if people:
        credentials = f'{{"email": "{people[-1].account.email}", "password": "{PASSWORD}"}}'
        print_lines(f"  curl {url}/api/v1/auth/login -H 'Content-Type: application/json' -d '{credentials}'")
    elif development:
        print_lines(f"  {command} demo")
    lookout = "mail list" if development else "doctor"
    print_lines(*(f"  {command} {shown}" for shown in ("leaderboard weekly", "drawings list", lookout)))
    print_lines("Stop with Ctrl-C.")


def _login(member: "Member") -> str:
    return f"{member.account.email}  {member.account.role.value}, {member.profile.display_name}"
