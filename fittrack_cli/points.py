"""`fittrack points`: what days are worth, and why."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fittrack_cli.installation import reading
from fittrack_cli.moments import DayArgument, a_day
from fittrack_cli.output import AsJson, camel, example, print_facts, print_json, print_lines, print_table
from fittrack_cli.people import MemberArgument, MemberOption, SourceKeys, member_id

if TYPE_CHECKING:
    from fittrack_domain.points.scored import ScoredDay
    from fittrack_domain.points.words import Explanation

app = typer.Typer(no_args_is_help=True, help="What days are worth, and why.")


@app.command(
    epilog=example(
        "fittrack points days --member 2022484408 --from 2016-04-12 --to 2016-04-18", "fittrack points days --json"
    )
)
def days(
    member: MemberOption = None,
    first: Annotated[date | None, typer.Option("--from", metavar="DAY", parser=a_day, help="The first day.")] = None,
    last: Annotated[date | None, typer.Option("--to", metavar="DAY", parser=a_day, help="The last day.")] = None,
    as_json: AsJson = False,
) -> None:
    """List scored days, with the points of each rule.

    With --json a list of objects, one per member and day: `member` (the key of their tracker, or else their id), `day`,
    `breakdown` (points by rule after the day's maximum: steps, stepGoal, lightMinutes, moderateMinutes,
    vigorousMinutes, workouts, streak; they add up to the score), `score`, and `awarded` (what was ever paid for it).
    Sorted by member and day.
    """
    with reading() as fittrack:
        who = None if member is None else member_id(fittrack, member)
        keys = SourceKeys(fittrack)
        scored = sorted(
            ((keys[day.user_id], day) for day in fittrack.points.days(who, first, last)),
            key=lambda found: (found[0], found[1].activity_day),
        )
    if as_json:
        print_json([_day(key, day) for key, day in scored])
        return
    rules = ["steps", "goal", "light", "moderate", "vigorous", "workouts", "streak"]
    columns = ["member", "day", *(f"#{rule}" for rule in rules), "#score", "#awarded"]
    print_table(columns, (_cells(key, day) for key, day in scored), empty="No day has been scored.")


def _day(key: str, day: "ScoredDay") -> dict[str, Any]:
    breakdown = {camel(line.rule.value): line.paid for line in day.breakdown}
    return {
        "member": key,
        "day": day.activity_day,
        "breakdown": breakdown,
        "score": day.score,
        "awarded": day.awarded,
    }


def _cells(key: str, day: "ScoredDay") -> list[object]:
    return [key, day.activity_day, *(line.paid for line in day.breakdown), day.score, day.awarded]


@app.command(epilog=example("fittrack points explain 2022484408 2016-04-13"))
def explain(member: MemberArgument, day: DayArgument, as_json: AsJson = False) -> None:
    """Tell in words why a day is worth what it is.

    Every rule, what was measured, its rate, and what the day's maximum cut.
    """
    with reading() as fittrack:
        explanation = fittrack.points.explain(member_id(fittrack, member), day)
    if as_json:
        print_json(_explained(explanation))
    else:
        print_lines(*explanation.sentences)


def _explained(explanation: "Explanation") -> dict[str, Any]:
    day = explanation.day
    return {
        "day": day.activity_day,
        "rateCard": day.rate_card,
        "score": day.score,
        "awarded": day.awarded,
        "activeMinutes": day.active_minutes,
        "streakDays": day.streak_length,
        "lines": [
            {
                "rule": line.rule,
                "input": line.input,
                "counted": line.counted,
                "rate": line.rate,
                "points": line.points,
                "cut": line.cut,
            }
            for line in day.breakdown
        ],
        "sentences": explanation.sentences,
    }


@app.command(epilog=example("fittrack points balance 2022484408"))
def balance(member: MemberArgument, as_json: AsJson = False) -> None:
    """Show a member's points.

    Those to spend, those on hold, and all that were ever earned by activity.
    """
    with reading() as fittrack:
        wallet = fittrack.points.balance(member_id(fittrack, member))
    if as_json:
        print_json({"balance": wallet.balance, "held": wallet.held, "pointsEarned": wallet.points_earned})
    else:
        print_facts({"Balance": wallet.balance, "On hold": wallet.held, "Earned by activity": wallet.points_earned})
