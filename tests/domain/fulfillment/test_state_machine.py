"""Whatever winners, administrators and the clock do in any order: only the states and ways of the rules."""

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.errors import ClaimExpired, IllegalTransition, NotForThisPrize
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.shared.ids import FulfillmentId, MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.model import FulfillmentType
from tests.domain.sweepstakes.world import World, a_prize

ADMIN = MemberId(UUID(int=1))
HOME = Address("Ann", "1 Main St", None, "Reno", "NV", "89501")
S = FulfillmentStatus
WAYS = {
    (S.PENDING, S.WINNER_NOTIFIED),
    (S.WINNER_NOTIFIED, S.ADDRESS_CONFIRMED),
    (S.WINNER_NOTIFIED, S.FORFEITED),
    (S.ADDRESS_CONFIRMED, S.ADDRESS_INVALID),
    (S.ADDRESS_INVALID, S.ADDRESS_CONFIRMED),
    (S.ADDRESS_INVALID, S.FORFEITED),
    (S.ADDRESS_CONFIRMED, S.SHIPPED),
    (S.SHIPPED, S.DELIVERED),
}
DIGITAL_WAYS = {
    (S.PENDING, S.WINNER_NOTIFIED),
    (S.WINNER_NOTIFIED, S.SHIPPED),
    (S.WINNER_NOTIFIED, S.FORFEITED),
    (S.SHIPPED, S.DELIVERED),
}
STEPS = ("confirm", "reject", "ship", "send", "deliver", "forfeit")


class Deliveries(RuleBasedStateMachine):
    """Two prizes, one of them digital, four alternates, and everybody doing anything."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(lambda clock: MemoryStore(clock, CountingIds(clock)))
        tickets = {self.world.member(f"member{n}"): 1 for n in range(6)}
        prizes = (a_prize(1), a_prize(2, fulfillment_type=FulfillmentType.DIGITAL))
        self.drawing = self.world.a_drawn_drawing(tickets, prizes=prizes)
        self.seen: dict[FulfillmentId, FulfillmentStatus] = {}

    def all(self) -> list[Fulfillment]:
        return list(self.world.fulfillments.page(Paging(limit=100)).items)

    @rule()
    def events_are_delivered(self) -> None:
        self.world.relay()

    @rule(days=st.integers(1, 8))
    def time_passes(self, days: int) -> None:
        self.world.clock.advance(timedelta(days=days))

    @rule()
    def a_sweep_runs(self) -> None:
        self.world.fulfillments.sweep()

    @rule(which=st.integers(0, 7), step=st.sampled_from(STEPS))
    def somebody_does_something(self, which: int, step: str) -> None:
        deliveries = self.all()
        if not deliveries:
            return
        before = deliveries[which % len(deliveries)]
        try:
            after = self.take(step, before)
        except (IllegalTransition, NotForThisPrize, ClaimExpired):
            assert deliveries == self.all(), "what is refused changes nothing"
            return
        ways = DIGITAL_WAYS if before.fulfillment_type is FulfillmentType.DIGITAL else WAYS
        assert (before.status, after.status) in ways

    def take(self, step: str, fulfillment: Fulfillment) -> Fulfillment:
        deliveries, one = self.world.fulfillments, fulfillment.id
        match step:
            case "confirm":
                return deliveries.confirm_address(fulfillment.user_id, one, HOME)
            case "reject":
                return deliveries.reject_address(ADMIN, one, "Returned")
            case "ship":
                return deliveries.ship(ADMIN, one, "UPS", "1Z")
            case "send":
                return deliveries.send(ADMIN, one, "CODE")
            case "deliver":
                return deliveries.deliver(ADMIN, one)
            case _:
                return deliveries.forfeit(ADMIN, one, "Ineligible")

    @invariant()
    def every_delivery_is_where_the_rules_allow(self) -> None:
        for each in self.all():
            waits = each.status in (S.WINNER_NOTIFIED, S.ADDRESS_INVALID)
            physical = each.fulfillment_type is FulfillmentType.PHYSICAL
            assert (each.forfeit_at is not None) == (waits and physical)
            assert (each.notified_at is not None) == (each.status is not S.PENDING)
            assert (each.shipped_at is not None) == (each.status in (S.SHIPPED, S.DELIVERED))
            assert (each.delivered_at is not None) == (each.status is S.DELIVERED)
            assert (each.forfeited_at is not None) == (each.status is S.FORFEITED)
            assert not (each.shipping_address and not physical)

    @invariant()
    def each_prize_unit_is_with_one_winner_at_most(self) -> None:
        held = [each.prize_id for each in self.all() if each.status is not S.FORFEITED]
        assert len(set(held)) == len(held)
        forfeited = sorted(each.draw_no for each in self.all() if each.status is S.FORFEITED)
        awards = self.world.proofs.records(self.drawing.id)["awards"]
        assert forfeited == sorted(award["forfeited"] for award in awards)


Deliveries.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestDeliveries = Deliveries.TestCase
