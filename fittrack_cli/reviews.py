"""`fittrack reviews`: members whose activity or account somebody has to look at."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

from fittrack_cli.installation import reading, working
from fittrack_cli.moments import a_day, shown
from fittrack_cli.output import AsJson, example, print_facts, print_json, print_lines, print_table
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, MemberOption, actor_id, member_id

if TYPE_CHECKING:
    from fittrack_domain.integrity.model import Look, Review

app = typer.Typer(no_args_is_help=True, help="Members whose activity or account somebody has to look at.")

StateName = Literal["open", "cleared", "confirmed"]
KindName = Literal["implausible_activity", "unusual_activity", "shared_device", "appeal"]
OutcomeName = Literal["cleared", "confirmed"]
Which = Annotated[UUID, typer.Argument(metavar="REVIEW", help="Its id.", show_default=False)]


@app.command("list", epilog=example("fittrack reviews list --state open", "fittrack reviews list --kind appeal --json"))
def list_(
    state: Annotated[StateName | None, typer.Option(help="Only those.")] = None,
    kind: Annotated[KindName | None, typer.Option(help="Only those.")] = None,
    member: MemberOption = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List reviews, the oldest first."""
    from fittrack_domain.integrity.model import ReviewKind, ReviewState
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.reviews.page(
            Paging(page, limit),
            state=None if state is None else ReviewState(state),
            kind=None if kind is None else ReviewKind(kind),
            member_id=None if member is None else member_id(fittrack, member),
        )
    print_page(found, ["id", "opened", "member", "kind", "#findings", "state"], _cells, _shape, as_json=as_json)


@app.command(epilog=example("fittrack reviews show REVIEW"))
def show(review: Which, as_json: AsJson = False) -> None:
    """Show a review with what was found.

    Of an appeal it shows what the member wrote; once it is decided, by whom and why.
    """
    from fittrack_domain.shared.ids import ReviewId

    with reading() as fittrack:
        found = fittrack.reviews.get(ReviewId(review))
    _print(found, as_json=as_json)


@app.command(epilog=example('fittrack reviews resolve REVIEW --outcome cleared --note "A broken tracker, replaced"'))
def resolve(
    review: Which,
    outcome: Annotated[OutcomeName, typer.Option(help="Whether it is as it seemed.", show_default=False)],
    note: Annotated[str, typer.Option(help="Why; it stays with the review.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Decide a review, once and for all.

    Prizes of the member that waited for it may be sent then. Nothing else follows by itself: to lock a member out, or
    to let one in again after an appeal, use `fittrack members suspend` or `reinstate`.
    """
    from fittrack_domain.integrity.model import Outcome
    from fittrack_domain.shared.ids import ReviewId

    with working() as fittrack:
        resolved = fittrack.reviews.resolve(actor_id(fittrack, actor), ReviewId(review), Outcome(outcome), note)
    _print(resolved, as_json=as_json)


@app.command(epilog=example("fittrack reviews look", "fittrack reviews look --day 2026-11-19"))
def look(
    day: Annotated[
        date | None, typer.Option(metavar="DAY", parser=a_day, help="One that ended 12 hours ago or earlier.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare all members' activity of a day within their tiers.

    Whoever is more than three standard deviations above the mean is put into the queue of reviews. Without --day it
    looks at the complete days since the last look, as a server does by itself. Done again, it finds nothing new.
    """
    with working() as fittrack:
        looks = fittrack.watch.look_due() if day is None else [fittrack.watch.look(day)]
    if as_json:
        print_json({"looks": looks})
        return
    print_table(["day", "#members compared", "#unusual"], map(_look_cells, looks), empty="Every day is looked at.")


def _look_cells(each: "Look") -> tuple[object, ...]:
    return each.activity_day, f"{each.members:,}", each.unusual


def _cells(review: "Review") -> tuple[object, ...]:
    opened = shown(review.created_at)
    return review.id, opened, review.user_id, review.kind.value, len(review.evidence), review.state.value


def _print(review: "Review", *, as_json: bool) -> None:
    if as_json:
        print_json(_shape(review))
        return
    print_facts(
        {
            "Review": review.id,
            "Member": review.user_id,
            "Kind": review.kind.value,
            "State": review.state.value,
            "Opened": shown(review.created_at),
            "Resolved": shown(review.resolved_at),
            "By": review.resolved_by,
            "Because": review.resolution,
        }
    )
    for finding in review.evidence:
        facts = ", ".join(f"{name} {value}" for name, value in finding.facts.items())
        print_lines(f"{shown(finding.found_at)}: {facts}")
    if review.note is not None:
        print_lines("", review.note)


def _shape(review: "Review") -> dict[str, Any]:
    return {
        "reviewId": review.id,
        "userId": review.user_id,
        "kind": review.kind,
        "state": review.state,
        "createdAt": review.created_at,
        "evidence": [{"foundAt": finding.found_at, "facts": finding.facts} for finding in review.evidence],
        "note": review.note,
        "resolvedBy": review.resolved_by,
        "resolvedAt": review.resolved_at,
        "resolution": review.resolution,
    }
