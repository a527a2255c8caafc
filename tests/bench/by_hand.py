"""One purchase written by hand over a bare driver: what FitTrack's use case reads and writes, and nothing besides.

Plain tuples, prepared statements, no layers; only the rules that guard points and tickets, not those on who may play.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Protocol
from uuid import UUID

import attrs
from psycopg.types.json import Jsonb
from uuid_utils.compat import uuid7

from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.sweepstakes.model import gate_of

EARLIER = """select fingerprint, answer, expires_at from idempotency_keys
    where principal = ? and operation = ? and idempotency_key = ?"""
DRAWING = """select name, ticket_cost_points, sales_open_at, ticket_sales_close, status, eligibility,
    max_tickets_per_member from drawings where id = ?"""
ACCOUNT = "select status, role, email_verified_at, premium_expires_at, created_at from users where id = ?"
PROFILE = """select display_name, date_of_birth, state_of_residence, biological_sex, fitness_level
    from profiles where user_id = ?"""
ADMIT = """update drawing_gates set tickets = tickets + ?, entries = entries + 1, version = version + 1, updated_at = ?
    where drawing_id = ? and gate_no = ? and is_open"""
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


class Connection(Protocol):
    """What sqlite3 and psycopg have in common."""

    def execute(self, sql: str, binds: Any = (), /) -> Any: ...


@attrs.frozen
class Driver:
    """How a driver wants statements and values."""

    begin: str
    locked: str
    binds: str
    uuid: Callable[[UUID], Any]
    instant: Callable[[datetime], Any]
    document: Callable[[Any], Any]


SQLITE = Driver(
    begin="BEGIN IMMEDIATE",
    locked="",
    binds="?",
    uuid=attrgetter("bytes"),
    instant=lambda at: at.isoformat(timespec="microseconds"),
    document=json.dumps,
)
POSTGRES = Driver(
    begin="BEGIN",
    locked=" for no key update",
    binds="%s",
    uuid=lambda uuid: uuid,
    instant=lambda at: at,
    document=Jsonb,
)


@cache
def _written(sql: str, binds: str) -> str:
    return sql.replace("?", binds)


class ByHand:
    """A buyer's counter over one connection; `turn` is how threads wait for each other."""

    def __init__(
        self,
        connection: Connection,
        drawing_id: DrawingId,
        turn: AbstractContextManager[object] | None = None,
        driver: Driver = SQLITE,
    ) -> None:
        self._connection = connection
        self._drawing_id = drawing_id
        self._turn = turn or nullcontext()
        self._driver = driver

    def buy(self, member_id: MemberId, key: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        fingerprint = hashlib.sha256(json.dumps([str(self._drawing_id), "1"]).encode()).hexdigest()
        with self._turn:
            self._connection.execute(self._driver.begin)
            try:
                answer = self._bought(member_id, key, fingerprint, now)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
        return answer

    def _run(self, sql: str, binds: tuple[Any, ...] = ()) -> Any:
        return self._connection.execute(_written(sql, self._driver.binds), binds)

    def _bought(self, member_id: MemberId, key: str, fingerprint: str, now: datetime) -> dict[str, Any]:
        run, uuid, instant = self._run, self._driver.uuid, self._driver.instant
        member, drawing, at = uuid(member_id), uuid(self._drawing_id), instant(now)
        account = run(ACCOUNT + self._driver.locked, (member,)).fetchone()
        assert run(EARLIER, (member, "buy_tickets", key)).fetchone() is None
        name, cost, opens, closes, status, _, most = run(DRAWING, (drawing,)).fetchone()
        profile = run(PROFILE, (member,)).fetchone()
        assert (account[0], status) == ("active", "scheduled")
        assert opens <= at < closes
        assert None not in profile
        assert run(ADMIT, (1, at, drawing, gate_of(member_id))).rowcount == 1
        tickets, entries = map(int, run(HELD, (member, drawing)).fetchone())
        assert most is None or tickets < most
        entry_id, transfer_id = uuid7(), uuid7()
        balance = self._debited(member_id, cost, entry_id, transfer_id, f"Tickets: {name}", at)
        run(ENTRY, (uuid(entry_id), drawing, member, entries + 1, 1, cost, uuid(transfer_id), at, at))
        answer = {
            "entry_id": str(entry_id),
            "transaction_id": str(transfer_id),
            "tickets_purchased": 1,
            "points_spent": cost,
            "new_balance": balance,
            "total_user_tickets": tickets + 1,
            "odds": {"member": tickets + 1, "all": int(run(TICKETS, (drawing,)).fetchone()[0])},
            "log_head": hashlib.sha256(json.dumps(run(LOG_HEAD).fetchone(), default=str).encode()).hexdigest(),
        }
        kept_until = instant(now + timedelta(hours=24))
        run(ANSWER, (member, key, fingerprint, self._driver.document(answer), kept_until, at))
        return answer

    def _debited(
        self, member_id: MemberId, cost: int, entry_id: UUID, transfer_id: UUID, description: str, at: Any
    ) -> int:
        run, uuid, member = self._run, self._driver.uuid, self._driver.uuid(member_id)
        earned, debits, held, transfers, version = run(WALLET + self._driver.locked, (member,)).fetchone()
        total: int = earned - debits
        assert total - held >= cost
        assert run(DEBIT, (debits + cost, transfers + 1, at, member, version)).rowcount == 1
        key, account, left = f"transfer:{transfer_id}", f"member:{member_id}", total - cost
        moved = (uuid(transfer_id), member, transfers + 1, -cost, total, left, account, str(entry_id), description)
        run(TRANSFER, (*moved, key, at))
        return int(left - held)
