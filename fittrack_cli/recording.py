"""`fittrack activities`: looking at what members did, and recording it for them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fittrack_cli.installation import reading, working
from fittrack_cli.moments import a_day, an_instant
from fittrack_cli.output import AsJson, example, print_facts, print_json
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, MemberArgument, actor_id, member_id

if TYPE_CHECKING:
    from fittrack_domain.tracking.model import Activity, ActivityReport

app = typer.Typer()

TypeName = Literal["steps", "active_minutes", "workout"]
IntensityName = Literal["light", "moderate", "vigorous"]


@app.command("list", epilog=example("fittrack activities list 2022484408 --type steps --from 2016-04-12"))
def list_(
    member: MemberArgument,
    activity_type: Annotated[TypeName | None, typer.Option("--type", help="Only those.")] = None,
    first: Annotated[date | None, typer.Option("--from", metavar="DAY", parser=a_day, help="The first day.")] = None,
    last: Annotated[date | None, typer.Option("--to", metavar="DAY", parser=a_day, help="The last day.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List a member's activities, the latest day first.

    Those that do not count too, with the reason.
    """
    from fittrack_domain.shared.paging import Paging
    from fittrack_domain.tracking.model import ActivityType

    with reading() as fittrack:
        found = fittrack.tracking.activities(
            member_id(fittrack, member),
            Paging(page, limit),
            first=first,
            last=last,
            activity_type=None if activity_type is None else ActivityType(activity_type),
        )
    print_page(found, ["day", "type", "intensity", "#amount", "state", "reason"], _cells, _shape, as_json=as_json)


@app.command(
    epilog=example(
        "fittrack activities record 2022484408 steps 5000 --day 2026-11-19",
        "fittrack activities record jo@example.com active_minutes 40 --intensity moderate --day 2026-11-19",
        "fittrack activities record jo@example.com workout 45 --intensity vigorous --from 2026-11-19T07:00",
    )
)
def record(
    member: MemberArgument,
    activity_type: Annotated[
        TypeName, typer.Argument(metavar="TYPE", help="steps, active_minutes or workout.", show_default=False)
    ],
    amount: Annotated[int, typer.Argument(metavar="AMOUNT", help="Steps, or minutes.", show_default=False)],
    *,
    day: Annotated[
        date | None, typer.Option(metavar="DAY", parser=a_day, help="Of a day's steps or active minutes.")
    ] = None,
    begin: Annotated[
        datetime | None, typer.Option("--from", metavar="INSTANT", parser=an_instant, help="Of a workout.")
    ] = None,
    intensity: Annotated[IntensityName | None, typer.Option(help="Of active minutes, or of a workout.")] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Record an activity for a member.

    Under the same rules as one that a tracker reports: what is implausible is kept, and does not count.
    """
    report = _report(activity_type, amount, day, begin, intensity)
    with working() as fittrack:
        admin = actor_id(fittrack, actor)
        activity = fittrack.tracking.record_activity(admin, member_id(fittrack, member), report)
    if as_json:
        print_json(_shape(activity))
        return
    print_facts(
        {
            "Activity": activity.id,
            "Day": activity.activity_day,
            "State": activity.state.value,
            "Reason": None if activity.reason is None else activity.reason.value,
        }
    )


def _report(
    activity_type: TypeName, amount: int, day: date | None, begin: datetime | None, intensity: IntensityName | None
) -> "ActivityReport":
    """What is to be recorded. Raises `typer.BadParameter` where its kind needs another option."""
    from datetime import timedelta

    from fittrack_domain.shared.calendar import platform_day
    from fittrack_domain.tracking.model import ActivityReport, ActivityType, Intensity

    hard = None if intensity is None else Intensity(intensity)
    match activity_type:
        case "steps" if day is not None:
            return ActivityReport.of_steps(day, amount)
        case "active_minutes" if day is not None and hard is not None:
            return ActivityReport.of_minutes(day, hard, amount)
        case "workout" if begin is not None:
            end = begin + timedelta(minutes=amount)
            of = (ActivityType.WORKOUT, hard, platform_day(begin), amount)
            return ActivityReport(*of, {}, external_id="console", start_time=begin, end_time=end, source_order=0)
    needed = {"steps": "--day", "active_minutes": "--day and --intensity", "workout": "--from"}
    raise typer.BadParameter(f"{activity_type} need {needed[activity_type]}.")


def _cells(activity: "Activity") -> tuple[object, ...]:
    return (
        activity.activity_day,
        activity.activity_type.value,
        activity.intensity and activity.intensity.value,
        f"{activity.amount:,}",
        activity.state.value,
        activity.reason and activity.reason.value,
    )


def _shape(activity: "Activity") -> dict[str, Any]:
    return {
        "activityId": activity.id,
        "connectionId": activity.connection_id,
        "type": activity.activity_type,
        "intensity": activity.intensity,
        "activityDay": activity.activity_day,
        "startTime": activity.start_time,
        "endTime": activity.end_time,
        "durationMinutes": activity.duration_minutes,
        "metrics": activity.metrics,
        "state": activity.state,
        "reason": activity.reason,
        "receivedAt": activity.created_at,
    }
