"""What commands print: data on stdout, as tables for people or one JSON document for machines; the rest on stderr."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

PIPED_WIDTH: Final = 240
"""Columns of a table that goes into a file or another program: nothing is cut off or wrapped there."""

_JSON_ASKED: Final = "fittrack.json"


def _noted(context: typer.Context, asked: bool) -> bool:
    if asked:
        context.meta[_JSON_ASKED] = True
    return asked


AsJson = Annotated[bool, typer.Option("--json", callback=_noted, help="Print one JSON document instead of text.")]


def json_asked(context: typer.Context) -> bool:
    """Whether the command under way was given `--json`."""
    return _JSON_ASKED in context.meta


def example(*commands: str) -> str:
    """The end of a command's help: lines to copy and paste."""
    return "\b\nExample:\n" + "\n".join(f"  {command}" for command in commands)


def json_bytes(value: Any) -> bytes:
    """JSON as on the HTTP wire: camelCase names, instants in UTC with Z, ids and money as text."""
    import orjson

    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_INDENT_2)


def _plain(value: Any) -> Any:
    from fittrack_domain.shared.money import Usd

    if isinstance(value, Usd):
        return str(value)
    if isinstance(value, Decimal):  # a sum of money
        return f"{value:.2f}"
    import attrs

    return {camel(field.name): getattr(value, field.name) for field in attrs.fields(type(value))}


def camel(name: str) -> str:
    """`sales_open_at` as it is written on the wire: `salesOpenAt`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    typer.echo(json_bytes(value))


def print_lines(*lines: str) -> None:
    """Text on stdout."""
    for line in lines:
        typer.echo(line)


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values on stdout, one below the other; without those that have no value."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        if value is not None:
            typer.echo(f"{name + ':':<{width + 1}} {value}")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "Nothing to show.") -> None:
    """A table on stdout. Names that start with `#` head columns of numbers. Without rows it says `empty`."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    # What members wrote is shown as it is, not taken for markup.
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.lstrip("#"), justify="right" if column.startswith("#") else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    if table.row_count:
        console.print(table)
    else:
        typer.echo(empty)


def say(line: str) -> None:
    """A line on stderr: what is being done, and what one should know."""
    typer.echo(line, err=True)


def warn(line: str) -> None:
    """A yellow line on stderr."""
    typer.secho(f"Warning: {line}", fg=typer.colors.YELLOW, err=True)


def complain(line: str) -> None:
    """A red line on stderr."""
    typer.secho(f"Error: {line}", fg=typer.colors.RED, err=True)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr while the block runs, if people are watching. Gives the function that moves it on.

    Without a total it only shows that, and for how long, something is being done.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)
