"""Leaderboards from Redis on boards of 10 thousand to a million members: time in the server, and how it grows."""

import gc
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

import attrs

from fittrack_adapters.redis.boards import RedisBoards
from fittrack_adapters.redis.server import RedisServer
from fittrack_adapters.redis.standings import StandingSets
from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_domain.competition.model import TOP, Gain, Ranking, Standing
from fittrack_domain.competition.service import Competition
from fittrack_domain.identity.model import Account, Status
from fittrack_domain.shared.calendar import Period, platform_day
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from tests.bench.harness import Bench, benches, met, percentile, seconds, tell
from tests.redis_server import RedisProcess

SIZES = (10_000, 100_000, 1_000_000)
BOARD = "F-30-39-ADV"
POINTS_MOST = 30_000
LOOKS = 2_000
LEADERBOARDS = 500
CHUNK = 50_000
SERVER_MILLISECONDS_MOST = 1.0
PATIENT_SECONDS = 10.0


@attrs.frozen
class Costs:
    """What one board costs, in microseconds where nothing else is said."""

    members: int
    rebuild_seconds: float
    megabytes: float
    view: float
    deep_view: float
    change: float
    with_redis: Sequence[float]
    without_redis: Sequence[float]


class NoLease:
    """Nobody else is here."""

    def take(self, name: str, seconds: float) -> bool:  # noqa: ARG002
        return True

    def give_back(self, name: str) -> None: ...


def main() -> None:
    redis = RedisProcess()
    try:
        costs = [_costs(redis, size) for size in SIZES]
    finally:
        redis.close()
    least, most = costs[0], costs[-1]
    tell("members      view  deep page    change  rebuild  memory   (view, page, change: µs in the server)")
    for each in costs:
        tell(
            f"{each.members:>9,} {each.view:>7.0f} {each.deep_view:>10.0f} {each.change:>9.0f} "
            f"{each.rebuild_seconds:>6.1f} s {each.megabytes:>4.0f} MB   "
            f"leaderboard with Redis {_told(each.with_redis)}, from SQLite alone {_told(each.without_redis)}"
        )
    tell(
        f"leaderboard page of {TOP.limit} and own rank ±10 among {most.members:,} in Redis: {most.view / 1000:.3f} ms "
        f"in the server (among {least.members:,} {least.view / 1000:.3f} ms; ratio {most.view / least.view:.2f} : 1 "
        f"for {most.members // least.members} times the members; goal < {SERVER_MILLISECONDS_MOST:.0f} ms: "
        f"{met(most.view < SERVER_MILLISECONDS_MOST * 1000)})"
    )


def _costs(redis: RedisProcess, size: int) -> Costs:
    client = redis.client()
    client.flushall()
    chance = random.Random(1)
    with benches(1) as (bench,):
        ranking = Ranking.holding(BOARD, Period.MONTHLY, platform_day(bench.clock.now()))
        standings = _filled(bench, ranking, size, chance)
        server = RedisServer(redis.url, timeout_seconds=PATIENT_SECONDS)
        boards = RedisBoards(StandingSets(server), bench.store, bench.clock, NoLease())
        rebuild_seconds = seconds(lambda: sum(boards.rebuild(ranking)))
        viewers = chance.choices(standings, k=LOOKS)
        gc.freeze()  # a million standings are this program's own: the collector need not look at them

        def look() -> None:
            for viewer in viewers:
                _look(boards, ranking, viewer.user_id, TOP)

        def look_deep() -> None:
            for viewer in viewers:
                _look(boards, ranking, viewer.user_id, Paging(chance.randrange(1, size // 100), 100))

        def change() -> None:
            for n, standing in enumerate(viewers):
                changed = standing.credited(Gain(chance.randrange(1_000)), bench.clock.now())
                boards.follow([attrs.evolve(changed, version=2 + n)])

        costs = Costs(
            members=size,
            rebuild_seconds=rebuild_seconds,
            megabytes=client.info("memory")["used_memory"] / 1e6,
            view=_server_microseconds(client, look),
            deep_view=_server_microseconds(client, look_deep),
            with_redis=_leaderboards(Competition(bench.store, bench.clock, boards), viewers),
            without_redis=_leaderboards(Competition(bench.store, bench.clock), viewers),
            change=_server_microseconds(client, change),  # last: Redis is ahead of the store afterwards
        )
        server.close()
    return costs


def _filled(bench: Bench, ranking: Ranking, size: int, chance: random.Random) -> Sequence[Standing]:
    """Only rows: what led to them is not what is measured here."""
    now, ids = bench.clock.now(), bench.installation.fittrack.identity.ids
    standings = [_standing(ranking, MemberId(ids.new()), now, chance) for _ in range(size)]
    with bench.store.transaction() as tx:
        tx.rankings.note([ranking])
    for at in range(0, size, CHUNK):
        _store(bench.store, standings[at : at + CHUNK], now)
    return standings


def _store(store: SqliteStore, standings: Sequence[Standing], now: datetime) -> None:
    with store.transaction() as tx:
        for standing in standings:
            email = f"{standing.user_id}@example.com"
            tx.accounts.add(Account(standing.user_id, email, email, now, Status.ACTIVE))
        tx.standings.change([(None, standing) for standing in standings])


def _standing(ranking: Ranking, member_id: MemberId, now: datetime, chance: random.Random) -> Standing:
    gain = Gain(round(POINTS_MOST * chance.betavariate(2, 3)), chance.randrange(28))
    reached_at = now - timedelta(seconds=chance.randrange(2_000_000))
    return Standing.at_start(ranking, member_id, reached_at, shown=True).credited(gain, reached_at)


def _look(boards: RedisBoards, ranking: Ranking, viewer: MemberId, paging: Paging) -> None:
    seen = boards.view(ranking, viewer, paging)
    assert seen is not None, "Redis was not certain"
    assert seen.own


def _server_microseconds(client: Any, work: Callable[[], object]) -> float:
    """How long the server works on one script call of `work`, by its own account: the mean."""
    client.config_resetstat()
    work()
    return float(client.info("commandstats")["cmdstat_evalsha"]["usec_per_call"])


def _leaderboards(competition: Competition, viewers: Sequence[Standing]) -> Sequence[float]:
    """Seconds for each whole answer."""
    return [
        seconds(partial(competition.leaderboard, Period.MONTHLY, BOARD, viewer.user_id))
        for viewer in viewers[:LEADERBOARDS]
    ]


def _told(times: Sequence[float]) -> str:
    return f"p50 {median(times) * 1000:.2f} ms p99 {percentile(times, 99) * 1000:.2f} ms"


if __name__ == "__main__":
    main()
