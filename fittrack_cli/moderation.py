"""`fittrack members`: what may become of an account."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from fittrack_cli.installation import working
from fittrack_cli.member_shapes import print_status
from fittrack_cli.moments import an_instant
from fittrack_cli.output import AsJson, example, print_facts, print_json
from fittrack_cli.people import As, MemberArgument, actor_id, member_id

app = typer.Typer()

RoleName = Literal["user", "premium", "admin"]
Reason = Annotated[str, typer.Option(help="Why; the member is told, and the audit log keeps it.", show_default=False)]


@app.command(epilog=example('fittrack members suspend jo@example.com --reason "Two accounts"'))
def suspend(member: MemberArgument, reason: Reason, actor: As = None, as_json: AsJson = False) -> None:
    """Lock a member out until reinstated. Tickets that were bought remain valid."""
    with working() as fittrack:
        account = fittrack.identity.suspend(actor_id(fittrack, actor), member_id(fittrack, member), reason)
    print_status(account, as_json=as_json)


@app.command(epilog=example('fittrack members ban jo@example.com --reason "Sold an account"'))
def ban(member: MemberArgument, reason: Reason, actor: As = None, as_json: AsJson = False) -> None:
    """Lock a member out for good. Tickets that were bought remain valid."""
    with working() as fittrack:
        account = fittrack.identity.ban(actor_id(fittrack, actor), member_id(fittrack, member), reason)
    print_status(account, as_json=as_json)


@app.command(epilog=example('fittrack members reinstate jo@example.com --reason "Cleared up"'))
def reinstate(member: MemberArgument, reason: Reason, actor: As = None, as_json: AsJson = False) -> None:
    """Let a suspended member in again."""
    with working() as fittrack:
        account = fittrack.identity.reinstate(actor_id(fittrack, actor), member_id(fittrack, member), reason)
    print_status(account, as_json=as_json)


@app.command(epilog=example('fittrack members delete jo@example.com --reason "Asked for it by post"'))
def delete(member: MemberArgument, reason: Reason, actor: As = None, as_json: AsJson = False) -> None:
    """Delete an account, as its member could.

    They are logged out everywhere, and their personal data is erased within 30 days. Tickets stay in their drawings.
    """
    with working() as fittrack:
        account = fittrack.identity.delete(actor_id(fittrack, actor), member_id(fittrack, member), reason)
    print_status(account, as_json=as_json)


@app.command(
    epilog=example(
        "fittrack members role jo@example.com admin",
        "fittrack members role jo@example.com premium --until 2027-01-01T00:00Z",
    )
)
def role(
    member: MemberArgument,
    role: Annotated[RoleName, typer.Argument(metavar="ROLE", help="user, premium or admin.", show_default=False)],
    until: Annotated[
        datetime | None, typer.Option(metavar="INSTANT", parser=an_instant, help="When premium ends.")
    ] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Give a member another role."""
    from fittrack_domain.identity.model import Role

    with working() as fittrack:
        chosen = member_id(fittrack, member)
        account = fittrack.identity.set_role(actor_id(fittrack, actor), chosen, Role(role), until)
    if as_json:
        print_json({"userId": chosen, "role": account.role, "premiumExpiresAt": account.premium_expires_at})
    else:
        print_facts({"Member": account.email, "Role": account.role.value})
