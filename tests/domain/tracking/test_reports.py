"""What a single report has for and against it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.tracking.model import (
    ActivityReport,
    ActivityState,
    ActivityType,
    Connection,
    Intensity,
    Origin,
    Provider,
    Reason,
)
from fittrack_domain.tracking.plausibility import HISTORICAL, LIVE, objection
from tests.domain.tracking.world import NOON, World, a_workout

TODAY = NOON.date()
STEPS = ActivityReport.of_steps(TODAY, 8_000)
RUN = a_workout("run", NOON - timedelta(hours=2), 30)


@pytest.mark.parametrize(
    ("report", "change", "pointer"),
    [
        (STEPS, {"external_id": ""}, "/externalId"),
        (STEPS, {"external_id": "x" * 256}, "/externalId"),
        (STEPS, {"external_id": "two\nlines"}, "/externalId"),
        (STEPS, {"metrics": {}}, "/metrics/steps"),
        (STEPS, {"metrics": {"steps": 1} | {f"m{n}": n for n in range(40)}}, "/metrics"),
        (STEPS, {"metrics": {"steps": 10**9 + 1}}, ""),
        (STEPS, {"duration_minutes": -(10**9) - 1}, ""),
        (STEPS, {"activity_type": ActivityType.ACTIVE_MINUTES}, "/intensity"),
        (STEPS, {"start_time": datetime(2026, 3, 2)}, ""),  # noqa: DTZ001
        (STEPS, {"end_time": datetime.fromisoformat("2026-03-02T12:00:00-05:00")}, ""),
    ],
)
def test_a_report_that_is_not_in_normal_form_cannot_be_made(
    report: ActivityReport, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        attrs.evolve(report, **change)
    assert [pointer] == [fault.pointer for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (STEPS, None),
        (RUN, None),
        (ActivityReport.of_steps(TODAY, 100_000), None),
        (ActivityReport.of_steps(TODAY, 100_001), Reason.TOO_MANY_STEPS),
        (ActivityReport.of_steps(TODAY, -1), Reason.NEGATIVE),
        (ActivityReport.of_steps(TODAY, 1, distance_meters=-5), Reason.NEGATIVE),
        (ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 1_440), None),
        (ActivityReport.of_minutes(TODAY, Intensity.LIGHT, 1_441), Reason.TOO_MANY_MINUTES),
        (ActivityReport.of_minutes(TODAY, Intensity.LIGHT, -1), Reason.NEGATIVE),
        (attrs.evolve(RUN, end_time=RUN.start_time - timedelta(seconds=1)), Reason.ENDS_BEFORE_START),
        (attrs.evolve(RUN, start_time=RUN.end_time - timedelta(hours=24, seconds=1)), Reason.TOO_MANY_MINUTES),
        (attrs.evolve(RUN, metrics={"light_minutes": 1_400, "vigorous_minutes": 41}), Reason.TOO_MANY_MINUTES),
        (a_workout("soon", NOON - timedelta(minutes=25), 30), None),
        (a_workout("later", NOON - timedelta(minutes=24), 30), Reason.IN_FUTURE),
        (ActivityReport.of_steps(TODAY + timedelta(days=1), 5), Reason.IN_FUTURE),
        (ActivityReport.of_steps(TODAY - timedelta(days=30), 5), None),
        (ActivityReport.of_steps(TODAY - timedelta(days=31), 5), Reason.TOO_OLD),
        (attrs.evolve(STEPS, activity_day=TODAY + timedelta(days=1)), None),
        (attrs.evolve(STEPS, activity_day=TODAY + timedelta(days=2)), Reason.OTHER_DAY),
        (attrs.evolve(STEPS, origin=Origin.BY_HAND), Reason.BY_HAND),
        (attrs.evolve(RUN, origin=Origin.VEHICLE), Reason.VEHICLE),
        (attrs.evolve(RUN, origin=Origin.STILL), Reason.STILL),
    ],
)
def test_a_report_counts_unless_something_speaks_against_it(report: ActivityReport, reason: Reason | None) -> None:
    assert reason is objection(report, None, NOON, LIVE)


def test_files_of_days_long_past_are_not_too_old() -> None:
    assert objection(ActivityReport.of_steps(date(2016, 4, 13), 5), None, NOON, HISTORICAL) is None


def test_days_before_the_connection_was_made_earn_nothing(world: World) -> None:
    connection = Connection(
        world.tracking.connect(world.a_member(), Provider.FITBIT).id,
        world.a_member(),
        Provider.FITBIT,
        True,
        None,
        TODAY,
    )
    assert objection(STEPS, connection, NOON) is None
    assert Reason.BEFORE_CONNECTION is objection(
        ActivityReport.of_steps(TODAY - timedelta(days=1), 5), connection, NOON
    )


@pytest.mark.parametrize(
    ("origin", "state", "reason"),
    [
        (Origin.MEASURED, ActivityState.ACCEPTED, None),
        (Origin.BY_HAND, ActivityState.EXCLUDED, Reason.BY_HAND),
        (Origin.VEHICLE, ActivityState.EXCLUDED, Reason.VEHICLE),
        (Origin.STILL, ActivityState.EXCLUDED, Reason.STILL),
    ],
)
def test_what_was_not_measured_is_stored_and_earns_nothing(
    world: World, origin: Origin, state: ActivityState, reason: Reason | None
) -> None:
    member = world.a_member()
    world.deliver(world.a_tracker(member), attrs.evolve(STEPS, origin=origin))
    [activity] = world.activities(member)
    assert (state, reason) == (activity.state, activity.reason)
    assert len(world.changed_days()) == (1 if origin is Origin.MEASURED else 0)


def test_what_is_implausible_is_kept_with_its_reason(world: World) -> None:
    member = world.a_member()
    receipt = world.deliver(
        world.a_tracker(member), ActivityReport.of_steps(TODAY, 123_456), STEPS.of_minutes(TODAY, Intensity.LIGHT, 5)
    )
    [outcome] = receipt.rejected
    assert (ActivityState.REJECTED, Reason.TOO_MANY_STEPS) == (outcome.state, outcome.reason)
    rejected = world.activities(member)[0]
    assert (123_456, Reason.TOO_MANY_STEPS) == (rejected.steps, rejected.reason)
    assert ["light_minutes:2026-03-02"] == world.counting(member)


def test_a_workout_without_split_or_intensity_has_unknown_minutes() -> None:
    assert {} == RUN.split
    assert {Intensity.VIGOROUS: 30} == a_workout("r", NOON, 30, intensity=Intensity.VIGOROUS).split
    assert {Intensity.LIGHT: 7} == a_workout("r", NOON, 30, intensity=Intensity.VIGOROUS, light_minutes=7).split


def test_instants_are_utc_and_a_days_total_spans_the_day() -> None:
    assert (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)) == (STEPS.start_time, STEPS.end_time)
