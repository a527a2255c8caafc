"""What members are told of prizes, drawings and accounts, in the app and by mail."""

import attrs
import pytest

from fittrack_domain.fulfillment.address import Address
from fittrack_domain.identity.model import Status
from fittrack_domain.integrity.model import Outcome, Review, ReviewKind
from fittrack_domain.notices.events import MailDue
from fittrack_domain.notices.model import NoticeKind, NotificationNotFound
from fittrack_domain.notices.service import ENTRIES_AT_ONCE
from fittrack_domain.shared.events import Envelope
from fittrack_domain.shared.ids import EventId, FulfillmentId, MemberId, NotificationId, ReviewId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.model import Entry, FulfillmentType, Route
from tests.domain.notices.house import House

ADDRESS = Address("Ann Lee", "1 Main Street", None, "Oakland", "CA", "94601")


def won(house: House, kind: FulfillmentType = FulfillmentType.PHYSICAL) -> tuple[MemberId, FulfillmentId]:
    """The one winner of a drawing, and what they are to get."""
    ann = house.member("ann")
    drawing_id = house.drawing(kind)
    house.fittrack.sweepstakes.buy_tickets(ann, drawing_id, 1)
    house.draw(drawing_id)
    [fulfillment] = house.fittrack.fulfillments.page(Paging()).items
    return ann, fulfillment.id


def kinds(house: House, member_id: MemberId) -> list[NoticeKind]:
    return [notification.kind for notification in house.told(member_id)]


def test_winners_are_told_in_the_app_and_by_mail_and_by_when_to_claim(house: House) -> None:
    ann, _ = won(house)
    [told] = house.told(ann)
    assert (NoticeKind.PRIZE_WON, "You have won: Running shoes") == (told.kind, told.title)
    assert "Your ticket was drawn in “Evening drawing”" in told.body
    # Drawn at 21:00 on 2 March; clocks go forward in between.
    assert "confirm your postal address in the app by March 16, 2026, 22:00 New York time" in told.body
    [mail] = house.mails()
    assert ("ann@example.com", told.title) == (mail.recipient, mail.subject)
    assert mail.body.startswith(f"Hello Ann,\n\n{told.body}\n\nFitTrack")
    assert house.clock.now() == mail.sent_at


def test_digital_prizes_need_no_address(house: House) -> None:
    ann, fulfillment_id = won(house, FulfillmentType.DIGITAL)
    assert "needs no address" in house.told(ann)[0].body
    house.fittrack.fulfillments.send(None, fulfillment_id, "GIFT-1234")
    assert house.told(ann)[1].body.endswith("It was sent under the reference GIFT-1234.")


def test_every_step_of_a_delivery_is_told(house: House) -> None:
    ann, fulfillment_id = won(house)
    fulfillments = house.fittrack.fulfillments
    house.later(days=8)
    fulfillments.sweep()
    fulfillments.confirm_address(ann, fulfillment_id, ADDRESS)
    fulfillments.reject_address(None, fulfillment_id, "No such street")
    fulfillments.confirm_address(ann, fulfillment_id, ADDRESS)
    fulfillments.ship(None, fulfillment_id, "UPS", "1Z999")
    fulfillments.deliver(None, fulfillment_id)
    assert [
        NoticeKind.PRIZE_WON,
        NoticeKind.CLAIM_WARNED,
        NoticeKind.ADDRESS_CONFIRMED,
        NoticeKind.ADDRESS_INVALID,
        NoticeKind.ADDRESS_CONFIRMED,
        NoticeKind.PRIZE_SHIPPED,
        NoticeKind.PRIZE_DELIVERED,
    ] == kinds(house, ann)
    _, warned, _, invalid, _, shipped, _ = house.told(ann)
    assert "we still lack your postal address" in warned.body
    assert "to the address you gave: No such street\n\n" in invalid.body
    assert shipped.body.endswith("UPS brings it, under the tracking number 1Z999.")
    assert 7 == len(house.mails())


def test_a_forfeit_is_told_to_the_loser_and_to_the_alternate(house: House) -> None:
    members = [house.member("ann"), house.member("bob")]
    drawing_id = house.drawing()
    for member in members:
        house.fittrack.sweepstakes.buy_tickets(member, drawing_id, 1)
    house.draw(drawing_id)
    [fulfillment] = house.fittrack.fulfillments.page(Paging()).items
    [other] = [member for member in members if member != fulfillment.user_id]
    assert [] == house.told(other)
    house.later(days=14)
    house.fittrack.fulfillments.sweep()
    forfeited = house.told(fulfillment.user_id)[-1]
    assert NoticeKind.PRIZE_FORFEITED is forfeited.kind
    assert forfeited.body.endswith("was forfeited: not claimed in time")
    [alternate] = house.told(other)
    assert NoticeKind.PRIZE_WON is alternate.kind
    assert "your ticket is next in line" in alternate.body


def test_whoever_paid_for_a_cancelled_drawing_is_told_once(house: House) -> None:
    ann, bob, cid = (house.member(name) for name in ("ann", "bob", "cid"))
    drawing_id = house.drawing()
    for member in (ann, bob, ann):
        house.fittrack.sweepstakes.buy_tickets(member, drawing_id, 1)
    house.fittrack.sweepstakes.free_entry(cid, drawing_id)
    house.fittrack.drawings.cancel(None, drawing_id, "The sponsor withdrew")
    assert [NoticeKind.DRAWING_CANCELLED] == kinds(house, ann) == kinds(house, bob)
    assert [] == kinds(house, cid)
    [told] = house.told(ann)
    assert told.body.startswith("The drawing “Evening drawing” was cancelled: The sponsor withdrew\n\n")


def test_many_entrants_are_told_in_several_transactions_and_still_once(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    drawing_id = house.drawing()
    with house.store.transaction() as tx:
        for number in range(1, ENTRIES_AT_ONCE + 2):
            entry_id = house.ids.new()
            buyer = bob if number == ENTRIES_AT_ONCE else ann
            entry = Entry(
                id=entry_id,  # type: ignore[arg-type]  # any UUID does
                drawing_id=drawing_id,
                user_id=buyer,
                entry_no=number,
                quantity=1,
                cost_points=100,
                route=Route.POINTS,
                transaction_id=None,
                purchased_at=house.clock.now(),
            )
            tx.entries.add(entry)
    house.fittrack.drawings.cancel(None, drawing_id, "The sponsor withdrew")
    assert 1 == len(house.told(ann))
    assert 1 == len(house.told(bob))


def test_suspension_reinstatement_and_ban_are_told_with_their_reasons(house: House) -> None:
    ann = house.member("ann")
    identity = house.fittrack.identity
    identity.suspend(None, ann, "Two accounts")
    identity.reinstate(None, ann, "Our mistake")
    identity.ban(None, ann, "Three accounts")
    told = house.told(ann)
    assert [NoticeKind.ACCOUNT_SUSPENDED, NoticeKind.ACCOUNT_REINSTATED, NoticeKind.ACCOUNT_BANNED] == [
        notification.kind for notification in told
    ]
    assert "was suspended: Two accounts\n\n" in told[0].body
    assert "Tickets that you already have remain valid" in told[0].body
    assert ["you can appeal" in notification.body for notification in told] == [True, False, True]
    assert "was reinstated: Our mistake\n\n" in told[1].body
    assert "closed for good: Three accounts\n\n" in told[2].body
    assert ["ann@example.com"] * 3 == [mail.recipient for mail in house.mails()]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [(Outcome.CLEARED, "we agree with you"), (Outcome.CONFIRMED, "the decision about your account stands")],
)
def test_how_an_appeal_was_decided_is_told_but_not_the_note(house: House, outcome: Outcome, words: str) -> None:
    ann = house.member("ann")
    house.fittrack.identity.suspend(None, ann, "Two accounts")
    [token] = [part for part in house.mails()[0].body.split("\n\n") if " " not in part and len(part) == 43]
    appeal = house.fittrack.reviews.appeal(token, "It was my sister")
    house.later(seconds=1)
    house.fittrack.reviews.resolve(None, appeal.id, outcome, "Her sister confirms it")
    told = house.told(ann)[-1]
    assert (NoticeKind.APPEAL_DECIDED, "Your appeal is decided") == (told.kind, told.title)
    assert words in told.body
    assert "sister" not in told.body
    assert (told.title, "ann@example.com") == (house.mails()[-1].subject, house.mails()[-1].recipient)


def test_of_other_reviews_members_are_told_nothing(house: House) -> None:
    ann = house.member("ann")
    review = Review.opened(ReviewId(house.ids.new()), ann, ReviewKind.SHARED_DEVICE, house.clock.now())
    with house.store.transaction() as tx:
        tx.reviews.add(review)
    house.fittrack.reviews.resolve(None, review.id, Outcome.CLEARED, "A couple")
    assert [] == house.told(ann)


def test_a_new_member_who_becomes_active_is_not_told_of_a_reinstatement(house: House) -> None:
    from fittrack_domain.identity.events import MemberStatusChanged

    ann = house.member("ann")
    with house.store.transaction() as tx:
        tx.record(MemberStatusChanged(ann, Status.PENDING, Status.ACTIVE, "Email verified"))
    assert [] == house.told(ann)


def test_a_mail_that_is_handed_over_twice_is_in_the_box_once(house: House) -> None:
    ann, _ = won(house)
    [told] = house.told(ann)
    now = house.clock.now()
    again = Envelope(EventId(house.mails()[0].id), MailDue(ann, told.id), now, now)
    house.fittrack.notices.send(again)
    house.fittrack.notices.send(again)
    assert 1 == len(house.mails())


def test_deleted_members_get_no_mail(house: House) -> None:
    ann = house.member("ann")
    house.fittrack.identity.suspend(None, ann, "Two accounts")
    with house.store.transaction() as tx:
        tx.accounts.save(attrs.evolve(tx.accounts.get(ann), status=Status.DELETED))
    assert 1 == len(house.told(ann))
    assert [] == house.mails()


def test_the_address_is_read_when_the_mail_is_sent(house: House) -> None:
    ann = house.member("ann")
    house.fittrack.identity.suspend(None, ann, "Two accounts")
    with house.store.transaction() as tx:
        tx.accounts.save(attrs.evolve(tx.accounts.get(ann), email="new@example.com", email_key="new@example.com"))
        tx.profiles.save(attrs.evolve(tx.profiles.get(ann), display_name=None, display_name_key=None))
    [mail] = house.mails()
    assert "new@example.com" == mail.recipient
    assert mail.body.startswith("Hello,\n\n")


def test_notifications_are_read_once_and_by_their_member_only(house: House) -> None:
    ann, _ = won(house)
    bob = house.member("bob")
    notices = house.fittrack.notices
    [told] = house.told(ann)
    house.later(minutes=1)
    read = notices.mark_read(ann, told.id)
    assert house.clock.now() == read.read_at
    house.later(minutes=1)
    assert read == notices.mark_read(ann, told.id)
    assert 0 == notices.notifications(ann, Paging(), unread_only=True).total
    assert 1 == notices.notifications(ann, Paging()).total
    for nobody, notification_id in ((bob, told.id), (ann, NotificationId(house.ids.new()))):
        with pytest.raises(NotificationNotFound, match="of yours"):
            notices.mark_read(nobody, notification_id)
