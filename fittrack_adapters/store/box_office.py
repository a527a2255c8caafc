"""What a sale rests on and what follows from it, each at one stroke: three locks and a query, and all changes."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import attrs

from fittrack_adapters.store.codec import Statement, codec_of
from fittrack_adapters.store.dialect import Dialect
from fittrack_adapters.store.identity import PROFILES, USERS
from fittrack_adapters.store.points import NOT_OPENED, TRANSFERS, WALLETS
from fittrack_adapters.store.rows import Rows
from fittrack_adapters.store.shared import IDEMPOTENCY_KEYS
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.sweepstakes import DRAW_LOG, DRAWINGS, ENTRIES
from fittrack_adapters.store.tables import Column, Table
from fittrack_adapters.store.tickets import DRAWING_GATES, admission
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.points.ledger import Moved
from fittrack_domain.points.model import Wallet
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.requests import Answered, Request
from fittrack_domain.sweepstakes.box_office import BoxOffice, Grounds
from fittrack_domain.sweepstakes.errors import SalesClosed
from fittrack_domain.sweepstakes.model import Drawing, Entry, Gate, Held, Route, gate_of
from fittrack_domain.sweepstakes.ports import SweepstakesTx


@attrs.frozen
class MemoryBoxOffice(BoxOffice):
    """`BoxOffice` in memory, where nobody waits: one word of the other ports after the other."""

    tx: SweepstakesTx
    drawings: Rows[Drawing]
    gates: Rows[Gate]

    def grounds(self, member_id: MemberId, drawing_id: DrawingId, request: Request | None) -> Grounds:
        tx = self.tx
        account, wallet = tx.accounts.locked(member_id), tx.wallets.locked(member_id)
        drawing = self.drawings.get(drawing_id)
        return Grounds(
            account=account,
            gate=self.gates.get(drawing_id, gate_of(member_id)),
            wallet=wallet,
            profile=tx.profiles.get(member_id),
            drawing=None if drawing is None else attrs.evolve(drawing, description=None),
            held=tx.entries.held(drawing_id, member_id),
            has_free=tx.entries.has_free(drawing_id, member_id),
            tickets=tx.gates.tickets(drawing_id),
            log_head=tx.draw_log.head(),
            answered=tx.answers.find(request.principal, request.operation, request.key) if request else None,
        )

    def issue(
        self, entry: Entry, drawing: Drawing, moved: Moved | None = None, answered: Answered | None = None
    ) -> None:
        tx = self.tx
        if not tx.gates.admit(entry.drawing_id, entry.user_id, entry.quantity):
            raise SalesClosed(drawing.ticket_sales_close)
        if moved is not None:
            tx.wallets.save(moved.wallet)
            tx.transfers.add_all(moved.transfers)
        tx.entries.add(entry)
        if answered is not None:
            tx.answers.add(answered)


@attrs.frozen
class SqlBoxOffice(BoxOffice):
    """`BoxOffice` on a database.

    The rows are locked by statements of their own: one that joins, and has waited for a lock, would show the locked row
    as it is now and everything beside it as it was before.
    """

    session: SqlSession

    def grounds(self, member_id: MemberId, drawing_id: DrawingId, request: Request | None) -> Grounds:
        codec = self.session.codec
        found = self.session.database.fetch_locked(
            [
                codec(USERS).locking(member_id),
                codec(DRAWING_GATES).locking(drawing_id, gate_of(member_id)),
                codec(WALLETS).locking(member_id),
            ],
            self._reading(member_id, drawing_id, request),
        )
        if not found:
            raise MemberNotFound(member_id)
        account, profile, wallet, drawing, gate, head, answered, *counts = self._parted(found[0])
        own_tickets, own_entries, own_free, all_tickets = map(int, counts)
        return Grounds(
            account=account,
            gate=gate,
            wallet=wallet or Wallet(member_id, version=NOT_OPENED),
            profile=profile,
            drawing=drawing,
            held=Held(own_tickets, own_entries),
            has_free=own_free > 0,
            tickets=all_tickets,
            log_head=head,
            answered=answered,
        )

    def _reading(self, member_id: MemberId, drawing_id: DrawingId, request: Request | None) -> Statement:
        encoded = self.session.encoded
        return _query(self.session.dialect), {
            "user_id": encoded("uuid", member_id),
            "drawing_id": encoded("uuid", drawing_id),
            "gate_no": gate_of(member_id),
            "route": Route.FREE.value,
            "principal": encoded("uuid", request.principal) if request else None,
            "operation": request.operation if request else None,
            "idempotency_key": request.key if request else None,
        }

    def _parted(self, values: Sequence[Any]) -> Iterator[Any]:
        """The rows in a row of the query, None where there is none; then the counts."""
        at = 0
        for table, _ in JOINED:
            part = values[at : at + len(table.columns)]
            at += len(part)
            is_there = part[table.fields.index(table.key[0])] is not None
            yield self.session.codec(table).row(part) if is_there else None
        yield from values[at:]

    def issue(
        self, entry: Entry, drawing: Drawing, moved: Moved | None = None, answered: Answered | None = None
    ) -> None:
        session = self.session
        changes = [admission(session, entry.drawing_id, entry.user_id, entry.quantity)]
        if moved is not None:
            changes.append(self._saving(moved.wallet))
            changes += [session.codec(TRANSFERS).adding(transfer, session.stamp) for transfer in moved.transfers]
        changes.append(session.codec(ENTRIES).adding(entry, session.stamp))
        if answered is not None:
            changes.append(session.codec(IDEMPOTENCY_KEYS).adding(answered, session.stamp))
        admitted, *touched = session.database.run_together(changes)
        if not admitted:
            raise SalesClosed(drawing.ticket_sales_close)
        if moved is not None and not touched[0]:
            raise StaleVersion(WALLETS.what)

    def _saving(self, wallet: Wallet) -> Statement:
        codec, stamp = self.session.codec(WALLETS), self.session.stamp
        if wallet.version == NOT_OPENED:
            return codec.adding(attrs.evolve(wallet, version=1), stamp)
        return codec.saving(wallet, stamp)


JOINED: Sequence[tuple[Table[Any], str]] = (
    (USERS, "u"),
    (PROFILES, "p"),
    (WALLETS, "w"),
    (DRAWINGS, "d"),
    (DRAWING_GATES, "g"),
    (DRAW_LOG, "l"),
    (IDEMPOTENCY_KEYS, "a"),
)
"""What is read together, and under which names."""

NOT_READ = (DRAWINGS.column("description"),)
"""A long text takes a trip of its own on Oracle, and no sale rests on it."""


@cache
def _query(dialect: Dialect) -> str:
    columns = ", ".join(
        _selected(column, f"{alias}.{column.name}", dialect) for table, alias in JOINED for column in table.columns
    )
    head = dialect.limited(f"{codec_of(DRAW_LOG, dialect).select} order by seq desc", 1, 0)
    return (
        f"select {columns}, own.tickets, own.entries, own.free_entries, everyone.tickets "
        "from users u join profiles p on p.user_id = u.id "
        "left join wallets w on w.user_id = u.id "
        "left join drawings d on d.id = :drawing_id "
        "left join drawing_gates g on g.drawing_id = :drawing_id and g.gate_no = :gate_no "
        f"left join ({head}) l on 1 = 1 "
        "left join idempotency_keys a on a.principal = :principal and a.operation = :operation "
        "and a.idempotency_key = :idempotency_key "
        "cross join (select coalesce(sum(quantity), 0) tickets, count(*) entries, "
        "coalesce(sum(case when route = :route then 1 else 0 end), 0) free_entries "
        "from entries where user_id = :user_id and drawing_id = :drawing_id) own "
        "cross join (select coalesce(sum(tickets), 0) tickets "
        "from drawing_gates where drawing_id = :drawing_id) everyone "
        "where u.id = :user_id"
    )


def _selected(column: Column, name: str, dialect: Dialect) -> str:
    if column in NOT_READ:
        return "null"
    return dialect.beside(name) if column.kind == "json" else name
