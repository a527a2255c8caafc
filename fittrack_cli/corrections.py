"""`fittrack members`: what administrators correct of members."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fittrack_cli.installation import working
from fittrack_cli.ledger_rows import print_transfer
from fittrack_cli.member_shapes import print_member
from fittrack_cli.moments import a_day
from fittrack_cli.output import AsJson, example
from fittrack_cli.people import As, MemberArgument, actor_id, member_id

if TYPE_CHECKING:
    from fittrack_domain.identity.model import Goal

app = typer.Typer()

NEEDED = {"--name": "display_name", "--sex": "biological_sex", "--level": "fitness_level"}


@app.command(epilog=example("fittrack members edit jo@example.com --email jo.rivera@example.com"))
def edit(
    member: MemberArgument,
    *,
    email: Annotated[str | None, typer.Option(help="Another email; it is as verified as the one before was.")] = None,
    notifications: Annotated[
        bool | None, typer.Option("--notifications/--no-notifications", help="Whether they want mail.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Such as en or en-US.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as America/New_York.")] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Correct an email, or how a member likes to be addressed.

    What is not given stays as it is. What was mailed to a wrong address is good for nothing any more.
    """
    from fittrack_domain.identity.admission import AccountCorrection

    correction = AccountCorrection(email, notifications, language, time_zone)
    with working() as fittrack:
        chosen = member_id(fittrack, member)
        fittrack.corrections.account(actor_id(fittrack, actor), chosen, correction)
        print_member(fittrack, fittrack.identity.member(chosen), as_json=as_json)


@app.command(
    "edit-profile",
    epilog=example(
        "fittrack members edit-profile jo@example.com --state TX --born 1990-05-17",
        'fittrack members edit-profile jo@example.com --name "Jo R." --sex female --level advanced',
    ),
)
def edit_profile(
    member: MemberArgument,
    *,
    name: Annotated[str | None, typer.Option(help="The name that others see.")] = None,
    born: Annotated[date | None, typer.Option(metavar="DAY", parser=a_day, help="Birth date.")] = None,
    state: Annotated[str | None, typer.Option(help="Where they live: two letters.")] = None,
    sex: Annotated[Literal["male", "female"] | None, typer.Option(help="One of three parts of the tier.")] = None,
    level: Annotated[
        Literal["beginner", "intermediate", "advanced"] | None, typer.Option(help="Another part of the tier.")
    ] = None,
    height: Annotated[int | None, typer.Option(metavar="INCHES", help="In inches.")] = None,
    weight: Annotated[int | None, typer.Option(metavar="POUNDS", help="In pounds.")] = None,
    goal: Annotated[
        list[str] | None, typer.Option(help="What they train for, such as endurance; repeat for more.")
    ] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Correct a member's profile, the birth date too.

    What is not given stays as it is. The tier follows, for points earned from then on.
    """
    from fittrack_domain.identity.admission import ProfileEdit
    from fittrack_domain.identity.model import Level, Sex

    given: dict[str, Any] = {
        "display_name": name,
        "state_of_residence": state,
        "biological_sex": sex and Sex(sex),
        "fitness_level": level and Level(level),
        "height_inches": height,
        "weight_pounds": weight,
        "goals": goal and tuple(map(_goal, goal)),
    }
    with working() as fittrack:
        before = fittrack.identity.member(member_id(fittrack, member)).profile
        stated = {name: getattr(before, name) if value is None else value for name, value in given.items()}
        if lacking := [option for option, field in NEEDED.items() if stated[field] is None]:
            raise typer.BadParameter(f"The profile needs {', '.join(lacking)}, too.")
        corrections = fittrack.corrections
        corrections.profile(actor_id(fittrack, actor), before.user_id, ProfileEdit(**stated), born, before.version)
        print_member(fittrack, fittrack.identity.member(before.user_id), as_json=as_json)


def _goal(text: str) -> "Goal":
    from fittrack_domain.identity.model import Goal

    try:
        return Goal(text)
    except ValueError:
        known = ", ".join(goal.value for goal in Goal)
        raise typer.BadParameter(f"{text[:40]!r} is not one of {known}.", param_hint="--goal") from None


@app.command(
    "adjust-points",
    epilog=example(
        'fittrack members adjust-points 2022484408 --amount 250 --reason "Lost by a tracker" --key ticket-17',
        'fittrack members adjust-points jo@example.com --amount -100 --reason "Counted twice"',
    ),
)
def adjust_points(
    member: MemberArgument,
    *,
    amount: Annotated[int, typer.Option(help="Points to give or, below zero, to take.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why; the member sees it.", show_default=False)],
    key: Annotated[str | None, typer.Option(help="Makes it repeatable: the same key again moves nothing.")] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Give a member points, or take some.

    Adjustments can be spent and do not rank. A balance cannot be taken below zero.
    """
    with working() as fittrack:
        chosen, admin = member_id(fittrack, member), actor_id(fittrack, actor)
        transfer = fittrack.points.adjust(admin, chosen, amount, reason, key or str(fittrack.points.ids.new()))
    print_transfer(transfer, as_json=as_json)
