"""Days and instants as they are written on the command line."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer


def a_day(text: str) -> date:
    """`2026-11-19`, and no other of the forms that ISO 8601 has."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise typer.BadParameter(f"{text[:40]!r} is not a day such as 2026-11-19.")
    return day


def an_instant(text: str) -> datetime:
    """`2026-11-19T21:00Z`; without an offset it is what clocks show in platform time."""
    from fittrack_domain.shared.calendar import PLATFORM_ZONE

    try:
        instant = datetime.fromisoformat(text)
        zoned = instant if instant.tzinfo else instant.replace(tzinfo=PLATFORM_ZONE)
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text[:40]!r} is not an instant such as 2026-11-19T21:00.") from None


def shown(instant: datetime | None) -> str | None:
    """For people: platform time, to the minute."""
    from fittrack_domain.shared.calendar import PLATFORM_ZONE

    return None if instant is None else f"{instant.astimezone(PLATFORM_ZONE):%Y-%m-%d %H:%M %Z}"


DayArgument = Annotated[date, typer.Argument(metavar="DAY", parser=a_day, help="YYYY-MM-DD.", show_default=False)]
