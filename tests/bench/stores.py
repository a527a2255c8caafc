"""The same use cases on each store: purchases against the bare driver and against an ORM, and what grows how.

Everything that is compared runs in turns, in one process: what else the machine does meanwhile slows all alike.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import attrs
import psycopg

from fittrack_adapters.store.turns import FifoLock
from fittrack_domain.shared.ids import MemberId
from tests.bench import numbering, round_trips, store_imports
from tests.bench.buying import THREADS, Buy, bought, bought_by_threads, through_fittrack
from tests.bench.by_hand import POSTGRES, ByHand
from tests.bench.harness import Bench, bench_on, benches, met, tell
from tests.bench.peer.orm import Shop
from tests.bench.servers import databases_on, postgres_server
from tests.bench.world import a_drawing_on_sale, some_members
from tests.databases import Databases

MEMBERS = 160
ROUNDS = 8
PURCHASES_PER_ROUND = 200
RATIO_TO_HAND_LEAST = 0.5
RATIO_TO_ORM_LEAST = {"SQLite": 4.0, "PostgreSQL": 2.0}


@attrs.frozen
class Contender:
    """Who sells tickets to whom; eight counters, which may all be the same."""

    members: Sequence[MemberId]
    counters: Sequence[Buy]


def main() -> None:
    with on_sqlite() as contenders:
        _race("SQLite", contenders)
    with postgres_server() as url, databases_on(url) as databases:
        with on_postgres(databases) as contenders:
            _race("PostgreSQL", contenders)
            round_trips.tell_postgres(databases)
        round_trips.tell_double(url)
        store_imports.main(databases)
        numbering.main(databases)


@contextmanager
def on_sqlite() -> Iterator[Sequence[Contender]]:
    """FitTrack, by hand, and the ORM, each on a file of its own."""
    with benches(2) as (ours, by_hand), TemporaryDirectory(prefix="fittrack-bench-") as folder:
        shop = Shop(f"sqlite:///{Path(folder) / 'orm.db'}")
        yield _ours(ours), _hand(by_hand), _orm(shop)
        _assert_the_books_hold(ours, by_hand)
        shop.engine.dispose()


def _hand(bench: Bench) -> Contender:
    hand = ByHand(bench.store.connect(), a_drawing_on_sale(bench), FifoLock())
    return Contender(some_members(bench, MEMBERS), [hand.buy] * THREADS)


@contextmanager
def on_postgres(databases: Databases) -> Iterator[Sequence[Contender]]:
    """As `on_sqlite`, each in a database of its own on one server."""
    ours, url = bench_on(databases.lend()), databases.lend()
    by_hand = bench_on(url)
    shop = Shop(databases.new_empty().replace("postgresql://", "postgresql+psycopg://"))
    drawing_id = a_drawing_on_sale(by_hand)
    connections = [psycopg.connect(url, autocommit=True) for _ in range(THREADS)]
    counters = [ByHand(each, drawing_id, driver=POSTGRES).buy for each in connections]
    yield _ours(ours), Contender(some_members(by_hand, MEMBERS), counters), _orm(shop)
    _assert_the_books_hold(ours, by_hand)
    for connection in connections:
        connection.close()
    ours.installation.close()
    by_hand.installation.close()
    shop.engine.dispose()


def _ours(bench: Bench) -> Contender:
    buy = through_fittrack(bench, a_drawing_on_sale(bench))
    return Contender(some_members(bench, MEMBERS), [buy] * THREADS)


def _orm(shop: Shop) -> Contender:
    return Contender(shop.filled(MEMBERS), [shop.buy] * THREADS)


def _assert_the_books_hold(*benches: Bench) -> None:
    for bench in benches:  # what was measured is worth nothing otherwise
        assert bench.installation.fittrack.points.verify().clean


def _race(store: str, contenders: Sequence[Contender]) -> None:
    _tell(store, "1 thread", _rates(contenders, lambda each, turn: bought(each.counters[0], each.members, *turn)))
    _tell(
        store,
        f"{THREADS} threads",
        _rates(contenders, lambda each, turn: bought_by_threads(each.counters, each.members, *turn), first_turn=100),
    )


def _rates(
    contenders: Sequence[Contender], buy: Callable[[Contender, tuple[int, int]], object], first_turn: int = 0
) -> Sequence[float]:
    """Purchases per second of each contender; they take turns, and another of them is first each time."""
    spent = [0.0] * len(contenders)
    numbers = range(len(contenders))
    for turn in range(ROUNDS + 1):
        for which in islice(cycle(numbers), turn, turn + len(contenders)):
            start = perf_counter()
            buy(contenders[which], (first_turn + turn, PURCHASES_PER_ROUND))
            spent[which] += perf_counter() - start if turn else 0  # the first round warms up
    return [ROUNDS * PURCHASES_PER_ROUND / each for each in spent]


def _tell(store: str, threads: str, rates: Sequence[float]) -> None:
    ours, hand, orm = rates
    least = RATIO_TO_ORM_LEAST[store]
    tell(
        f"{store}, purchases/s, {threads}: {ours:,.0f} (the bare driver by hand: {hand:,.0f}; ratio {ours / hand:.2f}; "
        f"goal ≥ {RATIO_TO_HAND_LEAST}: {met(ours / hand >= RATIO_TO_HAND_LEAST)}; SQLAlchemy's ORM: {orm:,.0f}; "
        f"ratio {ours / orm:.1f}; goal ≥ {least:.0f}: {met(ours / orm >= least)})"
    )


if __name__ == "__main__":
    main()
