"""`fittrack drawings buy` and `free-entry`: getting tickets."""

from typing import Annotated

import typer

from fittrack_cli.drawing_shapes import print_receipt
from fittrack_cli.drawing_steps import DrawingArgument
from fittrack_cli.installation import working
from fittrack_cli.output import AsJson, example
from fittrack_cli.people import MemberArgument, member_id

app = typer.Typer()


@app.command(epilog=example("fittrack drawings buy DRAWING 2022484408 --quantity 5 --key order-17"))
def buy(
    drawing: DrawingArgument,
    member: MemberArgument,
    quantity: Annotated[int, typer.Option("--quantity", "-n", help="How many tickets.")] = 1,
    key: Annotated[
        str | None, typer.Option(help="Makes it repeatable: the same key again buys nothing more, for 24 hours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Buy tickets with a member's points.

    Final, at once, all or nothing.
    """
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack:
        buyer = member_id(fittrack, member)
        receipt = fittrack.sweepstakes.buy_tickets(buyer, DrawingId(drawing), quantity, key)
    print_receipt(receipt, as_json=as_json)


@app.command("free-entry", epilog=example("fittrack drawings free-entry DRAWING 2022484408"))
def free_entry(drawing: DrawingArgument, member: MemberArgument, as_json: AsJson = False) -> None:
    """Take a member's one free ticket in a drawing.

    No purchase necessary: it has the same chance as any other ticket.
    """
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack:
        receipt = fittrack.sweepstakes.free_entry(member_id(fittrack, member), DrawingId(drawing))
    print_receipt(receipt, as_json=as_json)
