"""The demo as it is told: forty-six days of members, activity, drawings and prizes, each through the use cases.

Nothing is written behind them; only the clock is ours, and is moved on from morning to night.
"""

from collections.abc import Callable, Sequence
from datetime import time, timedelta
from typing import Final

import attrs

from fittrack_adapters.demo.crowd import Crowd
from fittrack_adapters.demo.offers import Offer
from fittrack_adapters.demo.office import Office
from fittrack_adapters.demo.people import PASSWORD, WITH_PASSWORD, Person, admins, newcomer, players
from fittrack_adapters.demo.programme import programme
from fittrack_adapters.demo.stage import Stage
from fittrack_adapters.demo.trackers import Trackers
from fittrack_domain.fulfillment.events import PrizeWon
from fittrack_domain.identity.model import Role

FIRST_DAY: Final = -45
DAYS: Final = range(FIRST_DAY, 1)
"""The last one, 0, is today."""

PREMIUM_FOR: Final = timedelta(days=365)


@attrs.define
class Story:
    """The demo on its way."""

    stage: Stage
    office: Office = attrs.field(init=False)
    trackers: Trackers = attrs.field(init=False)
    crowd: Crowd = attrs.field(init=False)
    _cast: Sequence[Person] = attrs.field(init=False)
    _offers: Sequence[Offer] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.office, self.trackers, self.crowd = Office(self.stage), Trackers(self.stage), Crowd(self.stage)
        today = self.stage.date_of(0)
        self._cast = [*admins(FIRST_DAY), *players(self.stage.chance("people"), today, FIRST_DAY)]
        self._offers = programme(self.stage.now)

    def tell(self, on_day: Callable[[int], object]) -> None:
        """Tells all of it; `on_day` is told how many days went by."""
        for day in DAYS:
            self._morning(day)
            self._noon(day)
            self._evening(day)
            on_day(1)
        self.stage.clock.set(self.stage.now)
        self.trackers.report(0, whole=True)
        self._join(newcomer())
        self._follow_up(day=0)

    def _morning(self, day: int) -> None:
        """Trackers report yesterday, people join, the office works."""
        self.stage.turn_to(day, time(7))
        self.trackers.report(day - 1, whole=True)
        self._follow_up(day)
        self.stage.turn_to(day, time(8))
        for person in self._cast:
            if person.joins_on == day:
                self._join(person)
        if day == FIRST_DAY:
            self.office.sign_sponsors()
        self.stage.turn_to(day, time(9))
        self.office.tend(day, self._offers)
        self.office.run_errands(day)
        self.office.look_after(day)
        self.stage.fittrack.fulfillments.sweep()
        self._follow_up(day)

    def _noon(self, day: int) -> None:
        """Standings become final, days are compared, members play."""
        self.stage.turn_to(day, time(12, 30))
        self.stage.fittrack.competition.archive_due()
        self.stage.fittrack.watch.look_due()
        for offer, drawing in self.office.drawings.values():
            self.crowd.play(day, drawing, offer)
        self._follow_up(day)

    def _evening(self, day: int) -> None:
        """Some trackers report, sales close, winners are drawn."""
        self.stage.turn_to(day, time(20))
        if day < 0:
            self.trackers.report(day, whole=False)
            self._follow_up(day)
        for at in (time(20, 55), time(21)):
            self.stage.turn_to(day, at)
            self.stage.fittrack.draws.run_due()
        self._follow_up(day)

    def _follow_up(self, day: int) -> None:
        """Lets everything follow that has to, and the office plan what follows from that."""
        for event in self.stage.fittrack.relay.drain():
            if isinstance(event, PrizeWon):
                self.office.note(day, event)

    def _join(self, person: Person) -> None:
        identity = self.stage.fittrack.identity
        account = identity.create_member(None, person.new)
        self.stage.enters(person, account.id)
        if person.role is not Role.USER:
            expires_at = self.stage.clock.at + PREMIUM_FOR if person.is_premium else None
            identity.set_role(None, account.id, person.role, expires_at)
        if person.email in WITH_PASSWORD:
            self.stage.fittrack.passwords.give(None, account.id, PASSWORD)
        if person.on_open:
            identity.opt_in_to_open(account.id)
        if person.habit is not None:
            self.trackers.connect(person)
