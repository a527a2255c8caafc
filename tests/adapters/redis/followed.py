"""A league whose standings Redis follows, and what its leaderboards say with Redis and without."""

from collections.abc import Callable
from typing import Any

import attrs

from fittrack_adapters.redis.boards import RedisBoards
from fittrack_adapters.redis.following import FollowedStore
from fittrack_adapters.redis.lease import RedisLease
from fittrack_adapters.redis.server import RedisServer
from fittrack_adapters.redis.standings import StandingSets
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.postgres import PostgresStore
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_adapters.store.transaction import Transaction
from fittrack_adapters.testing import StoppedClock
from fittrack_domain.competition.model import Leaderboard, Ranking, View
from fittrack_domain.competition.service import Competition, _view
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.shared.ports import Store
from tests.domain.competition.league import BOARD, League

AnyStore = MemoryStore | SqliteStore | PostgresStore
MakeStore = Callable[[StoppedClock], AnyStore]
PAGE = Paging(limit=100)
PATIENT_SECONDS = 10.0
"""Where tests want Redis to answer, however busy the machine is."""


class FollowedLeague(League):
    """As any league, but every commit is followed by Redis at `url`."""

    def __init__(self, make_store: MakeStore, url: str, timeout_seconds: float = PATIENT_SECONDS) -> None:
        def make(clock: StoppedClock) -> Any:  # what League does with it, any store can do
            return make_store(clock)

        super().__init__(make)
        self.plain = self.store
        self.server = RedisServer(url, away_seconds=0.2, timeout_seconds=timeout_seconds)
        self.boards = RedisBoards(StandingSets(self.server), self.plain, self.clock, RedisLease(self.server, "tests"))
        self.followed: Store[Transaction] = FollowedStore(self.plain, self.boards.follow)
        self.store = self.followed  # type: ignore[assignment]  # what League does with it, this one can do, too
        self.with_redis = Competition(self.followed, self.clock, self.boards)

    def ready(self, ranking: Ranking, viewer: MemberId | None = None, paging: Paging = PAGE) -> View | None:
        """What Redis says, if it is certain."""
        return self.boards.view(ranking, viewer, paging)

    def truth(self, ranking: Ranking, viewer: MemberId | None = None, paging: Paging = PAGE) -> View:
        """What the store says."""
        with self.plain.reading() as tx:
            seen = _view(tx.standings, ranking, viewer, paging)
        return attrs.evolve(seen, page=list(seen.page), around=list(seen.around))

    def leaderboards(self, viewer: MemberId) -> tuple[Leaderboard, Leaderboard]:
        """The weekly one, with Redis and without."""
        return (
            self.with_redis.leaderboard(Period.WEEKLY, BOARD, viewer, paging=PAGE),
            self.competition.leaderboard(Period.WEEKLY, BOARD, viewer, paging=PAGE),
        )

    def forget_proofs(self) -> None:
        """As after the time for which a proof holds."""
        self.boards._proofs.clear()
