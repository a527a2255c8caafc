"""The stored score of a member's day, and what was awarded for it so far."""

from datetime import date

import attrs

from fittrack_domain.points.rates import DayScore, Line, RateCard, Rule, with_streak
from fittrack_domain.points.streaks import ACTIVE_MINUTES, Streak
from fittrack_domain.shared.ids import DayScoreId, MemberId


@attrs.frozen
class ScoredDay:
    """A member's day. `score` is what its activities are worth now, `awarded` what was ever paid for it.

    A correction downwards claws nothing back: then `score` is less than `awarded`, and nothing is awarded until it
    exceeds that again. `streak_paid` and `was_active` remember, likewise, what has once been counted.
    """

    id: DayScoreId
    user_id: MemberId
    activity_day: date
    rate_card: str
    breakdown: tuple[Line, ...] = ()
    score: int = 0
    awarded: int = 0
    active_minutes: int = 0
    streak_length: int = 0
    streak_paid: bool = False
    was_active: bool = False
    version: int = 1

    @property
    def is_active(self) -> bool:
        return self.active_minutes >= ACTIVE_MINUTES

    @property
    def streak(self) -> Streak:
        """Where the day stands in its run, as it was last scored."""
        bonus = any(line.rule is Rule.STREAK and line.counted for line in self.breakdown)
        return Streak(self.streak_length, bonus)

    def measured(self, score: DayScore, card: RateCard) -> "ScoredDay":
        """With newly scored activities; `placed` completes it."""
        return attrs.evolve(self, breakdown=score.lines, active_minutes=score.active_minutes, rate_card=card.name)

    def placed(self, streak: Streak, card: RateCard) -> "ScoredDay":
        """Placed in its run of active days, scored, and awarded what is not awarded yet."""
        lines = with_streak(self.breakdown, streak, card)
        score = sum(line.paid for line in lines)
        return attrs.evolve(
            self,
            breakdown=lines,
            score=score,
            awarded=max(self.awarded, score),
            streak_length=streak.length,
            streak_paid=self.streak_paid or streak.bonus,
            was_active=self.was_active or self.is_active,
        )
