"""What notices need: somewhere to keep them, and somebody to carry the mail."""

from typing import Protocol

from fittrack_domain.access.ports import AccessTx
from fittrack_domain.fulfillment.ports import FulfillmentTx
from fittrack_domain.notices.model import Message, Notification
from fittrack_domain.shared.ids import EventId, MemberId, NotificationId
from fittrack_domain.shared.paging import Page, Paging


class Notifications(Protocol):
    """What members were told."""

    def get(self, notification_id: NotificationId) -> Notification:
        """Raises `NotificationNotFound`."""
        ...

    def has(self, notification_id: NotificationId) -> bool: ...

    def page(self, paging: Paging, member_id: MemberId, *, unread_only: bool) -> Page[Notification]:
        """The newest first."""
        ...

    def add(self, notification: Notification) -> None: ...

    def save(self, notification: Notification) -> Notification:
        """Raises `StaleVersion`."""
        ...

    def remove_of(self, member_id: MemberId) -> None: ...


class NoticesTx(FulfillmentTx, AccessTx, Protocol):
    """A transaction that can tell members things, and look up what to tell."""

    @property
    def notifications(self) -> Notifications: ...


class Mailer(Protocol):
    """Carries mail. Is called outside of transactions only."""

    def send(self, message: Message, message_id: EventId) -> None:
        """Sends a mail. The same id again sends nothing more, or the very same mail under the same Message-ID.

        Raises:
            MailRefused: It will never be taken.
            Unavailable: It has to be repeated, later. It may have gone out all the same.
        """
        ...
