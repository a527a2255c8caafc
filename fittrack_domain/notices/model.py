"""What members are told: a notice, as it lies in the app and as it goes out by mail."""

from datetime import datetime
from enum import Enum

import attrs

from fittrack_domain.identity.model import Member
from fittrack_domain.shared.errors import NotFound
from fittrack_domain.shared.ids import MemberId, NotificationId

SIGNATURE = "FitTrack\n\nYou find this message also under your notifications in the app."


class NoticeKind(Enum):
    """What a notice is about."""

    PRIZE_WON = "prize_won"
    CLAIM_WARNED = "claim_warned"
    ADDRESS_CONFIRMED = "address_confirmed"
    ADDRESS_INVALID = "address_invalid"
    PRIZE_SHIPPED = "prize_shipped"
    PRIZE_DELIVERED = "prize_delivered"
    PRIZE_FORFEITED = "prize_forfeited"
    DRAWING_CANCELLED = "drawing_cancelled"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_BANNED = "account_banned"
    ACCOUNT_REINSTATED = "account_reinstated"


@attrs.frozen
class NotificationNotFound(NotFound):
    """No notification has this id, or it is another member's."""

    notification_id: NotificationId
    code = "notification_not_found"

    def __str__(self) -> str:
        return f"There is no notification {self.notification_id} of yours."


@attrs.frozen
class Notice:
    """What to tell, whoever it is told and by whatever way."""

    kind: NoticeKind
    title: str
    body: str


@attrs.frozen
class Notification:
    """A notice in a member's app."""

    id: NotificationId
    user_id: MemberId
    kind: NoticeKind
    title: str
    body: str
    created_at: datetime
    read_at: datetime | None = None
    version: int = 1

    @classmethod
    def of(cls, notice: Notice, notification_id: NotificationId, member_id: MemberId, now: datetime) -> "Notification":
        return cls(notification_id, member_id, notice.kind, notice.title, notice.body, created_at=now)

    def read(self, now: datetime) -> "Notification":
        """Read for the first time at `now`; a second reading changes nothing."""
        return self if self.read_at is not None else attrs.evolve(self, read_at=now)


@attrs.frozen
class Message:
    """A mail."""

    to: str
    subject: str
    text: str


def mail(notification: Notification, member: Member) -> Message:
    """A notification as a mail to its member."""
    name = member.profile.display_name
    greeting = "Hello," if name is None else f"Hello {name},"
    return Message(member.account.email, notification.title, f"{greeting}\n\n{notification.body}\n\n{SIGNATURE}\n")
