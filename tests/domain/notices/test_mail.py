"""Which notices are mailed, and what comes with them."""

import re
from collections.abc import Callable

import attrs
import pytest

from fittrack_adapters.testing.builders import PASSWORD
from fittrack_domain.access.errors import TokenNotValid
from fittrack_domain.access.events import PasswordChanged, TokenReused
from fittrack_domain.access.model import Client
from fittrack_domain.access.registration import NewAccount
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.identity.model import Status
from fittrack_domain.notices.events import MailDue
from fittrack_domain.notices.model import MailRefused, Message, Notice, NoticeKind, Notification
from fittrack_domain.shared.ids import EventId, MemberId, NotificationId
from fittrack_domain.shared.paging import Paging
from tests.domain.notices.house import House

ADDRESS = Address("Ann Lee", "1 Main Street", None, "Oakland", "CA", "94601")


def token_of(text: str) -> str:
    """The token in a mail."""
    found = re.search(r"in the app:\n\n(\S+)\n", text)
    assert found is not None
    return found[1]


def register(house: House) -> MemberId:
    new = NewAccount(
        email="ann@example.com",
        password=PASSWORD,
        date_of_birth=house.clock.now().date().replace(year=1990),
        state_of_residence="CA",
        accepted_terms=True,
        accepted_sweepstakes_rules=True,
    )
    return house.fittrack.registration.register(new).id


def mail_to(house: House, act: Callable[[House], object]) -> str:
    """The text of the mail that follows from it."""
    before = len(house.mails())
    act(house)
    house.later(seconds=1)
    [mail] = house.mails()[before:]
    return mail.body


def prefer(house: House, member_id: MemberId, *, mail: bool) -> None:
    identity = house.fittrack.identity
    identity.prefer(attrs.evolve(identity.preferences(member_id), email_notices=mail))


def test_whoever_registers_gets_a_token_that_opens_the_account(house: House) -> None:
    register(house)
    [mail] = house.mails()
    assert ("ann@example.com", "Verify your email") == (mail.recipient, mail.subject)
    assert "under your notifications in the app" not in mail.body
    account = house.fittrack.registration.verify_email(token_of(mail.body))
    assert Status.ACTIVE is account.status


def test_a_forgotten_password_is_replaced_with_a_mailed_token(house: House) -> None:
    house.fittrack.registration.verify_email(token_of(mail_to(house, register)))
    token = token_of(mail_to(house, lambda house: house.fittrack.passwords.forgot("ann@example.com")))
    house.fittrack.passwords.reset(token, "Another-horse-2")
    house.fittrack.sessions.log_in("ann@example.com", "Another-horse-2", Client("127.0.0.1"))
    with pytest.raises(TokenNotValid):
        house.fittrack.passwords.reset(token, "Another-horse-3")


def test_whoever_is_gone_gets_no_token(house: House) -> None:
    ann = register(house)
    with house.store.transaction() as tx:
        tx.accounts.save(attrs.evolve(tx.accounts.get(ann), status=Status.DELETED))
    assert [] == house.mails()
    assert 0 == house.fittrack.relay.waiting()


def test_what_may_be_a_theft_is_told_by_mail(house: House) -> None:
    ann = house.member("ann")
    with house.store.transaction() as tx:
        tx.record(PasswordChanged(ann))
        tx.record(TokenReused(ann))
    subjects = {mail.subject for mail in house.mails()}
    assert {"Your password was changed", "We logged out one of your devices"} == subjects


def test_only_a_suspension_and_a_ban_come_with_a_token_to_appeal(house: House) -> None:
    ann = house.member("ann")
    identity = house.fittrack.identity
    for change in (identity.suspend, identity.reinstate, identity.ban):
        change(None, ann, "Two accounts")
        house.mails()
        house.later(seconds=1)
    assert [True, False, True] == ["To appeal, enter this token" in mail.body for mail in house.mails()]


def test_who_wants_no_mail_gets_only_what_asks_for_something_or_is_about_safety(house: House) -> None:
    ann = house.member("ann")
    drawing_id = house.drawing()
    house.fittrack.sweepstakes.buy_tickets(ann, drawing_id, 1)
    prefer(house, ann, mail=False)
    house.draw(drawing_id)
    [prize] = house.fittrack.fulfillments.page(Paging()).items
    house.fittrack.fulfillments.confirm_address(ann, prize.id, ADDRESS)
    house.fittrack.fulfillments.ship(None, prize.id, "UPS", "1Z999")
    house.fittrack.identity.suspend(None, ann, "Two accounts")
    told = [notification.kind for notification in house.told(ann)]
    assert [
        NoticeKind.PRIZE_WON,
        NoticeKind.ADDRESS_CONFIRMED,
        NoticeKind.PRIZE_SHIPPED,
        NoticeKind.ACCOUNT_SUSPENDED,
    ] == told
    assert {"You have won: Running shoes", "Your account is suspended"} == {mail.subject for mail in house.mails()}


@pytest.mark.parametrize("wanted", [True, False])
def test_the_kinds_that_members_may_do_without(house: House, wanted: bool) -> None:
    ann = house.member("ann")
    prefer(house, ann, mail=wanted)
    for kind in NoticeKind:
        told = NotificationId(house.ids.new())
        with house.store.transaction() as tx:
            tx.notifications.add(Notification.of(Notice(kind, kind.value, "Body"), told, ann, house.clock.now()))
            tx.record(MailDue(ann, told))
    optional = {"address_confirmed", "prize_shipped", "prize_delivered", "drawing_cancelled"}
    every = {kind.value for kind in NoticeKind}
    assert (every if wanted else every - optional) == {mail.subject for mail in house.mails()}


@attrs.frozen
class Refusing:
    """A mailer over a server that knows nobody."""

    def send(self, _message: Message, _message_id: EventId) -> None:
        raise MailRefused("the mail server answers 550 5.1.1")


def test_a_mail_that_is_refused_is_given_up_at_once_and_can_be_sent_later(house: House) -> None:
    register(house)
    notices = attrs.evolve(house.fittrack.notices, mailer=Refusing())
    relay = house.fittrack.relay
    deliveries = dict.fromkeys(relay.deliveries, notices.send_token)
    assert [] == attrs.evolve(relay, deliveries=deliveries).hand_over()
    [parked] = relay.parked().items
    assert "MailRefused: The mail will not be taken: the mail server answers 550 5.1.1" == parked.last_error
    relay.release(parked.id)
    assert ["Verify your email"] == [mail.subject for mail in house.mails()]
