"""Files named on the command line."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import typer

READ_BYTES_MAX: Final = 1 << 30


def an_input(metavar: str, help_text: str) -> Any:
    """The declaration of an argument that names a file to read."""
    return typer.Argument(metavar=metavar, help=help_text, show_default=False)


def read(path: Path) -> bytes:
    """The contents of a file; `-` is stdin. Ends the command as wrongly used when it cannot be read, or is huge."""
    try:
        if str(path) == "-":
            contents = sys.stdin.buffer.read(READ_BYTES_MAX + 1)
        else:
            with path.open("rb") as file:
                contents = file.read(READ_BYTES_MAX + 1)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.") from None
    if len(contents) > READ_BYTES_MAX:
        raise typer.BadParameter(f"{path} has more than {READ_BYTES_MAX:,} bytes.")
    return contents


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Writes a file in pieces. Ends the command as wrongly used when that cannot be done."""
    try:
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}.") from None
