"""Reports over HTTP, for administrators: as JSON, or as CSV for a spreadsheet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, Generic, TypeVar

import attrs

from fittrack_adapters.csv_text import csv_text
from fittrack_domain.analytics.model import DayOfActivity, DayOfRegistrations, DrawingFigures, Overview
from fittrack_domain.app import FitTrack
from fittrack_http.routes import Access, Content, Route
from fittrack_http.structuring import camel

T = TypeVar("T")

TAG: Final = "Analytics"
CSV: Final = "text/csv; charset=utf-8"


class Format(Enum):
    """How a report is told."""

    JSON = "json"
    CSV = "csv"


@attrs.frozen(kw_only=True)
class ReportQuery:
    """Which days in platform time, at most 366: without `startDate` 30 of them, without `endDate` up to today."""

    start_date: date | None = None
    end_date: date | None = None
    format: Format = Format.JSON


@attrs.frozen
class Lines(Generic[T]):
    """A report, line by line."""

    items: tuple[T, ...]


@attrs.frozen(kw_only=True)
class OverviewOut:
    """The platform now; points spent and earned, and active members, by the days asked for."""

    members_by_status: dict[str, int]
    members_by_role: dict[str, int]
    active_7_days: int
    active_30_days: int
    points_earned: int
    points_spent: int
    points_outstanding: int
    open_drawings: int
    tickets: int
    prizes: dict[str, int]
    open_reviews: int

    @classmethod
    def of(cls, overview: Overview) -> "OverviewOut":
        return cls(**{field.name: _plain(getattr(overview, field.name)) for field in attrs.fields(cls)})


def _plain(value: int | Mapping[Enum, int]) -> Any:
    return value if isinstance(value, int) else {member.value: number for member, number in value.items()}


def analytics_overview(fittrack: FitTrack, query: ReportQuery) -> OverviewOut | Content:
    """Show the platform at a glance.

    Members, drawings, prizes and reviews are counted now. Points earned are those for activity of the days asked for,
    points spent those for tickets bought on them, without those of cancelled drawings. Active are members who earned
    points by activity within 7 and 30 days up to `endDate`.
    """
    overview = fittrack.analytics.overview(query.start_date, query.end_date)
    if query.format is Format.JSON:
        return OverviewOut.of(overview)
    return _csv("overview", ["figure", "of", "value"], ((camel(name), of, n) for name, of, n in overview.lines))


def analytics_registrations(fittrack: FitTrack, query: ReportQuery) -> Lines[DayOfRegistrations] | Content:
    """Count who registered, verified their email, and left.

    A line for each day in platform time, in their order.
    """
    found = fittrack.analytics.registrations(query.start_date, query.end_date)
    return _told("registrations", query, DayOfRegistrations, found)


def analytics_activity(fittrack: FitTrack, query: ReportQuery) -> Lines[DayOfActivity] | Content:
    """Sum up what members did.

    A line for each activity day, in their order. Active are those who earned points; workouts are those of 20 minutes
    or more. Steps and minutes are as measured, cut off at no maximum.
    """
    return _told("activity", query, DayOfActivity, fittrack.analytics.activity(query.start_date, query.end_date))


def analytics_drawings(fittrack: FitTrack, query: ReportQuery) -> Lines[DrawingFigures] | Content:
    """Tell what drawings brought.

    Those with a drawing time on these days that were published, sorted by it. Points are as paid, also those that were
    refunded because a drawing was cancelled.
    """
    return _told("drawings", query, DrawingFigures, fittrack.analytics.drawings(query.start_date, query.end_date))


def _told(name: str, query: ReportQuery, kind: type[attrs.AttrsInstance], lines: Sequence[Any]) -> Lines[Any] | Content:
    if query.format is Format.JSON:
        return Lines(tuple(lines))
    fields = [field.name for field in attrs.fields(kind)]
    return _csv(name, list(map(camel, fields)), ([getattr(line, field) for field in fields] for line in lines))


def _csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Content:
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Content(csv_text(columns, rows).encode(), CSV, headers)


ROUTES: Final = tuple(
    Route("GET", f"/api/v1/admin/analytics/{name}", handler, Access.ADMIN, TAG, media_type=CSV)
    for name, handler in (
        ("overview", analytics_overview),
        ("registrations", analytics_registrations),
        ("activity", analytics_activity),
        ("drawings", analytics_drawings),
    )
)
