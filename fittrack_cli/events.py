"""`fittrack events`: what happened and could not be followed up."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from fittrack_cli.installation import reading, working
from fittrack_cli.moments import shown
from fittrack_cli.output import AsJson, example, print_json
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, actor_id

if TYPE_CHECKING:
    from fittrack_domain.shared.events import Envelope

app = typer.Typer(no_args_is_help=True, help="What happened, but could not be followed up.")


@app.command("list", epilog=example("fittrack events list", "fittrack events list --json"))
def list_(page: PageNumber = 1, limit: PageLimit = 100, as_json: AsJson = False) -> None:
    """List events that were given up, the earliest first."""
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.relay.parked(Paging(page, limit))
    print_page(found, ["id", "kind", "happened", "given up", "last error"], _cells, _shape, as_json=as_json)


@app.command(epilog=example("fittrack events release EVENT"))
def release(
    event: Annotated[UUID, typer.Argument(metavar="EVENT", help="Its id.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Try an event again that was given up.

    Mend first what made it fail: fittrack events list tells the last error.
    """
    from fittrack_domain.shared.ids import EventId

    with working() as fittrack:
        fittrack.relay.release(EventId(event), actor_id(fittrack, actor))
    if as_json:
        print_json({"eventId": event})
    else:
        typer.echo("The event is released.")


def _cells(envelope: "Envelope") -> tuple[object, ...]:
    return (
        envelope.id,
        type(envelope.event).__name__,
        shown(envelope.occurred_at),
        shown(envelope.parked_at),
        envelope.last_error,
    )


def _shape(envelope: "Envelope") -> dict[str, Any]:
    return {
        "eventId": envelope.id,
        "kind": type(envelope.event).__name__,
        "occurredAt": envelope.occurred_at,
        "parkedAt": envelope.parked_at,
        "attempts": envelope.attempts,
        "lastError": envelope.last_error,
    }
