"""Rounds of purchases, and how long each took."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from fittrack_domain.shared.ids import DrawingId, MemberId
from tests.bench.harness import Bench

THREADS = 8

Buy = Callable[[MemberId, str], object]


def through_fittrack(bench: Bench, drawing_id: DrawingId) -> Buy:
    """The use case."""
    buy_tickets = bench.installation.fittrack.sweepstakes.buy_tickets
    return lambda member_id, key: buy_tickets(member_id, drawing_id, 1, key)


def bought(buy: Buy, members: Sequence[MemberId], turn: int, count: int) -> list[float]:
    """How long each purchase of a round took, in seconds."""
    latencies = []
    for number in range(count):
        start = perf_counter()
        buy(members[number % len(members)], f"{turn}-{number}")
        latencies.append(perf_counter() - start)
    return latencies


def bought_by_threads(buys: Sequence[Buy], members: Sequence[MemberId], turn: int, count: int) -> list[float]:
    """As `bought`, by eight threads with members and a counter of their own each."""
    share = len(members) // THREADS
    with ThreadPoolExecutor(THREADS) as pool:
        rounds = [
            pool.submit(bought, buy, members[at * share : (at + 1) * share], turn, count // THREADS)
            for at, buy in enumerate(buys)
        ]
        return [latency for each in rounds for latency in each.result()]
