"""One of several processes at the same database. A program of its own: prints what it did as JSON.

python race_child.py execute URL AT DRAWING…       draws them all at that instant, prints the results' hashes
python race_child.py buy URL AT DRAWING MEMBER     buys until sales are over, prints how many tickets it got
python race_child.py close URL AT DRAWING          closes as soon as it may, prints the tickets in the snapshot
python race_child.py spend URL AT DRAWING MEMBER   buys 6 tickets in each of 20 requests, prints how many were refused
python race_child.py sync URL AT CONNECTION        reports ten days and relays, prints how many

When it is ready it prints so, and waits for a line with the instant at which its clock shall show AT.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs

from fittrack_adapters.settings import Settings
from fittrack_adapters.wiring import open_fittrack
from fittrack_domain.app import FitTrack
from fittrack_domain.points.errors import NotEnoughPoints
from fittrack_domain.shared.errors import StoreBusy
from fittrack_domain.shared.ids import ConnectionId, DrawingId, MemberId
from fittrack_domain.sweepstakes.errors import SalesClosed, TooEarly
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport


@attrs.define
class ShiftedClock:
    """Runs like the machine's, from another instant on."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def main(act: str, fittrack: FitTrack, subjects: list[UUID], member: str) -> object:
    if act == "sync":
        return sync(fittrack, *subjects)
    drawings = [DrawingId(subject) for subject in subjects]
    if act == "execute":
        order = drawings if os.getpid() % 2 else drawings[::-1]
        results = {str(drawing_id): fittrack.draws.execute(drawing_id).hash for drawing_id in order}
        return sorted(results.items())
    (drawing_id,) = drawings
    if act == "close":
        while True:
            try:
                return fittrack.draws.close(drawing_id).record["tickets"]
            except TooEarly:
                continue
    if act == "spend":
        return spend(fittrack, MemberId(UUID(member)), drawing_id)
    bought = 0
    while True:
        try:
            bought += fittrack.sweepstakes.buy_tickets(MemberId(UUID(member)), drawing_id, 2).tickets_purchased
        except SalesClosed:
            return bought
        except StoreBusy:
            continue


def spend(fittrack: FitTrack, member_id: MemberId, drawing_id: DrawingId) -> int:
    refused = 0
    for n in range(20):
        try:  # the same keys in all processes: each request comes several times at once
            fittrack.sweepstakes.buy_tickets(member_id, drawing_id, 6, f"request-{n}")
        except NotEnoughPoints:
            refused += 1
    return refused


def sync(fittrack: FitTrack, connection_id: UUID) -> int:
    first = fittrack.tracking.clock.now().date() - timedelta(days=10)
    for n in range(10):
        report = ActivityReport.of_steps(first + timedelta(days=n), 10_000)
        fittrack.tracking.receive([Delivery(ConnectionId(connection_id), (report,))])
        fittrack.relay.drain()
    return 10


if __name__ == "__main__":
    _, act, url, at, *rest = sys.argv
    clock = ShiftedClock()
    fittrack = open_fittrack(Settings(database_url=url, master_key=bytes(32)), clock=clock).fittrack
    fittrack.relay.waiting()  # connects
    print("ready", flush=True)
    real = sys.stdin.readline().strip()
    clock.by = datetime.fromisoformat(at) - datetime.fromisoformat(real)
    member = rest.pop() if act in ("buy", "spend") else ""
    print(json.dumps(main(act, fittrack, [UUID(subject) for subject in rest], member)))
