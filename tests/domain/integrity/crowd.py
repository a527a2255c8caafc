"""Many members who did something on a day, put into the store as scoring would."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from fittrack_adapters.store.identity import PROFILES, USERS
from fittrack_adapters.store.points import DAY_SCORES
from fittrack_domain.identity.model import Account, Level, Profile, Sex, Status
from fittrack_domain.points.rates import RATE_CARDS, score_day
from fittrack_domain.points.scored import ScoredDay
from fittrack_domain.points.streaks import NO_STREAK
from fittrack_domain.shared.ids import DayScoreId, MemberId
from fittrack_domain.shared.ports import Ids
from fittrack_domain.tracking.model import ActivityReport, Effort, Intensity
from tests.stores import AnyStore

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BORN = date(1990, 6, 15)
CARD = RATE_CARDS[0]


def a_crowd(store: AnyStore, ids: Ids, size: int) -> list[MemberId]:
    """Active members of one tier."""
    members = [MemberId(ids.new()) for _ in range(size)]
    emails = [f"{member}@example.com" for member in members]
    with store.transaction() as tx:
        tx.rows(USERS).add_all(
            Account(member, email, email, LONG_AGO, Status.ACTIVE, email_verified_at=LONG_AGO)
            for member, email in zip(members, emails, strict=True)
        )
        tx.rows(PROFILES).add_all(
            Profile(member, BORN, "CA", str(member), str(member), Sex.MALE, Level.BEGINNER) for member in members
        )
    return members


def walked(store: AnyStore, ids: Ids, day: date, steps: Iterable[tuple[MemberId, int]]) -> None:
    """So many steps each, and 20 light minutes for everyone."""
    with store.transaction() as tx:
        tx.rows(DAY_SCORES).add_all(scored(DayScoreId(ids.new()), member, day, n) for member, n in steps)


def scored(score_id: DayScoreId, member_id: MemberId, day: date, steps: int) -> ScoredDay:
    efforts: list[Effort] = [ActivityReport.of_steps(day, steps), ActivityReport.of_minutes(day, Intensity.LIGHT, 20)]
    empty = ScoredDay(score_id, member_id, day, CARD.name)
    return empty.measured(score_day(efforts, NO_STREAK, CARD), CARD).placed(NO_STREAK, CARD)
