"""Daily Fitbit exports, line by line."""

import io
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.imports.fitbit_daily import (
    LINE_BYTES_MAX,
    REPORTS_PER_DAY,
    BadLine,
    NotFitbitDaily,
    TrackedDay,
    read_days,
)
from fittrack_domain.tracking.model import ActivityType, Intensity

HEADER = "Id,ActivityDate,TotalSteps,VeryActiveMinutes,FairlyActiveMinutes,LightlyActiveMinutes"
REAL = Path(os.environ.get("FITTRACK_TEST_DATA", "../shared/data")) / "fitbit" / "dailyActivity_merged.csv"


def read(*lines: str | bytes, header: str = HEADER) -> list[TrackedDay | BadLine]:
    encoded = [line if isinstance(line, bytes) else line.encode() for line in (header, *lines)]
    return list(read_days(io.BytesIO(b"\n".join(encoded))))


def test_a_line_becomes_a_day() -> None:
    assert [TrackedDay(2, "2022484408", date(2016, 4, 13), 12_024, 292, 5, 43)] == read(
        "2022484408,4/13/2016,12024,43,5,292"
    )


def test_a_day_is_reported_in_normal_form_with_its_zeros() -> None:
    reports = TrackedDay(2, "7", date(2016, 4, 13), 12_024, 292, 0, 43).reports()

    assert REPORTS_PER_DAY == len(reports)
    assert [ActivityType.STEPS] + [ActivityType.ACTIVE_MINUTES] * 3 == [report.activity_type for report in reports]
    assert [None, *Intensity] == [report.intensity for report in reports]
    assert [12_024, 292, 0, 43] == [report.amount for report in reports]
    assert {date(2016, 4, 13)} == {report.activity_day for report in reports}


@pytest.mark.parametrize(
    "text",
    ["4/5/2016", "04/05/2016", "4/5/2016 12:00:00 AM", "4/5/2016 1:09:59 PM", "2016-04-05", '"4/5/2016"'],
)
def test_the_date_forms_month_first(text: str) -> None:
    (tracked,) = read(f"7,{text},1,0,0,0")
    assert isinstance(tracked, TrackedDay)
    assert date(2016, 4, 5) == tracked.day


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("7,4/13/2016,1,0,0", "has 5 columns where the header has 6"),
        ("7,4/13/2016,1,0,0,0,0", "has 7 columns where the header has 6"),
        (",4/13/2016,1,0,0,0", "Id is missing"),
        ("a b,4/13/2016,1,0,0,0", "Id is not a member key: 'a b'"),
        (f"{'7' * 41},4/13/2016,1,0,0,0", f"Id is not a member key: '{'7' * 30}…'"),
        ("7,,1,0,0,0", "ActivityDate is missing"),
        ("7,13/4/2016,1,0,0,0", "ActivityDate is not in the calendar: '13/4/2016'"),
        ("7,2/30/2016,1,0,0,0", "ActivityDate is not in the calendar: '2/30/2016'"),
        ("7,0000-01-01,1,0,0,0", "ActivityDate is not in the calendar: '0000-01-01'"),
        ("7,4/13/16,1,0,0,0", "ActivityDate is not a date such as 4/12/2016: '4/13/16'"),
        ("7,04-13-2016,1,0,0,0", "ActivityDate is not a date such as 4/12/2016: '04-13-2016'"),
        ("7,4/13/2016 13:00:00 PM,1,0,0,0", "ActivityDate is not a date such as 4/12/2016: '4/13/2016 13:00:00 PM'"),
        ("7,4/13/2016,,0,0,0", "TotalSteps is missing"),
        ("7,4/13/2016,many,0,0,0", "TotalSteps is not a whole number: 'many'"),
        ("7,4/13/2016,1.5,0,0,0", "TotalSteps is not a whole number: '1.5'"),
        ("7,4/13/2016,1_000,0,0,0", "TotalSteps is not a whole number: '1_000'"),
        ("7,4/13/2016,٣,0,0,0", "TotalSteps is not a whole number: '٣'"),
        ("7,4/13/2016,1234567890,0,0,0", "TotalSteps is not a whole number: '1234567890'"),
        ("7,4/13/2016,1,0,-5,0", "FairlyActiveMinutes is negative: '-5'"),
        ("7,4/13/2016,1,400,400,641", "more than 1,440 active minutes in a day"),
        ('7,"4/13/2016,1,0,0,0', "a quotation mark is not closed"),
        ("7,4/13/2016,1,0,0,\0", "contains a NUL character"),
        (b"7,4/13/2016,1,0,0,\xff", "not UTF-8 text"),
        ("7," + "x" * LINE_BYTES_MAX, f"longer than {LINE_BYTES_MAX} bytes"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_reason_and_the_next_is_read(line: str | bytes, reason: str) -> None:
    good = "8,4/13/2016,1,0,0,0"
    assert [BadLine(2, reason), TrackedDay(3, "8", date(2016, 4, 13), 1, 0, 0, 0)] == read(line, good)


def test_1440_active_minutes_fit_into_a_day() -> None:
    (tracked,) = read("7,4/13/2016,1,400,400,640")
    assert isinstance(tracked, TrackedDay)


def test_a_second_line_of_a_member_and_day_is_bad_in_whatever_date_form() -> None:
    read_lines = read("7,4/13/2016,1,0,0,0", "8,4/13/2016,1,0,0,0", "7,2016-04-13,2,0,0,0", "7,4/14/2016,1,0,0,0")
    assert BadLine(4, "a second line for 7 on 2016-04-13") == read_lines[2]
    assert [TrackedDay, TrackedDay, BadLine, TrackedDay] == [type(line) for line in read_lines]


def test_empty_lines_are_passed_over_and_count_in_the_numbering() -> None:
    assert [4] == [line.line for line in read("", "\r", "7,4/13/2016,1,0,0,0\r", "")]


def test_the_columns_may_stand_in_any_order_among_others_behind_a_byte_order_mark() -> None:
    header = "\ufeffCalories,LightlyActiveMinutes,ActivityDate, Id ,VeryActiveMinutes,TotalSteps,FairlyActiveMinutes"
    assert [TrackedDay(2, "7", date(2016, 4, 13), 5, 1, 4, 3)] == read("99,1,4/13/2016,7,3,5,4", header=header)


@pytest.mark.parametrize("header", ["", "Id", "\0", '"Id', HEADER.replace("Id", "Member"), f"{HEADER},Id"])
def test_a_file_with_another_header_is_refused(header: str) -> None:
    with pytest.raises(NotFitbitDaily) as refused:
        read("7,4/13/2016,1,0,0,0", header=header)
    assert refused.value.missing
    assert refused.value.missing[0] in str(refused.value)
    assert len(refused.value.missing) == len(refused.value.faults)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_every_line_is_a_day_or_a_fault(body: bytes) -> None:
    lines = list(read_days(io.BytesIO(HEADER.encode() + b"\n" + body)))
    expected = sum(bool(line.rstrip(b"\r")) for line in body.split(b"\n"))
    assert expected == len(lines)


@pytest.mark.skipif(not REAL.exists(), reason="the shared data is not at hand")
def test_the_real_file_is_read_whole() -> None:
    with REAL.open("rb") as file:
        days = list(read_days(file))

    assert Counter({TrackedDay: 940}) == Counter(map(type, days))
    assert 33 == len({day.member for day in days if isinstance(day, TrackedDay)})
    assert TrackedDay(52, "1624580081", date(2016, 5, 1), 36_019, 171, 63, 186) in days
