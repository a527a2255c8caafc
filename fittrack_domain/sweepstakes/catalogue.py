"""Sponsors, and the prizes of drawings that are still drafts."""

from collections.abc import Iterable

import attrs

from fittrack_domain.audit.service import record as audit
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId, PrizeId, SponsorId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request
from fittrack_domain.sweepstakes.drafts import PrizeDraft, SponsorDraft, prizes_faults, refuse
from fittrack_domain.sweepstakes.errors import SponsorInactive
from fittrack_domain.sweepstakes.model import Prize, Sponsor, SponsorStatus
from fittrack_domain.sweepstakes.ports import SweepstakesTx


@attrs.frozen
class Catalogue:
    """Who gives prizes, and what they give. For administrators; reading is for everyone."""

    store: Store[SweepstakesTx]
    clock: Clock
    ids: Ids

    def add_sponsor(self, actor: MemberId | None, draft: SponsorDraft, request: Request | None = None) -> Sponsor:
        """Raises `KeyReused`."""
        now = self.clock.now()
        sponsor = draft.sponsor(SponsorId(self.ids.new()), now)
        with self.store.transaction() as tx:
            if request and (made := request.made_before(tx, now)):
                return tx.sponsors.get(SponsorId(made))
            tx.sponsors.add(sponsor)
            audit(tx, now, actor, "sponsor.added", "sponsor", sponsor.id, {"name": sponsor.name})
            if request:
                request.made(tx, now, sponsor.id)
        return sponsor

    def edit_sponsor(
        self, actor: MemberId | None, sponsor_id: SponsorId, draft: SponsorDraft, version: int | None = None
    ) -> Sponsor:
        """Raises `SponsorNotFound`, and `StaleVersion` when `version` is given and not the present one."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            sponsor = tx.sponsors.get(sponsor_id)
            require_version("sponsor", sponsor.version, version)
            audit(tx, now, actor, "sponsor.edited", "sponsor", sponsor_id)
            return tx.sponsors.save(draft.applied_to(sponsor))

    def deactivate_sponsor(self, actor: MemberId | None, sponsor_id: SponsorId, version: int | None = None) -> Sponsor:
        """No new prizes from this sponsor; those in drawings stay. Raises `SponsorNotFound`, `StaleVersion`."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            sponsor = tx.sponsors.get(sponsor_id)
            require_version("sponsor", sponsor.version, version)
            audit(tx, now, actor, "sponsor.deactivated", "sponsor", sponsor_id)
            return tx.sponsors.save(sponsor.deactivated())

    def sponsor(self, sponsor_id: SponsorId) -> Sponsor:
        """Raises `SponsorNotFound`."""
        with self.store.reading() as tx:
            return tx.sponsors.get(sponsor_id)

    def sponsors(self, paging: Paging, status: SponsorStatus | None = None) -> Page[Sponsor]:
        with self.store.reading() as tx:
            return tx.sponsors.page(paging, status)

    def add_prize(
        self, actor: MemberId | None, drawing_id: DrawingId, draft: PrizeDraft, request: Request | None = None
    ) -> Prize:
        """Adds to a draft, which becomes a new version by that.

        Raises `DrawingNotFound`, `DrawingFrozen`, `SponsorNotFound`, `SponsorInactive`, `InvalidInput`, `KeyReused`.
        """
        now = self.clock.now()
        prize = draft.prize(PrizeId(self.ids.new()), drawing_id, now)
        with self.store.transaction() as tx:
            if request and (made := request.made_before(tx, now)):
                return tx.prizes.get(PrizeId(made))
            _change_draft(tx, drawing_id)
            require_active_sponsor(tx, draft)
            _require_fitting(draft, tx.prizes.of(drawing_id))
            tx.prizes.add(prize)
            audit(tx, now, actor, "prize.added", "prize", prize.id, _prize_facts(prize))
            if request:
                request.made(tx, now, prize.id)
        return prize

    def edit_prize(
        self, actor: MemberId | None, prize_id: PrizeId, draft: PrizeDraft, version: int | None = None
    ) -> Prize:
        """Raises as `add_prize`, and `PrizeNotFound`, `StaleVersion`."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            prize = tx.prizes.get(prize_id)
            _change_draft(tx, prize.drawing_id)
            require_version("prize", prize.version, version)
            require_active_sponsor(tx, draft)
            _require_fitting(draft, (other for other in tx.prizes.of(prize.drawing_id) if other.id != prize_id))
            edited = tx.prizes.save(draft.applied_to(prize))
            audit(tx, now, actor, "prize.edited", "prize", prize_id, _prize_facts(edited))
            return edited

    def remove_prize(self, actor: MemberId | None, prize_id: PrizeId, version: int | None = None) -> None:
        """Raises `PrizeNotFound`, `DrawingFrozen`, `StaleVersion`."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            prize = tx.prizes.get(prize_id)
            _change_draft(tx, prize.drawing_id)
            require_version("prize", prize.version, version)
            tx.prizes.remove(prize_id)
            audit(tx, now, actor, "prize.removed", "prize", prize_id, _prize_facts(prize))

    def prize(self, prize_id: PrizeId) -> Prize:
        """Raises `PrizeNotFound`."""
        with self.store.reading() as tx:
            return tx.prizes.get(prize_id)

    def prizes(self, paging: Paging) -> Page[Prize]:
        with self.store.reading() as tx:
            return tx.prizes.page(paging)


def require_version(what: str, present: int, expected: int | None) -> None:
    """Raises `StaleVersion` when an expected version is given and is not the present one."""
    if expected is not None and expected != present:
        raise StaleVersion(what)


def require_active_sponsor(tx: SweepstakesTx, draft: PrizeDraft) -> None:
    """Raises `SponsorNotFound` or `SponsorInactive` unless the prize has an active sponsor or none."""
    if draft.sponsor_id is None:
        return
    if tx.sponsors.get(draft.sponsor_id).status is not SponsorStatus.ACTIVE:
        raise SponsorInactive(draft.sponsor_id)


def _change_draft(tx: SweepstakesTx, drawing_id: DrawingId) -> None:
    """Makes a new version of a draft, whose prizes change: who edits it as it was before is told."""
    drawing = tx.drawings.locked(drawing_id)
    drawing.require_draft()
    tx.drawings.save(drawing)


def _require_fitting(draft: PrizeDraft, others: Iterable[Prize]) -> None:
    beside = [(other.prize_rank, other.quantity) for other in others]
    refuse(tuple(prizes_faults([*beside, (draft.rank, draft.quantity)])))


def _prize_facts(prize: Prize) -> dict[str, object]:
    return {
        "drawing_id": str(prize.drawing_id),
        "rank": prize.prize_rank,
        "quantity": prize.quantity,
        "name": prize.name,
    }
