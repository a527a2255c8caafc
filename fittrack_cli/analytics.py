"""`fittrack analytics`: reports on members, activity and drawings."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fittrack_cli.installation import reading
from fittrack_cli.moments import a_day, shown
from fittrack_cli.output import AsJson, camel, example, print_json, print_table

if TYPE_CHECKING:
    from fittrack_domain.analytics.model import Overview

app = typer.Typer(no_args_is_help=True, help="Reports on members, activity and drawings.")

First = Annotated[
    date | None, typer.Option("--from", metavar="DAY", parser=a_day, help="The first day; 30 days without it.")
]
Last = Annotated[date | None, typer.Option("--to", metavar="DAY", parser=a_day, help="The last day; today without it.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV for a spreadsheet instead of text.")]


@app.command(epilog=example("fittrack analytics overview", "fittrack analytics overview --from 2026-11-01 --csv"))
def overview(first: First = None, last: Last = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Show the platform at a glance."""
    with reading() as fittrack:
        found = fittrack.analytics.overview(first, last)
    if as_json:
        print_json(_shape(found))
        return
    lines = [(camel(name), of, number) for name, of, number in found.lines]
    _print(["figure", "of", "value"], lines, as_csv=as_csv)


@app.command(epilog=example("fittrack analytics registrations --from 2026-11-01 --to 2026-11-30"))
def registrations(first: First = None, last: Last = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Count who registered, verified, and left, day by day."""
    from fittrack_domain.analytics.model import DayOfRegistrations

    with reading() as fittrack:
        _tell(DayOfRegistrations, fittrack.analytics.registrations(first, last), as_csv=as_csv, as_json=as_json)


@app.command(epilog=example("fittrack analytics activity --csv > activity.csv"))
def activity(first: First = None, last: Last = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Sum up what members did, day by day."""
    from fittrack_domain.analytics.model import DayOfActivity

    with reading() as fittrack:
        _tell(DayOfActivity, fittrack.analytics.activity(first, last), as_csv=as_csv, as_json=as_json)


@app.command(epilog=example("fittrack analytics drawings --from 2026-01-01 --to 2026-12-31 --csv"))
def drawings(first: First = None, last: Last = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Tell what drawings brought, by drawing time."""
    from fittrack_domain.analytics.model import DrawingFigures

    with reading() as fittrack:
        _tell(DrawingFigures, fittrack.analytics.drawings(first, last), as_csv=as_csv, as_json=as_json)


def _tell(kind: type[Any], lines: Sequence[Any], *, as_csv: bool, as_json: bool) -> None:
    """A report of one line a thing, all of one class."""
    import attrs

    if as_json:
        print_json({"items": lines})
        return
    fields = [field.name for field in attrs.fields(kind)]
    _print(
        [camel(name) for name in fields], [[getattr(line, name) for name in fields] for line in lines], as_csv=as_csv
    )


def _print(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, as_csv: bool) -> None:
    if as_csv:
        from fittrack_adapters.csv_text import csv_text

        typer.echo(csv_text(columns, rows), nl=False)
        return
    numbers = {at for row in rows for at, cell in enumerate(row) if isinstance(cell, int | Decimal)}
    heads = [f"#{name}" if at in numbers else name for at, name in enumerate(columns)]
    print_table(heads, ([_cell(value) for value in row] for row in rows))


def _cell(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return shown(value)
        case int():
            return f"{value:,}"
        case _:
            return value


def _shape(found: "Overview") -> dict[str, Any]:
    import attrs

    return {camel(field.name): _plain(getattr(found, field.name)) for field in attrs.fields(type(found))}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else {member.value: number for member, number in value.items()}
