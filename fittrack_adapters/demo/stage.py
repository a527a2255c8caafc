"""What everyone in the demo shares: FitTrack, a clock that is moved on, who is there, and chance from one seed."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

import attrs

from fittrack_adapters.demo.people import Person
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_domain.app import FitTrack
from fittrack_domain.shared.calendar import platform_day, platform_instant
from fittrack_domain.shared.ids import MemberId


@attrs.define
class Stage:
    """Where the demo is told. `now` is the instant at which it ends; days are counted from the one that holds it."""

    fittrack: FitTrack
    clock: StoppedClock
    now: datetime
    seed: int
    members: dict[str, MemberId] = attrs.field(factory=dict, init=False)
    people: list[Person] = attrs.field(factory=list, init=False)

    def date_of(self, day: int) -> date:
        """The calendar date, in platform time, of a day of the story."""
        return platform_day(self.now) + timedelta(days=day)

    def turn_to(self, day: int, at: time) -> None:
        """Sets the clock to this time of the day; today not beyond now."""
        self.clock.set(min(platform_instant(self.date_of(day), at), self.now))

    def wait(self, span: timedelta) -> None:
        """Moves the clock on; today not beyond now."""
        self.clock.set(min(self.clock.at + span, self.now))

    def chance(self, *what: object) -> Random:
        """Numbers for one purpose, the same in every run with this seed."""
        return Random("/".join(str(each) for each in (self.seed, *what)))  # noqa: S311  # a story, not a secret

    def enters(self, person: Person, member_id: MemberId) -> None:
        """From now on this person is there."""
        self.members[person.email] = member_id
        self.people.append(person)

    def id_of(self, person: Person) -> MemberId:
        return self.members[person.email]

    def players(self) -> Iterator[Person]:
        """Those with a tracker who are there."""
        return (person for person in self.people if person.habit is not None)
