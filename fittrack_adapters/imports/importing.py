"""Takes files of activity in: members found or made, days received in batches, points awarded as they come."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

import attrs

from fittrack_adapters.imports.fitbit_daily import REPORTS_PER_DAY, BadLine, TrackedDay, read_days
from fittrack_adapters.imports.newcomers import newcomer
from fittrack_domain.app import FitTrack
from fittrack_domain.points.events import PointsAwarded
from fittrack_domain.shared.errors import FitTrackError
from fittrack_domain.shared.ids import ConnectionId
from fittrack_domain.tracking.intake import Change, Delivery, Outcome
from fittrack_domain.tracking.model import ActivityState, Provider, Reason
from fittrack_domain.tracking.plausibility import HISTORICAL

DAYS_PER_BATCH: Final = 1_000


@attrs.define
class Imported:
    """What an import did so far.

    Attributes:
        rows_read: Lines below the header that are not empty.
        rows_accepted: Of them, those whose day is stored as read.
        rows_rejected: The others.
        members: Whose days were in the file and could be taken in.
        members_created: Of them, those made by this import.
        days_changed: Accepted days that were not known before, or otherwise.
        days_before_connection: Accepted days that earn nothing: the member connected the tracker later.
        points_awarded: For all of it.
    """

    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    members: int = 0
    members_created: int = 0
    days_changed: int = 0
    days_before_connection: int = 0
    points_awarded: int = 0


@attrs.define
class FitbitDailyImport:
    """One file on its way in.

    Attributes:
        fittrack: Where to.
        member_prefix: Put before the file's member keys, to tell several sources apart.
        create_members: Whether trackers that no member has connected get a made-up member each.
        on_rejected: Told of each line that is not taken in, and why.
        on_progress: Told how many bytes of the file are done with since the last time.
    """

    fittrack: FitTrack
    member_prefix: str = ""
    create_members: bool = False
    on_rejected: Callable[[BadLine], object] = lambda _: None
    on_progress: Callable[[int], object] = lambda _: None
    done: Imported = attrs.field(factory=Imported, init=False)
    _connections: dict[str, ConnectionId] = attrs.field(factory=dict, init=False)
    _strangers: dict[str, str] = attrs.field(factory=dict, init=False)

    def run(self, path: Path) -> Imported:
        """Reads the file twice: for the first day of each member, then to take it in, a transaction a batch.

        Stopped at any point and run again, it takes in what was missing and awards nothing twice.
        Raises `NotFitbitDaily` before anything is changed, and `OSError`.
        """
        with path.open("rb") as file:
            first_days = _first_days(read_days(file))
            self.fittrack.relay.drain()  # what others left to be done is not counted as ours
            file.seek(0)
            lines = read_days(file)
            position = 0
            while batch := list(islice(lines, DAYS_PER_BATCH)):
                self._take_in(batch, first_days)
                self.on_progress(file.tell() - position)
                position = file.tell()
        self.done.members = len(self._connections)
        return self.done

    def _take_in(self, batch: Iterable[TrackedDay | BadLine], first_days: Mapping[str, date]) -> None:
        days = []
        for line in batch:
            self.done.rows_read += 1
            if isinstance(line, BadLine):
                self._reject(line.line, line.reason)
            else:
                days.append(line)
        self._find_connections({day.member for day in days}, first_days)
        self._receive(list(self._connected(days)))
        awards = (event for event in self.fittrack.relay.drain() if isinstance(event, PointsAwarded))
        self.done.points_awarded += sum(day.points for award in awards for day in award.days)

    def _reject(self, line: int, reason: str) -> None:
        self.done.rows_rejected += 1
        self.on_rejected(BadLine(line, reason))

    def _connected(self, days: Iterable[TrackedDay]) -> Iterator[TrackedDay]:
        for day in days:
            if day.member in self._connections:
                yield day
            else:
                self._reject(day.line, self._strangers[day.member])

    def _find_connections(self, members: Collection[str], first_days: Mapping[str, date]) -> None:
        """Sees to it that the connection of each is known, or why there is none."""
        unknown = members - self._connections.keys() - self._strangers.keys()
        keys = {member: self.member_prefix + member for member in sorted(unknown)}
        found = self.fittrack.tracking.connections_of(Provider.FITBIT, keys.values())
        for member, key in keys.items():
            if key in found:
                self._connections[member] = found[key].id
            elif self.create_members:
                self._create_member(member, key, first_days.get(member))
            else:
                self._strangers[member] = f"no member has connected tracker {key}"

    def _create_member(self, member: str, key: str, first_day: date | None) -> None:
        try:
            account = self.fittrack.identity.create_member(None, newcomer(key))
            connection = self.fittrack.tracking.connect(account.id, Provider.FITBIT, key, first_day)
        except FitTrackError as error:
            self._strangers[member] = f"no member could be made for tracker {key}: {error}"
            return
        self._connections[member] = connection.id
        self.done.members_created += 1

    def _receive(self, days: Sequence[TrackedDay]) -> None:
        of_connection: defaultdict[ConnectionId, list[TrackedDay]] = defaultdict(list)
        for day in days:
            of_connection[self._connections[day.member]].append(day)
        deliveries = [
            Delivery(connection_id, tuple(report for day in own for report in day.reports()))
            for connection_id, own in of_connection.items()
        ]
        outcomes = iter(self.fittrack.tracking.receive(deliveries, HISTORICAL).outcomes)
        for own in of_connection.values():
            for day in own:
                self._count(day, list(islice(outcomes, REPORTS_PER_DAY)))

    def _count(self, day: TrackedDay, outcomes: Sequence[Outcome]) -> None:
        if objections := {outcome.reason for outcome in outcomes if outcome.state is ActivityState.REJECTED}:
            self._reject(day.line, "; ".join(sorted(reason.value for reason in objections if reason)))
            return
        self.done.rows_accepted += 1
        self.done.days_changed += any(outcome.change in (Change.NEW, Change.UPDATED) for outcome in outcomes)
        self.done.days_before_connection += any(o.reason is Reason.BEFORE_CONNECTION for o in outcomes)


FORMATS: Final = {"fitbit-daily": FitbitDailyImport}
"""The kinds of files that can be taken in, by name."""


def _first_days(lines: Iterable[TrackedDay | BadLine]) -> Mapping[str, date]:
    first: dict[str, date] = {}
    for line in lines:
        if isinstance(line, TrackedDay) and line.day < first.get(line.member, date.max):
            first[line.member] = line.day
    return first
