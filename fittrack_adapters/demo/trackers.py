"""What members' trackers bring in the demo: totals in the evening, whole days the morning after, and some nonsense."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import attrs

from fittrack_adapters.demo.habits import LivedDay, Workout, workout_report
from fittrack_adapters.demo.people import Person
from fittrack_adapters.demo.stage import Stage
from fittrack_domain.shared.ids import ConnectionId
from fittrack_domain.tracking.intake import Deletion, Delivery
from fittrack_domain.tracking.model import ActivityReport, Origin

FIRST_DAY: Final = -29
"""Of the 30 days of activity that end today."""

EVENING_SYNC_EVERY: Final = 4
"""So many members let their tracker report twice a day."""

SHAKEN, BACKWARDS, BY_HAND, WITHDRAWN = 5, 9, 13, 17
"""The members whose trackers bring what does not count; all others count as usual."""

ODD_DAYS: Final = (-20, -12, -2)
EXTRA: Final = 9
"""Number of an odd workout, apart from those of the day."""


@attrs.define
class Trackers:
    """The trackers of everyone on the stage."""

    stage: Stage
    _connections: dict[str, list[ConnectionId]] = attrs.field(factory=dict, init=False)
    _numbers: dict[str, int] = attrs.field(factory=dict, init=False)

    def connect(self, person: Person) -> None:
        """Connects all trackers of somebody who has just joined."""
        self._numbers[person.email] = len(self._numbers)
        self._connections[person.email] = [
            self.stage.fittrack.tracking.connect(
                self.stage.id_of(person), provider, f"demo-{provider.value}-{person.email.partition('@')[0]}"
            ).id
            for provider in person.trackers
        ]

    def report(self, day: int, *, whole: bool) -> None:
        """Everyone's trackers report a day as it looks by now; unless `whole`, only those that report in between."""
        if day < FIRST_DAY:
            return
        self.stage.fittrack.tracking.receive(
            [
                delivery
                for person in self.stage.players()
                if whole or self._numbers[person.email] % EVENING_SYNC_EVERY == 0
                for delivery in self._deliveries(person, day, whole=whole)
            ]
        )

    def _deliveries(self, person: Person, day: int, *, whole: bool) -> Iterator[Delivery]:
        assert person.habit is not None, "players have habits"
        date = self.stage.date_of(day)
        lived = LivedDay.of(person.habit, date, self.stage.chance("day", person.email, day))
        number = self._numbers[person.email]
        for tracker, connection_id in enumerate(self._connections[person.email]):
            reports = tuple(lived.reports(self.stage.clock.at, tracker))
            if tracker == 0 and whole and day in ODD_DAYS:
                yield self._odd(number, connection_id, lived, reports)
            else:
                yield Delivery(connection_id, reports)

    def _odd(
        self, number: int, connection_id: ConnectionId, lived: LivedDay, reports: Sequence[ActivityReport]
    ) -> Delivery:
        order = int(self.stage.clock.at.timestamp())
        noon = reports[0].start_time + timedelta(hours=17)
        extra = workout_report(lived.day, EXTRA, Workout(noon, 40, 30), timedelta(), order)
        if number == SHAKEN:
            shaken = ActivityReport.of_steps(lived.day, 240_000, source_order=order)
            return Delivery(connection_id, (shaken, *reports[1:]))
        if number == BACKWARDS:
            backwards = attrs.evolve(extra, start_time=extra.end_time, end_time=extra.start_time)
            return Delivery(connection_id, (*reports, backwards))
        if number == BY_HAND:
            return Delivery(connection_id, (*reports, attrs.evolve(extra, origin=Origin.BY_HAND)))
        if number == WITHDRAWN:
            return Delivery(connection_id, (*reports, extra), (Deletion(extra.external_id, order),))
        return Delivery(connection_id, tuple(reports))
