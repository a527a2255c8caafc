"""`fittrack ledger` and `fittrack audit`: proving that nobody lost or made a point, or rewrote history."""

from collections.abc import Sequence

import typer

from fittrack_cli.installation import reading
from fittrack_cli.output import AsJson, complain, example, print_facts, print_json, progress

ledger = typer.Typer(no_args_is_help=True, help="The ledger in which every point moves.")
audit = typer.Typer(no_args_is_help=True, help="The log of who did what.")


@ledger.callback()
def _ledger() -> None:
    """Keeps `verify` a command of its own, although the group has no other."""


@audit.callback()
def _audit() -> None:
    """As above."""


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
