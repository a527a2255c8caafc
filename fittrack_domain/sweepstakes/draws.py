"""Closing and drawing, step by step: each step is one transaction and a no-op once done (protocol, section 14).

Whether the scheduler or an administrator starts a step makes no difference to what comes out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.shared.errors import AlreadyExists, FitTrackError, StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.ports import Clock, Sealer, Store
from fittrack_domain.sweepstakes.closing import fence, frozen_tree, publish_closing, write_blocks
from fittrack_domain.sweepstakes.draw.terms import time_of_round
from fittrack_domain.sweepstakes.errors import BeaconNotReady, DrawDiffers
from fittrack_domain.sweepstakes.events import DrawingCancelled, DrawingCompleted, WinnerDrawn
from fittrack_domain.sweepstakes.frozen import PublicRecord, Winner
from fittrack_domain.sweepstakes.model import NO_TICKETS, Drawing
from fittrack_domain.sweepstakes.outcome import Outcome, outcome
from fittrack_domain.sweepstakes.ports import Beacon, SweepstakesTx
from fittrack_domain.sweepstakes.publishing import instant, publish
from fittrack_domain.sweepstakes.sealing import opened_seed, pseudonyms

DUE_AT_ONCE: Final = 100
ATTEMPTS: Final = 5

T = TypeVar("T")


@attrs.frozen
class Swept:
    """What a sweep did: drawings closed and drawn, and why others must wait for the next one."""

    closed: Sequence[DrawingId]
    drawn: Sequence[DrawingId]
    waiting: Mapping[DrawingId, str]


@attrs.frozen
class Draws:
    """Closes and draws. Running a step again, after a crash or at the same time elsewhere, gives the same records."""

    store: Store[SweepstakesTx]
    clock: Clock
    sealer: Sealer
    beacon: Beacon

    def close(self, drawing_id: DrawingId, actor: MemberId | None = None) -> PublicRecord:
        """Freezes the tickets and opens the seed. Answers the closing, also when it was published before.

        Raises: `DrawingNotFound`, `NotPublished`, `DrawingIsCancelled`, `TooEarly` (before sales close), and
            `SealBroken` when the master key is not the one the drawing was published under.
        """
        with self.store.reading() as tx:
            published = tx.draw_records.find(drawing_id, "closing")
        if published is not None:
            return published
        self._in_transaction(lambda tx, now: fence(tx, now, actor, drawing_id))
        with self.store.reading() as tx:
            secret = tx.draw_secrets.get(drawing_id)
        seed, names = opened_seed(self.sealer, secret), pseudonyms(self.sealer, secret)
        while self._in_transaction(lambda tx, _: write_blocks(tx, drawing_id, names)):
            pass
        with self.store.reading() as tx:
            tree = frozen_tree(tx, drawing_id)
        return self._in_transaction(lambda tx, now: publish_closing(tx, now, actor, drawing_id, tree, seed))

    def execute(self, drawing_id: DrawingId, actor: MemberId | None = None) -> PublicRecord:
        """Draws the winners, closing the drawing first if nobody has. Answers the result.

        If there is a result, it is computed anew and compared.

        Raises: as `close`; `TooEarly` (before the drawing time), `BeaconNotReady`, `DrawDiffers` (alarm),
            `SnapshotDamaged` (alarm), and what the beacon raises when it is out of reach.
        """
        with self.store.reading() as tx:
            tx.drawings.get(drawing_id).require_drawing_time(self.clock.now())
        closing = self.close(drawing_id, actor).record
        signature = self._signature(drawing_id, closing)
        with self.store.reading() as tx:
            drawn = outcome(tx, drawing_id, signature)
        return self._in_transaction(lambda tx, now: _publish_result(tx, now, actor, drawing_id, drawn))

    def run_due(self) -> Swept:
        """Closes and draws everything whose time has come. One that fails holds up no other."""
        now = self.clock.now()
        waiting: dict[DrawingId, str] = {}
        with self.store.reading() as tx:
            to_close = tx.drawings.to_close(now, DUE_AT_ONCE)
        closed = [drawing_id for drawing_id in to_close if _tried(self.close, drawing_id, waiting)]
        with self.store.reading() as tx:
            to_draw = tx.drawings.to_draw(now, DUE_AT_ONCE)
        drawn = [drawing_id for drawing_id in to_draw if _tried(self.execute, drawing_id, waiting)]
        return Swept(closed, drawn, waiting)

    def _signature(self, drawing_id: DrawingId, closing: Mapping[str, Any]) -> str | None:
        """The beacon's word on this drawing. Once there is a result, from there: it can be computed anew offline."""
        with self.store.reading() as tx:
            result = tx.draw_records.find(drawing_id, "result")
        if result is not None:
            signature: str | None = result.record["beacon_signature"]
            return signature
        if closing["round"] is None or closing["tickets"] == 0:
            return None
        signature = self.beacon.signature(closing["round"])
        if signature is None:
            raise BeaconNotReady(closing["round"], instant(time_of_round(closing["round"])))
        return signature

    def _in_transaction(self, step: Callable[[SweepstakesTx, datetime], T]) -> T:
        """Runs a step. One that met another process at the same work runs again, and finds what that one did."""
        for _ in range(ATTEMPTS - 1):
            try:
                with self.store.transaction() as tx:
                    return step(tx, self.clock.now())
            except (AlreadyExists, StaleVersion):
                continue
        with self.store.transaction() as tx:
            return step(tx, self.clock.now())


def _publish_result(
    tx: SweepstakesTx, now: datetime, actor: MemberId | None, drawing_id: DrawingId, drawn: Outcome
) -> PublicRecord:
    published = tx.draw_records.find(drawing_id, "result")
    if published is not None:
        if published.record != drawn.result:
            raise DrawDiffers(drawing_id, "result")
        return published
    published = publish(tx, now, drawing_id, "result", drawn.result)
    tx.winners.add_all(drawn.winners)
    audit(tx, now, actor, "drawing.drawn", "drawing", drawing_id, {"result_hash": published.hash})
    drawing = tx.drawings.get(drawing_id)
    tx.drawings.save(drawing.completed(now) if drawn.winners else drawing.ended_without_tickets(now))
    _tell(tx, now, drawing, drawn.winners)
    return published


def _tell(tx: SweepstakesTx, now: datetime, drawing: Drawing, winners: Sequence[Winner]) -> None:
    if not winners:
        tx.record(DrawingCancelled(drawing.id, drawing.name, NO_TICKETS))
        return
    tx.record(DrawingCompleted(drawing.id, drawing.name, tx.gates.tickets(drawing.id), now))
    for winner in winners:
        if winner.prize_id is not None:
            tx.record(WinnerDrawn(drawing.id, winner.draw_no, winner.user_id, winner.ticket_number, winner.prize_id))


def _tried(step: Callable[[DrawingId], PublicRecord], drawing_id: DrawingId, waiting: dict[DrawingId, str]) -> bool:
    try:
        step(drawing_id)
    except FitTrackError as error:
        waiting[drawing_id] = str(error)
        return False
    return True
