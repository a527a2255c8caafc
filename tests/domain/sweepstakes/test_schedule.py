"""The usual times of drawings, in New York's wall-clock time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_domain.sweepstakes.model import DrawingType
from fittrack_domain.sweepstakes.schedule import next_drawing_time, sales_close


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("drawing_type", "now", "expected"),
    [
        (DrawingType.DAILY, "2026-03-04T12:00-05:00", "2026-03-04T21:00-05:00"),
        (DrawingType.DAILY, "2026-03-04T20:54:59-05:00", "2026-03-04T21:00-05:00"),
        (DrawingType.DAILY, "2026-03-04T20:55-05:00", "2026-03-05T21:00-05:00"),
        (DrawingType.DAILY, "2026-03-07T22:00-05:00", "2026-03-08T21:00-04:00"),  # the night the clocks go forward
        (DrawingType.WEEKLY, "2026-03-04T12:00-05:00", "2026-03-08T21:00-04:00"),
        (DrawingType.WEEKLY, "2026-03-08T12:00-04:00", "2026-03-08T21:00-04:00"),
        (DrawingType.WEEKLY, "2026-03-08T21:00-04:00", "2026-03-15T21:00-04:00"),
        (DrawingType.MONTHLY, "2026-02-01T00:00-05:00", "2026-02-28T21:00-05:00"),
        (DrawingType.MONTHLY, "2028-02-29T12:00-05:00", "2028-02-29T21:00-05:00"),
        (DrawingType.MONTHLY, "2026-10-31T21:00-04:00", "2026-11-30T21:00-05:00"),
        (DrawingType.ANNUAL, "2026-03-04T12:00-05:00", "2026-12-31T21:00-05:00"),
        (DrawingType.ANNUAL, "2026-12-31T23:00-05:00", "2027-12-31T21:00-05:00"),
    ],
)
def test_the_next_usual_time(drawing_type: DrawingType, now: str, expected: str) -> None:
    assert new_york(expected) == next_drawing_time(drawing_type, new_york(now))


@given(st.sampled_from(DrawingType), st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_sales_are_always_still_ahead_and_times_follow_each_other(drawing_type: DrawingType, now: datetime) -> None:
    at = next_drawing_time(drawing_type, now)
    assert now < sales_close(at) == at - timedelta(minutes=5)
    assert at == next_drawing_time(drawing_type, sales_close(at) - timedelta(seconds=1))
    assert at < next_drawing_time(drawing_type, sales_close(at))
