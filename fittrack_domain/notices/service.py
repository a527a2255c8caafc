"""Telling members: reactions that write notifications, the sending of mail, and what members do with what they read."""

from datetime import datetime
from typing import Final
from uuid import uuid5

import attrs

from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.mailed import fresh_token
from fittrack_domain.access.model import Purpose
from fittrack_domain.fulfillment.events import PrizeWon
from fittrack_domain.fulfillment.model import CLAIM_WITHIN
from fittrack_domain.identity.model import Member, Status
from fittrack_domain.notices import texts
from fittrack_domain.notices.events import EntrantsToTell, MailDue
from fittrack_domain.notices.model import Enclosure, Notice, Notification, NotificationNotFound, account_mail, mail
from fittrack_domain.notices.ports import Mailer, NoticesTx
from fittrack_domain.shared.events import Envelope
from fittrack_domain.shared.ids import DrawingId, MemberId, NotificationId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Entropy, Ids, Store
from fittrack_domain.sweepstakes.events import DrawingCancelled

ENTRIES_AT_ONCE: Final = 500


@attrs.frozen
class Notices:
    """What members are told, in the app and by mail."""

    store: Store[NoticesTx]
    clock: Clock
    ids: Ids
    entropy: Entropy
    mailer: Mailer

    def tell(self, tx: NoticesTx, now: datetime, event: texts.Told) -> None:
        """Reaction: tells the member whom an event is about."""
        notice = texts.notice_of(event)
        if notice is not None:
            _tell(tx, now, NotificationId(self.ids.new()), event.member_id, notice)

    def tell_winner(self, tx: NoticesTx, now: datetime, event: PrizeWon) -> None:
        """Reaction: tells a winner, or the alternate who became one."""
        fulfillment = tx.fulfillments.get(event.fulfillment_id)
        drawn = tx.winners.get(fulfillment.drawing_id, fulfillment.draw_no)
        notice = texts.prize_won(event, now + CLAIM_WITHIN, as_alternate=drawn.prize_id is None)
        _tell(tx, now, NotificationId(self.ids.new()), event.member_id, notice)

    def tell_entrants(self, tx: NoticesTx, now: datetime, event: DrawingCancelled | EntrantsToTell) -> None:
        """Reaction: tells whoever paid for tickets of a cancelled drawing, once each; many in further transactions."""
        after = event.after if isinstance(event, EntrantsToTell) else None
        entries = tx.entries.paid_after(event.drawing_id, after, ENTRIES_AT_ONCE)
        notice = texts.drawing_cancelled(event.name, event.reason)
        for member_id in dict.fromkeys(entry.user_id for entry in entries):
            notification_id = _id_of_cancellation(event.drawing_id, member_id)
            if not tx.notifications.has(notification_id):
                _tell(tx, now, notification_id, member_id, notice)
        if len(entries) == ENTRIES_AT_ONCE:
            tx.record(EntrantsToTell(event.drawing_id, event.name, event.reason, after=entries[-1].id))

    def send(self, envelope: Envelope) -> None:
        """Delivery: hands a mail to the mailer under the event's id, if its member wants it. Deleted ones get none.

        Raises: what the mailer raises; the relay tries again.
        """
        due = envelope.event
        assert isinstance(due, MailDue), f"{due} is no mail"
        with self.store.reading() as tx:
            member = Member(tx.accounts.get(due.member_id), tx.profiles.get(due.member_id))
            wanted = tx.preferences.of(due.member_id).email_notices
            gone = member.account.status is Status.DELETED
            notification = None if gone else tx.notifications.get(due.notification_id)
        if notification is None or (notification.kind.is_optional and not wanted):
            return
        enclosed = self._enclosed(due.member_id, Purpose.APPEAL) if notification.kind.may_be_appealed else None
        self.mailer.send(mail(notification, member, enclosed), envelope.id)

    def send_token(self, envelope: Envelope) -> None:
        """Delivery: makes a single-use token and hands it to the mailer. Raises as `send`."""
        due = envelope.event
        assert isinstance(due, TokenDue), f"{due} asks for no token"
        with self.store.reading() as tx:
            member = Member(tx.accounts.get(due.member_id), tx.profiles.get(due.member_id))
        if member.account.status is not Status.DELETED:
            self.mailer.send(account_mail(member, self._enclosed(due.member_id, due.purpose)), envelope.id)

    def _enclosed(self, member_id: MemberId, purpose: Purpose) -> Enclosure:
        with self.store.transaction() as tx:
            return Enclosure(purpose, fresh_token(tx, self.entropy, self.clock.now(), member_id, purpose))

    def notifications(self, member_id: MemberId, paging: Paging, *, unread_only: bool = False) -> Page[Notification]:
        """What a member was told, the newest first."""
        with self.store.reading() as tx:
            return tx.notifications.page(paging, member_id, unread_only=unread_only)

    def mark_read(self, member_id: MemberId, notification_id: NotificationId) -> Notification:
        """Raises `NotificationNotFound`, also for another member's."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            notification = tx.notifications.get(notification_id)
            if notification.user_id != member_id:
                raise NotificationNotFound(notification_id)
            read = notification.read(now)
            return notification if read is notification else tx.notifications.save(read)


def _tell(tx: NoticesTx, now: datetime, notification_id: NotificationId, member_id: MemberId, notice: Notice) -> None:
    tx.notifications.add(Notification.of(notice, notification_id, member_id, now))
    tx.record(MailDue(member_id, notification_id))


def _id_of_cancellation(drawing_id: DrawingId, member_id: MemberId) -> NotificationId:
    """The same for all entries of a member, so that many entries make one notice."""
    return NotificationId(uuid5(drawing_id, f"cancelled {member_id}"))
