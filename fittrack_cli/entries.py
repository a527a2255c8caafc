"""`fittrack tickets`: who has which tickets, and granting some."""

import re
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from fittrack_cli.drawing_shapes import print_receipt
from fittrack_cli.drawing_steps import DrawingArgument
from fittrack_cli.installation import reading, working
from fittrack_cli.moments import shown
from fittrack_cli.output import AsJson, example, print_facts, print_json
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import MemberArgument, MemberOption, admin_id, member_id

if TYPE_CHECKING:
    from fittrack_domain.sweepstakes.results import EntryView

app = typer.Typer(no_args_is_help=True, help="Who has which tickets.")


def a_ticket(text: str) -> tuple[UUID, int]:
    """A ticket as it is named: `ENTRY:3`."""
    entry, _, place = text.partition(":")
    try:
        if re.fullmatch("[1-9][0-9]{0,4}", place):
            return UUID(entry), int(place)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text[:60]!r} is not a ticket such as ENTRY:3.")


@app.command("list", epilog=example("fittrack tickets list --drawing DRAWING", "fittrack tickets list --json"))
def list_(
    drawing: Annotated[UUID | None, typer.Option(metavar="DRAWING", help="Only those in it.")] = None,
    member: MemberOption = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List tickets, those that came together as one entry.

    The latest first. Tickets have numbers once the sales are closed.
    """
    from fittrack_domain.shared.ids import DrawingId
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.results.entries(
            Paging(page, limit),
            drawing_id=None if drawing is None else DrawingId(drawing),
            member_id=None if member is None else member_id(fittrack, member),
        )
    columns = ["entry", "drawing", "member", "#tickets", "#points", "came by", "#first", "#won", "at"]
    print_page(found, columns, _cells, _shape, as_json=as_json)


@app.command(epilog=example("fittrack tickets show ENTRY:3"))
def show(
    ticket: Annotated[
        Any, typer.Argument(metavar="TICKET", parser=a_ticket, help="An entry's id, a colon, the place in it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show a single ticket."""
    from fittrack_domain.shared.ids import EntryId

    entry_id, place = ticket
    with reading() as fittrack:
        found = fittrack.results.ticket(EntryId(entry_id), place)
    entry = found.entry
    if as_json:
        print_json(
            {
                "ticketId": f"{entry.id}:{found.place}",
                "drawingId": entry.drawing_id,
                "userId": entry.user_id,
                "ticketNumber": found.number,
                "purchaseTransactionId": entry.transaction_id,
                "isWinner": found.prize_id is not None,
                "prizeId": found.prize_id,
            }
        )
        return
    print_facts(
        {
            "Ticket": f"{entry.id}:{found.place}",
            "Drawing": entry.drawing_id,
            "Member": entry.user_id,
            "Number": found.number or "none before the closing",
            "Won": found.prize_id,
        }
    )


@app.command(epilog=example('fittrack tickets grant DRAWING jo@example.com --reason "Sent by post" --as ADMIN'))
def grant(
    drawing: DrawingArgument,
    member: MemberArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why; the audit log keeps it.", show_default=False)],
    actor: Annotated[str, typer.Option("--as", metavar="MEMBER", help="The admin who grants it.", show_default=False)],
    quantity: Annotated[int, typer.Option("--quantity", "-n", help="How many tickets.")] = 1,
    key: Annotated[
        str | None, typer.Option(help="Makes it repeatable: the same key again grants nothing more, for 24 hours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give a member tickets that cost no points.

    Everything else is as with tickets that are bought: who may take part, how many, and until when.
    """
    from fittrack_domain.shared.ids import DrawingId

    with working() as fittrack:
        admin, lucky = admin_id(fittrack, actor), member_id(fittrack, member)
        receipt = fittrack.sweepstakes.grant_tickets(admin, lucky, DrawingId(drawing), reason, quantity, key)
    print_receipt(receipt, as_json=as_json)


def _cells(view: "EntryView") -> tuple[object, ...]:
    entry = view.entry
    return (
        entry.id,
        view.drawing.name,
        entry.user_id,
        f"{entry.quantity:,}",
        f"{entry.cost_points:,}",
        entry.route.value,
        view.first_ticket,
        len(view.prizes) or None,
        shown(entry.purchased_at),
    )


def _shape(view: "EntryView") -> dict[str, Any]:
    entry = view.entry
    return {
        "entryId": entry.id,
        "drawingId": entry.drawing_id,
        "drawingName": view.drawing.name,
        "userId": entry.user_id,
        "tickets": entry.quantity,
        "pointsSpent": entry.cost_points,
        "route": entry.route,
        "reason": entry.reason,
        "purchaseTransactionId": entry.transaction_id,
        "purchasedAt": entry.purchased_at,
        "firstTicket": view.first_ticket,
        "lastTicket": view.last_ticket,
        "won": [{"ticketNumber": number, "prizeId": prize} for number, prize in sorted(view.prizes.items())],
    }
