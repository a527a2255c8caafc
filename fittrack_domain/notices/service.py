"""Telling members: reactions that write notifications, the sending of mail, and what members do with what they read."""

from datetime import datetime
from typing import Final
from uuid import uuid5

import attrs

from fittrack_domain.fulfillment.events import PrizeWon
from fittrack_domain.fulfillment.model import CLAIM_WITHIN
from fittrack_domain.identity.model import Member, Status
from fittrack_domain.notices import texts
from fittrack_domain.notices.events import EntrantsToTell, MailDue
from fittrack_domain.notices.model import Notice, Notification, NotificationNotFound, mail
from fittrack_domain.notices.ports import Mailer, NoticesTx
from fittrack_domain.shared.events import Envelope
from fittrack_domain.shared.ids import DrawingId, MemberId, NotificationId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.sweepstakes.events import DrawingCancelled

ENTRIES_AT_ONCE: Final = 500


@attrs.frozen
class Notices:
    """What members are told, in the app and by mail."""

    store: Store[NoticesTx]
    clock: Clock
    ids: Ids
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
        """Delivery: hands a mail to the mailer under the event's id. Deleted members get none.

        Raises: what the mailer raises; the relay tries again.
        """
        due = envelope.event
        assert isinstance(due, MailDue), f"{due} is no mail"
        with self.store.reading() as tx:
            member = Member(tx.accounts.get(due.member_id), tx.profiles.get(due.member_id))
            notification = tx.notifications.get(due.notification_id)
        if member.account.status is not Status.DELETED:
            self.mailer.send(mail(notification, member), envelope.id)

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
