"""The command `fittrack`: one group of commands per context, and how they end."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fittrack_cli import (
    activities,
    analytics,
    boards,
    books,
    copying,
    db,
    demo,
    doctor,
    draw,
    drawings,
    entries,
    events,
    fulfillment,
    keys,
    mail,
    members,
    points,
    prizes,
    reviews,
    serve,
    sponsors,
)
from fittrack_cli.output import json_asked


class Commands(TyperGroup):
    """All commands. What FitTrack refuses is told without a traceback; bugs keep theirs."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            from fittrack_cli.refusals import exit_code, explain
            from fittrack_domain.shared.errors import FitTrackError

            if not isinstance(error, FitTrackError):
                raise
            explain(error, json=json_asked(ctx))
            raise typer.Exit(exit_code(error)) from None


# Plain help instead of rich's: it starts three times as fast, and examples can be copied out of it.
app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Every command has --help with an example. Exit codes: 0 done, 1 failed or problems found, 2 wrong input.",
)
app.command("serve", epilog=serve.EPILOG)(serve.serve)
app.command("doctor", epilog=doctor.EPILOG)(doctor.doctor)
app.command("demo", epilog=demo.EPILOG)(demo.demo)
db.app.command("seed", epilog=demo.SEED_EPILOG)(demo.demo)
db.app.command("copy", epilog=copying.EPILOG)(copying.copy)
app.add_typer(db.app, name="db")
app.add_typer(members.app, name="members")
app.add_typer(activities.app, name="activities")
app.add_typer(points.app, name="points")
app.add_typer(boards.app, name="leaderboard")
app.add_typer(sponsors.app, name="sponsors")
app.add_typer(prizes.app, name="prizes")
app.add_typer(drawings.app, name="drawings")
app.add_typer(entries.app, name="tickets")
app.add_typer(draw.app, name="draw")
app.add_typer(fulfillment.app, name="fulfillment")
app.add_typer(reviews.app, name="reviews")
app.add_typer(analytics.app, name="analytics")
app.add_typer(keys.app, name="keys")
app.add_typer(mail.app, name="mail")
app.add_typer(books.ledger, name="ledger")
app.add_typer(books.audit, name="audit")
app.add_typer(events.app, name="events")


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("fittrack"))
        raise typer.Exit


@app.callback()
def fittrack(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """FitTrack: activity becomes points, points become tickets, and anyone can verify the drawings."""
