"""One purchase written by hand over sqlite3: what FitTrack's use case reads and writes, and nothing besides.

Plain tuples, prepared statements, no layers; only the rules that guard points and tickets, not those on who may play.
"""

import hashlib
import json
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from uuid_utils.compat import uuid7

from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.model import gate_of

BEGINNING = "0" * 64

EARLIER = """select fingerprint, answer, expires_at from idempotency_keys
    where principal = ? and operation = ? and idempotency_key = ?"""
DRAWING = """select name, ticket_cost_points, sales_open_at, ticket_sales_close, status, eligibility,
    max_tickets_per_member from drawings where id = ?"""
ACCOUNT = "select status, role, email_verified_at, premium_expires_at, created_at from users where id = ?"
PROFILE = """select display_name, date_of_birth, state_of_residence, biological_sex, fitness_level
    from profiles where user_id = ?"""
ADMIT = """update drawing_gates set tickets = tickets + ?, entries = entries + 1, version = version + 1, updated_at = ?
    where drawing_id = ? and gate_no = ? and is_open = 1"""
HELD = "select coalesce(sum(quantity), 0), count(*) from entries where user_id = ? and drawing_id = ?"
WALLET = "select credits, debits, held, transfers, version from wallets where user_id = ?"
DEBIT = """update wallets set debits = ?, transfers = ?, updated_at = ?, version = version + 1
    where user_id = ? and version = ?"""
TRANSFER = """insert into point_transactions (id, user_id, wallet_seq, transaction_type, amount, balance_before,
    balance_after, debit_account, credit_account, reference_type, reference_id, description, idempotency_key,
    activity_day, created_at) values (?, ?, ?, 'spend', ?, ?, ?, ?, 'sweepstakes', 'entry', ?, ?, ?, null, ?)"""
ENTRY = """insert into entries (id, drawing_id, user_id, entry_no, quantity, cost_points, route, transaction_id,
    purchased_at, free_key, reason, created_at) values (?, ?, ?, ?, ?, ?, 'points', ?, ?, null, null, ?)"""
TICKETS = "select sum(tickets) from drawing_gates where drawing_id = ?"
LOG_HEAD = "select seq, prev, at_seconds, kind, drawing_id, hash from draw_log order by seq desc limit 1"
ANSWER = """insert into idempotency_keys (principal, operation, idempotency_key, fingerprint, answer, expires_at,
    created_at) values (?, 'buy_tickets', ?, ?, ?, ?, ?)"""


class ByHand:
    """A buyer's counter over one connection; `turn` is how threads wait for each other."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        drawing_id: DrawingId,
        turn: AbstractContextManager[object] | None = None,
    ) -> None:
        self._connection = connection
        self._drawing_id = drawing_id
        self._turn = turn or nullcontext()

    def buy(self, member_id: MemberId, key: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        fingerprint = hashlib.sha256(json.dumps([str(self._drawing_id), "1"]).encode()).hexdigest()
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                answer = self._bought(member_id, key, fingerprint, now)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
        return answer

    def _bought(self, member_id: MemberId, key: str, fingerprint: str, now: datetime) -> dict[str, Any]:
        execute = self._connection.execute
        member, drawing, at = member_id.bytes, self._drawing_id.bytes, now.isoformat(timespec="microseconds")
        assert execute(EARLIER, (member, "buy_tickets", key)).fetchone() is None
        name, cost, opens, closes, status, _, most = execute(DRAWING, (drawing,)).fetchone()
        account, profile = execute(ACCOUNT, (member,)).fetchone(), execute(PROFILE, (member,)).fetchone()
        assert (account[0], status) == ("active", "scheduled")
        assert opens <= at < closes
        assert None not in profile
        assert execute(ADMIT, (1, at, drawing, gate_of(member_id))).rowcount == 1
        tickets, entries = execute(HELD, (member, drawing)).fetchone()
        assert most is None or tickets < most
        entry_id, transfer_id = uuid7(), uuid7()
        balance = self._debited(member_id, cost, str(entry_id), transfer_id.bytes, f"Tickets: {name}", at)
        execute(ENTRY, (entry_id.bytes, drawing, member, entries + 1, 1, cost, transfer_id.bytes, at, at))
        answer = {
            "entry_id": str(entry_id),
            "transaction_id": str(transfer_id),
            "tickets_purchased": 1,
            "points_spent": cost,
            "new_balance": balance,
            "total_user_tickets": tickets + 1,
            "odds": {"member": tickets + 1, "all": execute(TICKETS, (drawing,)).fetchone()[0]},
            "log_head": hashlib.sha256(json.dumps(execute(LOG_HEAD).fetchone(), default=str).encode()).hexdigest(),
        }
        kept_until = (now + timedelta(hours=24)).isoformat(timespec="microseconds")
        execute(ANSWER, (member, key, fingerprint, json.dumps(answer), kept_until, at))
        return answer

    def _debited(
        self, member_id: MemberId, cost: int, entry_id: str, transfer_id: bytes, description: str, at: str
    ) -> int:
        execute, member = self._connection.execute, member_id.bytes
        earned, debits, held, transfers, version = execute(WALLET, (member,)).fetchone()
        total: int = earned - debits
        assert total - held >= cost
        assert execute(DEBIT, (debits + cost, transfers + 1, at, member, version)).rowcount == 1
        key, account = f"transfer:{transfer_id.hex()}", f"member:{member_id}"
        execute(
            TRANSFER,
            (transfer_id, member, transfers + 1, -cost, total, total - cost, account, entry_id, description, key, at),
        )
        return int(total - held - cost)
