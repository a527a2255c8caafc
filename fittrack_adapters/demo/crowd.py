"""Members of the demo at play: they buy tickets with what they have earned, and take free ones."""

from datetime import timedelta
from random import Random
from typing import Final

import attrs

from fittrack_adapters.demo.offers import Offer
from fittrack_adapters.demo.people import Person
from fittrack_adapters.demo.stage import Stage
from fittrack_domain.identity.model import Status
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.sweepstakes.model import MIN_ACCOUNT_AGE_DAYS, Drawing, DrawingStatus, UserType

BETWEEN_PURCHASES: Final = timedelta(seconds=23)
FREE_ENTRY_CHANCE: Final = 0.03
TICKETS_AT_ONCE: Final = (1, 1, 1, 2, 2, 3, 5)


@attrs.define
class Crowd:
    """Everyone who may play."""

    stage: Stage
    _took_free_entry: set[tuple[DrawingId, str]] = attrs.field(factory=set, init=False)

    def play(self, day: int, drawing: Drawing, offer: Offer) -> None:
        """A day's purchases and free entries in a drawing, if it is on sale."""
        if drawing.status_at(self.stage.clock.at) is not DrawingStatus.OPEN:
            return
        chance = self.stage.chance("play", offer.title, day)
        for person in self.stage.players():
            buys, enters_free = chance.random() < offer.appeal, chance.random() < FREE_ENTRY_CHANCE
            if (buys or enters_free) and self._may_play(person, day, drawing):
                self.stage.wait(BETWEEN_PURCHASES)
                if enters_free:
                    self._enter_free(person, drawing)
                if buys:
                    self._buy(person, drawing, chance)

    def _may_play(self, person: Person, day: int, drawing: Drawing) -> bool:
        asked = drawing.eligibility
        return (
            day - person.joins_on > max(asked.min_account_age_days, MIN_ACCOUNT_AGE_DAYS)
            and (person.is_premium or asked.user_type is UserType.ALL)
            and self.stage.fittrack.identity.member(self.stage.id_of(person)).account.status is Status.ACTIVE
        )

    def _enter_free(self, person: Person, drawing: Drawing) -> None:
        if (drawing.id, person.email) not in self._took_free_entry:
            self._took_free_entry.add((drawing.id, person.email))
            self.stage.fittrack.sweepstakes.free_entry(self.stage.id_of(person), drawing.id)

    def _buy(self, person: Person, drawing: Drawing, chance: Random) -> None:
        member_id = self.stage.id_of(person)
        wanted = chance.choice(TICKETS_AT_ONCE)
        affordable = self.stage.fittrack.points.balance(member_id).balance // drawing.ticket_cost_points
        if affordable:
            self.stage.fittrack.sweepstakes.buy_tickets(member_id, drawing.id, min(wanted, affordable))
