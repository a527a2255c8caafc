"""What sweepstakes need of the store and of the randomness beacon."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fittrack_domain.points.ports import PointsTx
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId, SponsorId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.requests import AnswersTx
from fittrack_domain.sweepstakes.box_office import BoxOffice
from fittrack_domain.sweepstakes.draw.terms import Beacon as BeaconTerms
from fittrack_domain.sweepstakes.draw.tree import CountedHolder
from fittrack_domain.sweepstakes.frozen import DrawSecret, DrawTree, LogLine, PublicRecord, TicketBlock, Winner
from fittrack_domain.sweepstakes.model import (
    Drawing,
    DrawingStatus,
    DrawingType,
    Entry,
    Held,
    Prize,
    Sponsor,
    SponsorStatus,
)


class Beacon(Protocol):
    """A public source of random values that nobody knows before their time."""

    def terms(self, draw_at: int) -> BeaconTerms | None:
        """What the terms of a drawing at this time (Unix seconds) say about it; None where no beacon is used."""
        ...

    def signature(self, round_no: int) -> str | None:
        """The verified signature of a round, in hex; None while it is not out. Raises `Unavailable`."""
        ...


class Sponsors(Protocol):
    """Who gives prizes."""

    def get(self, sponsor_id: SponsorId) -> Sponsor:
        """Raises `SponsorNotFound`."""
        ...

    def of(self, sponsor_ids: Collection[SponsorId]) -> Mapping[SponsorId, Sponsor]:
        """Those that there are."""
        ...

    def add(self, sponsor: Sponsor) -> None: ...

    def save(self, sponsor: Sponsor) -> Sponsor: ...

    def page(self, paging: Paging, status: SponsorStatus | None) -> Page[Sponsor]:
        """By name."""
        ...


class StoredDrawings(Protocol):
    """All drawings."""

    def get(self, drawing_id: DrawingId) -> Drawing:
        """Raises `DrawingNotFound`."""
        ...

    def locked(self, drawing_id: DrawingId) -> Drawing:
        """As `get`, and nobody else changes it or its prizes until the transaction is over.

        Buyers do not wait for it: the gates are there for them.
        """
        ...

    def add(self, drawing: Drawing) -> None: ...

    def save(self, drawing: Drawing) -> Drawing: ...

    def page(
        self,
        paging: Paging,
        now: datetime,
        *,
        status: DrawingStatus | None,
        drawing_type: DrawingType | None,
        drafts: bool,
    ) -> Page[Drawing]:
        """The latest drawing time first. `status` is the one that holds at `now`; without `drafts` none is shown."""
        ...

    def to_close(self, now: datetime, limit: int) -> Sequence[DrawingId]:
        """Published, sales over, no closing yet: the earliest drawing time first."""
        ...

    def to_draw(self, now: datetime, limit: int) -> Sequence[DrawingId]:
        """Closed, the drawing time has come, no result yet: the earliest first."""
        ...


class Prizes(Protocol):
    """The prizes of drawings."""

    def get(self, prize_id: PrizeId) -> Prize:
        """Raises `PrizeNotFound`."""
        ...

    def add(self, prize: Prize) -> None:
        """Raises `AlreadyExists` when the drawing has a prize of this rank."""
        ...

    def save(self, prize: Prize) -> Prize:
        """Raises `AlreadyExists` as `add`."""
        ...

    def remove(self, prize_id: PrizeId) -> None: ...

    def of(self, drawing_id: DrawingId) -> Sequence[Prize]:
        """By rank."""
        ...

    def of_all(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, Sequence[Prize]]:
        """By rank, of every drawing that has any."""
        ...

    def page(self, paging: Paging) -> Page[Prize]:
        """The latest first."""
        ...


class Entries(Protocol):
    """Who has how many tickets, and how they came to them. Entries never change."""

    def get(self, entry_id: EntryId) -> Entry:
        """Raises `EntryNotFound`."""
        ...

    def add(self, entry: Entry) -> None:
        """Raises `AlreadyExists` when two entries of one member meet, or for a second free one."""
        ...

    def held(self, drawing_id: DrawingId, member_id: MemberId) -> Held: ...

    def tickets(self, drawing_ids: Collection[DrawingId], member_id: MemberId) -> Mapping[DrawingId, int]:
        """How many tickets the member has in each drawing where they have some."""
        ...

    def has_free(self, drawing_id: DrawingId, member_id: MemberId) -> bool: ...

    def tickets_before(self, entry: Entry) -> int:
        """How many tickets the member had in the drawing before this entry."""
        ...

    def drawings_entered(self, member_id: MemberId) -> int: ...

    def paid_after(self, drawing_id: DrawingId, after: EntryId | None, limit: int) -> Sequence[Entry]:
        """Entries that cost points, by id, from after this one on."""
        ...

    def page(self, paging: Paging, drawing_id: DrawingId | None, member_id: MemberId | None) -> Page[Entry]:
        """The latest first."""
        ...


class Gates(Protocol):
    """The doors to the tickets of each drawing, and the only place where its tickets are counted while on sale."""

    def open(self, drawing_id: DrawingId) -> None: ...

    def admit(self, drawing_id: DrawingId, member_id: MemberId, quantity: int) -> bool:
        """Counts `quantity` more tickets if the member's gate is open. Holds that gate until the transaction ends."""
        ...

    def shut(self, drawing_id: DrawingId) -> None:
        """Shuts all gates, after waiting for those who are inside."""
        ...

    def tickets(self, drawing_id: DrawingId) -> int: ...

    def tickets_of(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, int]:
        """As `tickets`, of many drawings. Without gates there are none."""
        ...


class Blocks(Protocol):
    """The frozen tickets of each drawing, one block a member."""

    def unnumbered(self, drawing_id: DrawingId, limit: int) -> Sequence[tuple[MemberId, int]]:
        """The next members without a block, in the order of their first entries, with their ticket counts."""
        ...

    def last(self, drawing_id: DrawingId) -> TicketBlock | None: ...

    def add_all(self, blocks: Iterable[TicketBlock]) -> None:
        """Takes each block when it is needed. Raises `AlreadyExists` when another closer has written them."""
        ...

    def each(self, drawing_id: DrawingId) -> Iterator[CountedHolder]:
        """Ticket count and holder of all blocks in order, streamed."""
        ...

    def some(self, drawing_id: DrawingId, first_no: int, limit: int) -> Sequence[CountedHolder]:
        """As `each`, a piece of it."""
        ...

    def containing(self, drawing_id: DrawingId, ticket: int) -> TicketBlock:
        """The block that a ticket of the drawing lies in."""
        ...

    def of_member(self, drawing_id: DrawingId, member_id: MemberId) -> TicketBlock:
        """The block of a member who has tickets in a closed drawing."""
        ...


class Winners(Protocol):
    """Every ticket drawn. Winners never change."""

    def add_all(self, winners: Sequence[Winner]) -> None: ...

    def get(self, drawing_id: DrawingId, draw_no: int) -> Winner: ...

    def of(self, drawing_id: DrawingId) -> Sequence[Winner]:
        """In the order of drawing, alternates included."""
        ...

    def of_member(self, drawing_id: DrawingId, member_id: MemberId) -> Sequence[Winner]:
        """The draws that hit the member."""
        ...


class Secrets(Protocol):
    """Sealed seeds and salt keys, apart from everything that is ever listed."""

    def add(self, secret: DrawSecret) -> None: ...

    def get(self, drawing_id: DrawingId) -> DrawSecret: ...


class Records(Protocol):
    """What was published. Records never change."""

    def add(self, record: PublicRecord) -> None:
        """Raises `AlreadyExists` for a second one of a kind."""
        ...

    def find(self, drawing_id: DrawingId, kind: str) -> PublicRecord | None: ...

    def terms_of(self, drawing_ids: Collection[DrawingId]) -> Mapping[DrawingId, PublicRecord]:
        """The terms of every drawing that has any."""
        ...

    def awards(self, drawing_id: DrawingId) -> Sequence[PublicRecord]:
        """In their order."""
        ...

    def each(self) -> Iterator[PublicRecord]:
        """All records of all drawings, streamed."""
        ...


class Trees(Protocol):
    """The upper levels of the trees over closed drawings."""

    def add(self, tree: DrawTree) -> None: ...

    def get(self, drawing_id: DrawingId) -> DrawTree: ...


class DrawLog(Protocol):
    """The public log of all drawings. It only ever grows."""

    def head(self) -> LogLine | None: ...

    def locked_head(self) -> LogLine | None:
        """As `head`, and nobody else appends until the transaction is over. Only to append to it."""
        ...

    def add(self, line: LogLine) -> None:
        """Raises `AlreadyExists` when another entry took this place at the same moment."""
        ...

    def each(self) -> Iterator[LogLine]:
        """From the first on, streamed."""
        ...

    def page(self, paging: Paging, drawing_id: DrawingId | None) -> Page[LogLine]:
        """The latest first."""
        ...


class SweepstakesTx(PointsTx, AnswersTx, Protocol):
    """A transaction with everything sweepstakes keep."""

    @property
    def sponsors(self) -> Sponsors: ...
    @property
    def drawings(self) -> StoredDrawings: ...
    @property
    def prizes(self) -> Prizes: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def gates(self) -> Gates: ...
    @property
    def box_office(self) -> BoxOffice: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def winners(self) -> Winners: ...
    @property
    def draw_secrets(self) -> Secrets: ...
    @property
    def draw_records(self) -> Records: ...
    @property
    def draw_trees(self) -> Trees: ...
    @property
    def draw_log(self) -> DrawLog: ...
