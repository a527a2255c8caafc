"""Terra's days and activities, in normal form."""

import json
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.terra.events import read
from fittrack_adapters.terra.names import STILL, VEHICLES
from fittrack_adapters.testing.terra import a_day, a_workout
from fittrack_domain.tracking.gateway import Brought
from fittrack_domain.tracking.intake import Deletion
from fittrack_domain.tracking.model import ActivityReport, ActivityType, Intensity, Origin
from tests.adapters.terra.recorded import deliveries, needs_recordings

DAY = date(2016, 4, 13)
ORDER = 1_460_553_900_000
USER = {"user_id": "092b9487", "provider": "FITBIT", "reference_id": "262e517a", "active": True}


def brought(event: Any, local: tzinfo = UTC) -> Brought:
    found = read(json.dumps(event).encode(), ORDER, local)
    assert isinstance(found, Brought), found
    return found


def days(*items: Any, local: tzinfo = UTC) -> Brought:
    return brought({"type": "daily", "user": USER, "data": list(items)}, local)


def activities(*items: Any, local: tzinfo = UTC) -> Brought:
    return brought({"type": "activity", "user": USER, "data": list(items)}, local)


# Days


def test_a_day_becomes_steps_and_minutes_of_the_tracker_s_date() -> None:
    item = a_day("2016-04-13T00:00:00.000000-04:00", 12_024, low_intensity_seconds=17_520, moderate_intensity_seconds=0)
    steps, light, moderate = days(item).reports
    assert (ActivityType.STEPS, DAY, 12_024, "steps:2016-04-13", ORDER) == (
        steps.activity_type,
        steps.activity_day,
        steps.amount,
        steps.external_id,
        steps.source_order,
    )
    assert datetime(2016, 4, 13, 4, tzinfo=UTC) == steps.start_time
    assert timedelta(days=1) == steps.end_time - steps.start_time
    assert [(Intensity.LIGHT, 292), (Intensity.MODERATE, 0)] == [(m.intensity, m.amount) for m in (light, moderate)]
    assert {Origin.MEASURED} == {report.origin for report in (steps, light, moderate)}


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("2016-04-13T00:00:00.000000-07:00", datetime(2016, 4, 13, 7, tzinfo=UTC)),
        ("2016-04-13T00:00:00.000000+09:00", datetime(2016, 4, 12, 15, tzinfo=UTC)),
        ("2016-04-13T00:00:00Z", datetime(2016, 4, 13, tzinfo=UTC)),
        ("2016-04-13T00:00:00.000000", datetime(2016, 4, 13, 10, tzinfo=UTC)),
        ("2016-04-13", datetime(2016, 4, 13, 10, tzinfo=UTC)),
    ],
)
def test_the_date_is_the_first_ten_characters_whatever_the_offset(start: str, utc: datetime) -> None:
    [report] = days(a_day(start, 1), local=ZoneInfo("Pacific/Honolulu")).reports
    assert (DAY, utc) == (report.activity_day, report.start_time)


def test_what_a_tracker_does_not_tell_is_unknown_and_not_zero() -> None:
    assert () == days(a_day("2016-04-13", None)).reports
    assert () == days({"metadata": {"start_time": "2016-04-13"}, "active_durations_data": None}).reports
    assert () == days(a_day("2016-04-13", activity_seconds=5_340)).reports


def test_parts_of_minutes_do_not_count() -> None:
    [light] = days(a_day("2016-04-13", low_intensity_seconds=119.9)).reports  # type: ignore[arg-type]  # as JSON has it
    assert 1 == light.amount


def test_what_else_a_day_tells_is_kept_beside_its_steps() -> None:
    item = a_day("2016-04-13", 12_024) | {
        "calories_data": {"total_burned_calories": 2_601.7},
        "heart_rate_data": {"summary": {"avg_hr_bpm": 71, "max_hr_bpm": None}},
    }
    item["distance_data"] |= {"distance_meters": 8_500.0, "floors_climbed": -1}
    [steps] = days(item).reports
    expected = {"steps": 12_024, "distance_meters": 8_500, "calories_kcal": 2_601, "average_heart_rate_bpm": 71}
    assert expected == steps.metrics


def test_a_day_that_was_altered_by_hand_is_marked_as_such() -> None:
    item = a_day("2016-04-13", 1, low_intensity_seconds=60)
    item["metadata"]["upload_type"] = 2
    assert {Origin.BY_HAND} == {report.origin for report in days(item).reports}


def test_a_day_that_was_deleted_takes_all_its_totals_along() -> None:
    item = a_day("2016-04-13", 1)
    item["metadata"]["upload_type"] = 4
    found = days(item)
    assert () == found.reports
    assert {
        Deletion(f"{name}:2016-04-13", ORDER)
        for name in ("steps", "light_minutes", "moderate_minutes", "vigorous_minutes")
    } == set(found.deletions)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (None, "there is no object"),
        ({}, "there is no object"),
        ({"metadata": {}}, "metadata.start_time is missing"),
        ({"metadata": {"start_time": 1}}, "metadata.start_time is missing"),
        (a_day("yesterday"), "metadata.start_time is no time"),
        (a_day("2016-02-30T00:00:00"), "metadata.start_time is no time"),
        (a_day("0001-01-01T00:00:00+14:00"), "metadata.start_time is no time"),
        (a_day("2016-04-13", "many"), "distance_data.steps is no number"),  # type: ignore[arg-type]
        (a_day("2016-04-13", True), "distance_data.steps is no number"),
        (a_day("2016-04-13", 10**12), "numbers must be between"),
        (a_workout("x", "2016-04-13T09:01:00Z", "soon"), "metadata.end_time is no time"),
    ],
)
def test_an_item_in_another_shape_is_told_and_the_others_are_read(item: Any, reason: str) -> None:
    read_items = activities if item and "summary_id" in item.get("metadata", {}) else days
    found = read_items(item)
    [unread] = found.unread
    assert unread.startswith("/data/0: ")
    assert reason in unread
    assert 1 == len(days(item, a_day("2016-04-13", 1)).reports) or read_items is activities


# Activities


def test_a_run_becomes_a_workout_split_by_intensity() -> None:
    item = a_workout("6bdf", "2016-04-13T09:01:00.000000-04:00", "2016-04-13T09:49:00.000000-04:00") | {
        "active_durations_data": {
            "activity_seconds": 2_880,
            "low_intensity_seconds": 0,
            "moderate_intensity_seconds": 300,
            "vigorous_intensity_seconds": 2_580,
        },
        "distance_data": {"summary": {"steps": 4_318, "distance_meters": 3_052.5}},
    }
    [run] = activities(item).reports
    expected = ActivityReport(
        activity_type=ActivityType.WORKOUT,
        intensity=None,
        activity_day=DAY,
        duration_minutes=48,
        metrics={
            "steps": 4_318,
            "distance_meters": 3_052,
            "light_minutes": 0,
            "moderate_minutes": 5,
            "vigorous_minutes": 43,
        },
        external_id="workout:6bdf",
        start_time=datetime(2016, 4, 13, 13, 1, tzinfo=UTC),
        end_time=datetime(2016, 4, 13, 13, 49, tzinfo=UTC),
        source_order=ORDER,
    )
    assert expected == run


@pytest.mark.parametrize(("active", "minutes"), [(None, 48), (0, 48), (1_199, 19), (600, 10), (100_000, 48)])
def test_pauses_do_not_count_where_the_tracker_tells_them(active: int | None, minutes: int) -> None:
    item = a_workout("x", "2016-04-13T09:01:00Z", "2016-04-13T09:49:59Z")
    [run] = activities(item | {"active_durations_data": {"activity_seconds": active}}).reports
    assert minutes == run.duration_minutes


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({"type": 0}, Origin.VEHICLE),
        ({"type": 0.0}, Origin.VEHICLE),
        ({"type": 135}, Origin.VEHICLE),
        ({"type": 3}, Origin.STILL),
        ({"type": 4}, Origin.MEASURED),
        ({"type": None}, Origin.MEASURED),
        ({"type": [0]}, Origin.MEASURED),
        ({"type": False}, Origin.MEASURED),
        ({"type": 8, "upload_type": 2}, Origin.BY_HAND),
        ({"type": 0, "upload_type": 2}, Origin.BY_HAND),
        ({"type": 8, "upload_type": 4}, Origin.WITHDRAWN),
        ({"type": 8, "upload_type": 0}, Origin.MEASURED),
        ({"type": 8, "upload_type": 3}, Origin.MEASURED),
    ],
)
def test_how_an_activity_came_about(more: dict[str, Any], origin: Origin) -> None:
    [report] = activities(a_workout("x", "2016-04-13T09:01:00Z", "2016-04-13T09:49:00Z", **more)).reports
    assert origin is report.origin


def test_vehicles_are_not_still() -> None:
    assert not VEHICLES & STILL


def test_an_activity_without_an_id_is_called_by_its_start() -> None:
    [report] = activities(a_workout("", "2016-04-13T09:01:00-04:00", "2016-04-13T09:49:00-04:00")).reports
    assert "workout:2016-04-13T09:01:00-04:00" == report.external_id


def test_a_deletion_need_not_tell_the_times() -> None:
    item = {"metadata": {"summary_id": "x", "upload_type": 4}}
    assert (Deletion("workout:x", ORDER),) == activities(item).deletions


def test_workouts_without_an_offset_begin_where_the_member_lives() -> None:
    [run] = activities(
        a_workout("x", "2016-04-13T09:01:00", "2016-04-13T09:49:00"), local=ZoneInfo("America/New_York")
    ).reports
    assert datetime(2016, 4, 13, 13, 1, tzinfo=UTC) == run.start_time


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "metadata": JSON
        | st.fixed_dictionaries(
            {}, optional={name: JSON | st.just("2016-04-13T09:00:00Z") for name in ("start_time", "end_time", "type")}
        ),
        "distance_data": JSON | st.fixed_dictionaries({"steps": JSON}),
        "active_durations_data": JSON | st.fixed_dictionaries({"low_intensity_seconds": JSON}),
        "heart_rate_data": JSON | st.fixed_dictionaries({"summary": JSON}),
    },
)


@given(st.sampled_from(["daily", "activity"]), st.lists(ITEM, max_size=3))
def test_whatever_is_in_the_data_is_read_without_a_surprise(kind: str, items: list[Any]) -> None:
    found = brought({"type": kind, "user": USER, "data": items})
    assert len(found.unread) <= len(items)


@needs_recordings
def test_the_recorded_days_are_read() -> None:
    steps = [
        report.amount
        for delivery in deliveries("fitbit-growth")
        for report in brought(delivery.event).reports
        if report.activity_day == DAY and report.activity_type is ActivityType.STEPS
    ]
    assert [1_633, 5_681, 6_965, 10_181, 11_438, 12_024, 12_024, 6_965, 6_965] == steps
    [apple] = deliveries("apple")
    [report] = brought(apple.event, ZoneInfo("America/New_York")).reports
    assert (date(2016, 4, 27), 12_474, datetime(2016, 4, 27, 4, tzinfo=UTC)) == (
        report.activity_day,
        report.amount,
        report.start_time,
    )
