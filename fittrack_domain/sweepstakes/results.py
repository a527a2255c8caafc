"""What came of drawings: winners for everyone, and each member's own entries with their ticket numbers."""

from collections.abc import Mapping, Sequence

import attrs

from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, PrizeId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Store
from fittrack_domain.sweepstakes.awards import awards_of, prize_won
from fittrack_domain.sweepstakes.draw.awards import Award
from fittrack_domain.sweepstakes.errors import EntryNotFound, TicketNotFound
from fittrack_domain.sweepstakes.frozen import Winner
from fittrack_domain.sweepstakes.model import Drawing, DrawingStatus, Entry, Prize
from fittrack_domain.sweepstakes.ports import SweepstakesTx
from fittrack_domain.sweepstakes.publishing import require_record


@attrs.frozen
class Win:
    """A draw that has or had a prize.

    Attributes:
        winner: The draw: its number, ticket and holder.
        prize: What it won; an alternate's is the one that was passed on.
        display_name: Of the holder; None when there is none any more.
        tickets_held: Of the holder.
        forfeited: Whether the prize passed on from here.
    """

    winner: Winner
    prize: Prize
    display_name: str | None
    tickets_held: int
    forfeited: bool


@attrs.frozen
class OutcomeView:
    """What came out of a drawing.

    Attributes:
        drawing: It.
        tickets: Of all members.
        wins: In the order of drawing.
        unawarded: Prize units that nobody has: not drawn, or forfeited when no alternate was left.
        member_tickets: Of who is looking.
        member_draws: Numbers of the draws that hit who is looking, as an alternate too.
    """

    drawing: Drawing
    tickets: int
    wins: Sequence[Win]
    unawarded: int
    member_tickets: int
    member_draws: tuple[int, ...]


@attrs.frozen
class EntryView:
    """An entry as its member sees it.

    Attributes:
        entry: It.
        drawing: Which it is for.
        first_ticket: Number of its first ticket; None until the tickets are numbered at the closing.
        prizes: The prize of each of its tickets that won one, by ticket number.
    """

    entry: Entry
    drawing: Drawing
    first_ticket: int | None
    prizes: Mapping[int, PrizeId]

    @property
    def last_ticket(self) -> int | None:
        """Number of its last ticket; None as long as the first has none."""
        return None if self.first_ticket is None else self.first_ticket + self.entry.quantity - 1


@attrs.frozen
class TicketView:
    """One ticket of an entry.

    Attributes:
        entry: Which it belongs to.
        place: Its place among the tickets of the entry, from 1.
        number: What may be drawn; None until the tickets are numbered at the closing.
        prize_id: What it won; None for nothing, or not yet.
    """

    entry: Entry
    place: int
    number: int | None
    prize_id: PrizeId | None


@attrs.frozen
class Results:
    """Queries about what was drawn and who takes part."""

    store: Store[SweepstakesTx]

    def of(self, viewer: MemberId | None, drawing_id: DrawingId) -> OutcomeView:
        """The outcome of a drawing. Raises `DrawingNotFound`, and `RecordNotFound` before it is drawn."""
        with self.store.reading() as tx:
            drawing = tx.drawings.get(drawing_id)
            result = require_record(tx, drawing_id, "result")
            awards = awards_of(tx, drawing_id)
            winners = tx.winners.of(drawing_id)
            return OutcomeView(
                drawing=drawing,
                tickets=tx.gates.tickets(drawing_id),
                wins=_wins(tx, drawing_id, winners, awards),
                unawarded=result["unawarded"] + sum(award["replacement"] is None for award in awards),
                member_tickets=0 if viewer is None else tx.entries.held(drawing_id, viewer).tickets,
                member_draws=tuple(winner.draw_no for winner in winners if winner.user_id == viewer),
            )

    def entries(
        self, paging: Paging, *, drawing_id: DrawingId | None = None, member_id: MemberId | None = None
    ) -> Page[EntryView]:
        """Entries of a drawing, of a member, or all; the latest first."""
        with self.store.reading() as tx:
            return tx.entries.page(paging, drawing_id, member_id).map(lambda entry: _entry_view(tx, entry))

    def entry(self, entry_id: EntryId, member_id: MemberId | None = None) -> EntryView:
        """One entry. Raises `EntryNotFound`, also when a `member_id` is given and it is another's."""
        with self.store.reading() as tx:
            entry = tx.entries.get(entry_id)
            if member_id not in (None, entry.user_id):
                raise EntryNotFound(entry_id)
            return _entry_view(tx, entry)

    def ticket(self, entry_id: EntryId, place: int) -> TicketView:
        """One ticket of an entry, by its place in it from 1. Raises `EntryNotFound`, `TicketNotFound`."""
        view = self.entry(entry_id)
        if not 1 <= place <= view.entry.quantity:
            raise TicketNotFound(entry_id, place)
        if view.first_ticket is None:
            return TicketView(view.entry, place, number=None, prize_id=None)
        number = view.first_ticket + place - 1
        return TicketView(view.entry, place, number, view.prizes.get(number))

    def drawings_entered(self, member_id: MemberId) -> int:
        """In how many drawings the member has taken part."""
        with self.store.reading() as tx:
            return tx.entries.drawings_entered(member_id)


def _wins(
    tx: SweepstakesTx, drawing_id: DrawingId, winners: Sequence[Winner], awards: Sequence[Award]
) -> Sequence[Win]:
    won = [(winner, prize_won(tx, winner, awards)) for winner in winners]
    prizes = {prize.id: prize for prize in tx.prizes.of(drawing_id)}
    profiles = tx.profiles.of({winner.user_id for winner in winners})
    forfeited = {award["forfeited"] for award in awards}
    return [
        Win(
            winner=winner,
            prize=prizes[prize_id],
            display_name=profiles[winner.user_id].display_name if winner.user_id in profiles else None,
            tickets_held=tx.blocks.containing(drawing_id, winner.ticket_number).ticket_count,
            forfeited=winner.draw_no in forfeited,
        )
        for winner, prize_id in won
        if prize_id is not None
    ]


def _entry_view(tx: SweepstakesTx, entry: Entry) -> EntryView:
    drawing = tx.drawings.get(entry.drawing_id)
    if drawing.status not in (DrawingStatus.CLOSED, DrawingStatus.COMPLETED):
        return EntryView(entry, drawing, first_ticket=None, prizes={})
    first = first_ticket(tx, entry)
    own = range(first, first + entry.quantity)
    winners = [
        winner for winner in tx.winners.of_member(entry.drawing_id, entry.user_id) if winner.ticket_number in own
    ]
    awards = awards_of(tx, entry.drawing_id) if winners else []
    prizes = {winner.ticket_number: prize_won(tx, winner, awards) for winner in winners}
    return EntryView(entry, drawing, first, {ticket: prize for ticket, prize in prizes.items() if prize is not None})


def first_ticket(tx: SweepstakesTx, entry: Entry) -> int:
    """The number of an entry's first ticket after the closing: a member's tickets are in order of purchase."""
    return tx.blocks.of_member(entry.drawing_id, entry.user_id).first_ticket + tx.entries.tickets_before(entry)
