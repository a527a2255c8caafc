"""`fittrack ledger` and `fittrack audit`: reading the books, and proving that nobody rewrote them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

from fittrack_cli.installation import reading
from fittrack_cli.ledger_rows import LIST_COLUMNS, list_cells, print_transfer, transfer_document
from fittrack_cli.moments import a_day, an_instant, shown
from fittrack_cli.output import AsJson, complain, example, print_facts, print_json, progress
from fittrack_cli.paging import PageLimit, PageNumber, print_page
from fittrack_cli.people import MemberOption, member_id

if TYPE_CHECKING:
    from fittrack_domain.audit.model import AuditEntry

ledger = typer.Typer(no_args_is_help=True, help="The ledger in which every point moves.")
audit = typer.Typer(no_args_is_help=True, help="The log of who did what.")

TypeName = Literal["earn", "spend", "adjust", "bonus", "refund", "expire"]


@ledger.command(
    "list",
    epilog=example(
        "fittrack ledger list --member 2022484408 --type spend", "fittrack ledger list --from 2026-11-01 --json"
    ),
)
def list_transfers(
    member: MemberOption = None,
    transfer_type: Annotated[TypeName | None, typer.Option("--type", help="Only those.")] = None,
    first: Annotated[date | None, typer.Option("--from", metavar="DAY", parser=a_day, help="The first day.")] = None,
    last: Annotated[date | None, typer.Option("--to", metavar="DAY", parser=a_day, help="The last day.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List the movements of points, the newest first.

    Everybody's, or one member's. Days are platform days (New York).
    """
    from fittrack_domain.points.model import TransferType
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        found = fittrack.points.transactions(
            None if member is None else member_id(fittrack, member),
            Paging(page, limit),
            transaction_type=None if transfer_type is None else TransferType(transfer_type),
            first=first,
            last=last,
        )
    print_page(found, LIST_COLUMNS, list_cells, transfer_document, as_json=as_json)


@ledger.command("show", epilog=example("fittrack ledger show TRANSACTION"))
def show_transfer(
    transaction: Annotated[UUID, typer.Argument(metavar="TRANSACTION", help="Its id.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Show a movement of points."""
    from fittrack_domain.shared.ids import TransferId

    with reading() as fittrack:
        transfer = fittrack.points.transaction(TransferId(transaction))
    print_transfer(transfer, as_json=as_json)


@audit.command(
    "list",
    epilog=example(
        "fittrack audit list --subject DRAWING", "fittrack audit list --actor admin@example.com --since 2026-11-01"
    ),
)
def list_records(
    *,
    actor: Annotated[str | None, typer.Option(metavar="MEMBER", help="Only what this member did.")] = None,
    action: Annotated[str | None, typer.Option(help="Only those, such as member.suspended.")] = None,
    subject_type: Annotated[str | None, typer.Option(help="Only about such things: member, drawing, …")] = None,
    subject: Annotated[str | None, typer.Option(metavar="ID", help="Only about the thing with this id.")] = None,
    since: Annotated[datetime | None, typer.Option(metavar="INSTANT", parser=an_instant, help="From then on.")] = None,
    until: Annotated[datetime | None, typer.Option(metavar="INSTANT", parser=an_instant, help="Before then.")] = None,
    page: PageNumber = 1,
    limit: PageLimit = 100,
    as_json: AsJson = False,
) -> None:
    """List who did what, the latest first.

    Instants without an offset are platform time (New York).
    """
    from fittrack_domain.audit.model import Wanted
    from fittrack_domain.shared.paging import Paging

    with reading() as fittrack:
        wanted = Wanted(
            actor=None if actor is None else member_id(fittrack, actor),
            action=action,
            subject_type=subject_type,
            subject_id=subject,
            since=since,
            before=until,
        )
        found = fittrack.audit.page(Paging(page, limit), wanted)
    columns = ["#no", "at", "actor", "action", "on", "facts"]
    print_page(found, columns, _record_cells, _record_document, as_json=as_json)


def _record_cells(entry: "AuditEntry") -> tuple[object, ...]:
    facts = ", ".join(f"{name}: {value}" for name, value in entry.facts.items())
    subject = f"{entry.subject_type} {entry.subject_id}"
    return entry.seq, shown(entry.at), entry.actor or "the system", entry.action, subject, facts


def _record_document(entry: "AuditEntry") -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subjectType": entry.subject_type,
        "subjectId": entry.subject_id,
        "facts": entry.facts,
        "prevHash": entry.prev_hash,
        "entryHash": entry.entry_hash,
    }


@ledger.command("verify", epilog=example("fittrack ledger verify"))
def verify_ledger(as_json: AsJson = False) -> None:
    """Prove that the books are right.

    Every balance is the sum of its rows, every chain of balances is unbroken, and all accounts together are zero. Ends
    with 1 when anything does not add up, and says what.
    """
    with reading() as fittrack, progress("Verifying the ledger"):
        report = fittrack.points.verify()
    problems = [str(problem) for problem in report.problems]
    if as_json:
        print_json(
            {
                "valid": report.clean,
                "wallets": report.wallets,
                "transfers": report.transfers,
                "points": report.points,
                "houseAccounts": report.house_accounts,
                "problems": problems,
            }
        )
    else:
        print_facts({"Wallets": report.wallets, "Transfers": report.transfers, "Points in wallets": report.points})
        print_facts({f"House account {name}": points for name, points in sorted(report.house_accounts.items())})
    _conclude("The ledger", problems, as_json=as_json)


@audit.command("verify", epilog=example("fittrack audit verify"))
def verify_audit(as_json: AsJson = False) -> None:
    """Prove that nobody rewrote the audit log.

    No record was changed, removed or slipped in. Ends with 1 otherwise, and says what is wrong.
    """
    with reading() as fittrack, progress("Verifying the audit log"):
        report = fittrack.audit.verify()
    if as_json:
        print_json({"valid": report.whole, "records": report.records, "problems": report.problems})
    else:
        print_facts({"Records": report.records})
    _conclude("The audit log", report.problems, as_json=as_json)


def _conclude(what: str, problems: Sequence[str], *, as_json: bool) -> None:
    if not problems:
        if not as_json:
            typer.echo(f"{what} is right.")
        return
    if not as_json:
        for problem in problems:
            complain(problem)
        complain(f"{what} is NOT right: {len(problems)} problems. Keep the database as it is, and investigate.")
    raise typer.Exit(1)
