"""`fittrack members`: who takes part."""

from datetime import date, datetime
from typing import Annotated, Literal

import typer

from fittrack_cli import corrections, moderation
from fittrack_cli.installation import reading, working
from fittrack_cli.member_shapes import LIST_COLUMNS, list_cells, member_document, print_member
from fittrack_cli.moderation import RoleName
from fittrack_cli.moments import a_day, an_instant
from fittrack_cli.output import AsJson, example, print_facts, print_json
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, MemberArgument, actor_id, member_id

app = typer.Typer(no_args_is_help=True, help="Who takes part.")

app.add_typer(moderation.app)
app.add_typer(corrections.app)

StatusName = Literal["pending", "active", "suspended", "banned", "deleted"]


@app.command("list", epilog=example("fittrack members list --role admin", "fittrack members list --search rivera"))
def list_(
    search: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only those with it in email or name, or for their id.")
    ] = None,
    status: Annotated[StatusName | None, typer.Option(help="Only those.")] = None,
    role: Annotated[RoleName | None, typer.Option(help="Only those.")] = None,
    flagged: Annotated[bool, typer.Option("--flagged", help="Only those whose prizes wait for a review.")] = False,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List members, the newest first."""
    from fittrack_domain.identity.model import Role, Status
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.identity.members(
            Paging(page, limit),
            sought=search,
            status=None if status is None else Status(status),
            role=None if role is None else Role(role),
            flagged=flagged,
        )
    print_page(found, LIST_COLUMNS, list_cells, member_document, as_json=as_json)


@app.command(epilog=example("fittrack members show jo@example.com", "fittrack members show 2022484408 --json"))
def show(member: MemberArgument, as_json: AsJson = False) -> None:
    """Show a member: account, profile, trackers, points."""
    with reading() as fittrack:
        found = fittrack.identity.member(member_id(fittrack, member))
        print_member(fittrack, found, as_json=as_json)


@app.command(
    epilog=example(
        "fittrack members export jo@example.com > jo.json", "fittrack members export 2022484408 | jq .profile"
    )
)
def export(member: MemberArgument, _as_json: AsJson = False) -> None:
    """Print all that is kept about a member, as one JSON document.

    Profile, preferences, sessions, trackers, activities, tickets, prizes, point transactions, notifications and
    reviews; no address of a prize, and no evidence.
    """
    with reading() as fittrack:
        print_json(fittrack.exports.of_member(member_id(fittrack, member)))


@app.command(
    epilog=example(
        "fittrack members create jo@example.com --born 1990-05-17 --state CA",
        'fittrack members create jo@example.com --born 1990-05-17 --state CA --name "Jo R." --sex female '
        "--level beginner --role admin",
    )
)
def create(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Unique.", show_default=False)],
    *,
    born: Annotated[date, typer.Option(metavar="DAY", parser=a_day, help="Birth date.", show_default=False)],
    state: Annotated[str, typer.Option(help="Where they live: two letters.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="The name that others see.")] = None,
    sex: Annotated[Literal["male", "female"] | None, typer.Option(help="One of three parts of the tier.")] = None,
    level: Annotated[
        Literal["beginner", "intermediate", "advanced"] | None, typer.Option(help="Another part of the tier.")
    ] = None,
    role: Annotated[RoleName, typer.Option(help="What they may do.")] = "user",
    premium_until: Annotated[
        datetime | None, typer.Option(metavar="INSTANT", parser=an_instant, help="With --role premium.")
    ] = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Make a member, active at once.

    Nobody has to confirm the email. Name, sex and level complete the profile, which is needed for tickets and
    leaderboards.
    """
    from fittrack_domain.identity.admission import NewMember
    from fittrack_domain.identity.model import Level, Role, Sex

    new = NewMember(
        email=email,
        date_of_birth=born,
        state_of_residence=state,
        display_name=name,
        biological_sex=None if sex is None else Sex(sex),
        fitness_level=None if level is None else Level(level),
    )
    if (role == "premium") is not (premium_until is not None):
        raise typer.BadParameter("--role premium and --premium-until go together.")
    with working() as fittrack:
        admin = actor_id(fittrack, actor)
        account = fittrack.identity.create_member(admin, new, Role(role), premium_until)
        print_member(fittrack, fittrack.identity.member(account.id), as_json=as_json)


@app.command(
    "set-password",
    epilog=example("fittrack members set-password jo@example.com", "… set-password jo@example.com < password.txt"),
)
def set_password(
    member: MemberArgument,
    password: Annotated[
        str, typer.Option(prompt="New password", hide_input=True, help="Asked for when it is not given.")
    ] = "",
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Give a member a password; they are logged out everywhere.

    At least 12 characters with upper and lower case, a digit and a special character. It is better asked for, or read
    from a pipe, than written into the command: shells remember what one types.
    """
    with working() as fittrack:
        chosen = member_id(fittrack, member)
        fittrack.passwords.give(actor_id(fittrack, actor), chosen, password)
    if as_json:
        print_json({"userId": chosen})
    else:
        typer.echo("The password is set.")


@app.command("erase-due", epilog=example("fittrack members erase-due"))
def erase_due(as_json: AsJson = False) -> None:
    """Forget who left 21 days ago, as a server does by itself.

    Email, name, birth date, addresses, passwords, sessions and notes are erased for good; points, tickets and the audit
    log keep the id.
    """
    with working() as fittrack:
        erased = fittrack.erasure.erase_due()
    if as_json:
        print_json({"erased": erased})
    else:
        print_facts({"Erased": len(erased)})
