"""`fittrack mail`: the mail that was kept instead of sent."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from fittrack_cli.installation import opened
from fittrack_cli.moments import shown
from fittrack_cli.output import AsJson, example, print_facts, print_json, print_lines
from fittrack_cli.paging import PageLimit, PageNumber, print_page

if TYPE_CHECKING:
    from fittrack_adapters.store.notices import BoxedMail

app = typer.Typer(no_args_is_help=True, help="Mail that was kept instead of sent.")


@app.command("list", epilog=example("fittrack mail list", "fittrack mail list --to jo@example.com --json"))
def list_(
    to: Annotated[str | None, typer.Option(metavar="EMAIL", help="Only mail to this address.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    as_json: AsJson = False,
) -> None:
    """List the mail in the box, the newest first.

    Without FITTRACK_SMTP_URL no mail is sent: the newest 1,000 are kept in the database, to be looked at.
    """
    from fittrack_domain.shared.paging import Paging

    with opened() as installation:
        found = installation.mail_box.page(Paging(page, limit), to)
    print_page(found, ["id", "sent", "to", "subject"], _cells, _shape, as_json=as_json)


@app.command(epilog=example("fittrack mail show MAIL", "fittrack mail show MAIL --html > mail.html"))
def show(
    mail: Annotated[UUID, typer.Argument(metavar="MAIL", help="As `fittrack mail list` shows it.", show_default=False)],
    html: Annotated[bool, typer.Option("--html", help="Print its HTML and nothing else.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a mail as its reader would see it."""
    from fittrack_domain.shared.ids import EventId

    with opened() as installation:
        found = installation.mail_box.mail(EventId(mail))
    if as_json:
        print_json(_shape(found) | {"text": found.body, "html": found.html})
    elif html:
        print_lines(found.html or "This mail is older than HTML.")
    else:
        print_facts({"To": found.recipient, "Subject": found.subject, "Sent": shown(found.sent_at)})
        print_lines("", found.body)


def _cells(mail: "BoxedMail") -> tuple[object, ...]:
    return mail.id, shown(mail.sent_at), mail.recipient, mail.subject


def _shape(mail: "BoxedMail") -> dict[str, Any]:
    return {"mailId": mail.id, "sentAt": mail.sent_at, "to": mail.recipient, "subject": mail.subject}
