"""How often a purchase waits for the server: read off the wire by libpq's trace, or counted by the other driver."""

import attrs
import psycopg

from fittrack_adapters.store.oracle import OracleStore
from fittrack_adapters.store.postgres import PostgresStore
from tests.bench.by_hand import POSTGRES, ByHand
from tests.bench.harness import bench_on, met, tell
from tests.bench.world import a_drawing_on_sale, some_members
from tests.databases import Databases
from tests.double.services import Services
from tests.trips import round_trips, trips_of

ROUND_TRIPS_MOST = 5
WARM_UP = 10
"""Purchases until every statement is prepared."""


def tell_postgres(databases: Databases) -> None:
    """Of FitTrack's purchase, and of the one by hand that says one thing after the other."""
    url = databases.lend()
    bench = bench_on(url)
    drawing_id, members = a_drawing_on_sale(bench), some_members(bench, WARM_UP + 1)
    store, buy_tickets = bench.installation.store, bench.installation.fittrack.sweepstakes.buy_tickets
    assert isinstance(store, PostgresStore)
    for number, member_id in enumerate(members[:-1]):
        buy_tickets(member_id, drawing_id, 1, str(number))
    ours = trips_of(store, lambda: buy_tickets(members[-1], drawing_id, 1, "traced"))
    with psycopg.connect(url, autocommit=True) as own:
        buy = ByHand(own, drawing_id, driver=POSTGRES).buy
        for number, member_id in enumerate(members):
            buy(member_id, f"by hand {number}")
        by_hand = round_trips(own, lambda: buy(members[-1], "by hand, traced"))
    bench.installation.close()
    _tell("PostgreSQL", ours, f"statement by statement by hand: {by_hand}; ratio {ours / by_hand:.2f}; ")


def tell_double(server_url: str) -> None:
    """By the driver's own count, against the double of its server."""
    services = Services(server_url)
    bench = bench_on(services.lend())
    drawing_id, members = a_drawing_on_sale(bench), some_members(bench, WARM_UP + 1)
    trips: list[object] = []
    fittrack = bench.installation.fittrack.sweepstakes
    store = OracleStore(
        bench.installation.settings.database_address,
        bench.clock,
        fittrack.ids,
        pool_size=1,
        round_trip_callback=lambda *told: trips.append(told),
    )
    buy_tickets = attrs.evolve(fittrack, store=store).buy_tickets
    for number, member_id in enumerate(members):
        trips.clear()
        buy_tickets(member_id, drawing_id, 1, str(number))
    _tell("python-oracledb, against the double", len(trips), "")
    store.close()
    bench.installation.close()
    services.close()


def _tell(store: str, trips: int, compared: str) -> None:
    tell(
        f"{store}, round trips per purchase: {trips} ({compared}goal ≤ {ROUND_TRIPS_MOST}: "
        f"{met(trips <= ROUND_TRIPS_MOST)})"
    )
