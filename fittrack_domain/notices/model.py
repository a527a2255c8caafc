"""What members are told: a notice, as it lies in the app and as it goes out by mail."""

from datetime import datetime
from enum import Enum

import attrs

from fittrack_domain.access.model import Purpose
from fittrack_domain.identity.model import Member
from fittrack_domain.shared.errors import NotFound, Refused
from fittrack_domain.shared.ids import MemberId, NotificationId


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
    APPEAL_DECIDED = "appeal_decided"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a kind of notice, no password
    TOKEN_REUSED = "token_reused"  # noqa: S105

    @property
    def is_optional(self) -> bool:
        """Whether members may do without it by mail: it asks for nothing, and is no matter of safety."""
        return self in _OPTIONAL

    @property
    def may_be_appealed(self) -> bool:
        """Whether its mail brings a token to appeal with."""
        return self in (NoticeKind.ACCOUNT_SUSPENDED, NoticeKind.ACCOUNT_BANNED)


_OPTIONAL = frozenset(
    {
        NoticeKind.ADDRESS_CONFIRMED,
        NoticeKind.PRIZE_SHIPPED,
        NoticeKind.PRIZE_DELIVERED,
        NoticeKind.DRAWING_CANCELLED,
    }
)


@attrs.frozen
class NotificationNotFound(NotFound):
    """No notification has this id, or it is another member's."""

    notification_id: NotificationId
    code = "notification_not_found"

    def __str__(self) -> str:
        return f"There is no notification {self.notification_id} of yours."


@attrs.frozen
class MailRefused(Refused):
    """A mail will never be taken: nobody has the address, or whoever receives it will not have such a mail.

    `reason` names no address: it is kept, and logged.
    """

    reason: str
    code = "mail_refused"

    def __str__(self) -> str:
        return f"The mail will not be taken: {self.reason}"


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
class Enclosure:
    """A single-use token that a mail brings, and what it is good for."""

    purpose: Purpose
    token: str = attrs.field(repr=False)


@attrs.frozen
class Message:
    """A mail: paragraphs, divided by empty lines.

    Greeting, signature, the look of it, and how to use what is enclosed are the mailer's.
    """

    to: str = attrs.field(repr=False)
    name: str | None = attrs.field(repr=False)
    subject: str
    body: str = attrs.field(repr=False)
    enclosed: Enclosure | None = None
    in_app: bool = True
    """Whether the same is also told in the app."""


def mail(notification: Notification, member: Member, enclosed: Enclosure | None = None) -> Message:
    """A notification as a mail to its member."""
    return Message(member.account.email, member.profile.display_name, notification.title, notification.body, enclosed)


def account_mail(member: Member, enclosed: Enclosure) -> Message:
    """The mail that brings a token to whoever asked for it."""
    subject, body = _ACCOUNT_MAILS[enclosed.purpose]
    return Message(member.account.email, member.profile.display_name, subject, body, enclosed, in_app=False)


_ACCOUNT_MAILS = {
    Purpose.VERIFY_EMAIL: (
        "Verify your email",
        (
            "Welcome to FitTrack. Please show that this email is yours; after that you can log in.\n\nIf you did not "
            "register, somebody mistyped their email: simply ignore this mail."
        ),
    ),
    Purpose.RESET_PASSWORD: (
        "Reset your password",
        (
            "Somebody, probably you, asked for another password.\n\nIf it was not you, ignore this mail: your password "
            "stays as it is."
        ),
    ),
}
