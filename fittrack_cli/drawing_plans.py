"""`fittrack drawings create` and `edit`: planning a drawing."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from fittrack_cli import sponsors
from fittrack_cli.drawing_shapes import print_drawing
from fittrack_cli.drawing_steps import DrawingArgument
from fittrack_cli.installation import working
from fittrack_cli.moments import an_instant
from fittrack_cli.output import AsJson, example
from fittrack_cli.people import As, actor_id

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
    from fittrack_domain.sweepstakes.model import Prize
    from fittrack_domain.sweepstakes.views import DrawingView

app = typer.Typer()

TypeName = Literal["daily", "weekly", "monthly", "annual"]
UserTypeName = Literal["all", "premium"]
PRIZE_FORM = "RANK:QUANTITY:TITLE:VALUE[:SPONSOR[:digital]]"

Prizes = Annotated[
    list[str] | None,
    typer.Option(metavar=PRIZE_FORM, help="A prize; repeat for more. Dollars a unit; the sponsor by name or id."),
]
Description = Annotated[str | None, typer.Option(help="More about it.")]
TicketCost = Annotated[int | None, typer.Option(help="Points a ticket; the type's usual price by default.")]
DrawAt = Annotated[
    datetime | None,
    typer.Option(metavar="INSTANT", parser=an_instant, help="Drawing time; the type's next usual one by default."),
]
SalesOpen = Annotated[
    datetime | None, typer.Option(metavar="INSTANT", parser=an_instant, help="At publication by default.")
]
SalesClose = Annotated[
    datetime | None,
    typer.Option(metavar="INSTANT", parser=an_instant, help="5 minutes before the drawing time by default."),
]
MaxTickets = Annotated[int | None, typer.Option(help="Per member; no limit by default.")]
Alternates = Annotated[
    int | None, typer.Option(help="Length of the reserve list; by default 10, or as many as there are prize units.")
]


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
    prize: Prizes = None,
    description: Description = None,
    ticket_cost: TicketCost = None,
    draw_at: DrawAt = None,
    sales_open: SalesOpen = None,
    sales_close: SalesClose = None,
    user_type: Annotated[UserTypeName, typer.Option(help="Who may take part.")] = "all",
    min_account_age: Annotated[int, typer.Option(metavar="DAYS", help="How old an account must be.")] = 7,
    max_tickets: MaxTickets = None,
    max_wins: Annotated[int, typer.Option(help="Prizes per member; 0 for no limit.")] = 1,
    alternates: Alternates = None,
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


@app.command(
    epilog=example(
        'fittrack drawings edit DRAWING --name "Monday giveaway" --draw-at 2026-11-23T21:00',
        'fittrack drawings edit DRAWING --prize "1:2:Water bottle:20.00"',
    )
)
def edit(
    drawing: DrawingArgument,
    *,
    name: Annotated[str | None, typer.Option(help="As members see it.")] = None,
    prize: Prizes = None,
    description: Description = None,
    ticket_cost: TicketCost = None,
    draw_at: DrawAt = None,
    sales_open: SalesOpen = None,
    sales_close: SalesClose = None,
    user_type: Annotated[UserTypeName | None, typer.Option(help="Who may take part.")] = None,
    min_account_age: Annotated[int | None, typer.Option(metavar="DAYS", help="How old an account must be.")] = None,
    max_tickets: MaxTickets = None,
    max_wins: Annotated[int | None, typer.Option(help="Prizes per member; 0 for no limit.")] = None,
    alternates: Alternates = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Change a draft; what is not given stays as it is.

    With --prize all its prizes are replaced. Another drawing time moves the close of sales along.
    """
    from fittrack_domain.shared.ids import DrawingId
    from fittrack_domain.sweepstakes.model import Eligibility, UserType

    with working() as fittrack:
        before = fittrack.drawings.get(None, DrawingId(drawing), drafts=True)
        asked = before.drawing.eligibility
        given = {
            "name": name,
            "description": description,
            "ticket_cost_points": ticket_cost,
            "drawing_time": draw_at,
            "sales_open_at": sales_open,
            "ticket_sales_close": sales_close,
            "eligibility": Eligibility(
                asked.user_type if user_type is None else UserType(user_type),
                asked.min_account_age_days if min_account_age is None else min_account_age,
            ),
            "max_tickets_per_member": max_tickets,
            "max_wins_per_holder": max_wins,
            "alternates": alternates,
            "prizes": None if prize is None else tuple(_prize(fittrack, text) for text in prize),
        }
        draft = _edited(before, given)
        fittrack.drawings.edit(actor_id(fittrack, actor), DrawingId(drawing), draft, before.drawing.version)
        view = fittrack.drawings.get(None, DrawingId(drawing), drafts=True)
    print_drawing(view, as_json=as_json)


def _edited(before: "DrawingView", given: dict[str, Any]) -> "DrawingDraft":
    """A drawing as it is, with what was given."""
    import attrs

    from fittrack_domain.sweepstakes.drafts import DrawingDraft

    fields = [field.name for field in attrs.fields(DrawingDraft) if field.name != "prizes"]
    kept: dict[str, Any] = {name: getattr(before.drawing, name) for name in fields}
    kept["prizes"] = tuple(_kept(offered.prize) for offered in before.prizes)
    if given["drawing_time"] is not None:
        kept["ticket_sales_close"] = None
    return DrawingDraft(**kept | {name: value for name, value in given.items() if value is not None})


def _kept(prize: "Prize") -> "PrizeDraft":
    import attrs

    from fittrack_domain.sweepstakes.drafts import PrizeDraft

    names = [field.name for field in attrs.fields(PrizeDraft) if field.name != "rank"]
    return PrizeDraft(rank=prize.prize_rank, **{name: getattr(prize, name) for name in names})


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
