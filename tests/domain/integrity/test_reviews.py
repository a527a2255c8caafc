"""The queue of reviews: what waits for it, who decides, and appeals."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fittrack_domain.access.errors import TokenNotValid
from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.model import Purpose
from fittrack_domain.audit.model import Wanted
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.errors import WinnerUnderReview
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.identity.model import Role, Status
from fittrack_domain.integrity.errors import AppealPending, NothingToAppeal, OwnReview, ReviewNotFound, ReviewResolved
from fittrack_domain.integrity.model import Finding, Outcome, Review, ReviewKind, ReviewState
from fittrack_domain.integrity.service import NOTE_LENGTH_MAX
from fittrack_domain.shared.errors import AlreadyExists, InvalidInput
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.model import FulfillmentType
from tests.domain.notices.house import House

HOME = Address("Ann", "1 Main St", None, "Reno", "NV", "89501")
NOTE = "I only lent my watch to my sister.\nPlease look again: Änne, 1 Main St."


def a_review(house: House, member_id: MemberId, kind: ReviewKind = ReviewKind.SHARED_DEVICE) -> Review:
    now = house.clock.now()
    review = Review.opened(ReviewId(house.ids.new()), member_id, kind, now, [Finding("key", now, {"n": 1})])
    with house.store.transaction() as tx:
        tx.reviews.add(review)
    return review


def audited(house: House, review_id: ReviewId) -> list[tuple[MemberId | None, str]]:
    found = house.fittrack.audit.page(Paging(), Wanted(subject_type="review", subject_id=str(review_id))).items
    return [(entry.actor, entry.action) for entry in found]


# The queue


def test_the_queue_is_listed_from_the_oldest_on(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    made = []
    for member_id, kind in ((bob, ReviewKind.SHARED_DEVICE), (ann, ReviewKind.APPEAL), (ann, ReviewKind.SHARED_DEVICE)):
        made.append(a_review(house, member_id, kind))
        house.later(minutes=1)
    reviews = house.fittrack.reviews
    cleared = reviews.resolve(None, made[0].id, Outcome.CLEARED, "A couple")
    assert [cleared, *made[1:]] == reviews.page(Paging()).items
    assert ([made[2]], 3, 3) == (
        list(reviews.page(Paging(3, 1)).items),
        reviews.page(Paging(3, 1)).total,
        reviews.page(Paging(3, 1)).pages,
    )
    assert made[1:] == reviews.page(Paging(), state=ReviewState.OPEN).items
    assert [cleared, made[2]] == reviews.page(Paging(), kind=ReviewKind.SHARED_DEVICE).items
    assert [made[1]] == reviews.page(Paging(), member_id=ann, kind=ReviewKind.APPEAL).items


def test_a_member_has_one_open_review_of_a_kind(house: House) -> None:
    ann = house.member("ann")
    review = a_review(house, ann)
    with pytest.raises(AlreadyExists):
        a_review(house, ann)
    house.fittrack.reviews.resolve(None, review.id, Outcome.CLEARED, "Nothing")
    assert a_review(house, ann) != review


def test_a_review_is_resolved_once_and_audited_without_its_words(house: House) -> None:
    ann, ida = house.member("ann"), house.member("ida")
    review = a_review(house, ann)
    house.later(minutes=5)
    resolved = house.fittrack.reviews.resolve(ida, review.id, Outcome.CONFIRMED, "Two people, one watch")
    assert resolved == house.fittrack.reviews.get(review.id)
    assert (ReviewState.CONFIRMED, ida, house.clock.now(), "Two people, one watch") == (
        resolved.state,
        resolved.resolved_by,
        resolved.resolved_at,
        resolved.resolution,
    )
    assert [(ida, "review.confirmed")] == audited(house, review.id)
    assert "watch" not in str(house.fittrack.audit.page(Paging()).items)
    with pytest.raises(ReviewResolved, match="is confirmed already"):
        house.fittrack.reviews.resolve(ida, review.id, Outcome.CLEARED, "Changed my mind")


def test_what_cannot_be_resolved(house: House) -> None:
    ann = house.member("ann")
    review = a_review(house, ann)
    reviews = house.fittrack.reviews
    with pytest.raises(OwnReview, match="another admin"):
        reviews.resolve(ann, review.id, Outcome.CLEARED, "It was nothing")
    with pytest.raises(InvalidInput, match="/note"):
        reviews.resolve(None, review.id, Outcome.CLEARED, " ")
    with pytest.raises(ReviewNotFound, match="There is no review"):
        reviews.resolve(None, ReviewId(UUID(int=1)), Outcome.CLEARED, "Nothing")
    with pytest.raises(ReviewNotFound):
        reviews.get(ReviewId(UUID(int=1)))
    assert review == reviews.get(review.id)


def test_who_is_flagged_is_known_for_many_at_once(house: House) -> None:
    ann, bob, carl = house.member("ann"), house.member("bob"), house.member("carl")
    a_review(house, ann)
    a_review(house, ann, ReviewKind.UNUSUAL_ACTIVITY)
    a_review(house, bob, ReviewKind.APPEAL)
    review = a_review(house, carl)
    reviews = house.fittrack.reviews
    assert ({ann, carl}, {ann}) == (set(reviews.flagged([ann, bob, carl])), set(reviews.flagged([ann, bob])))
    reviews.resolve(None, review.id, Outcome.CONFIRMED, "Two people, one watch")
    assert {ann} == set(reviews.flagged([ann, bob, carl]))
    assert not reviews.flagged([])


def test_members_are_found_by_being_flagged(house: House) -> None:
    ann, bob, carl = house.member("ann"), house.member("bob"), house.member("carl")
    a_review(house, ann)
    a_review(house, ann, ReviewKind.UNUSUAL_ACTIVITY)
    a_review(house, bob, ReviewKind.APPEAL)
    review = a_review(house, carl)
    house.fittrack.identity.suspend(None, carl, "a test")

    def found(paging: Paging | None = None, **more: Any) -> tuple[list[MemberId], int]:
        page = house.fittrack.identity.members(paging or Paging(), flagged=True, **more)
        return [member.id for member in page.items], page.total

    assert ([carl, ann], 2) == found()
    assert ([ann], 2) == found(Paging(2, 1))
    assert ([carl], 1) == found(status=Status.SUSPENDED) == found(sought="CARL")
    assert ([], 0) == found(sought="carl", status=Status.ACTIVE) == found(role=Role.ADMIN) == found(sought="bob")
    house.fittrack.reviews.resolve(None, review.id, Outcome.CONFIRMED, "Two people, one watch")
    assert ([ann], 1) == found()


# Prizes wait


def won(house: House, kind: FulfillmentType = FulfillmentType.PHYSICAL) -> Fulfillment:
    ann = house.member("ann")
    drawing_id = house.drawing(kind)
    house.fittrack.sweepstakes.buy_tickets(ann, drawing_id, 1)
    house.draw(drawing_id)
    [fulfillment] = house.fittrack.fulfillments.page(Paging()).items
    return fulfillment


@pytest.mark.parametrize("kind", [kind for kind in ReviewKind if kind.flags])
def test_a_prize_is_not_shipped_while_its_winner_is_under_review(house: House, kind: ReviewKind) -> None:
    prize = won(house)
    fulfillments = house.fittrack.fulfillments
    review = a_review(house, prize.user_id, kind)
    confirmed = fulfillments.confirm_address(prize.user_id, prize.id, HOME)
    with pytest.raises(WinnerUnderReview, match=f"member {prize.user_id}, is under review"):
        fulfillments.ship(None, prize.id, "UPS", "1Z999")
    assert confirmed == fulfillments.get(prize.id)
    house.fittrack.reviews.resolve(None, review.id, Outcome.CLEARED, "Nothing")
    assert FulfillmentStatus.SHIPPED is fulfillments.ship(None, prize.id, "UPS", "1Z999").status


def test_a_digital_prize_waits_too_but_not_for_an_appeal(house: House) -> None:
    prize = won(house, FulfillmentType.DIGITAL)
    review = a_review(house, prize.user_id)
    with pytest.raises(WinnerUnderReview):
        house.fittrack.fulfillments.send(None, prize.id, "GIFT-1")
    house.fittrack.reviews.resolve(None, review.id, Outcome.CLEARED, "Nothing")
    a_review(house, prize.user_id, ReviewKind.APPEAL)
    assert FulfillmentStatus.SHIPPED is house.fittrack.fulfillments.send(None, prize.id, "GIFT-1").status


def test_deadlines_run_on_meanwhile(house: House) -> None:
    prize = won(house)
    a_review(house, prize.user_id)
    house.later(days=14)
    assert [prize.id] == house.fittrack.fulfillments.sweep().forfeited


# Appeals


def suspended(house: House, name: str = "ann") -> tuple[MemberId, str]:
    """A member who was locked out, and the token that the mail about it brought."""
    ann = house.member(name)
    house.fittrack.identity.suspend(None, ann, "Two accounts")
    return ann, mailed_token(house)


def mailed_token(house: House) -> str:
    [token] = [part for part in house.mails()[-1].body.split("\n\n") if " " not in part and len(part) == 43]
    return token


def test_a_suspended_member_appeals_with_the_token_of_the_mail(house: House) -> None:
    ann, token = suspended(house)
    appeal = house.fittrack.reviews.appeal(token, NOTE)
    assert (ann, ReviewKind.APPEAL, NOTE, ()) == (appeal.user_id, appeal.kind, appeal.note, appeal.evidence)
    assert [appeal] == house.fittrack.reviews.page(Paging(), kind=ReviewKind.APPEAL).items
    assert [(ann, "review.opened")] == audited(house, appeal.id)
    assert "sister" not in str(house.fittrack.audit.page(Paging()).items)
    assert not house.fittrack.reviews.flagged([ann])


def test_a_banned_member_appeals_too(house: House) -> None:
    ann, first = suspended(house)
    house.fittrack.identity.ban(None, ann, "Three accounts")
    assert first != mailed_token(house)
    assert ann == house.fittrack.reviews.appeal(mailed_token(house), NOTE).user_id


def test_a_token_is_good_for_one_appeal(house: House) -> None:
    _, token = suspended(house)
    appeal = house.fittrack.reviews.appeal(token, NOTE)
    house.fittrack.reviews.resolve(None, appeal.id, Outcome.CONFIRMED, "It stays")
    with pytest.raises(TokenNotValid):
        house.fittrack.reviews.appeal(token, "Once more")


def test_tokens_that_are_no_good(house: House) -> None:
    ann, token = suspended(house)
    reviews = house.fittrack.reviews
    with house.store.transaction() as tx:
        tx.record(TokenDue(ann, Purpose.RESET_PASSWORD))
    for wrong in ("nonsense", token[:-1] + "!", mailed_token(house)):
        with pytest.raises(TokenNotValid):
            reviews.appeal(wrong, NOTE)
    house.clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(days=30))
    with pytest.raises(TokenNotValid):
        reviews.appeal(token, NOTE)


def test_one_appeal_at_a_time_and_the_token_stays_good_for_another(house: House) -> None:
    ann, first = suspended(house)
    house.fittrack.identity.reinstate(None, ann, "On trial")
    house.fittrack.identity.suspend(None, ann, "Again")
    second = mailed_token(house)
    reviews = house.fittrack.reviews
    appeal = reviews.appeal(first, NOTE)
    with pytest.raises(AppealPending, match="lies before us already"):
        reviews.appeal(second, "And another thing")
    reviews.resolve(None, appeal.id, Outcome.CONFIRMED, "It stays")
    assert "And another thing" == reviews.appeal(second, "And another thing").note


def test_who_is_reinstated_or_gone_has_nothing_to_appeal_against(house: House) -> None:
    ann, token = suspended(house)
    house.fittrack.identity.reinstate(None, ann, "Our mistake")
    with pytest.raises(NothingToAppeal, match="the account is active"):
        house.fittrack.reviews.appeal(token, NOTE)
    house.fittrack.identity.leave(ann)
    with pytest.raises(NothingToAppeal, match="the account is deleted"):
        house.fittrack.reviews.appeal(token, NOTE)


@pytest.mark.parametrize("note", ["", " \n ", "x" * (NOTE_LENGTH_MAX + 1), "bell\a"])
def test_a_note_must_be_readable_and_not_too_long(house: House, note: str) -> None:
    _, token = suspended(house)
    with pytest.raises(InvalidInput, match="/note"):
        house.fittrack.reviews.appeal(token, note)
    long = "ä\n" * (NOTE_LENGTH_MAX // 2)
    assert long == house.fittrack.reviews.appeal(token, long).note
