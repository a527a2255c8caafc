"""Movements of points as commands print them: for people, and as JSON in the shapes of the HTTP API."""

from typing import TYPE_CHECKING, Any

from fittrack_cli.moments import shown
from fittrack_cli.output import print_facts, print_json

if TYPE_CHECKING:
    from fittrack_domain.points.model import Transfer

LIST_COLUMNS = ["at", "id", "member", "type", "#points", "#balance", "for"]


def list_cells(transfer: "Transfer") -> tuple[object, ...]:
    """A movement in a list."""
    return (
        shown(transfer.created_at),
        transfer.id,
        transfer.user_id,
        transfer.transaction_type.value,
        f"{transfer.amount:,}",
        f"{transfer.balance_after:,}",
        transfer.description,
    )


def transfer_document(transfer: "Transfer") -> dict[str, Any]:
    """A movement."""
    return {
        "transactionId": transfer.id,
        "userId": transfer.user_id,
        "type": transfer.transaction_type,
        "amount": transfer.amount,
        "balanceBefore": transfer.balance_before,
        "balanceAfter": transfer.balance_after,
        "debitAccount": transfer.debit_account,
        "creditAccount": transfer.credit_account,
        "referenceType": transfer.reference_type,
        "referenceId": transfer.reference_id,
        "description": transfer.description,
        "activityDay": transfer.activity_day,
        "createdAt": transfer.created_at,
    }


def print_transfer(transfer: "Transfer", *, as_json: bool) -> None:
    """One movement."""
    if as_json:
        print_json(transfer_document(transfer))
        return
    print_facts(
        {
            "Transaction": transfer.id,
            "Member": transfer.user_id,
            "At": shown(transfer.created_at),
            "Type": transfer.transaction_type.value,
            "Points": f"{transfer.amount:,}",
            "Balance": f"{transfer.balance_before:,} to {transfer.balance_after:,}",
            "Moved": f"{transfer.debit_account} to {transfer.credit_account}",
            "For": transfer.description,
            "Activity day": transfer.activity_day,
        }
    )
