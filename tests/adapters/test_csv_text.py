"""CSV as RFC 4180 has it, which no spreadsheet runs."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.csv_text import FORMULA_STARTS, csv_text
from fittrack_domain.sweepstakes.model import DrawingType


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_table_has_a_header_line_even_without_rows() -> None:
    assert "name,steps\r\n" == csv_text(["name", "steps"], [])


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (-5, "-5"),
        (True, "True"),
        (Decimal(1250), "1250.00"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 21, tzinfo=UTC), "2026-03-02T21:00:00Z"),
        (DrawingType.DAILY, "daily"),
        ("plain", "plain"),
        ("a, b", '"a, b"'),
        ('"quoted"', '"""quoted"""'),
        ("two\nlines", '"two\nlines"'),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ('=1+"2", 3', '"\'=1+""2"", 3"'),
        ("@SUM", "'@SUM"),
        ("-5 degrees", "'-5 degrees"),
    ],
)
def test_values_as_they_are_written(value: Any, cell: str) -> None:
    assert f"x\r\n{cell}\r\n" == csv_text(["x"], [[value]])


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_every_text_comes_back_and_none_is_a_formula(rows: list[tuple[str, str]]) -> None:
    [_, *found] = read(csv_text(["a", "b"], rows))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [text.removeprefix("'") for text in row] for row in rows
    ]
    assert not [cell for row in found for cell in row if cell.startswith(FORMULA_STARTS)]
