"""`fittrack fulfillment`: prizes on their way."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

from fittrack_cli.installation import reading, working
from fittrack_cli.moments import shown
from fittrack_cli.output import AsJson, example, print_facts, print_json, print_lines
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, MemberOption, actor_id, admin_id, member_id

if TYPE_CHECKING:
    from fittrack_domain.fulfillment.model import Fulfillment

app = typer.Typer(no_args_is_help=True, help="Prizes on their way to the winners.")

StatusName = Literal[
    "pending", "winner_notified", "address_confirmed", "address_invalid", "shipped", "delivered", "forfeited"
]
Which = Annotated[UUID, typer.Argument(metavar="FULFILLMENT", help="Its id.", show_default=False)]


@app.command("list", epilog=example("fittrack fulfillment list --overdue", "fittrack fulfillment list --json"))
def list_(
    status: Annotated[StatusName | None, typer.Option(help="Only those.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only those whose winner gave no address in 7 days.")
    ] = False,
    member: MemberOption = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List won prizes, the latest first."""
    from fittrack_domain.fulfillment.model import FulfillmentStatus
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.fulfillments.page(
            Paging(page, limit),
            status=None if status is None else FulfillmentStatus(status),
            member_id=None if member is None else member_id(fittrack, member),
            overdue=overdue,
        )
    print_page(
        found, ["id", "drawing", "prize", "member", "type", "status", "deadline"], _cells, _shape, as_json=as_json
    )


@app.command(epilog=example("fittrack fulfillment show FULFILLMENT"))
def show(fulfillment: Which, as_json: AsJson = False) -> None:
    """Show a won prize and where it stands."""
    from fittrack_domain.shared.ids import FulfillmentId

    with reading() as fittrack:
        found = fittrack.fulfillments.get(FulfillmentId(fulfillment))
    _print(found, as_json=as_json)


@app.command(
    epilog=example('fittrack fulfillment note FULFILLMENT "Ring twice"', "fittrack fulfillment note FULFILLMENT")
)
def note(
    fulfillment: Which,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="All there is to note; nothing by default.")
    ] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Note something about a delivery, for administrators only. It replaces what was noted before."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        noted = fittrack.fulfillments.annotate(actor_id(fittrack, actor), FulfillmentId(fulfillment), text)
    _print(noted, as_json=as_json)


@app.command(
    "confirm-address",
    epilog=example(
        'fittrack fulfillment confirm-address FULFILLMENT --recipient "Jo Rivera" --line1 "1 Main St" '
        "--city Sacramento --state CA --postal-code 95814"
    ),
)
def confirm_address(
    fulfillment: Which,
    recipient: Annotated[str, typer.Option(help="Name on the parcel.", show_default=False)],
    line1: Annotated[str, typer.Option(help="Street and number.", show_default=False)],
    city: Annotated[str, typer.Option(help="City.", show_default=False)],
    state: Annotated[str, typer.Option(help="Two letters.", show_default=False)],
    postal_code: Annotated[str, typer.Option(help="12345 or 12345-6789.", show_default=False)],
    line2: Annotated[str | None, typer.Option(help="Flat, floor, company.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say on behalf of the winner where to send the prize."""
    from fittrack_domain.fulfillment.address import Address
    from fittrack_domain.shared.ids import FulfillmentId

    address = Address(recipient, line1, line2, city, state, postal_code)
    with working() as fittrack:
        winner = fittrack.fulfillments.get(FulfillmentId(fulfillment)).user_id
        confirmed = fittrack.fulfillments.confirm_address(winner, FulfillmentId(fulfillment), address)
    _print(confirmed, as_json=as_json)


@app.command(epilog=example("fittrack fulfillment address FULFILLMENT --as admin@example.com"))
def address(
    fulfillment: Which,
    actor: Annotated[str, typer.Option("--as", metavar="MEMBER", help="The admin who reads it.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Show where to send a prize. The audit log keeps who asked."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        found = fittrack.fulfillments.address(admin_id(fittrack, actor), FulfillmentId(fulfillment))
    if as_json:
        print_json(found)
    else:
        street = [found.line1] if found.line2 is None else [found.line1, found.line2]
        print_lines(found.recipient, *street, f"{found.city}, {found.state} {found.postal_code}")


@app.command("invalid-address", epilog=example('fittrack fulfillment invalid-address FULFILLMENT --reason "Came back"'))
def invalid_address(
    fulfillment: Which,
    reason: Annotated[str, typer.Option(help="Why; the winner is told.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Record that the address does not work. The winner is asked for another one."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        admin = actor_id(fittrack, actor)
        rejected = fittrack.fulfillments.reject_address(admin, FulfillmentId(fulfillment), reason)
    _print(rejected, as_json=as_json)


@app.command(epilog=example("fittrack fulfillment ship FULFILLMENT --carrier UPS --tracking-number 1Z999AA10123456784"))
def ship(
    fulfillment: Which,
    carrier: Annotated[str, typer.Option(help="Who carries it.", show_default=False)],
    tracking_number: Annotated[str, typer.Option(help="The carrier's number.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Record that a prize was handed to a carrier."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        admin = actor_id(fittrack, actor)
        shipped = fittrack.fulfillments.ship(admin, FulfillmentId(fulfillment), carrier, tracking_number)
    _print(shipped, as_json=as_json)


@app.command(epilog=example("fittrack fulfillment send FULFILLMENT --reference GIFT-2026-0042"))
def send(
    fulfillment: Which,
    reference: Annotated[str, typer.Option(help="What it was sent under.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Record that a digital prize was sent to the winner's email."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        sent = fittrack.fulfillments.send(actor_id(fittrack, actor), FulfillmentId(fulfillment), reference)
    _print(sent, as_json=as_json)


@app.command(epilog=example("fittrack fulfillment deliver FULFILLMENT"))
def deliver(fulfillment: Which, actor: As = None, as_json: AsJson = False) -> None:
    """Record that the winner has the prize."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        delivered = fittrack.fulfillments.deliver(actor_id(fittrack, actor), FulfillmentId(fulfillment))
    _print(delivered, as_json=as_json)


@app.command(epilog=example('fittrack fulfillment forfeit FULFILLMENT --reason "Not eligible"'))
def forfeit(
    fulfillment: Which,
    reason: Annotated[str, typer.Option(help="Why; it becomes public.", show_default=False)],
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Pass a prize on to the next alternate of the drawing."""
    from fittrack_domain.shared.ids import FulfillmentId

    with working() as fittrack:
        forfeited = fittrack.fulfillments.forfeit(actor_id(fittrack, actor), FulfillmentId(fulfillment), reason)
    _print(forfeited, as_json=as_json)


@app.command(epilog=example("fittrack fulfillment sweep"))
def sweep(as_json: AsJson = False) -> None:
    """Warn and forfeit what is due, as a server does by itself.

    Winners who gave no address are warned after 7 days; after 14 the prize passes on.
    """
    with working() as fittrack:
        swept = fittrack.fulfillments.sweep()
    if as_json:
        print_json({"warned": swept.warned, "forfeited": swept.forfeited})
    else:
        print_facts({"Warned": len(swept.warned), "Forfeited": len(swept.forfeited)})


def _cells(fulfillment: "Fulfillment") -> tuple[object, ...]:
    return (
        fulfillment.id,
        fulfillment.drawing_name,
        fulfillment.prize_name,
        fulfillment.user_id,
        fulfillment.fulfillment_type.value,
        fulfillment.status.value,
        shown(fulfillment.forfeit_at),
    )


def _print(fulfillment: "Fulfillment", *, as_json: bool) -> None:
    if as_json:
        print_json(_shape(fulfillment))
        return
    print_facts(
        {
            "Fulfillment": fulfillment.id,
            "Drawing": fulfillment.drawing_name,
            "Prize": fulfillment.prize_name,
            "Member": fulfillment.user_id,
            "Status": fulfillment.status.value,
            "Carrier": fulfillment.carrier,
            "Tracking number": fulfillment.tracking_number,
            "Reference": fulfillment.reference,
            "Deadline": shown(fulfillment.forfeit_at),
            "Notes": fulfillment.notes,
        }
    )


def _shape(fulfillment: "Fulfillment") -> dict[str, Any]:
    """Without the address: who ships reads it where that is audited."""
    return {
        "fulfillmentId": fulfillment.id,
        "drawingId": fulfillment.drawing_id,
        "drawingName": fulfillment.drawing_name,
        "drawNo": fulfillment.draw_no,
        "prizeId": fulfillment.prize_id,
        "prizeName": fulfillment.prize_name,
        "userId": fulfillment.user_id,
        "winningNumber": fulfillment.ticket_number,
        "fulfillmentType": fulfillment.fulfillment_type,
        "status": fulfillment.status,
        "wonAt": fulfillment.created_at,
        "notifiedAt": fulfillment.notified_at,
        "forfeitAt": fulfillment.forfeit_at,
        "addressConfirmedAt": fulfillment.address_confirmed_at,
        "shippedAt": fulfillment.shipped_at,
        "deliveredAt": fulfillment.delivered_at,
        "forfeitedAt": fulfillment.forfeited_at,
        "carrier": fulfillment.carrier,
        "trackingNumber": fulfillment.tracking_number,
        "reference": fulfillment.reference,
        "notes": fulfillment.notes,
    }
