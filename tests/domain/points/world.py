"""Members whose activity is scored, on a store in memory."""

from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.store.tables import json_converter
from fittrack_domain.points.events import PointsAwarded
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.points.model import Transfer
from fittrack_domain.points.rates import RATE_CARDS, RateCard, Rule
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.points.scoring import Scoring
from fittrack_domain.points.service import Points
from fittrack_domain.shared.ids import ConnectionId, MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.tracking.events import DaysChanged
from fittrack_domain.tracking.intake import Deletion, Delivery
from fittrack_domain.tracking.model import ActivityReport, Intensity
from fittrack_domain.tracking.plausibility import HISTORICAL
from tests.domain.tracking.world import World, a_world
from tests.stores import MakeStore, in_memory

MONDAY = date(2026, 1, 5)
PURPOSE = Purpose("test", "1", "For a test")


@attrs.frozen
class PointsWorld:
    """A tracking world with points on top, and a relay of its own."""

    tracked: World
    points: Points
    scoring: Scoring

    def a_member(self) -> tuple[MemberId, ConnectionId]:
        member_id = self.tracked.a_member()
        return member_id, self.tracked.a_tracker(member_id, since=date(2016, 1, 1))

    def deliver(self, tracker: ConnectionId, *reports: ActivityReport, deleted: Iterable[Deletion] = ()) -> None:
        """Receives, and scores what follows."""
        self.tracked.tracking.receive([Delivery(tracker, reports, tuple(deleted))], HISTORICAL)
        self.settle()

    def settle(self) -> None:
        """Lets scoring react to what has been recorded so far."""
        with self.tracked.store.transaction() as tx:
            for row in tx.rows(OUTBOX).where(kind=DaysChanged.__name__, delivered_at=None, order=("id",)):
                now = self.tracked.clock.now()
                self.scoring.react(tx, now, json_converter.structure(row.body, DaysChanged))
                tx.rows(OUTBOX).save(attrs.evolve(row, delivered_at=now))

    def awards(self) -> list[PointsAwarded]:
        with self.tracked.store.reading() as tx:
            rows = tx.rows(OUTBOX).where(kind=PointsAwarded.__name__, order=("id",))
        return [json_converter.structure(row.body, PointsAwarded) for row in rows]

    def day(self, member_id: MemberId, day: date) -> ScoredDay:
        [scored] = self.points.days(member_id, day, day)
        return scored

    def bonuses(self, member_id: MemberId) -> list[int]:
        """On which days, counted from `MONDAY` as 1, a streak's bonus is in the score."""
        return [
            (scored.activity_day - MONDAY).days + 1
            for scored in self.points.days(member_id)
            if any(line.rule is Rule.STREAK and line.counted for line in scored.breakdown)
        ]

    def transfers(self, member_id: MemberId) -> list[Transfer]:
        return list(self.points.transactions(member_id, Paging(limit=100)).items)


def a_points_world(cards: Iterable[RateCard] = RATE_CARDS, make_store: MakeStore = in_memory) -> PointsWorld:
    """An empty one."""
    world, cards = a_world(make_store), tuple(cards)
    return PointsWorld(world, Points(world.store, world.clock, world.ids, cards), Scoring(world.ids, cards))


def day(number: int) -> date:
    """The `number`-th day, `MONDAY` being 1."""
    return MONDAY + timedelta(days=number - 1)


def active(number: int, minutes: int = 30, order: int = 0) -> ActivityReport:
    """An active day of moderate minutes."""
    return ActivityReport.of_minutes(day(number), Intensity.MODERATE, minutes, source_order=order)


def a_real_day(at: date, steps: int, light: int, moderate: int, vigorous: int, order: int = 0) -> list[ActivityReport]:
    """A day as trackers report it: steps and minutes of each intensity."""
    minutes = zip(Intensity, (light, moderate, vigorous), strict=True)
    return [
        ActivityReport.of_steps(at, steps, source_order=order),
        *(ActivityReport.of_minutes(at, intensity, n, source_order=order) for intensity, n in minutes),
    ]
