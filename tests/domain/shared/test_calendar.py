"""Days and periods in platform time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.shared.calendar import PLATFORM_ZONE, Period, age_on, platform_day, platform_instant

DAYS = st.dates(date(1970, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 1, 15), time(21), datetime(2026, 1, 16, 2, tzinfo=UTC)),  # winter: five hours
        (date(2026, 7, 15), time(21), datetime(2026, 7, 16, 1, tzinfo=UTC)),  # summer: four
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # the first of two
    ],
)
def test_platform_clocks_honour_daylight_saving(day: date, at: time, expected: datetime) -> None:
    assert expected == platform_instant(day, at)
    assert day == platform_day(expected)


@given(DAYS)
def test_a_platform_day_begins_where_the_one_before_ends(day: date) -> None:
    start = platform_instant(day)
    assert day == platform_day(start)
    assert day - timedelta(days=1) == platform_day(start - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("birth", "day", "expected"),
    [
        (date(2008, 3, 2), date(2026, 3, 1), 17),
        (date(2008, 3, 2), date(2026, 3, 2), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_age_counts_full_years(birth: date, day: date, expected: int) -> None:
    assert expected == age_on(birth, day)


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    friday = date(2026, 11, 20)
    assert friday == Period.DAILY.first_day(friday)
    assert date(2026, 11, 16) == Period.WEEKLY.first_day(friday)
    assert date(2026, 11, 1) == Period.MONTHLY.first_day(friday)
    assert date.min == Period.ALLTIME.first_day(friday)


@given(DAYS, st.sampled_from([Period.DAILY, Period.WEEKLY, Period.MONTHLY]))
def test_a_period_ends_where_the_next_begins(day: date, period: Period) -> None:
    first = period.first_day(day)
    following = period.next_first_day(first)
    assert following is not None
    assert first <= day < following
    assert following == period.first_day(following)
    assert first == period.first_day(following - timedelta(days=1))
    ends_at = period.ends_at(first)
    assert ends_at is not None
    assert time.min == ends_at.astimezone(PLATFORM_ZONE).time()
    assert following == platform_day(ends_at)


def test_all_time_never_ends() -> None:
    assert Period.ALLTIME.ends_at(date.min) is None
