"""`fittrack drawings`: the steps of a drawing's life, from the publication to the draw."""

from typing import Annotated
from uuid import UUID

import typer

from fittrack_cli.drawing_shapes import print_drawing, print_outcome
from fittrack_cli.installation import working
from fittrack_cli.output import AsJson, example, print_facts, print_json, progress, warn
from fittrack_cli.people import As, actor_id

app = typer.Typer()

DrawingArgument = Annotated[UUID, typer.Argument(metavar="DRAWING", help="The drawing's id.", show_default=False)]


@app.command(epilog=example("fittrack drawings publish DRAWING"))
def publish(drawing: DrawingArgument, actor: As = None, as_json: AsJson = False) -> None:
    """Fix the terms of a drawing and publish them.

    The terms are prizes, times, limits, and the commitment to a secret seed. Nothing of them changes afterwards.
    """
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack:
        published = fittrack.drawings.publish(actor_id(fittrack, actor), DrawingId(drawing))
        view = fittrack.drawings.get(None, published.id)
    print_drawing(view, as_json=as_json)


@app.command(epilog=example("fittrack drawings close DRAWING"))
def close(drawing: DrawingArgument, actor: As = None, as_json: AsJson = False) -> None:
    """Freeze the tickets, after the close of sales.

    Publishes the closing with the opened seed. Done again, it changes nothing.
    """
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack, progress("Closing the drawing"):
        closing = fittrack.draws.close(DrawingId(drawing), actor_id(fittrack, actor))
    if as_json:
        print_json({"drawingId": drawing, "closing": closing.record, "closingHash": closing.hash})
        return
    record = closing.record
    print_facts(
        {
            "Tickets": f"{record['tickets']:,} of {record['blocks']:,} members",
            "Root": record["root"],
            "Decided by beacon round": record["round"],
            "Closing hash": closing.hash,
        }
    )


@app.command(epilog=example("fittrack drawings execute DRAWING"))
def execute(drawing: DrawingArgument, actor: As = None, as_json: AsJson = False) -> None:
    """Draw the winners, after the drawing time.

    Closes the drawing first if nobody has. Done again, it computes the result anew and compares.
    """
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack, progress("Drawing the winners"):
        fittrack.draws.execute(DrawingId(drawing), actor_id(fittrack, actor))
        outcome = fittrack.results.of(None, DrawingId(drawing))
    print_outcome(outcome, as_json=as_json)


@app.command("run-due", epilog=example("fittrack drawings run-due"))
def run_due(as_json: AsJson = False) -> None:
    """Close and draw what is due, as a server does by itself. Ends with 1 if any drawing must wait."""
    with working() as fittrack, progress("Closing and drawing"):
        swept = fittrack.draws.run_due()
    if as_json:
        waiting = {str(drawing_id): reason for drawing_id, reason in swept.waiting.items()}
        print_json({"closed": swept.closed, "drawn": swept.drawn, "waiting": waiting})
    else:
        print_facts({"Closed": len(swept.closed), "Drawn": len(swept.drawn)})
        for drawing_id, reason in swept.waiting.items():
            warn(f"drawing {drawing_id}: {reason}")
    if swept.waiting:
        raise typer.Exit(1)


@app.command(epilog=example('fittrack drawings cancel DRAWING --reason "The sponsor withdrew"'))
def cancel(
    drawing: DrawingArgument,
    reason: Annotated[str, typer.Option(help="Why; it becomes public.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Call a drawing off before its closing, and refund its tickets."""
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack:
        fittrack.drawings.cancel(actor_id(fittrack, actor), DrawingId(drawing), reason)
        view = fittrack.drawings.get(None, DrawingId(drawing), drafts=True)
    print_drawing(view, as_json=as_json)
