"""How often one waits for a PostgreSQL server, read off libpq's own trace of the wire."""

from collections.abc import Callable
from itertools import pairwise
from tempfile import TemporaryFile

import psycopg
from psycopg.pq import Trace

from fittrack_adapters.store.postgres import PostgresStore


def trips_of(store: PostgresStore, work: Callable[[], object]) -> int:
    """The round trips of work that takes one connection of the store."""
    with store.pool.lent(lambda _: None) as connection:
        pass  # the one used last is lent first: the work gets it, too
    return round_trips(connection, work)


def round_trips(connection: psycopg.Connection[tuple[object, ...]], work: Callable[[], object]) -> int:
    """How often the wire turned from our side to the server's."""
    with TemporaryFile("w+") as trace:
        connection.pgconn.trace(trace.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        work()
        connection.pgconn.untrace()
        trace.seek(0)
        sides = [line[0] for line in trace if line[:2] in ("F\t", "B\t")]
    return sum(turn == ("F", "B") for turn in pairwise(sides))
