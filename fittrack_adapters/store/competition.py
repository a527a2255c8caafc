"""Standings in the store: ranked by one covering index, counted in steps so that a rank costs little on any board."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import isqrt
from typing import Any, Protocol
from zlib import crc32

import attrs

from fittrack_adapters.store.rows import After, Before, Condition, OneOf, Rows, Since, between
from fittrack_adapters.store.sql import SqlSession
from fittrack_adapters.store.tables import Table
from fittrack_domain.competition.model import ArchivedPlace, Place, Ranking, RankingRecord, Standing
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId

RANKING = ("board", "period", "period_start")

STANDINGS = Table(
    "standings",
    Standing,
    what="standing",
    key=("user_id", "period_start", "period", "board"),
    index=(("user_id",), RANKING),
)
STANDING_ARCHIVES = Table(
    "standing_archives",
    ArchivedPlace,
    what="archived place",
    key=(*RANKING, "place"),
    unique=((*RANKING, "user_id"),),
    index=(RANKING,),
)
RANKINGS = Table("rankings", RankingRecord, what="ranking", key=RANKING, index=(("period_start",),))


def step_of(points: int) -> int:
    """Members are counted in steps of points, each a little wider than the one below: step n begins at n² points.

    So a board has as many steps as its leader's square root, and the members within one step are few enough to count.
    """
    return isqrt(points)


def step_start(step: int) -> int:
    """The fewest points of a step."""
    return step * step


def weight_of(member_id: MemberId) -> int:
    """What every change of a member's standings weighs in the revision of a ranking, from 1 to 2²⁰."""
    return 1 + (crc32(member_id.bytes) >> 12)


@attrs.define
class Shift:
    """What a transaction adds to a step: members, and what the changes weigh that led there."""

    members: int = 0
    changes: int = 0


class Ladder(Protocol):
    """The members of a ranking that are shown, in order; how many stand on each step; how often all that changed."""

    def steps(self, ranking: Ranking) -> Sequence[tuple[int, int]]:
        """Steps and members on them, the highest step first."""
        ...

    def shift(self, shifts: Mapping[tuple[Ranking, int], Shift]) -> None:
        """Adds to what the steps say."""
        ...

    def revision(self, ranking: Ranking) -> int:
        """The versions of all standings of the ranking, of hidden members too, summed up by the members' weights."""
        ...

    def ahead(self, own: Standing) -> int:
        """How many of those on the same step have a better place."""
        ...

    def descent(self, ranking: Ranking, below: int, skip: int, first: int, limit: int) -> Sequence[Place]:
        """The places from `first` on: of members with less than `below` points, but for the best `skip` of them."""
        ...


@attrs.frozen
class RowLadder(Ladder):
    """The memory store's: counts when asked."""

    rows: Rows[Standing]

    def steps(self, ranking: Ranking) -> Sequence[tuple[int, int]]:
        shown = self.rows.where(shown=True, **_equal(ranking))
        return sorted(Counter(step_of(row.points) for row in shown).items(), reverse=True)

    def shift(self, shifts: Mapping[tuple[Ranking, int], Shift]) -> None:
        """Nothing is kept, so nothing is to be done."""

    def revision(self, ranking: Ranking) -> int:
        return sum(row.version * weight_of(row.user_id) for row in self.rows.where(**_equal(ranking)))

    def ahead(self, own: Standing) -> int:
        shown = {**_equal(own.ranking), "shown": True}
        tied = {**shown, "points": own.points}
        as_early = {**tied, "reached_at": own.reached_at}
        return sum(
            (
                self.rows.total(**shown, points=(After(own.points), Before(step_start(step_of(own.points) + 1)))),
                self.rows.total(**tied, reached_at=Before(own.reached_at)),
                self.rows.total(**as_early, active_days=After(own.active_days)),
                self.rows.total(**as_early, active_days=own.active_days, user_id=Before(own.user_id)),
            )
        )

    def descent(self, ranking: Ranking, below: int, skip: int, first: int, limit: int) -> Sequence[Place]:
        order = ("-points", "reached_at", "-active_days", "user_id")
        found = self.rows.where(
            shown=True, points=Before(below), order=order, offset=skip, limit=limit, **_equal(ranking)
        )
        return [Place(rank, row.user_id, row.points) for rank, row in enumerate(found, first)]


@attrs.frozen
class SqlLadder(Ladder):
    """On a database: the steps are kept in a table, by the transaction that changes the standings.

    Counting the members ahead on demand takes 2.7 ms for 50,000 of them. A step is shared by few members, so writers
    seldom meet on its row; they change rows in one order, so that they never wait for each other in a circle.
    """

    session: SqlSession
    known: dict[Ranking, Sequence[tuple[int, int]]] = attrs.field(factory=dict)
    """Steps read in this transaction: one leaderboard asks for them four times."""

    def steps(self, ranking: Ranking) -> Sequence[tuple[int, int]]:
        if ranking not in self.known:
            self.known[ranking] = self.session.database.fetch(
                "select step, members from standing_steps"
                " where board = :board and period = :period and period_start = :period_start and members > 0"
                " order by step desc",
                self._binds(ranking),
            )
        return self.known[ranking]

    def shift(self, shifts: Mapping[tuple[Ranking, int], Shift]) -> None:
        self.known.clear()
        binds = [
            {**self._binds(ranking), "step": step, "members": shift.members, "changes": shift.changes}
            for (ranking, step), shift in shifts.items()
        ]
        if binds:
            self.session.database.run_many(
                self.session.dialect.insert_or_add("standing_steps", (*RANKING, "step"), ("members", "changes")),
                sorted(binds, key=lambda row: (row["board"], row["period"], row["period_start"], row["step"])),
            )

    def revision(self, ranking: Ranking) -> int:
        [(changes,)] = self.session.database.fetch(
            "select coalesce(sum(changes), 0) from standing_steps"
            " where board = :board and period = :period and period_start = :period_start",
            self._binds(ranking),
        )
        return int(changes)

    def ahead(self, own: Standing) -> int:
        encoded = self.session.encoded
        [(members,)] = self.session.database.fetch(
            "select count(*) from standings"
            " where board = :board and period = :period and period_start = :period_start and shown = :shown"
            " and points >= :points and points < :next_step"
            " and (points > :points or reached_at < :reached_at or (reached_at = :reached_at"
            " and (active_days > :active_days or (active_days = :active_days and user_id < :user_id))))",
            {
                **self._binds(own.ranking),
                "shown": encoded("flag", value=True),
                "points": own.points,
                "next_step": step_start(step_of(own.points) + 1),
                "reached_at": encoded("instant", own.reached_at),
                "active_days": own.active_days,
                "user_id": encoded("uuid", own.user_id),
            },
        )
        return int(members)

    def descent(self, ranking: Ranking, below: int, skip: int, first: int, limit: int) -> Sequence[Place]:
        # The order and the columns are those of an index: nothing is sorted, and of rows only the names are looked up.
        query = (
            "select s.user_id, s.points, p.display_name from standings s left join profiles p on p.user_id = s.user_id"
            " where s.board = :board and s.period = :period and s.period_start = :period_start and s.shown = :shown"
            " and s.points < :below order by s.points desc, s.reached_at, s.active_days desc, s.user_id"
        )
        database = self.session.database
        binds = {**self._binds(ranking), "shown": self.session.encoded("flag", value=True), "below": below}
        found = database.fetch(self.session.dialect.limited(query, limit, skip), binds)
        decoded = self.session.decoder("uuid")
        return [
            Place(rank, decoded(member_id), points, name) for rank, (member_id, points, name) in enumerate(found, first)
        ]

    def _binds(self, ranking: Ranking) -> dict[str, Any]:
        return {
            "board": ranking.board,
            "period": ranking.period.value,
            "period_start": self.session.encoded("day", ranking.period_start),
        }


@attrs.frozen
class StandingRows:
    """`Standings` over rows and a ladder."""

    rows: Rows[Standing]
    ladder: Ladder
    changed: list[Standing] = attrs.field(factory=list)
    """What this transaction stored, for those who keep a copy: to be read when it has committed."""

    def of(self, member_id: MemberId, rankings: Collection[Ranking]) -> Mapping[Ranking, Standing]:
        starts = {ranking.period_start for ranking in rankings}
        found = self.rows.where(user_id=member_id, period_start=OneOf(starts))
        return {standing.ranking: standing for standing in found if standing.ranking in rankings}

    def of_member(self, member_id: MemberId) -> Sequence[Standing]:
        return self.rows.where(user_id=member_id)

    def change(self, changes: Sequence[tuple[Standing | None, Standing]]) -> None:
        self.rows.save_all(after for before, after in changes if before is not None)
        self.rows.add_all(after for before, after in changes if before is None)
        shifts: defaultdict[tuple[Ranking, int], Shift] = defaultdict(Shift)
        for before, after in changes:
            if before is not None and before.shown:
                shifts[before.ranking, step_of(before.points)].members -= 1
            reached = shifts[after.ranking, step_of(after.points)]
            reached.members += after.shown
            reached.changes += weight_of(after.user_id)
            self.changed.append(after if before is None else attrs.evolve(after, version=after.version + 1))
        self.ladder.shift(shifts)

    def revision(self, ranking: Ranking) -> int:
        """Tells states of the ranking apart, by the versions of its standings: a copy with the same is complete.

        Each change adds the member's weight, so that neither another member's change nor another member makes up
        for one that is missing.
        """
        return self.ladder.revision(ranking)

    def between(self, ranking: Ranking, low: int, high: int | None) -> Sequence[Standing]:
        """The standings that are shown, from `low` points to less than `high`."""
        points: Condition = Since(low) if high is None else (Since(low), Before(high))
        return self.rows.where(shown=True, points=points, **_equal(ranking))

    def hidden(self, ranking: Ranking) -> Sequence[Standing]:
        return self.rows.where(shown=False, **_equal(ranking))

    def size(self, ranking: Ranking) -> int:
        return sum(members for _, members in self.ladder.steps(ranking))

    def rank_of(self, ranking: Ranking, member_id: MemberId) -> int | None:
        own = self.rows.get(member_id, ranking.period_start, ranking.period, ranking.board)
        if own is None or not own.shown:
            return None
        higher = sum(members for step, members in self.ladder.steps(ranking) if step > step_of(own.points))
        return 1 + higher + self.ladder.ahead(own)

    def places(self, ranking: Ranking, first: int, limit: int) -> Sequence[Place]:
        passed = 0
        for step, members in self.ladder.steps(ranking):
            if passed + members >= first:
                return self.ladder.descent(ranking, step_start(step + 1), first - 1 - passed, first, limit)
            passed += members
        return ()


@attrs.frozen
class ArchiveRows:
    """`Archives` over rows."""

    rows: Rows[ArchivedPlace]

    def add(self, ranking: Ranking, places: Iterable[Place]) -> None:
        key = _equal(ranking)
        self.rows.add_all(ArchivedPlace(**key, place=p.rank, user_id=p.user_id, points=p.points) for p in places)

    def size(self, ranking: Ranking) -> int:
        last = self.rows.first(order=("-place",), **_equal(ranking))
        return 0 if last is None else last.place

    def rank_of(self, ranking: Ranking, member_id: MemberId) -> int | None:
        own = self.rows.first(user_id=member_id, **_equal(ranking))
        return None if own is None else own.place

    def places(self, ranking: Ranking, first: int, limit: int) -> Sequence[Place]:
        found = self.rows.where(**_equal(ranking), place=between(first, first + limit - 1), order=("place",))
        return [Place(row.place, row.user_id, row.points) for row in found]


@attrs.frozen
class RankingRows:
    """`Rankings` over rows."""

    rows: Rows[RankingRecord]

    def get(self, ranking: Ranking) -> RankingRecord | None:
        return self.rows.get(ranking.board, ranking.period, ranking.period_start)

    def locked(self, ranking: Ranking) -> RankingRecord | None:
        return next(iter(self.rows.locked(**_equal(ranking))), None)

    def note(self, rankings: Collection[Ranking]) -> None:
        starts = {ranking.period_start for ranking in rankings}
        boards = {ranking.board for ranking in rankings}
        known = {record.ranking for record in self.rows.where(period_start=OneOf(starts), board=OneOf(boards))}
        new = sorted(
            set(rankings) - known, key=lambda ranking: (ranking.period_start, ranking.board, ranking.period.value)
        )
        self.rows.add_missing(RankingRecord(**_equal(ranking)) for ranking in new)

    def open_before(self, period: Period, start: date) -> Iterator[RankingRecord]:
        return self.rows.each(
            archived_at=None, period=period, period_start=Before(start), order=("period_start", "board")
        )

    def not_archived(self) -> Sequence[Ranking]:
        return [record.ranking for record in self.rows.where(archived_at=None)]

    def save(self, record: RankingRecord) -> None:
        self.rows.save(record)


def _equal(ranking: Ranking) -> dict[str, Any]:
    return {"board": ranking.board, "period": ranking.period, "period_start": ranking.period_start}
