"""Days and activities as Terra sends them, in normal form."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

import attrs

from fittrack_adapters.terra.names import origin
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.tracking.intake import Deletion
from fittrack_domain.tracking.model import NUMBER_MAX, ActivityReport, ActivityType, Intensity, Origin

ITEMS_MAX: Final = 2_000
UNREAD_TOLD_MAX: Final = 5
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

SECONDS: Final[Mapping[Intensity, str]] = {
    Intensity.LIGHT: "low_intensity_seconds",
    Intensity.MODERATE: "moderate_intensity_seconds",
    Intensity.VIGOROUS: "vigorous_intensity_seconds",
}
SUMMARY_OF_A_DAY: Final[Mapping[str, tuple[str, ...]]] = {
    "distance_meters": ("distance_data", "distance_meters"),
    "floors_climbed": ("distance_data", "floors_climbed"),
    "calories_kcal": ("calories_data", "total_burned_calories"),
    "average_heart_rate_bpm": ("heart_rate_data", "summary", "avg_hr_bpm"),
    "max_heart_rate_bpm": ("heart_rate_data", "summary", "max_hr_bpm"),
}
SUMMARY_OF_AN_ACTIVITY: Final[Mapping[str, tuple[str, ...]]] = {
    **SUMMARY_OF_A_DAY,
    "steps": ("distance_data", "summary", "steps"),
    "distance_meters": ("distance_data", "summary", "distance_meters"),
    "floors_climbed": ("distance_data", "summary", "floors_climbed"),
}
"""What is kept beside what is paid for, and where it stands."""

Item = Mapping[str, Any]
Read = tuple[tuple[ActivityReport, ...], tuple[Deletion, ...], tuple[str, ...]]
"""Reports, deletions, and what could not be read."""


class Unread(Exception):
    """Something is not in the shape that Terra describes; the text says what."""


def read_days(data: object, order: int, local: tzinfo) -> Read:
    """Running totals of days: steps, and minutes by intensity. Raises `Unread` when they are no list."""
    return _each(data, lambda item: _day(item, order, local))


def read_activities(data: object, order: int, local: tzinfo) -> Read:
    """Workouts, each under its own id. Raises `Unread` when they are no list."""
    return _each(data, lambda item: _activity(item, order, local))


def _each(data: object, reports_of: Callable[[Item], Iterator[ActivityReport | Deletion]]) -> Read:
    if not isinstance(data, list) or len(data) > ITEMS_MAX:
        raise Unread(f"the data is no list of at most {ITEMS_MAX}")
    found: list[ActivityReport | Deletion] = []
    unread = []
    for number, item in enumerate(data):
        try:
            found += list(reports_of(_object(item)))
        except (Unread, InvalidInput) as error:
            unread.append(f"/data/{number}: {error}")
    reports = tuple(each for each in found if isinstance(each, ActivityReport))
    return reports, tuple(each for each in found if isinstance(each, Deletion)), tuple(unread[:UNREAD_TOLD_MAX])


def _day(item: Item, order: int, local: tzinfo) -> Iterator[ActivityReport | Deletion]:
    metadata = _object(item.get("metadata"))
    day, start = _moment(metadata, "start_time", local)
    came_by = origin(None, metadata.get("upload_type"))
    if came_by is Origin.WITHDRAWN:
        yield Deletion(ActivityReport.of_steps(day, 0).external_id, order)
        for intensity in Intensity:
            yield Deletion(ActivityReport.of_minutes(day, intensity, 0).external_id, order)
        return
    for report in _totals(item, day, order):
        yield attrs.evolve(report, start_time=start, end_time=start + DAY, origin=came_by)


def _totals(item: Item, day: date, order: int) -> Iterator[ActivityReport]:
    """What the tracker measured of the day; what it does not tell is unknown, and not zero."""
    steps = _number(item, ("distance_data", "steps"))
    if steps is not None:
        yield ActivityReport.of_steps(day, steps, source_order=order, **_summary(item, SUMMARY_OF_A_DAY))
    for intensity, minutes in _minutes(item):
        yield ActivityReport.of_minutes(day, intensity, minutes, source_order=order)


def _activity(item: Item, order: int, local: tzinfo) -> Iterator[ActivityReport | Deletion]:
    metadata = _object(item.get("metadata"))
    external_id = f"workout:{metadata.get('summary_id') or metadata.get('start_time')}"
    came_by = origin(metadata.get("type"), metadata.get("upload_type"))
    try:
        day, start = _moment(metadata, "start_time", local)
        _, end = _moment(metadata, "end_time", local)
    except Unread:
        if came_by is not Origin.WITHDRAWN:
            raise
        yield Deletion(external_id, order)
        return
    minutes = {intensity.metric: minutes for intensity, minutes in _minutes(item)}
    yield ActivityReport(
        activity_type=ActivityType.WORKOUT,
        intensity=None,
        activity_day=day,
        duration_minutes=_duration(item, end - start),
        metrics=_summary(item, SUMMARY_OF_AN_ACTIVITY) | minutes,
        external_id=external_id,
        start_time=start,
        end_time=end,
        source_order=order,
        origin=came_by,
    )


def _duration(item: Item, elapsed: timedelta) -> int:
    """In minutes: from the start to the end, less the pauses where the tracker tells how long one was active."""
    active = _number(item, ("active_durations_data", "activity_seconds"))
    return min(elapsed // MINUTE, active // 60) if active else elapsed // MINUTE


def _minutes(item: Item) -> Iterator[tuple[Intensity, int]]:
    for intensity, name in SECONDS.items():
        seconds = _number(item, ("active_durations_data", name))
        if seconds is not None:
            yield intensity, seconds // 60


def _summary(item: Item, wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """What is there and makes sense; the rest of the item must not suffer for it."""
    found = {name: _value(item, path) for name, path in wanted.items()}
    return {name: int(value) for name, value in found.items() if _is_number(value) and 0 <= value <= NUMBER_MAX}


def _number(item: Item, path: tuple[str, ...]) -> int | None:
    """A number that something is paid for. Raises `Unread` for what is none."""
    value = _value(item, path)
    if value is None:
        return None
    if not _is_number(value):
        raise Unread(f"{'.'.join(path)} is no number")
    return int(value)


def _value(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(metadata: Item, name: str, local: tzinfo) -> tuple[date, datetime]:
    """The member's date, which is the first ten characters whatever the offset, and the instant."""
    text = metadata.get(name)
    if not isinstance(text, str):
        raise Unread(f"metadata.{name} is missing")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=local)
        return date.fromisoformat(text[:10]), moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unread(f"metadata.{name} is no time") from None


def _object(value: object) -> Item:
    if not isinstance(value, dict):
        raise Unread("there is no object")
    return value
