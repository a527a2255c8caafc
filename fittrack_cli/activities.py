"""`fittrack activities`: taking in files of activity. For single ones see `recording.py`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fittrack_cli import recording
from fittrack_cli.installation import opened
from fittrack_cli.output import AsJson, camel, example, print_facts, print_json, progress, warn

if TYPE_CHECKING:
    from fittrack_adapters.imports.fitbit_daily import BadLine

app = typer.Typer(no_args_is_help=True, help="What members did.")
app.add_typer(recording.app)


def _prefix(text: str) -> str:
    if not re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9_-]{0,19})?", text, re.ASCII):
        raise typer.BadParameter(f"{text[:40]!r} is not a prefix of up to 20 letters, digits, - and _.")
    return text


@app.command(
    "import",
    epilog=example(
        "fittrack activities import dailyActivity_merged.csv --format fitbit-daily --create-members",
        "fittrack activities import more.csv --format fitbit-daily --member-prefix clinic-2- --json",
    ),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file.", show_default=False)],
    form: Annotated[
        Literal["fitbit-daily"], typer.Option("--format", help="Fitabase's daily export, CSV.", show_default=False)
    ],
    member_prefix: Annotated[
        str,
        typer.Option(metavar="P", parser=_prefix, help="Put before the file's member keys, to tell sources apart."),
    ] = "",
    create_members: Annotated[
        bool, typer.Option("--create-members", help="Make a member for every tracker that nobody has connected.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a file of days.

    Good lines are imported, each bad one is told with its number and the reason. Days of any age are welcome. The same
    file again changes nothing, and awards nothing. Ends with 1 if any line was bad.

    The columns needed are Id, ActivityDate (4/12/2016, 4/12/2016 12:00:00 AM or 2016-04-12), TotalSteps,
    LightlyActiveMinutes, FairlyActiveMinutes and VeryActiveMinutes.

    With --json one object: rowsRead, rowsAccepted, rowsRejected, members, membersCreated, daysChanged,
    daysBeforeConnection, pointsAwarded, and `rejected`, a list of {line, reason}.
    """
    from fittrack_adapters.imports.importing import FORMATS

    rejected: list[dict[str, Any]] = []

    def tell(bad: "BadLine") -> None:
        if as_json:
            rejected.append({"line": bad.line, "reason": bad.reason})
        else:
            warn(f"line {bad.line}: {bad.reason}")

    size = _size(file)
    with opened() as installation, progress(f"Importing {file.name}", size) as advance:
        importing = FORMATS[form](
            installation.fittrack, member_prefix, create_members, on_rejected=tell, on_progress=advance
        )
        imported = importing.run(file)
    summary = {name: getattr(imported, name) for name in COUNTS}
    if as_json:
        print_json({camel(name): count for name, count in summary.items()} | {"rejected": rejected})
    else:
        print_facts({name.replace("_", " ").capitalize(): f"{count:,}" for name, count in summary.items()})
    if imported.rows_rejected:
        raise typer.Exit(1)


COUNTS = (
    "rows_read",
    "rows_accepted",
    "rows_rejected",
    "members",
    "members_created",
    "days_changed",
    "days_before_connection",
    "points_awarded",
)


def _size(file: Path) -> int:
    """In bytes. Ends the command as wrongly used when there is no such file, or it cannot be read."""
    try:
        with file.open("rb") as opened_file:
            return opened_file.seek(0, 2)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.", param_hint="FILE") from None
