"""The administrators of the demo at work: they plan, publish and call off drawings, send prizes, look after members."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final

import attrs

from fittrack_adapters.demo.offers import SPONSORS, Offer, Step
from fittrack_adapters.demo.people import ADMIN_EMAIL
from fittrack_adapters.demo.programme import EARLY_BIRD
from fittrack_adapters.demo.stage import Stage
from fittrack_domain.fulfillment.events import PrizeWon
from fittrack_domain.fulfillment.service import Fulfillments
from fittrack_domain.integrity.model import Outcome, ReviewState
from fittrack_domain.shared.ids import FulfillmentId, MemberId, SponsorId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.model import Drawing

UNLUCKY, CLEARED, BARRED, GUEST = 11, 34, 29, 22
"""The players whom the office deals with."""

WITHDRAWN: Final = "The sponsor has withdrawn the prize."
BAD_ADDRESS: Final = "The parcel service does not know this address."
BAD_TRACKER: Final = "The tracker counted wrongly for a while; the member has shown it to us."


@attrs.define
class Office:
    """What administrators do."""

    stage: Stage
    drawings: dict[str, tuple[Offer, Drawing]] = attrs.field(factory=dict, init=False)
    _sponsors: list[SponsorId] = attrs.field(factory=list, init=False)
    _errands: defaultdict[int, list[Callable[[], object]]] = attrs.field(factory=lambda: defaultdict(list), init=False)
    _units_won: Counter[str] = attrs.field(factory=Counter, init=False)

    @property
    def actor(self) -> MemberId:
        return self.stage.members[ADMIN_EMAIL]

    def sign_sponsors(self) -> None:
        """Enters all sponsors."""
        self._sponsors = [self.stage.fittrack.catalogue.add_sponsor(self.actor, draft).id for draft in SPONSORS]

    def tend(self, day: int, offers: Iterable[Offer]) -> None:
        """Plans and publishes what is due on a day, and calls off what will not be."""
        drawings = self.stage.fittrack.drawings
        for offer in offers:
            if offer.planned_on == day:
                drawing = drawings.create(self.actor, offer.draft(self._sponsors))
                if not offer.is_draft:
                    drawing = drawings.publish(self.actor, drawing.id)
                self.drawings[offer.title] = (offer, drawing)
            if offer.cancelled_on == day:
                _, drawing = self.drawings[offer.title]
                self.drawings[offer.title] = (offer, drawings.cancel(self.actor, drawing.id, WITHDRAWN))

    def run_errands(self, day: int) -> None:
        """Does what is to be done about prizes on a day."""
        for errand in self._errands.pop(day, ()):
            errand()

    def note(self, day: int, won: PrizeWon) -> None:
        """Plans what is going to be done about a prize that was won on a day."""
        offer, _ = self.drawings[won.drawing_name]
        reward = next(reward for reward in offer.rewards if reward.name == won.prize_name)
        fate = reward.fates[min(self._units_won[reward.name], len(reward.fates) - 1)]
        self._units_won[reward.name] += 1
        steps = self._steps(won.fulfillment_id)
        for days, step in fate:
            self._errands[day + days].append(steps[step])

    def _steps(self, fulfillment_id: FulfillmentId) -> Mapping[Step, Callable[[], object]]:
        fulfillments, actor = self.stage.fittrack.fulfillments, self.actor
        number = int(fulfillment_id) % 10**9
        return {
            Step.CONFIRM: lambda: self._confirm(fulfillment_id),
            Step.REJECT: lambda: fulfillments.reject_address(actor, fulfillment_id, BAD_ADDRESS),
            Step.SHIP: lambda: self._cleared(fulfillment_id).ship(
                actor, fulfillment_id, "UPS", f"1Z999DEMO{number:09}"
            ),
            Step.SEND: lambda: self._cleared(fulfillment_id).send(actor, fulfillment_id, f"DEMO-{number:09}"),
            Step.DELIVER: lambda: fulfillments.deliver(actor, fulfillment_id),
        }

    def _cleared(self, fulfillment_id: FulfillmentId) -> Fulfillments:
        """Fulfillment, after whatever was open against the winner of this prize is decided in their favour."""
        fittrack = self.stage.fittrack
        winner = fittrack.fulfillments.get(fulfillment_id).user_id
        for review in fittrack.reviews.page(Paging(), state=ReviewState.OPEN, member_id=winner).items:
            fittrack.reviews.resolve(self.actor, review.id, Outcome.CLEARED, BAD_TRACKER)
        return fittrack.fulfillments

    def _confirm(self, fulfillment_id: FulfillmentId) -> None:
        fulfillments = self.stage.fittrack.fulfillments
        winner = fulfillments.get(fulfillment_id).user_id
        address = next(person.address for person in self.stage.people if self.stage.id_of(person) == winner)
        fulfillments.confirm_address(winner, fulfillment_id, address)

    def look_after(self, day: int) -> None:
        """Deals with members: whom the rules ask to, and who wrote in."""
        identity, adjust, actor, of = (
            self.stage.fittrack.identity,
            self.stage.fittrack.points.adjust,
            self.actor,
            self._of,
        )
        match day:
            case -15:
                identity.suspend(actor, of(CLEARED), "Two accounts use the same tracker: under review.")
            case -10:
                identity.reinstate(actor, of(CLEARED), "The review found a tracker that a family shares.")
            case -9:
                adjust(actor, of(UNLUCKY), 300, "Days lost in a tracker's outage", "demo-outage")
                adjust(actor, of(UNLUCKY), -50, "One of these days was there", "demo-outage-corrected")
            case -4:
                identity.suspend(actor, of(BARRED), "Step counts made by a machine.")
            case -3:
                self._grant(of(GUEST))

    def _of(self, number: int) -> MemberId:
        """The player who came as the n-th."""
        return self.stage.id_of(next(islice(self.stage.players(), number, None)))

    def _grant(self, guest: MemberId) -> None:
        _, drawing = self.drawings[EARLY_BIRD]
        reason = "An error of ours kept the member from buying."
        self.stage.fittrack.sweepstakes.grant_tickets(self.actor, guest, drawing.id, reason, quantity=2)
