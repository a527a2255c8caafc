"""Reviews in the store, and the members' days as they are compared."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

import attrs

from fittrack_adapters.store.identity import PROFILES
from fittrack_adapters.store.points import DAY_SCORES
from fittrack_adapters.store.rows import OneOf, Rows
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.tables import Table
from fittrack_domain.identity.model import Level, Sex
from fittrack_domain.integrity.anomalies import MeasuredDay
from fittrack_domain.integrity.errors import ReviewNotFound
from fittrack_domain.integrity.model import Look, Review, ReviewKind, ReviewState
from fittrack_domain.integrity.ports import MeasuredDays
from fittrack_domain.points.rates import Rule
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.paging import Page, Paging

REVIEWS = Table(
    "reviews", Review, what="review", unique=(("open_key",),), index=(("user_id", "kind"), ("user_id",), ("state",))
)
LOOKS = Table("activity_looks", Look, what="look at a day", key=("activity_day",))

FLAGS: Final = [kind for kind in ReviewKind if kind.flags]
RULES: Final = {rule: at for at, rule in enumerate(Rule)}
"""At which place of a day's breakdown the line of a rule is."""


@attrs.frozen
class ReviewRows:
    """`StoredReviews` over rows."""

    rows: Rows[Review]

    def get(self, review_id: ReviewId) -> Review:
        review = self.rows.get(review_id)
        if review is None:
            raise ReviewNotFound(review_id)
        return review

    def of(self, member_id: MemberId, kind: ReviewKind | None = None) -> Sequence[Review]:
        return self.rows.where(order=("created_at", "id"), **_given(user_id=member_id, kind=kind))

    def add(self, review: Review) -> None:
        self.rows.add(review)

    def save(self, review: Review) -> Review:
        return self.rows.save(review)

    def page(
        self,
        paging: Paging,
        *,
        state: ReviewState | None = None,
        kind: ReviewKind | None = None,
        member_id: MemberId | None = None,
    ) -> Page[Review]:
        wanted = _given(state=state, kind=kind, user_id=member_id)
        items = self.rows.where(order=("created_at", "id"), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))

    def flagged(self, member_ids: Collection[MemberId]) -> Collection[MemberId]:
        found = self.rows.where(state=ReviewState.OPEN, kind=OneOf(FLAGS), user_id=OneOf(member_ids))
        return {review.user_id for review in found}


def _given(**conditions: Any) -> dict[str, Any]:
    return {name: value for name, value in conditions.items() if value is not None}


@attrs.frozen
class LookRows:
    """`Looks` over rows."""

    rows: Rows[Look]

    def last(self) -> Look | None:
        return self.rows.first(order=("-activity_day",))

    def note(self, look: Look) -> None:
        self.rows.add_missing([look])


@attrs.frozen
class RowMeasuredDays(MeasuredDays):
    """`MeasuredDays` from rows, for the store in memory."""

    rows_of: Callable[[Table[Any]], Rows[Any]]

    def on(self, day: date) -> Iterator[MeasuredDay]:
        profiles = self.rows_of(PROFILES)
        for scored in self.rows_of(DAY_SCORES).where(activity_day=day):
            profile = profiles.get(scored.user_id)
            if profile is not None and profile.is_complete:
                yield MeasuredDay(
                    member_id=scored.user_id,
                    date_of_birth=profile.date_of_birth,
                    sex=profile.biological_sex,
                    level=profile.fitness_level,
                    steps=next(line.input for line in scored.breakdown if line.rule is Rule.STEPS),
                    active_minutes=scored.active_minutes,
                )


@attrs.frozen
class SqlMeasuredDays(MeasuredDays):
    """`MeasuredDays` from a database: one statement, and as much of each row as is needed."""

    session: SqlSession

    def on(self, day: date) -> Iterator[MeasuredDay]:
        steps = self.session.dialect.number_in("s.breakdown", RULES[Rule.STEPS], "input")
        found = self.session.database.stream(
            f"select s.user_id, p.date_of_birth, p.biological_sex, p.fitness_level, {steps}, s.active_minutes"
            " from day_scores s join profiles p on p.user_id = s.user_id where s.activity_day = :activity_day"
            " and p.display_name is not null and p.biological_sex is not null and p.fitness_level is not null",
            {"activity_day": self.session.encoded("day", day)},
        )
        for user_id, born, sex, level, steps_of_day, minutes in found:
            yield MeasuredDay(
                member_id=self.session.decoded("uuid", user_id),
                date_of_birth=self.session.decoded("day", born),
                sex=Sex(sex),
                level=Level(level),
                steps=int(steps_of_day),
                active_minutes=int(minutes),
            )
