"""`fittrack drawings`: the steps of a drawing's life, from the plan to the draw."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from fittrack_cli import sponsors
from fittrack_cli.drawing_shapes import print_drawing, print_outcome
from fittrack_cli.installation import working
from fittrack_cli.moments import an_instant
from fittrack_cli.output import AsJson, example, print_facts, print_json, progress, warn
from fittrack_cli.people import As, actor_id

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.sweepstakes.drafts import PrizeDraft

app = typer.Typer()

TypeName = Literal["daily", "weekly", "monthly", "annual"]
DrawingArgument = Annotated[UUID, typer.Argument(metavar="DRAWING", help="The drawing's id.", show_default=False)]

PRIZE_FORM = "RANK:QUANTITY:TITLE:VALUE[:SPONSOR[:digital]]"


@app.command(
    epilog=example(
        'fittrack drawings create weekly "Sunday giveaway" --prize "1:1:Fitness watch:249.00:Acme Outfitters" '
        '--prize "2:10:Gift card:25.00::digital" --publish',
        'fittrack drawings create daily "Tonight" --prize "1:1:Water bottle:20.00" --draw-at 2026-11-21T21:00 '
        "--min-account-age 0",
    )
)
def create(
    drawing_type: Annotated[TypeName, typer.Argument(metavar="TYPE", help="daily, weekly, monthly or annual.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="As members see it.", show_default=False)],
    *,
    prize: Annotated[
        list[str] | None,
        typer.Option(metavar=PRIZE_FORM, help="A prize; repeat for more. Dollars a unit; the sponsor by name or id."),
    ] = None,
    description: Annotated[str | None, typer.Option(help="More about it.")] = None,
    ticket_cost: Annotated[int | None, typer.Option(help="Points a ticket; the type's usual price by default.")] = None,
    draw_at: Annotated[
        datetime | None,
        typer.Option(metavar="INSTANT", parser=an_instant, help="Drawing time; the type's next usual one by default."),
    ] = None,
    sales_open: Annotated[
        datetime | None, typer.Option(metavar="INSTANT", parser=an_instant, help="At publication by default.")
    ] = None,
    sales_close: Annotated[
        datetime | None,
        typer.Option(metavar="INSTANT", parser=an_instant, help="5 minutes before the drawing time by default."),
    ] = None,
    user_type: Annotated[Literal["all", "premium"], typer.Option(help="Who may take part.")] = "all",
    min_account_age: Annotated[int, typer.Option(metavar="DAYS", help="How old an account must be.")] = 7,
    max_tickets: Annotated[int | None, typer.Option(help="Per member; no limit by default.")] = None,
    max_wins: Annotated[int, typer.Option(help="Prizes per member; 0 for no limit.")] = 1,
    alternates: Annotated[
        int | None, typer.Option(help="Length of the reserve list; by default 10, or as many as there are prize units.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it at once.")] = False,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Plan a drawing with its prizes. Nobody sees it before it is published.

    Instants without an offset are platform time (New York).
    """
    from fittrack_domain.sweepstakes.drafts import DrawingDraft
    from fittrack_domain.sweepstakes.model import DrawingType, Eligibility, UserType

    with working() as fittrack:
        draft = DrawingDraft(
            drawing_type=DrawingType(drawing_type),
            name=name,
            description=description,
            ticket_cost_points=ticket_cost,
            drawing_time=draw_at,
            sales_open_at=sales_open,
            ticket_sales_close=sales_close,
            eligibility=Eligibility(UserType(user_type), min_account_age),
            max_tickets_per_member=max_tickets,
            max_wins_per_holder=max_wins,
            alternates=alternates,
            prizes=tuple(_prize(fittrack, text) for text in prize or ()),
        )
        admin = actor_id(fittrack, actor)
        drawing = fittrack.drawings.create(admin, draft)
        if publish:
            fittrack.drawings.publish(admin, drawing.id)
        view = fittrack.drawings.get(None, drawing.id, drafts=True)
    print_drawing(view, as_json=as_json)


def _prize(fittrack: "FitTrack", text: str) -> "PrizeDraft":
    """A prize as it is written on the command line. Raises `typer.BadParameter`, `InvalidInput`."""
    from fittrack_domain.shared.money import Usd
    from fittrack_domain.sweepstakes.drafts import PrizeDraft
    from fittrack_domain.sweepstakes.model import FulfillmentType

    fields = [field.strip() for field in text.split(":")]
    if not 4 <= len(fields) <= 6:  # noqa: PLR2004  # see PRIZE_FORM
        raise typer.BadParameter(f"{text!r} has not the form {PRIZE_FORM}.", param_hint="--prize")
    rank, quantity, title, value, sponsor, kind = (*fields, *[""] * (6 - len(fields)))
    if not (rank.isdecimal() and quantity.isdecimal()) or kind not in ("", "physical", "digital"):
        raise typer.BadParameter(f"{text!r} has not the form {PRIZE_FORM}.", param_hint="--prize")
    return PrizeDraft(
        rank=int(rank),
        quantity=int(quantity),
        name=title,
        value_usd=Usd.of(value),
        sponsor_id=sponsors.find(fittrack, sponsor) if sponsor else None,
        fulfillment_type=FulfillmentType(kind or "physical"),
    )


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
