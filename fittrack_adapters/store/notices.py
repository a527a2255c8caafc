"""What members were told, in the store, and the mail that was kept instead of sent."""

from datetime import datetime

import attrs

from fittrack_adapters.store.rows import Rows
from fittrack_adapters.store.tables import Table
from fittrack_domain.notices.model import Notification, NotificationNotFound
from fittrack_domain.shared.ids import EventId, MemberId, NotificationId
from fittrack_domain.shared.paging import Page, Paging


@attrs.frozen
class BoxedMail:
    """A mail that was not sent anywhere. `id` is its message id; `body` is the text of it."""

    id: EventId
    recipient: str
    subject: str
    body: str
    html: str | None
    sent_at: datetime


NOTIFICATIONS = Table("notifications", Notification, what="notification", index=(("user_id",),))
MAIL_BOX = Table("mail_box", BoxedMail, what="mail")


@attrs.frozen
class MailBoxRows:
    """`KeptMail` over rows."""

    rows: Rows[BoxedMail]

    def remove_to(self, email: str) -> None:
        self.rows.remove(recipient=email)


@attrs.frozen
class NotificationRows:
    """`Notifications` over rows."""

    rows: Rows[Notification]

    def get(self, notification_id: NotificationId) -> Notification:
        notification = self.rows.get(notification_id)
        if notification is None:
            raise NotificationNotFound(notification_id)
        return notification

    def has(self, notification_id: NotificationId) -> bool:
        return self.rows.get(notification_id) is not None

    def page(self, paging: Paging, member_id: MemberId, *, unread_only: bool) -> Page[Notification]:
        wanted = {"user_id": member_id} | ({"read_at": None} if unread_only else {})
        items = self.rows.where(order=("-created_at", "-id"), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))

    def add(self, notification: Notification) -> None:
        self.rows.add(notification)

    def save(self, notification: Notification) -> Notification:
        return self.rows.save(notification)

    def remove_of(self, member_id: MemberId) -> None:
        self.rows.remove(user_id=member_id)
