"""Buying tickets, against the same reads and writes by hand, on one thread and on eight."""

from collections.abc import Sequence
from time import perf_counter

import attrs

from fittrack_adapters.store.turns import FifoLock
from fittrack_domain.shared.ids import DrawingId, MemberId
from tests.bench.buying import THREADS, Buy, bought, bought_by_threads, through_fittrack
from tests.bench.by_hand import ByHand
from tests.bench.harness import Bench, benches, met, percentile, tell
from tests.bench.world import a_drawing_on_sale, some_members

MEMBERS = 160
ROUNDS = 12
PURCHASES_PER_ROUND = 400
RATIO_LEAST = 0.5
WORST_MILLISECONDS_MOST = 50


@attrs.frozen
class _World:
    """Who buys, and tickets of which drawing."""

    members: Sequence[MemberId]
    drawing_id: DrawingId

    @classmethod
    def made(cls, bench: Bench) -> "_World":
        return cls(some_members(bench, MEMBERS), a_drawing_on_sale(bench))


def main() -> None:
    with benches(3) as (ours, by_hand, without_turns):
        worlds = [_World.made(bench) for bench in (ours, by_hand, without_turns)]
        fittrack = through_fittrack(ours, worlds[0].drawing_id)
        hand = ByHand(by_hand.store.connect(), worlds[1].drawing_id).buy
        _one_thread(fittrack, hand, worlds)
        shared = ByHand(by_hand.store.connect(), worlds[1].drawing_id, FifoLock()).buy
        _many_threads(fittrack, shared, worlds)
        _without_turns(without_turns, worlds[2])
        for bench in (ours, by_hand, without_turns):  # what was measured is worth nothing unless the books hold
            assert bench.installation.fittrack.points.verify().clean


def _one_thread(fittrack: Buy, hand: Buy, worlds: Sequence["_World"]) -> None:
    spent = [0.0, 0.0]
    for turn in range(ROUNDS + 1):
        for which, (buy, world) in enumerate(zip((fittrack, hand), worlds, strict=False)):
            latencies = bought(buy, world.members, turn, PURCHASES_PER_ROUND)
            spent[which] += sum(latencies) if turn else 0  # the first round warms up
    ours, bare = (ROUNDS * PURCHASES_PER_ROUND / seconds for seconds in spent)
    tell(
        f"purchases/s, 1 thread: {ours:,.0f} (bare SQLite, the same reads and writes by hand: {bare:,.0f}; "
        f"ratio {ours / bare:.2f}; goal ≥ {RATIO_LEAST}: {met(ours / bare >= RATIO_LEAST)})"
    )


def _many_threads(fittrack: Buy, hand: Buy, worlds: Sequence["_World"]) -> None:
    latencies: list[list[float]] = [[], []]
    spent = [0.0, 0.0]
    for turn in range(1, ROUNDS // 2 + 1):
        for which, (buy, world) in enumerate(zip((fittrack, hand), worlds, strict=False)):
            start = perf_counter()
            latencies[which] += bought_by_threads([buy] * THREADS, world.members, 100 + turn, PURCHASES_PER_ROUND)
            spent[which] += perf_counter() - start
    ours, bare = (len(latencies[which]) / spent[which] for which in range(2))
    worst = max(latencies[0]) * 1000
    tell(
        f"purchases/s, {THREADS} threads: {ours:,.0f} (by hand, turns taken in the same order of arrival: {bare:,.0f}; "
        f"ratio {ours / bare:.2f}; goal ≥ {RATIO_LEAST}: {met(ours / bare >= RATIO_LEAST)})"
    )
    tell(
        f"purchase latency, {THREADS} threads: {_latency(latencies[0])} (by hand: {_latency(latencies[1])}; "
        f"worst {worst / max(latencies[1]) / 1000:.1f} times as long; "
        f"goal worst < {WORST_MILLISECONDS_MOST} ms: {met(worst < WORST_MILLISECONDS_MOST)})"
    )


def _without_turns(bench: Bench, world: "_World") -> None:
    """What the turn-taking is for: the same by hand with SQLite's own busy handler, a connection per thread."""
    own = [ByHand(bench.store.connect(), world.drawing_id).buy for _ in range(THREADS)]
    latencies = bought_by_threads(own, world.members, 100, PURCHASES_PER_ROUND)
    tell(f"  for comparison, by hand with SQLite's own busy handler instead of turns: {_latency(latencies)}")


def _latency(latencies: Sequence[float]) -> str:
    p50, p99, worst = (percentile(latencies, 50), percentile(latencies, 99), max(latencies))
    return f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, worst {worst * 1000:.1f} ms"


if __name__ == "__main__":
    main()
