"""`fittrack sponsors`: who gives prizes."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

from fittrack_cli.installation import reading, working
from fittrack_cli.output import AsJson, example, print_facts, print_json
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import As, actor_id

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.shared.ids import SponsorId
    from fittrack_domain.sweepstakes.model import Sponsor

app = typer.Typer(no_args_is_help=True, help="Who gives prizes.")

SponsorArgument = Annotated[UUID, typer.Argument(metavar="SPONSOR", help="The sponsor's id.", show_default=False)]
ContactName = Annotated[str | None, typer.Option(help="Whom to talk to.")]
ContactEmail = Annotated[str | None, typer.Option(help="Their email.")]
ContactPhone = Annotated[str | None, typer.Option(help="Their telephone.")]
WebsiteUrl = Annotated[str | None, typer.Option("--website", help="Where the name links to.")]
LogoUrl = Annotated[str | None, typer.Option("--logo", help="Address of the logo.")]
Notes = Annotated[str | None, typer.Option(help="For administrators.")]


@app.command("list", epilog=example("fittrack sponsors list --status active"))
def list_(
    status: Annotated[Literal["active", "inactive"] | None, typer.Option(help="Only those.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List sponsors."""
    from fittrack_domain.shared.paging import Paging
    from fittrack_domain.sweepstakes.model import SponsorStatus

    with reading() as fittrack:
        found = fittrack.catalogue.sponsors(Paging(page, limit), None if status is None else SponsorStatus(status))
    columns = ["id", "name", "status", "contact"]
    print_page(
        found, columns, lambda each: (each.id, each.name, each.status.value, each.contact_name), _shape, as_json=as_json
    )


@app.command(epilog=example("fittrack sponsors show SPONSOR"))
def show(sponsor: SponsorArgument, as_json: AsJson = False) -> None:
    """Show a sponsor, with contact and notes."""
    from fittrack_domain.shared.ids import SponsorId

    with reading() as fittrack:
        found = fittrack.catalogue.sponsor(SponsorId(sponsor))
    _print(found, as_json=as_json)


@app.command(epilog=example('fittrack sponsors create "Acme Outfitters" --website https://acme.example'))
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As members see it.", show_default=False)],
    *,
    contact_name: ContactName = None,
    contact_email: ContactEmail = None,
    contact_phone: ContactPhone = None,
    website: WebsiteUrl = None,
    logo: LogoUrl = None,
    notes: Notes = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Add a sponsor."""
    from fittrack_domain.sweepstakes.drafts import SponsorDraft

    draft = SponsorDraft(name, contact_name, contact_email, contact_phone, website, logo, notes)
    with working() as fittrack:
        sponsor = fittrack.catalogue.add_sponsor(actor_id(fittrack, actor), draft)
    _print(sponsor, as_json=as_json)


@app.command(epilog=example('fittrack sponsors edit SPONSOR --name "Acme Sports"'))
def edit(
    sponsor: SponsorArgument,
    *,
    name: Annotated[str | None, typer.Option(help="As members see it.")] = None,
    contact_name: ContactName = None,
    contact_email: ContactEmail = None,
    contact_phone: ContactPhone = None,
    website: WebsiteUrl = None,
    logo: LogoUrl = None,
    notes: Notes = None,
    actor: As = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given; the rest stays as it is."""
    import attrs

    from fittrack_domain.shared.ids import SponsorId
    from fittrack_domain.sweepstakes.drafts import SponsorDraft

    given = {
        "name": name,
        "contact_name": contact_name,
        "contact_email": contact_email,
        "contact_phone": contact_phone,
        "website_url": website,
        "logo_url": logo,
        "notes": notes,
    }
    with working() as fittrack:
        before = fittrack.catalogue.sponsor(SponsorId(sponsor))
        kept = {field.name: getattr(before, field.name) for field in attrs.fields(SponsorDraft)}
        draft = SponsorDraft(**kept | {field: value for field, value in given.items() if value is not None})
        edited = fittrack.catalogue.edit_sponsor(actor_id(fittrack, actor), before.id, draft, before.version)
    _print(edited, as_json=as_json)


@app.command(epilog=example("fittrack sponsors deactivate SPONSOR"))
def deactivate(sponsor: SponsorArgument, actor: As = None, as_json: AsJson = False) -> None:
    """Take no more prizes from a sponsor. Those in drawings stay."""
    from fittrack_domain.shared.ids import SponsorId

    with working() as fittrack:
        changed = fittrack.catalogue.deactivate_sponsor(actor_id(fittrack, actor), SponsorId(sponsor))
    _print(changed, as_json=as_json)


def find(fittrack: "FitTrack", text: str) -> "SponsorId":
    """A sponsor named by id, or by their whole name if no other has it. Raises `typer.BadParameter`."""
    from fittrack_domain.shared.ids import SponsorId
    from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging

    try:
        return SponsorId(UUID(text))
    except ValueError:
        pass
    found: list[Sponsor] = []
    page = fittrack.catalogue.sponsors(Paging(1, PAGE_LIMIT_MAX))
    for number in range(1, page.pages + 1):
        items = fittrack.catalogue.sponsors(Paging(number, PAGE_LIMIT_MAX)).items
        found += [sponsor for sponsor in items if sponsor.name.casefold() == text.casefold()]
    if len(found) != 1:
        many = "are several sponsors" if found else "is no sponsor"
        raise typer.BadParameter(f"There {many} named {text!r}: see fittrack sponsors list.", param_hint="SPONSOR")
    return found[0].id


def _print(sponsor: "Sponsor", *, as_json: bool) -> None:
    if as_json:
        print_json(_shape(sponsor))
    else:
        print_facts(
            {
                "Sponsor": sponsor.id,
                "Name": sponsor.name,
                "Status": sponsor.status.value,
                "Contact": sponsor.contact_name,
                "Email": sponsor.contact_email,
                "Telephone": sponsor.contact_phone,
                "Website": sponsor.website_url,
                "Notes": sponsor.notes,
            }
        )


def _shape(sponsor: "Sponsor") -> dict[str, Any]:
    return {
        "sponsorId": sponsor.id,
        "name": sponsor.name,
        "status": sponsor.status,
        "contactName": sponsor.contact_name,
        "contactEmail": sponsor.contact_email,
        "contactPhone": sponsor.contact_phone,
        "websiteUrl": sponsor.website_url,
        "logoUrl": sponsor.logo_url,
        "notes": sponsor.notes,
        "createdAt": sponsor.created_at,
    }
