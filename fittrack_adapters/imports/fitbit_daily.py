"""Fitabase's daily export of Fitbit trackers (CSV), read line by line: each line becomes a day or a fault.

Only what earns points is read; distances and calories are left where they are. Files may be of any length.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import BinaryIO, Final

import attrs

from fittrack_domain.shared.errors import Fault, Invalid
from fittrack_domain.tracking.model import ActivityReport, Intensity
from fittrack_domain.tracking.plausibility import MINUTES_PER_DAY_MAX

MEMBER, DAY, STEPS = "Id", "ActivityDate", "TotalSteps"
LIGHT, MODERATE, VIGOROUS = "LightlyActiveMinutes", "FairlyActiveMinutes", "VeryActiveMinutes"
COLUMNS: Final = (MEMBER, DAY, STEPS, LIGHT, MODERATE, VIGOROUS)
LINE_BYTES_MAX: Final = 4_096
MEMBER_LENGTH_MAX: Final = 40
SHOWN_MAX: Final = 30
REPORTS_PER_DAY: Final = 4

_MEMBER = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{MEMBER_LENGTH_MAX - 1}}}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_NEGATIVE = re.compile(r"-\d+", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (?:1[0-2]|0?[1-9]):[0-5]\d:[0-5]\d [AP]M)?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


@attrs.frozen
class NotFitbitDaily(Invalid):
    """The first line is not the header of such a file."""

    missing: tuple[str, ...]
    code = "not_fitbit_daily"

    def __str__(self) -> str:
        return f"This is no daily Fitbit export: its first line does not name, once each, {', '.join(self.missing)}."

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(Fault(f"/{column}", "must be named once in the first line") for column in self.missing)


@attrs.frozen
class TrackedDay:
    """What a tracker counted on one day of a member. `line` counts from 1, the header's."""

    line: int
    member: str
    day: date
    steps: int
    light_minutes: int
    moderate_minutes: int
    vigorous_minutes: int

    def reports(self) -> tuple[ActivityReport, ...]:
        """The day in tracking's normal form, zeros too: they correct what was reported before."""
        return (
            ActivityReport.of_steps(self.day, self.steps),
            ActivityReport.of_minutes(self.day, Intensity.LIGHT, self.light_minutes),
            ActivityReport.of_minutes(self.day, Intensity.MODERATE, self.moderate_minutes),
            ActivityReport.of_minutes(self.day, Intensity.VIGOROUS, self.vigorous_minutes),
        )


@attrs.frozen
class BadLine:
    """A line that cannot be taken in, and why."""

    line: int
    reason: str


class _Bad(Exception):
    """Why a line is bad."""


def read_days(file: BinaryIO) -> Iterator[TrackedDay | BadLine]:
    """Every line below the header, in order; empty ones are passed over. Raises `NotFitbitDaily` before the first."""
    lines = _lines(file)
    columns = _columns(next(lines, b""))
    # One bit a day of each member and month: a file of ten million lines needs some tens of megabytes.
    seen: dict[tuple[str, int, int], int] = {}
    for number, raw in enumerate(lines, start=2):
        if not raw:
            continue
        try:
            tracked = _day(number, _fields(raw), columns)
            _check_first(tracked, seen)
        except _Bad as bad:
            yield BadLine(number, str(bad))
        else:
            yield tracked


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends. Of an over-long one its beginning, just long enough to be told as such."""
    while raw := file.readline(LINE_BYTES_MAX + 2):
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LINE_BYTES_MAX)
        yield raw.rstrip(b"\r\n")


def _columns(header: bytes) -> Mapping[str, int]:
    try:
        names = _fields(header.removeprefix(b"\xef\xbb\xbf"))
    except _Bad:
        names = []
    stripped = [name.strip() for name in names]
    missing = tuple(column for column in COLUMNS if stripped.count(column) != 1)
    if missing:
        raise NotFitbitDaily(missing)
    return {column: stripped.index(column) for column in COLUMNS} | {"": len(stripped)}


def _fields(raw: bytes) -> list[str]:
    if len(raw) > LINE_BYTES_MAX:
        raise _Bad(f"longer than {LINE_BYTES_MAX} bytes")
    if b"\0" in raw:
        raise _Bad("contains a NUL character")
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        raise _Bad("not UTF-8 text") from None
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        raise _Bad("a quotation mark is not closed") from None


def _day(number: int, fields: list[str], columns: Mapping[str, int]) -> TrackedDay:
    if len(fields) != columns[""]:
        raise _Bad(f"has {len(fields)} columns where the header has {columns['']}")
    tracked = TrackedDay(
        number,
        _member(fields[columns[MEMBER]]),
        day_of(fields[columns[DAY]]),
        _count(STEPS, fields[columns[STEPS]]),
        _count(LIGHT, fields[columns[LIGHT]]),
        _count(MODERATE, fields[columns[MODERATE]]),
        _count(VIGOROUS, fields[columns[VIGOROUS]]),
    )
    if tracked.light_minutes + tracked.moderate_minutes + tracked.vigorous_minutes > MINUTES_PER_DAY_MAX:
        raise _Bad(f"more than {MINUTES_PER_DAY_MAX:,} active minutes in a day")
    return tracked


def _member(text: str) -> str:
    if not _MEMBER.fullmatch(text):
        raise _Bad(f"{MEMBER} is missing" if not text else f"{MEMBER} is not a member key: {_shown(text)}")
    return text


@lru_cache(maxsize=4_096)
def day_of(text: str) -> date:
    """The day of `4/12/2016`, `4/12/2016 12:00:00 AM` or `2016-04-12`: month first, four digits of the year."""
    if american := _AMERICAN.fullmatch(text):
        month, day, year = american.groups()
    elif iso := _ISO.fullmatch(text):
        year, month, day = iso.groups()
    else:
        raise _Bad(f"{DAY} is missing" if not text else f"{DAY} is not a date such as 4/12/2016: {_shown(text)}")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _Bad(f"{DAY} is not in the calendar: {_shown(text)}") from None


def _count(column: str, text: str) -> int:
    if _NUMBER.fullmatch(text):
        return int(text)
    if not text:
        raise _Bad(f"{column} is missing")
    if _NEGATIVE.fullmatch(text):
        raise _Bad(f"{column} is negative: {_shown(text)}")
    raise _Bad(f"{column} is not a whole number: {_shown(text)}")


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…")


def _check_first(tracked: TrackedDay, seen: dict[tuple[str, int, int], int]) -> None:
    month, bit = (tracked.member, tracked.day.year, tracked.day.month), 1 << tracked.day.day
    if seen.get(month, 0) & bit:
        raise _Bad(f"a second line for {tracked.member} on {tracked.day}")
    seen[month] = seen.get(month, 0) | bit
