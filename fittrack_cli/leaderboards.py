"""`fittrack leaderboard`: who leads."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fittrack_cli.installation import reading
from fittrack_cli.moments import a_day, shown
from fittrack_cli.output import AsJson, example, print_json, print_lines, print_table
from fittrack_cli.paging import PageLimit, PageNumber, pagination
from fittrack_cli.people import MemberOption, member_id

if TYPE_CHECKING:
    from fittrack_domain.competition.model import Leaderboard, Place
    from fittrack_domain.shared.ids import MemberId

PeriodName = Literal["daily", "weekly", "monthly", "alltime"]


def leaderboard(
    period: Annotated[PeriodName, typer.Argument(metavar="PERIOD", help="daily, weekly, monthly or alltime.")],
    tier: Annotated[
        str | None, typer.Option(metavar="T", help="A tier such as F-30-39-INT, or OPEN. By default the member's own.")
    ] = None,
    day: Annotated[
        date | None, typer.Option(metavar="DAY", parser=a_day, help="A day of the period. Today by default.")
    ] = None,
    member: MemberOption = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """Show who leads in a tier, or in OPEN.

    With --member also that member's own place, and their tier unless another is named.
    """
    from fittrack_domain.shared.calendar import Period
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        viewer = None if member is None else member_id(fittrack, member)
        board = fittrack.competition.leaderboard(Period(period), tier, viewer, day, Paging(page, limit))
    if as_json:
        print_json(_board(board, viewer))
    else:
        _print(board)


EPILOG = example(
    "fittrack leaderboard weekly --tier F-30-39-INT", "fittrack leaderboard show daily --day 2016-04-13 --json"
)


def _print(board: "Leaderboard") -> None:
    state = "final" if board.final else "provisional: late data still counts" if board.provisional else None
    facts = [board.board_name, board.ranking.period.value]
    if board.resets_at is not None:
        facts += [f"from {board.ranking.period_start}", f"until {shown(board.resets_at)}"]
    facts += [f"{board.size} members", *([state] if state else [])]
    print_lines(", ".join(facts))
    print_table(
        ["#rank", "member", "#points"],
        ((row.rank, row.display_name, row.points) for row in board.page.items),
        empty="Nobody is ranked here.",
    )
    if board.own is not None:
        print_lines(f"{board.own.display_name} is {board.own.rank} of {board.size:,} with {board.own.points:,} points.")


def _board(board: "Leaderboard", viewer: "MemberId | None") -> dict[str, Any]:
    """As the HTTP API answers it."""
    ranking, page, own = board.ranking, board.page, board.own
    return {
        "period": ranking.period,
        "periodStart": None if board.resets_at is None else ranking.period_start,
        "tierCode": ranking.board,
        "tierName": board.board_name,
        "totalUsersInTier": board.size,
        "resetTime": board.resets_at,
        "provisional": board.provisional,
        "final": board.final,
        "userRank": own and {"rank": own.rank, "pointsEarned": own.points, "displayName": own.display_name},
        "rankings": [_row(row, viewer) for row in page.items],
        "around": [_row(row, viewer) for row in board.around],
        "pagination": pagination(page),
    }


def _row(row: "Place", viewer: "MemberId | None") -> dict[str, Any]:
    return {
        "rank": row.rank,
        "displayName": row.display_name,
        "pointsEarned": row.points,
        "isMe": row.user_id == viewer,
    }
