"""Figures of an installation for Prometheus: the outbox, drawings, the ledger, connections to the store."""

from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from fittrack_adapters.wiring import Installation
from fittrack_domain.vitals import Vitals
from fittrack_http.metrics import Figure

ANSWERS: Final = ("fittrack_store_answers", "Whether the figures of the store could be read.")

log = structlog.get_logger("fittrack.http")


def figures_of(installation: Installation) -> Sequence[Figure]:
    """What can be had now. Without the store its figures are left out; that they are is a figure, too."""
    pool = tuple(_of_pool(installation))
    try:
        vitals = installation.fittrack.pulse.vitals()
    except Exception:
        log.exception("figures cannot be read")
        return (*pool, Figure(*ANSWERS, 0))
    return (*pool, Figure(*ANSWERS, 1), *_of_vitals(vitals))


def _of_pool(installation: Installation) -> Iterator[Figure]:
    pool = getattr(installation.store, "pool", None)
    if pool is not None:  # of a database server
        name, told = "fittrack_store_connections", "Connections to the store."
        yield Figure(name, told, pool.lent_out, ("state", "in use"))
        yield Figure(name, told, pool.idle, ("state", "idle"))
        yield Figure("fittrack_store_connections_max", "The most connections to the store.", pool.size)


def _of_vitals(vitals: Vitals) -> Iterator[Figure]:
    events, told = "fittrack_events", "Events that are not delivered yet, and those that were given up."
    yield Figure(events, told, vitals.events_waiting, ("state", "waiting"))
    yield Figure(events, told, vitals.events_parked, ("state", "parked"))
    yield Figure(
        "fittrack_events_late_seconds", "How late the event is that waits for longest.", vitals.events_late_seconds
    )
    drawings, told = "fittrack_drawings", "Drawings on sale, and those that should be closed or drawn by now."
    yield Figure(drawings, told, vitals.drawings_on_sale, ("state", "on sale"))
    yield Figure(drawings, told, vitals.drawings_overdue, ("state", "overdue"))
    yield Figure("fittrack_ledger_holds_overdue", "Points held for longer than they should be.", vitals.holds_overdue)
    if vitals.newest_transfer_at is not None:
        newest = vitals.newest_transfer_at.timestamp()
        yield Figure("fittrack_ledger_newest_transfer_timestamp_seconds", "When points moved last.", newest)
