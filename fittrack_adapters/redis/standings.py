"""Rankings as sorted sets: the order of places is the order of the set, ties included.

The score is minus the points. Members of one score are ordered by Redis byte by byte, so each is named by what breaks
ties, in fixed width and the highest byte first: when the points were reached, the active days upside down, the id.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final
from uuid import UUID

import attrs

from fittrack_adapters.redis.server import Call, RedisServer, Script
from fittrack_adapters.store.competition import weight_of
from fittrack_domain.competition.model import AROUND, GRACE, Place, Ranking, Standing, View
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging

POINTS_MAX: Final = 2**53
"""Scores are doubles, exact up to here: 24 billion years of the most that a member can earn."""

KEPT_AFTER_END: Final = GRACE + timedelta(days=1)
"""Ended rankings are read from their archive after `GRACE`; Redis forgets them a little later."""

STANDINGS_PER_CALL: Final = 500
"""What Redis does in one go, some 3 ms: nobody else is served meanwhile."""

PUT: Final = Script.load("put")
VIEW: Final = Script.load("view")
TIES: Final = struct.Struct(">QI")
FIRST_INSTANT: Final = datetime.min.replace(tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
DAYS_MAX: Final = 2**32 - 1


@attrs.frozen
class Seen:
    """A view, and the revision of the ranking that it is a view of."""

    revision: int
    view: View


@attrs.frozen
class StandingSets:
    """One sorted set and one hash for each ranking. Every method raises `RedisAway`."""

    server: RedisServer

    def put(self, standings: Sequence[Standing], now: datetime) -> None:
        """Stores standings, each unless a later version of it is there: in any order, any number of times."""
        if calls := list(_puts(standings, now)):
            self.server.call_all(calls)

    def view(self, ranking: Ranking, viewer: MemberId | None, paging: Paging) -> Seen | None:
        """None when nothing is there, or not everything that was put."""
        who = b"" if viewer is None else viewer.bytes
        found = self.server.call(Call(VIEW, _keys(ranking), (paging.offset, paging.limit, who, AROUND)))
        if found is None:
            return None
        revision, size, own, page, around = found
        first_around = 1 if own is None else max(1, own + 1 - AROUND)
        return Seen(
            int(revision),
            View(
                size=size,
                page=_places(page, paging.offset + 1),
                own=None if own is None else own + 1,
                around=_places(around, first_around),
            ),
        )

    def revisions(self, rankings: Sequence[Ranking]) -> Mapping[Ranking, int]:
        """The revisions of those rankings that are there."""
        pipeline = self.server.run(lambda client: _revisions(client, rankings))
        return {ranking: int(found) for ranking, found in zip(rankings, pipeline, strict=True) if found is not None}

    def forget(self, ranking: Ranking) -> None:
        self.server.run(lambda client: client.unlink(*_keys(ranking)))


def _revisions(client: Any, rankings: Sequence[Ranking]) -> list[bytes | None]:
    pipeline = client.pipeline(transaction=False)
    for ranking in rankings:
        pipeline.hget(_keys(ranking)[0], "revision")
    found: list[bytes | None] = pipeline.execute()
    return found


def _keys(ranking: Ranking) -> tuple[str, str]:
    name = f"fittrack:standings:{{{ranking.board}:{ranking.period.value}:{ranking.period_start}}}"
    return f"{name}:members", f"{name}:order"


def _puts(standings: Sequence[Standing], now: datetime) -> Iterator[Call]:
    by_ranking: defaultdict[Ranking, list[Standing]] = defaultdict(list)
    for standing in standings:
        by_ranking[standing.ranking].append(standing)
    for ranking, all_of_it in by_ranking.items():
        expires_at = expiry(ranking)
        expires = 0 if expires_at is None else max(1, ceil((expires_at - now).total_seconds()))
        for at in range(0, len(all_of_it), STANDINGS_PER_CALL):
            words = [word for standing in all_of_it[at : at + STANDINGS_PER_CALL] for word in _words(standing)]
            yield Call(PUT, _keys(ranking), (expires, *words))


def expiry(ranking: Ranking) -> datetime | None:
    """When Redis forgets a ranking; None for all-time."""
    ends_at = ranking.ends_at
    return None if ends_at is None else ends_at + KEPT_AFTER_END


def _words(standing: Standing) -> tuple[bytes | str | int, ...]:
    assert standing.points <= POINTS_MAX, standing
    ties = _ties(standing) if standing.shown else b""
    weight = weight_of(standing.user_id)
    return standing.user_id.bytes, weight, f"{standing.version:010d}", -standing.points, ties


def _ties(standing: Standing) -> bytes:
    return TIES.pack((standing.reached_at - FIRST_INSTANT) // MICROSECOND, DAYS_MAX - standing.active_days)


def _places(found: Sequence[bytes], first: int) -> Sequence[Place]:
    pairs = zip(found[::2], found[1::2], strict=True)
    return [
        Place(rank, MemberId(UUID(bytes=member[TIES.size :])), -int(float(score)))
        for rank, (member, score) in enumerate(pairs, first)
    ]
