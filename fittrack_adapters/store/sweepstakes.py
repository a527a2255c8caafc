"""Sponsors, drawings, entries and what was published of them, in the store. Gates and blocks: see `tickets.py`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from fittrack_adapters.store.rows import After, Before, Not, OneOf, Rows, UpTo
from fittrack_adapters.store.tables import Table
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId, SponsorId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.sweepstakes.errors import DrawingNotFound, EntryNotFound, PrizeNotFound, SponsorNotFound
from fittrack_domain.sweepstakes.frozen import DrawSecret, DrawTree, LogLine, PublicRecord, Winner
from fittrack_domain.sweepstakes.model import (
    Drawing,
    DrawingStatus,
    DrawingType,
    Entry,
    Held,
    Prize,
    Route,
    Sponsor,
    SponsorStatus,
)

SPONSORS = Table("sponsors", Sponsor, what="sponsor")
DRAWINGS = Table("drawings", Drawing, what="drawing")
PRIZES = Table("prizes", Prize, what="prize", unique=(("drawing_id", "prize_rank"),), index=(("drawing_id",),))
ENTRIES = Table(
    "entries",
    Entry,
    what="entry",
    unique=(("user_id", "drawing_id", "entry_no"), ("free_key",)),
    index=(("user_id", "drawing_id"), ("drawing_id",), ("user_id",)),
)
WINNERS = Table("winners", Winner, what="winner", key=("drawing_id", "draw_no"), index=(("drawing_id",),))
DRAW_SECRETS = Table("draw_secrets", DrawSecret, what="secret of a drawing", key=("drawing_id",))
DRAW_RECORDS = Table(
    "draw_records", PublicRecord, what="public record", key=("drawing_id", "kind", "seq"), index=(("drawing_id",),)
)
DRAW_TREES = Table("draw_trees", DrawTree, what="tree of a drawing", key=("drawing_id",))
DRAW_LOG = Table(
    "draw_log",
    LogLine,
    what="log of drawings",
    key=("seq",),
    unique=(("prev",),),
    index=(("drawing_id",),),
    columns_named={"at": "at_seconds"},
)


@attrs.frozen
class SponsorRows:
    """`Sponsors` over rows."""

    rows: Rows[Sponsor]

    def get(self, sponsor_id: SponsorId) -> Sponsor:
        sponsor = self.rows.get(sponsor_id)
        if sponsor is None:
            raise SponsorNotFound(sponsor_id)
        return sponsor

    def of(self, sponsor_ids: Collection[SponsorId]) -> Mapping[SponsorId, Sponsor]:
        return {sponsor.id: sponsor for sponsor in self.rows.where(id=OneOf(sponsor_ids))}

    def add(self, sponsor: Sponsor) -> None:
        self.rows.add(sponsor)

    def save(self, sponsor: Sponsor) -> Sponsor:
        return self.rows.save(sponsor)

    def page(self, paging: Paging, status: SponsorStatus | None) -> Page[Sponsor]:
        wanted = {} if status is None else {"status": status}
        items = self.rows.where(order=("name", "id"), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))


@attrs.frozen
class DrawingRows:
    """`StoredDrawings` over rows."""

    rows: Rows[Drawing]

    def get(self, drawing_id: DrawingId) -> Drawing:
        drawing = self.rows.get(drawing_id)
        if drawing is None:
            raise DrawingNotFound(drawing_id)
        return drawing

    def locked(self, drawing_id: DrawingId) -> Drawing:
        for drawing in self.rows.locked(id=drawing_id):
            return drawing
        raise DrawingNotFound(drawing_id)

    def add(self, drawing: Drawing) -> None:
        self.rows.add(drawing)

    def save(self, drawing: Drawing) -> Drawing:
        return self.rows.save(drawing)

    def page(
        self,
        paging: Paging,
        now: datetime,
        *,
        status: DrawingStatus | None,
        drawing_type: DrawingType | None,
        drafts: bool,
    ) -> Page[Drawing]:
        wanted = _with_status(now, status, drafts=drafts)
        if drawing_type is not None:
            wanted["drawing_type"] = drawing_type
        items = self.rows.where(order=("-drawing_time", "-id"), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))

    def to_close(self, now: datetime, limit: int) -> Sequence[DrawingId]:
        due = self.rows.where(
            order=("drawing_time", "id"),
            limit=limit,
            status=OneOf([DrawingStatus.SCHEDULED, DrawingStatus.CLOSING]),
            ticket_sales_close=UpTo(now),
        )
        return [drawing.id for drawing in due]

    def to_draw(self, now: datetime, limit: int) -> Sequence[DrawingId]:
        due = self.rows.where(
            order=("drawing_time", "id"), limit=limit, status=DrawingStatus.CLOSED, drawing_time=UpTo(now)
        )
        return [drawing.id for drawing in due]


def _with_status(now: datetime, status: DrawingStatus | None, *, drafts: bool) -> dict[str, Any]:
    """The conditions under which `drawing.status_at(now)` is this status."""
    match status:
        case None:
            return {} if drafts else {"status": Not(DrawingStatus.DRAFT)}
        case DrawingStatus.DRAFT if not drafts:
            return {"status": OneOf([])}
        case DrawingStatus.SCHEDULED:
            return {"status": DrawingStatus.SCHEDULED, "sales_open_at": After(now), "ticket_sales_close": After(now)}
        case DrawingStatus.OPEN:
            return {"status": DrawingStatus.SCHEDULED, "sales_open_at": UpTo(now), "ticket_sales_close": After(now)}
        case DrawingStatus.CLOSED:
            over = [DrawingStatus.SCHEDULED, DrawingStatus.CLOSING, DrawingStatus.CLOSED]
            return {"status": OneOf(over), "ticket_sales_close": UpTo(now)}
        case _:
            return {"status": status}


@attrs.frozen
class PrizeRows:
    """`Prizes` over rows."""

    rows: Rows[Prize]

    def get(self, prize_id: PrizeId) -> Prize:
        prize = self.rows.get(prize_id)
        if prize is None:
            raise PrizeNotFound(prize_id)
        return prize

    def add(self, prize: Prize) -> None:
        self.rows.add(prize)

    def save(self, prize: Prize) -> Prize:
        return self.rows.save(prize)

    def remove(self, prize_id: PrizeId) -> None:
        self.rows.remove(id=prize_id)

    def of(self, drawing_id: DrawingId) -> Sequence[Prize]:
        return self.rows.where(order=("prize_rank",), drawing_id=drawing_id)

    def of_all(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, Sequence[Prize]]:
        found: dict[DrawingId, list[Prize]] = {}
        for prize in self.rows.where(order=("prize_rank",), drawing_id=OneOf(drawing_ids)):
            found.setdefault(prize.drawing_id, []).append(prize)
        return found

    def page(self, paging: Paging) -> Page[Prize]:
        items = self.rows.where(order=("-id",), limit=paging.limit, offset=paging.offset)
        return Page(items, paging, self.rows.total())


@attrs.frozen
class EntryRows:
    """`Entries` over rows."""

    rows: Rows[Entry]

    def get(self, entry_id: EntryId) -> Entry:
        entry = self.rows.get(entry_id)
        if entry is None:
            raise EntryNotFound(entry_id)
        return entry

    def add(self, entry: Entry) -> None:
        self.rows.add(entry)

    def held(self, drawing_id: DrawingId, member_id: MemberId) -> Held:
        own = {"user_id": member_id, "drawing_id": drawing_id}
        return Held(self.rows.sum("quantity", **own), self.rows.total(**own))

    def tickets(self, drawing_ids: Collection[DrawingId], member_id: MemberId) -> Mapping[DrawingId, int]:
        return self.rows.sums("quantity", by="drawing_id", user_id=member_id, drawing_id=OneOf(drawing_ids))

    def has_free(self, drawing_id: DrawingId, member_id: MemberId) -> bool:
        return self.rows.first(user_id=member_id, drawing_id=drawing_id, route=Route.FREE) is not None

    def tickets_before(self, entry: Entry) -> int:
        return self.rows.sum(
            "quantity", user_id=entry.user_id, drawing_id=entry.drawing_id, entry_no=Before(entry.entry_no)
        )

    def drawings_entered(self, member_id: MemberId) -> int:
        return self.rows.total(user_id=member_id, entry_no=1)

    def paid_after(self, drawing_id: DrawingId, after: EntryId | None, limit: int) -> Sequence[Entry]:
        later: dict[str, Any] = {} if after is None else {"id": After(after)}
        return self.rows.where(order=("id",), limit=limit, drawing_id=drawing_id, cost_points=After(0), **later)

    def page(self, paging: Paging, drawing_id: DrawingId | None, member_id: MemberId | None) -> Page[Entry]:
        wanted: Mapping[str, Any] = {
            name: value for name, value in (("drawing_id", drawing_id), ("user_id", member_id)) if value is not None
        }
        items = self.rows.where(order=("-id",), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))


@attrs.frozen
class WinnerRows:
    """`Winners` over rows."""

    rows: Rows[Winner]

    def add_all(self, winners: Sequence[Winner]) -> None:
        self.rows.add_all(winners)

    def get(self, drawing_id: DrawingId, draw_no: int) -> Winner:
        winner = self.rows.get(drawing_id, draw_no)
        assert winner is not None, "asked for by the numbers in the result"
        return winner

    def of(self, drawing_id: DrawingId) -> Sequence[Winner]:
        return self.rows.where(order=("draw_no",), drawing_id=drawing_id)

    def of_member(self, drawing_id: DrawingId, member_id: MemberId) -> Sequence[Winner]:
        return self.rows.where(order=("draw_no",), drawing_id=drawing_id, user_id=member_id)


@attrs.frozen
class SecretRows:
    """`Secrets` over rows."""

    rows: Rows[DrawSecret]

    def add(self, secret: DrawSecret) -> None:
        self.rows.add(secret)

    def get(self, drawing_id: DrawingId) -> DrawSecret:
        secret = self.rows.get(drawing_id)
        assert secret is not None, "stored in the transaction that published the drawing"
        return secret


@attrs.frozen
class RecordRows:
    """`Records` over rows."""

    rows: Rows[PublicRecord]

    def add(self, record: PublicRecord) -> None:
        self.rows.add(record)

    def find(self, drawing_id: DrawingId, kind: str) -> PublicRecord | None:
        return self.rows.get(drawing_id, kind, 1)

    def terms_of(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, PublicRecord]:
        found = self.rows.where(drawing_id=OneOf(drawing_ids), kind="terms")
        return {record.drawing_id: record for record in found}

    def awards(self, drawing_id: DrawingId) -> Sequence[PublicRecord]:
        return self.rows.where(order=("seq",), drawing_id=drawing_id, kind="award")

    def each(self) -> Iterator[PublicRecord]:
        return self.rows.each(order=("drawing_id", "kind", "seq"))


@attrs.frozen
class TreeRows:
    """`Trees` over rows."""

    rows: Rows[DrawTree]

    def add(self, tree: DrawTree) -> None:
        self.rows.add(tree)

    def get(self, drawing_id: DrawingId) -> DrawTree:
        tree = self.rows.get(drawing_id)
        assert tree is not None, "stored in the transaction that published the closing"
        return tree


@attrs.frozen
class DrawLogRows:
    """`DrawLog` over rows."""

    rows: Rows[LogLine]

    def head(self) -> LogLine | None:
        return self.rows.first(order=("-seq",))

    def locked_head(self) -> LogLine | None:
        self.rows.alone()
        return self.head()

    def add(self, line: LogLine) -> None:
        self.rows.add(line)

    def each(self) -> Iterator[LogLine]:
        return self.rows.each(order=("seq",))

    def page(self, paging: Paging, drawing_id: DrawingId | None) -> Page[LogLine]:
        wanted = {} if drawing_id is None else {"drawing_id": drawing_id}
        items = self.rows.where(order=("-seq",), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))
