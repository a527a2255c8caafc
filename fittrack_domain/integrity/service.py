"""The queue of reviews: looking through it, deciding, and appealing."""

from collections.abc import Collection
from typing import Final

import attrs

from fittrack_domain.access.errors import TokenNotValid
from fittrack_domain.access.model import Purpose, token_hash
from fittrack_domain.audit.service import record as audit
from fittrack_domain.identity.model import Status
from fittrack_domain.integrity.errors import AppealPending, NothingToAppeal, OwnReview
from fittrack_domain.integrity.events import AppealDecided
from fittrack_domain.integrity.model import Outcome, Review, ReviewKind, ReviewState
from fittrack_domain.integrity.ports import IntegrityTx
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.text import note_faults

NOTE_LENGTH_MAX: Final = 2_000
RESOLUTION_LENGTH_MAX: Final = 500


@attrs.frozen
class Reviews:
    """Cases of members, for those who decide them."""

    store: Store[IntegrityTx]
    clock: Clock
    ids: Ids

    def page(
        self,
        paging: Paging,
        *,
        state: ReviewState | None = None,
        kind: ReviewKind | None = None,
        member_id: MemberId | None = None,
    ) -> Page[Review]:
        """The queue, the oldest first."""
        with self.store.reading() as tx:
            return tx.reviews.page(paging, state=state, kind=kind, member_id=member_id)

    def get(self, review_id: ReviewId) -> Review:
        """Raises `ReviewNotFound`."""
        with self.store.reading() as tx:
            return tx.reviews.get(review_id)

    def flagged(self, member_ids: Collection[MemberId]) -> Collection[MemberId]:
        """Those of these members whose prizes wait for a review."""
        with self.store.reading() as tx:
            return tx.reviews.flagged(member_ids)

    def resolve(self, actor: MemberId | None, review_id: ReviewId, outcome: Outcome, note: str) -> Review:
        """Decides a review; audited. Whatever follows for the account, a suspension or its end, is an act of its own.

        Who appealed is told the outcome, not the note.

        Raises: `InvalidInput` (note), `OwnReview`, `ReviewNotFound`, `ReviewResolved`, `StaleVersion`.
        """
        if faults := note_faults("/note", note, RESOLUTION_LENGTH_MAX):
            raise InvalidInput(tuple(faults))
        now = self.clock.now()
        with self.store.transaction() as tx:
            review = tx.reviews.get(review_id)
            if review.user_id == actor:
                raise OwnReview
            resolved = tx.reviews.save(review.resolved(outcome, actor, note, now))
            facts = {"member": str(review.user_id), "kind": review.kind.value}
            audit(tx, now, actor, f"review.{outcome.value}", "review", review_id, facts)
            if review.kind is ReviewKind.APPEAL:
                tx.record(AppealDecided(review.user_id, outcome))
        return resolved

    def appeal(self, token: str, note: str) -> Review:
        """Files what a suspended or banned member has to say, who shows the token that was mailed to them.

        Raises: `InvalidInput` (note), `TokenNotValid`, `NothingToAppeal`, `AppealPending`.
        """
        if faults := note_faults("/note", note, NOTE_LENGTH_MAX):
            raise InvalidInput(tuple(faults))
        now = self.clock.now()
        with self.store.transaction() as tx:
            found = tx.one_time_tokens.locked(token_hash(token))
            if found is None or found.purpose is not Purpose.APPEAL:
                raise TokenNotValid(Purpose.APPEAL.value)
            tx.one_time_tokens.save(found.used(now))
            account = tx.accounts.locked(found.user_id)
            if account.status not in (Status.SUSPENDED, Status.BANNED):
                raise NothingToAppeal(account.status.value)
            if any(review.is_open for review in tx.reviews.of(account.id, ReviewKind.APPEAL)):
                raise AppealPending
            review = Review.opened(ReviewId(self.ids.new()), account.id, ReviewKind.APPEAL, now, note=note)
            tx.reviews.add(review)
            facts = {"member": str(account.id), "kind": review.kind.value}
            audit(tx, now, account.id, "review.opened", "review", review.id, facts)
        return review
