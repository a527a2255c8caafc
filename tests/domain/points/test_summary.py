"""Sums of a member's today, week and month."""

from datetime import date
from uuid import UUID

from fittrack_domain.points.rates import RATE_CARDS, Line, Rule, card_for
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.points.summary import Summary, Totals, summarised, summary_since
from fittrack_domain.shared.ids import DayScoreId, MemberId

MEMBER = MemberId(UUID(int=1))
WEDNESDAY = date(2026, 4, 15)
CARD = card_for(WEDNESDAY, RATE_CARDS)


def a_day(
    day: date, *, steps: int = 0, minutes: int = 0, workouts: int = 0, awarded: int = 0, run: int = 0
) -> ScoredDay:
    lines = (Line(Rule.STEPS, steps, steps // 1_000, 10), Line(Rule.WORKOUTS, workouts, workouts, 50))
    return ScoredDay(
        id=DayScoreId(UUID(int=day.toordinal())),
        user_id=MEMBER,
        activity_day=day,
        rate_card="standard",
        breakdown=lines,
        awarded=awarded,
        active_minutes=minutes,
        streak_length=run,
    )


def test_today_week_and_month_are_summed_up() -> None:
    days = [
        a_day(date(2026, 3, 31), steps=1, awarded=1),
        a_day(date(2026, 4, 12), steps=10, minutes=40, workouts=1, awarded=10),
        a_day(date(2026, 4, 13), steps=100, minutes=50, workouts=2, awarded=100),
        a_day(WEDNESDAY, steps=1_000, minutes=60, awarded=300, run=1),
        a_day(date(2026, 4, 16), steps=10_000, awarded=900),
    ]
    expected = Summary(
        today=Totals(1_000, 60, 0, 300),
        week=Totals(1_100, 110, 2, 400),
        month=Totals(1_110, 150, 3, 410),
        points_cap=1_000,
        streak_days=1,
    )
    found = summarised(days, WEDNESDAY, CARD)
    assert expected == found
    assert 700 == found.points_remaining


def test_who_did_nothing_has_everything_before_them() -> None:
    found = summarised([], WEDNESDAY, CARD)
    assert (Totals(), 1_000, 0) == (found.month, found.points_remaining, found.streak_days)


def test_a_streak_lasts_until_a_day_without_activity_is_over() -> None:
    tuesday = a_day(date(2026, 4, 14), minutes=30, run=9)
    assert 9 == summarised([tuesday], WEDNESDAY, CARD).streak_days
    assert 9 == summarised([tuesday, a_day(WEDNESDAY, minutes=29)], WEDNESDAY, CARD).streak_days
    assert 10 == summarised([tuesday, a_day(WEDNESDAY, minutes=30, run=10)], WEDNESDAY, CARD).streak_days
    assert 0 == summarised([a_day(date(2026, 4, 13), minutes=30, run=8)], WEDNESDAY, CARD).streak_days


def test_days_are_needed_from_yesterday_monday_or_the_first_whichever_comes_first() -> None:
    assert date(2026, 4, 1) == summary_since(WEDNESDAY)
    assert date(2026, 3, 30) == summary_since(date(2026, 4, 1))
    assert date(2026, 5, 31) == summary_since(date(2026, 6, 1))
