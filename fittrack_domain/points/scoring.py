"""What follows when a member's days change: they are scored anew, and what they gained is awarded."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import attrs

from fittrack_domain.points.events import DayAward, PointsAwarded
from fittrack_domain.points.ledger import Movement, Purpose, move_all
from fittrack_domain.points.model import TransferType
from fittrack_domain.points.ports import PointsTx
from fittrack_domain.points.rates import RATE_CARDS, RateCard, card_for, score_day
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.points.streaks import NO_STREAK, streaks
from fittrack_domain.shared.ids import DayScoreId, MemberId
from fittrack_domain.shared.ports import Ids
from fittrack_domain.tracking.events import DaysChanged
from fittrack_domain.tracking.model import Effort

DAY = timedelta(days=1)
Days = Mapping[date, ScoredDay]


@attrs.frozen
class Scoring:
    """Scores days. Repeated, it awards nothing twice; in another order, at most a bonus stands on another day."""

    ids: Ids
    cards: Sequence[RateCard] = RATE_CARDS

    def react(self, tx: PointsTx, now: datetime, event: DaysChanged) -> None:
        """Scores the days that changed, and the days of their runs whose streak moved with them."""
        tx.accounts.locked(event.member_id)  # days scored at once would each miss what the other adds to their run
        before = _read(tx, event.member_id, event.days)
        after = self._placed({**before, **self._measured(tx, event.member_id, event.days, before)}, event.days)
        tx.day_scores.add_all(day for day in after if day.activity_day not in before)
        tx.day_scores.save_all(day for day in after if day.activity_day in before and day != before[day.activity_day])
        self._award(tx, now, event.member_id, before, after)

    def _measured(self, tx: PointsTx, member_id: MemberId, days: Collection[date], before: Days) -> Days:
        efforts: defaultdict[date, list[Effort]] = defaultdict(list)
        for effort in tx.activities.counting(member_id, min(days), max(days)):
            efforts[effort.activity_day].append(effort)
        return {day: self._measured_day(member_id, day, efforts[day], before.get(day)) for day in days}

    def _measured_day(
        self, member_id: MemberId, day: date, efforts: Iterable[Effort], before: ScoredDay | None
    ) -> ScoredDay:
        card = card_for(day, self.cards)
        known = before or ScoredDay(DayScoreId(self.ids.new()), member_id, day, card.name)
        return known.measured(score_day(efforts, NO_STREAK, card), card)

    def _placed(self, measured: Days, changed: Collection[date]) -> list[ScoredDay]:
        """In order of the days, those that changed or moved within their run."""
        active = [day for day, scored in measured.items() if scored.is_active]
        paid = {day for day, scored in measured.items() if scored.streak_paid}
        places = streaks(active, paid)
        return [
            scored.placed(places.get(day, NO_STREAK), card_for(day, self.cards))
            for day, scored in sorted(measured.items())
            if day in changed or scored.streak != places.get(day, NO_STREAK)
        ]

    def _award(
        self, tx: PointsTx, now: datetime, member_id: MemberId, before: Days, after: Sequence[ScoredDay]
    ) -> None:
        awards = [_award_of(before.get(day.activity_day), day) for day in after]
        movements = [_movement(day, award) for day, award in zip(after, awards, strict=True) if award.points]
        if movements:
            move_all(tx, self.ids, now, tx.wallets.locked(member_id), movements)
        if news := tuple(award for award in awards if award.points or award.became_active):
            tx.record(PointsAwarded(member_id, news))


def _read(tx: PointsTx, member_id: MemberId, days: Collection[date]) -> Days:
    """The days as scored before: from the start of the run that the first one may continue, to the end."""
    first = min(days)
    found = tx.day_scores.of(member_id, first - DAY, None)
    if found and found[0].activity_day < first and found[0].streak_length > 1:
        start = first - found[0].streak_length * DAY
        found = [*tx.day_scores.of(member_id, start, first - 2 * DAY), *found]
    return {day.activity_day: day for day in found}


def _award_of(before: ScoredDay | None, after: ScoredDay) -> DayAward:
    points = after.awarded - (before.awarded if before else 0)
    return DayAward(after.activity_day, points, after.was_active and not (before and before.was_active))


def _movement(day: ScoredDay, award: DayAward) -> Movement:
    # What was awarded in total grows with every award: so the key names this one and no other.
    key = f"earn:{day.activity_day}:{day.awarded}"
    purpose = Purpose("day_score", str(day.id), f"Activity of {day.activity_day}", key)
    return Movement(TransferType.EARN, award.points, purpose, day.activity_day)
