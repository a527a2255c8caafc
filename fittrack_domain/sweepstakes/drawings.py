"""The life of a drawing up to its closing: planned, published, shown, or called off."""

from datetime import datetime
from typing import Final

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.points import ledger
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import DrawingId, MemberId, PrizeId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Entropy, Ids, Sealer, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.shared.text import note_faults
from fittrack_domain.sweepstakes.catalogue import require_active_sponsor, require_version
from fittrack_domain.sweepstakes.drafts import DrawingDraft
from fittrack_domain.sweepstakes.draw.records import void_record
from fittrack_domain.sweepstakes.errors import DrawingNotFound, NoPrizes
from fittrack_domain.sweepstakes.events import DrawingCancelled, RefundsDue
from fittrack_domain.sweepstakes.model import Drawing, DrawingStatus, DrawingType
from fittrack_domain.sweepstakes.ports import Beacon, SweepstakesTx
from fittrack_domain.sweepstakes.publishing import publish, seconds, terms_of
from fittrack_domain.sweepstakes.sealing import sealed
from fittrack_domain.sweepstakes.views import DrawingView, Viewer, drawing_views

SECRET_BYTES: Final = 32
REFUNDS_AT_ONCE: Final = 500
REASON_LENGTH_MAX: Final = 500


@attrs.frozen
class Drawings:
    """Planning, publishing and cancelling drawings, for administrators; and what is on offer, for everyone."""

    store: Store[SweepstakesTx]
    clock: Clock
    ids: Ids
    entropy: Entropy
    sealer: Sealer
    beacon: Beacon

    def create(self, actor: MemberId | None, draft: DrawingDraft, request: Request | None = None) -> Drawing:
        """Plans a drawing with its prizes.

        Raises: `InvalidInput` with every fault, `SponsorNotFound`, `SponsorInactive`, `KeyReused`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            if request and (made := request.made_before(tx, now)):
                return tx.drawings.get(DrawingId(made))
            drawing = draft.drawing(DrawingId(self.ids.new()), actor, now)
            tx.drawings.add(drawing)
            self._add_prizes(tx, now, drawing.id, draft)
            audit(tx, now, actor, "drawing.created", "drawing", drawing.id, {"name": drawing.name})
            if request:
                request.made(tx, now, drawing.id)
        return drawing

    def edit(
        self, actor: MemberId | None, drawing_id: DrawingId, draft: DrawingDraft, version: int | None = None
    ) -> Drawing:
        """Replaces a draft and its prizes.

        Raises: as `create`, and `DrawingNotFound`, `DrawingFrozen`, `StaleVersion` (when `version` is given).
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            before = tx.drawings.locked(drawing_id)
            before.require_draft()
            require_version("drawing", before.version, version)
            drawing = draft.drawing(drawing_id, before.created_by, now)
            for prize in tx.prizes.of(drawing_id):
                tx.prizes.remove(prize.id)
            self._add_prizes(tx, now, drawing_id, draft)
            audit(tx, now, actor, "drawing.edited", "drawing", drawing_id, {"name": drawing.name})
            return tx.drawings.save(attrs.evolve(drawing, created_at=before.created_at, version=before.version))

    def publish(self, actor: MemberId | None, drawing_id: DrawingId, version: int | None = None) -> Drawing:
        """Fixes and publishes the terms: prizes, times, limits, and the commitment to a fresh secret seed.

        Raises: `DrawingNotFound`, `DrawingFrozen`, `NoPrizes`, `PublishedTooLate`, `StaleVersion`.
        """
        now = self.clock.now()
        seed, salt_key = self.entropy.token(SECRET_BYTES), self.entropy.token(SECRET_BYTES)
        with self.store.transaction() as tx:
            drawing = tx.drawings.locked(drawing_id)
            require_version("drawing", drawing.version, version)
            published = drawing.published(now)
            prizes = tx.prizes.of(drawing_id)
            if not prizes:
                raise NoPrizes
            terms = terms_of(published, prizes, seed, self.beacon.terms(seconds(published.drawing_time)))
            tx.draw_secrets.add(sealed(self.sealer, drawing_id, seed, salt_key))
            record = publish(tx, now, drawing_id, "terms", terms)
            tx.gates.open(drawing_id)
            audit(tx, now, actor, "drawing.published", "drawing", drawing_id, {"terms_hash": record.hash})
            return tx.drawings.save(published)

    def cancel(self, actor: MemberId | None, drawing_id: DrawingId, reason: str, version: int | None = None) -> Drawing:
        """Calls a drawing off and refunds its entries, the first at once, many by and by.

        Raises: `DrawingNotFound`, `NotCancellable` (from the closing on), `InvalidInput`, `StaleVersion`.
        """
        now = self.clock.now()
        if faults := note_faults("/reason", reason, REASON_LENGTH_MAX):
            raise InvalidInput(tuple(faults))
        with self.store.transaction() as tx:
            drawing = tx.drawings.locked(drawing_id)
            require_version("drawing", drawing.version, version)
            cancelled = drawing.cancelled(reason)
            if drawing.status is not DrawingStatus.DRAFT:
                tx.gates.shut(drawing_id)
                publish(tx, now, drawing_id, "void", void_record(drawing_id, reason))
                self.refund(tx, now, RefundsDue(drawing_id, after=None))
                tx.record(DrawingCancelled(drawing_id, drawing.name, reason))
            audit(tx, now, actor, "drawing.cancelled", "drawing", drawing_id, {"reason": reason})
            return tx.drawings.save(cancelled)

    def page(
        self,
        viewer: MemberId | None,
        paging: Paging,
        *,
        status: DrawingStatus | None = None,
        drawing_type: DrawingType | None = None,
        drafts: bool = False,
    ) -> Page[DrawingView]:
        """Drawings as this member sees them, the latest drawing time first; with `drafts` as an administrator does."""
        now = self.clock.now()
        with self.store.reading() as tx:
            found = tx.drawings.page(paging, now, status=status, drawing_type=drawing_type, drafts=drafts)
            views = drawing_views(tx, now, Viewer.of(tx, viewer), found.items)
        return Page(views, paging, found.total)

    def get(self, viewer: MemberId | None, drawing_id: DrawingId, *, drafts: bool = False) -> DrawingView:
        """One drawing as this member sees it. Raises `DrawingNotFound`, also for a draft unless `drafts`."""
        now = self.clock.now()
        with self.store.reading() as tx:
            drawing = tx.drawings.get(drawing_id)
            if drawing.status is DrawingStatus.DRAFT and not drafts:
                raise DrawingNotFound(drawing_id)
            (view,) = drawing_views(tx, now, Viewer.of(tx, viewer), [drawing])
        return view

    def refund(self, tx: SweepstakesTx, now: datetime, event: RefundsDue) -> None:
        """Gives back the points of the next entries; the rest follows in transactions of its own."""
        due = tx.entries.paid_after(event.drawing_id, event.after, REFUNDS_AT_ONCE)
        for entry in sorted(due, key=lambda entry: entry.user_id):  # wallets in one order: nobody waits in a circle
            purpose = Purpose("entry", entry.id, "Drawing cancelled", f"refund:{entry.id}")
            ledger.refund(tx, self.ids, now, entry.user_id, entry.cost_points, purpose)
        if len(due) == REFUNDS_AT_ONCE:
            tx.record(RefundsDue(event.drawing_id, after=due[-1].id))

    def _add_prizes(self, tx: SweepstakesTx, now: datetime, drawing_id: DrawingId, draft: DrawingDraft) -> None:
        for prize in draft.prizes:
            require_active_sponsor(tx, prize)
            tx.prizes.add(prize.prize(PrizeId(self.ids.new()), drawing_id, now))
