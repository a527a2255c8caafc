"""Live rankings in Redis beside the store: read from there while they are proven current, mended when they are not.

Every change of a standing adds one to its version, and the member's weight to the ranking's revision in the store.
Redis is told of each change after the commit, and sums up the versions that it has in the same way. So equal revisions
mean that every standing is equal. Nothing else is trusted: not that Redis was told, nor that it kept what it was told.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from time import monotonic, sleep
from typing import Final

import attrs
import structlog

from fittrack_adapters.redis.server import RedisAway
from fittrack_adapters.redis.standings import StandingSets, expiry
from fittrack_adapters.store.competition import step_start
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.competition.model import Ranking, Standing, View
from fittrack_domain.competition.ports import Boards
from fittrack_domain.shared.beside import Lease
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Paging
from fittrack_domain.shared.ports import Clock, Store

PROOF_SECONDS: Final = 0.5
"""How long a ranking counts as current once the revisions were equal: what it shows is never older than that."""

LOOKS: Final = 5
LOOK_PAUSE_SECONDS: Final = 0.1
"""A ranking is mended when the revisions differ at every look: what was committed just now is on its way."""

MEND_LEASE_SECONDS: Final = 60.0
REBUILD_PAUSE_SECONDS: Final = 60.0
"""How soon a ranking is rebuilt again by itself: one of a million members takes some 20 s."""

BATCH: Final = 5_000


@attrs.frozen
class Proof:
    """The revisions were equal, and so they count as until then (by the monotonic clock)."""

    revision: int
    until: float


@attrs.frozen
class BoardCheck:
    """What comparing a ranking with the store found, place by place; no fault means that they are equal."""

    ranking: Ranking
    members: int
    fault: str | None


@attrs.frozen
class RedisBoards(Boards):
    """`Boards` as sorted sets."""

    sets: StandingSets
    store: Store[Transaction]
    clock: Clock
    lease: Lease
    _proofs: dict[Ranking, Proof] = attrs.field(factory=dict, init=False)
    _rebuilt_at: dict[Ranking, float] = attrs.field(factory=dict, init=False)

    def view(self, ranking: Ranking, viewer: MemberId | None, paging: Paging) -> View | None:
        if self.sets.server.is_away or not self._keeps(ranking):
            return None
        proof = self._proofs.get(ranking)
        try:
            if proof is None or proof.until < monotonic():
                return self._proven_view(ranking, viewer, paging)
            seen = self.sets.view(ranking, viewer, paging)
        except RedisAway:
            return None
        # Less than was proven means that something was lost since.
        return seen.view if seen is not None and seen.revision >= proof.revision else None

    def _proven_view(self, ranking: Ranking, viewer: MemberId | None, paging: Paging) -> View | None:
        self._proofs.pop(ranking, None)
        until = monotonic() + PROOF_SECONDS
        revision = self._revision(ranking)
        seen = self.sets.view(ranking, viewer, paging)
        if seen is None or seen.revision != revision:
            return None
        self._proofs[ranking] = Proof(revision, until)
        return seen.view

    def follow(self, standings: Sequence[Standing]) -> None:
        """Takes over what a transaction committed. When Redis is away the revisions will tell, and `mend` brings it."""
        kept = [standing for standing in standings if self._keeps(standing.ranking)]
        try:
            self.sets.put(kept, self.clock.now())
        except RedisAway:
            return

    def mend(self) -> Sequence[Ranking]:
        if self.sets.server.is_away or not self.lease.take("boards", MEND_LEASE_SECONDS):
            return ()
        try:
            behind = [ranking for ranking in self._behind(self.live()) if self._may_rebuild(ranking)]
            standings = sum(sum(self.rebuild(ranking)) for ranking in behind)
        except RedisAway:
            return ()
        if behind:
            structlog.get_logger("fittrack.redis").info("rebuilt", rankings=len(behind), standings=standings)
        return behind

    def live(self) -> Sequence[Ranking]:
        """The rankings that are kept, now that there are any."""
        with self.store.reading() as tx:
            rankings = tx.rankings.not_archived()
        return [ranking for ranking in rankings if self._keeps(ranking)]

    def rebuild(self, ranking: Ranking) -> Iterator[int]:
        """Reads a ranking from the store into Redis, and tells with every batch how many standings it had.

        Commits go on meanwhile, and so does another rebuild: the later version of each standing stays.
        Raises `RedisAway`.
        """
        self._rebuilt_at[ranking] = monotonic()
        self.sets.forget(ranking)
        for batch in self._batches(ranking):
            self.sets.put(batch, self.clock.now())
            yield len(batch)

    def check(self, ranking: Ranking) -> BoardCheck:
        """Compares a ranking with the store, again when it changes meanwhile. Raises `RedisAway`."""
        for _ in range(LOOKS):
            revision = self._revision(ranking)
            found = self._compared(ranking, revision)
            if found.fault is None or revision == self._revision(ranking):
                break
        return found

    def _compared(self, ranking: Ranking, revision: int) -> BoardCheck:
        with self.store.reading() as tx:
            size = tx.standings.size(ranking)
        seen = self.sets.view(ranking, None, Paging())
        if seen is None or seen.revision != revision:
            return BoardCheck(ranking, size, "missing" if seen is None else "not current")
        for page in range(1, ceil(max(size, seen.view.size) / PAGE_LIMIT_MAX) + 1):
            paging = Paging(page, PAGE_LIMIT_MAX)
            with self.store.reading() as tx:
                expected = tx.standings.places(ranking, paging.offset + 1, paging.limit)
            seen = self.sets.view(ranking, None, paging)
            if seen is None or list(expected) != list(seen.view.page):
                return BoardCheck(ranking, size, f"different from place {paging.offset + 1} on")
        return BoardCheck(ranking, size, None)

    def _batches(self, ranking: Ranking) -> Iterator[Sequence[Standing]]:
        with self.store.reading() as tx:
            hidden = tx.standings.hidden(ranking)
            steps = tx.standings.ladder.steps(ranking)
        yield hidden
        for low, high in _ranges(steps):
            with self.store.reading() as tx:
                batch = tx.standings.between(ranking, low, high)
            yield batch

    def _behind(self, rankings: Sequence[Ranking]) -> Sequence[Ranking]:
        """Those whose revisions differ at every look."""
        for look in range(LOOKS):
            if look and rankings:
                sleep(LOOK_PAUSE_SECONDS)
            there = self.sets.revisions(rankings)
            with self.store.reading() as tx:
                rankings = [ranking for ranking in rankings if tx.standings.revision(ranking) != there.get(ranking, 0)]
        return rankings

    def _revision(self, ranking: Ranking) -> int:
        with self.store.reading() as tx:
            return tx.standings.revision(ranking)

    def _may_rebuild(self, ranking: Ranking) -> bool:
        return monotonic() >= self._rebuilt_at.get(ranking, float("-inf")) + REBUILD_PAUSE_SECONDS

    def _keeps(self, ranking: Ranking) -> bool:
        expires_at = expiry(ranking)
        return expires_at is None or self.clock.now() < expires_at


def _ranges(steps: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int | None]]:
    """Ranges of points, all there are, each with about `BATCH` members."""
    low = members = 0
    for step, on_it in reversed(steps):
        if members and members + on_it > BATCH:
            yield low, step_start(step)
            low, members = step_start(step), 0
        members += on_it
    yield low, None
