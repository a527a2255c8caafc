"""Tables as CSV (RFC 4180) that is safe to open in a spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

FORMULA_STARTS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection); the last four are the wide forms."""

QUOTED: Final = frozenset(',"\r\n')


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table with a header line. A text that a spreadsheet would run gets an apostrophe in front."""
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in (columns, *rows))


def _cell(value: Any) -> str:
    text = _text(value)
    return '"' + text.replace('"', '""') + '"' if QUOTED.intersection(text) else text


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(FORMULA_STARTS) else value
        case Enum():
            return str(value.value)
        case date():  # instants are dates, too
            return value.isoformat().replace("+00:00", "Z")
        case Decimal():
            return f"{value:.2f}"
        case _:
            return str(value)
