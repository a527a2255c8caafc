"""`fittrack leaderboard`: who leads, and whether Redis says the same as the database."""

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from fittrack_cli import leaderboards
from fittrack_cli.installation import opened
from fittrack_cli.output import AsJson, complain, example, print_json, print_lines, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fittrack_adapters.redis.boards import BoardCheck, RedisBoards
    from fittrack_adapters.wiring import Installation
    from fittrack_domain.competition.model import Ranking


class ShowByDefault(TyperGroup):
    """`leaderboard weekly` is short for `leaderboard show weekly`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=ShowByDefault,
    no_args_is_help=True,
    help="Who leads. `fittrack leaderboard weekly` is short for `fittrack leaderboard show weekly`.",
)
app.command("show", epilog=leaderboards.EPILOG)(leaderboards.leaderboard)


@app.command(epilog=example("fittrack leaderboard rebuild"))
def rebuild(as_json: AsJson = False) -> None:
    """Copy all live rankings from the database into Redis.

    Done again, it changes nothing. Awards may go on meanwhile. Rankings that Redis lost come back by themselves within
    a minute or two; this is for afterwards, when the database was restored from a backup, and for impatience.
    """
    with opened() as installation:
        rebuilt = list(_rebuilt(_boards(installation)))
    if as_json:
        print_json({"rankings": [{**_ranking(ranking), "standings": count} for ranking, count in rebuilt]})
        return
    print_lines(f"{len(rebuilt)} rankings with {sum(count for _, count in rebuilt):,} standings are in Redis.")


def _rebuilt(boards: "RedisBoards") -> "Iterator[tuple[Ranking, int]]":
    rankings = boards.live()
    with progress("Copying rankings", len(rankings)) as move_on:
        for ranking in rankings:
            yield ranking, sum(boards.rebuild(ranking))
            move_on(1)


@app.command(epilog=example("fittrack leaderboard check", "fittrack leaderboard check --json"))
def check(as_json: AsJson = False) -> None:
    """Compare the live rankings in Redis with the database.

    Place by place. Ends with 1 when any is not equal.
    """
    with opened() as installation:
        found = list(_checked(_boards(installation)))
    if as_json:
        print_json({"rankings": [{**_ranking(c.ranking), "members": c.members, "fault": c.fault} for c in found]})
    else:
        print_table(
            ["board", "period", "from", "#members", "in Redis"],
            ((*_ranking(each.ranking).values(), each.members, each.fault or "equal") for each in found),
            empty="Nobody is ranked.",
        )
    if any(each.fault for each in found):
        raise typer.Exit(1)


def _checked(boards: "RedisBoards") -> "Iterator[BoardCheck]":
    rankings = boards.live()
    with progress("Comparing rankings", len(rankings)) as move_on:
        for ranking in rankings:
            yield boards.check(ranking)
            move_on(1)


def _boards(installation: "Installation") -> "RedisBoards":
    if installation.boards is None:
        complain("FITTRACK_REDIS_URL is not set: leaderboards come from the database.")
        raise typer.Exit(2)
    return installation.boards


def _ranking(ranking: "Ranking") -> dict[str, Any]:
    return {"tierCode": ranking.board, "period": ranking.period.value, "periodStart": _start(ranking)}


def _start(ranking: "Ranking") -> str | None:
    return None if ranking.ends_at is None else ranking.period_start.isoformat()
