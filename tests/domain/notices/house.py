"""A whole FitTrack to test notices in."""

from datetime import date, timedelta
from typing import Any

import attrs

from fittrack_adapters.beacon.none import NoBeacon
from fittrack_adapters.denials import CachedDenyList
from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.mail.box import BoxMailer, MailBox
from fittrack_adapters.security.sealing import AesSealer
from fittrack_adapters.store.notices import BoxedMail
from fittrack_adapters.terra.none import NoGateway
from fittrack_adapters.testing import CountingIds, FixedEntropy, PlainHasher, PlainTokens, StoppedClock
from fittrack_domain.app import Ports, assemble
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.notices.model import Notification
from fittrack_domain.points import ledger
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft
from fittrack_domain.sweepstakes.model import DrawingType, Eligibility, FulfillmentType
from tests.stores import AnyStore


class House:
    """FitTrack with a clock that stands and a box for its mail. `brought` are ports in place of these."""

    def __init__(self, store: AnyStore, clock: StoppedClock, **brought: Any) -> None:
        self.store = store
        self.clock = clock
        self.ids = CountingIds(clock, seed=1)
        self.box = MailBox(store)
        ports = Ports(
            store=store,
            clock=clock,
            ids=self.ids,
            entropy=FixedEntropy(),
            sealer=AesSealer(bytes(32)),
            beacon=NoBeacon(),
            gateway=NoGateway(),
            mailer=BoxMailer(store, clock),
            hasher=PlainHasher(),
            access_tokens=PlainTokens(),
            cache=ProcessCache(),
            deny_list=CachedDenyList(ProcessCache()),
        )
        self.fittrack = assemble(attrs.evolve(ports, **brought))

    def member(self, name: str, points: int = 1_000) -> MemberId:
        new = NewMember(f"{name}@example.com", date(1990, 6, 15), "CA", name.title(), Sex.FEMALE, Level.ADVANCED)
        member_id = self.fittrack.identity.create_member(None, new).id
        with self.store.transaction() as tx:
            purpose = ledger.Purpose("test", member_id, "To begin with")
            ledger.bonus(tx, self.ids, self.clock.now(), member_id, points, purpose)
        return member_id

    def drawing(self, kind: FulfillmentType = FulfillmentType.PHYSICAL) -> DrawingId:
        """A published one, with a single prize."""
        prize = PrizeDraft(1, "Running shoes", Usd.of("99.00"), fulfillment_type=kind)
        draft = DrawingDraft(
            DrawingType.DAILY, "Evening drawing", eligibility=Eligibility(min_account_age_days=0), prizes=(prize,)
        )
        return self.fittrack.drawings.publish(None, self.fittrack.drawings.create(None, draft).id).id

    def draw(self, drawing_id: DrawingId) -> None:
        self.clock.set(self.fittrack.drawings.get(None, drawing_id).drawing.drawing_time)
        self.fittrack.draws.execute(drawing_id)
        self.fittrack.relay.drain()

    def later(self, **by: int) -> None:
        self.clock.advance(timedelta(**by))

    def told(self, member_id: MemberId) -> list[Notification]:
        """What a member was told, the oldest first, once everything recorded is delivered."""
        self.fittrack.relay.drain()
        assert [] == list(self.fittrack.relay.parked().items)
        assert 0 == self.fittrack.relay.waiting()
        return list(reversed(self.fittrack.notices.notifications(member_id, Paging(limit=100)).items))

    def mails(self) -> list[BoxedMail]:
        """What was mailed, the oldest first."""
        self.fittrack.relay.drain()
        return list(reversed(self.box.page(Paging(limit=100)).items))
