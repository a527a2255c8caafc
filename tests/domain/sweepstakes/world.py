"""A small world to test drawings in: members with points, administrators, a clock that stands, a beacon that obeys."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import shake_256
from typing import Any

import attrs

from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.security.sealing import AesSealer
from fittrack_adapters.testing import CountingIds, FixedEntropy, StoppedClock
from fittrack_domain.fulfillment.events import (
    AddressConfirmed,
    AddressFoundInvalid,
    ClaimWarned,
    PrizeDelivered,
    PrizeForfeited,
    PrizeReturned,
    PrizeShipped,
    PrizeWon,
)
from fittrack_domain.fulfillment.service import Fulfillments
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.events import MemberCreated, MemberStatusChanged
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.identity.service import Identity
from fittrack_domain.points import ledger
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.relay import Reaction, Relay
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.catalogue import Catalogue
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
from fittrack_domain.sweepstakes.draw.terms import Beacon, quicknet_beacon
from fittrack_domain.sweepstakes.drawings import Drawings
from fittrack_domain.sweepstakes.draws import Draws
from fittrack_domain.sweepstakes.events import DrawingCancelled, DrawingCompleted, RefundsDue, WinnerDrawn
from fittrack_domain.sweepstakes.model import Drawing, DrawingType
from fittrack_domain.sweepstakes.proofs import Proofs
from fittrack_domain.sweepstakes.results import Results
from fittrack_domain.sweepstakes.tickets import Sweepstakes
from tests.stores import MakeStore

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
"""A Wednesday, noon in New York."""


@attrs.define
class FixedBeacon:
    """A beacon whose rounds follow from their numbers. `announced` and `is_out` are turned on and off by tests."""

    announced: bool = True
    is_out: bool = True

    def terms(self, draw_at: int) -> Beacon | None:
        return quicknet_beacon(draw_at) if self.announced else None

    def signature(self, round_no: int) -> str | None:
        return shake_256(f"round {round_no}".encode()).hexdigest(48) if self.is_out else None


class World:
    """Everything on one store. The clock stands at noon of a Wednesday until moved."""

    def __init__(self, make_store: MakeStore) -> None:
        self.clock = StoppedClock(NOON)
        self.store = make_store(self.clock)
        self.ids = CountingIds(self.clock, seed=1)
        self.beacon = FixedBeacon()
        self.sealer = AesSealer(bytes(32))
        self.identity = Identity(self.store, self.clock, self.ids, KnownAccounts(ProcessCache()))
        self.catalogue = Catalogue(self.store, self.clock, self.ids)
        self.drawings = Drawings(self.store, self.clock, self.ids, FixedEntropy(), self.sealer, self.beacon)
        self.sweepstakes = Sweepstakes(self.store, self.clock, self.ids)
        self.draws = Draws(self.store, self.clock, self.sealer, self.beacon)
        self.proofs = Proofs(self.store, self.sealer)
        self.results = Results(self.store)
        self.fulfillments = Fulfillments(self.store, self.clock, self.ids, self.sealer)

    def member(self, name: str, points: int = 10_000, **stated: Any) -> MemberId:
        """An active member with a complete profile and some points, whose account is 30 days old."""
        now = self.clock.at
        self.clock.at = now - timedelta(days=30)
        account = self.identity.create_member(
            None,
            NewMember(
                **{
                    "email": f"{name}@example.com",
                    "date_of_birth": date(1990, 6, 15),
                    "state_of_residence": "CA",
                    "display_name": name.title(),
                    "biological_sex": Sex.FEMALE,
                    "fitness_level": Level.ADVANCED,
                    **stated,
                }
            ),
        )
        self.clock.at = now
        if points:
            self.give(account.id, points)
        return account.id

    def give(self, member_id: MemberId, points: int) -> None:
        with self.store.transaction() as tx:
            ledger.bonus(tx, self.ids, self.clock.at, member_id, points, Purpose("test", member_id, "To begin with"))

    def balance(self, member_id: MemberId) -> int:
        with self.store.reading() as tx:
            return tx.wallets.of(member_id).balance

    def a_draft(self, **stated: Any) -> Drawing:
        return self.drawings.create(None, a_drawing_draft(**stated))

    def an_open_drawing(self, **stated: Any) -> Drawing:
        return self.drawings.publish(None, self.a_draft(**stated).id)

    def a_drawn_drawing(self, tickets: Mapping[MemberId, int], **stated: Any) -> Drawing:
        """A completed drawing in which members hold so many tickets."""
        drawing = self.an_open_drawing(**stated)
        for member_id, quantity in tickets.items():
            self.sweepstakes.buy_tickets(member_id, drawing.id, quantity)
        self.clock.set(drawing.ticket_sales_close)
        self.draws.close(drawing.id)
        self.clock.set(drawing.drawing_time)
        self.draws.execute(drawing.id)
        return self.drawings.get(None, drawing.id).drawing

    def audited(self, subject_id: object) -> list[str]:
        """The actions on a thing that are in the audit log, in order."""
        with self.store.reading() as tx:
            return [entry.action for entry in tx.audit.each() if entry.subject_id == str(subject_id)]

    def relay(self) -> list[Event]:
        """Delivers what was recorded, and answers it."""
        fulfillments = self.fulfillments
        reactions: dict[type[Event], tuple[Reaction, ...]] = {
            RefundsDue: (self.drawings.refund,),
            WinnerDrawn: (fulfillments.open,),
            PrizeWon: (fulfillments.mark_notified,),
        }
        silent = (
            MemberCreated,
            MemberStatusChanged,
            DrawingCompleted,
            DrawingCancelled,
            ClaimWarned,
            AddressConfirmed,
            AddressFoundInvalid,
            PrizeShipped,
            PrizeDelivered,
            PrizeForfeited,
            PrizeReturned,
        )
        relay = Relay(self.store, self.clock, {**dict.fromkeys(silent, ()), **reactions}, {})
        return [event for event in relay.drain() if not isinstance(event, MemberCreated)]


def a_prize(rank: int = 1, **stated: Any) -> PrizeDraft:
    return PrizeDraft(**{"rank": rank, "name": f"Prize {rank}", "value_usd": Usd.of("25.00"), **stated})


def a_drawing_draft(**stated: Any) -> DrawingDraft:
    return DrawingDraft(
        **{"drawing_type": DrawingType.DAILY, "name": "Daily drawing", "prizes": (a_prize(),), **stated}
    )
