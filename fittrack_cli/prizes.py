"""`fittrack prizes`: what there is to win. Prizes change only while their drawing is a draft."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

from fittrack_cli import sponsors
from fittrack_cli.drawing_steps import DrawingArgument
from fittrack_cli.installation import reading, working
from fittrack_cli.output import AsJson, example, print_facts, print_json
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, actor_id

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.sweepstakes.drafts import PrizeDraft
    from fittrack_domain.sweepstakes.model import Prize

app = typer.Typer(no_args_is_help=True, help="What there is to win.")

PrizeArgument = Annotated[UUID, typer.Argument(metavar="PRIZE", help="The prize's id.", show_default=False)]
Title = Annotated[str, typer.Argument(metavar="TITLE", help="As members see it.", show_default=False)]
Value = Annotated[str, typer.Option(metavar="USD", help="What a unit is worth, such as 249.00.", show_default=False)]
Rank = Annotated[int, typer.Option(help="1 is drawn first; each prize of a drawing has its own.", show_default=False)]
Quantity = Annotated[int, typer.Option(help="How many equal units.")]
Kind = Annotated[Literal["physical", "digital"], typer.Option(help="Shipped to an address, or sent to an email.")]
Giver = Annotated[str | None, typer.Option(metavar="SPONSOR", help="By name or id; FitTrack itself by default.")]
Description = Annotated[str | None, typer.Option(help="More about it.")]
Image = Annotated[str | None, typer.Option(help="Address of a picture.")]


@app.command("list", epilog=example("fittrack prizes list --limit 20"))
def list_(page: PageNumber = 1, limit: PageLimit = 100, as_json: AsJson = False) -> None:
    """List the prizes of all drawings, the latest first."""
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.catalogue.prizes(Paging(page, limit))
    print_page(found, ["id", "drawing", "#rank", "prize", "#units", "#USD each"], _cells, _shape, as_json=as_json)


@app.command(epilog=example("fittrack prizes show PRIZE"))
def show(prize: PrizeArgument, as_json: AsJson = False) -> None:
    """Show a prize."""
    from fittrack_domain.shared.ids import PrizeId

    with reading() as fittrack:
        found = fittrack.catalogue.prize(PrizeId(prize))
    _print(found, as_json=as_json)


@app.command(epilog=example('fittrack prizes add DRAWING "Fitness watch" --rank 1 --value 249.00 --sponsor Acme'))
def add(
    drawing: DrawingArgument,
    title: Title,
    *,
    rank: Rank,
    value: Value,
    quantity: Quantity = 1,
    kind: Kind = "physical",
    sponsor: Giver = None,
    description: Description = None,
    image: Image = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Add a prize to a draft."""
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack:
        draft = _draft(fittrack, title, rank, value, quantity, kind, sponsor, description, image)
        added = fittrack.catalogue.add_prize(actor_id(fittrack, actor), DrawingId(drawing), draft)
    _print(added, as_json=as_json)


@app.command(epilog=example('fittrack prizes edit PRIZE "Fitness watch" --rank 1 --value 199.00 --quantity 2'))
def edit(
    prize: PrizeArgument,
    title: Title,
    *,
    rank: Rank,
    value: Value,
    quantity: Quantity = 1,
    kind: Kind = "physical",
    sponsor: Giver = None,
    description: Description = None,
    image: Image = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Replace a prize of a draft."""
    from fittrack_domain.shared.ids import PrizeId

    with working() as fittrack:
        draft = _draft(fittrack, title, rank, value, quantity, kind, sponsor, description, image)
        edited = fittrack.catalogue.edit_prize(actor_id(fittrack, actor), PrizeId(prize), draft)
    _print(edited, as_json=as_json)


@app.command(epilog=example("fittrack prizes remove PRIZE"))
def remove(prize: PrizeArgument, actor: As = None, as_json: AsJson = False) -> None:
    """Remove a prize from a draft."""
    from fittrack_domain.shared.ids import PrizeId

    with working() as fittrack:
        fittrack.catalogue.remove_prize(actor_id(fittrack, actor), PrizeId(prize))
    if as_json:
        print_json({"prizeId": prize})
    else:
        typer.echo("The prize is removed.")


def _draft(  # noqa: PLR0917  # a prize has these parts
    fittrack: "FitTrack",
    title: str,
    rank: int,
    value: str,
    quantity: int,
    kind: str,
    sponsor: str | None,
    description: str | None,
    image: str | None,
) -> "PrizeDraft":
    from fittrack_domain.shared.money import Usd
    from fittrack_domain.sweepstakes.drafts import PrizeDraft
    from fittrack_domain.sweepstakes.model import FulfillmentType

    return PrizeDraft(
        rank=rank,
        name=title,
        value_usd=Usd.of(value),
        quantity=quantity,
        fulfillment_type=FulfillmentType(kind),
        sponsor_id=None if sponsor is None else sponsors.find(fittrack, sponsor),
        description=description,
        image_url=image,
    )


def _cells(prize: "Prize") -> tuple[object, ...]:
    return prize.id, prize.drawing_id, prize.prize_rank, prize.name, prize.quantity, prize.value_usd


def _print(prize: "Prize", *, as_json: bool) -> None:
    if as_json:
        print_json(_shape(prize))
        return
    print_facts(
        {
            "Prize": prize.id,
            "Drawing": prize.drawing_id,
            "Rank": prize.prize_rank,
            "Title": prize.name,
            "Units": prize.quantity,
            "USD each": prize.value_usd,
            "Type": prize.fulfillment_type.value,
            "Sponsor": prize.sponsor_id,
        }
    )


def _shape(prize: "Prize") -> dict[str, Any]:
    return {
        "prizeId": prize.id,
        "drawingId": prize.drawing_id,
        "sponsorId": prize.sponsor_id,
        "rank": prize.prize_rank,
        "name": prize.name,
        "description": prize.description,
        "valueUsd": prize.value_usd,
        "quantity": prize.quantity,
        "fulfillmentType": prize.fulfillment_type,
        "imageUrl": prize.image_url,
        "createdAt": prize.created_at,
    }
