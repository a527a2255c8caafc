"""What members were told, over HTTP."""

from datetime import datetime
from typing import Final, Self

import attrs

from fittrack_domain.app import FitTrack
from fittrack_domain.notices.model import NoticeKind, Notification, NotificationNotFound
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import NotificationId
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.members import TAG
from fittrack_http.routes import Access, Route


@attrs.frozen(kw_only=True)
class NotificationsQuery(PageQuery):
    """Which notifications."""

    unread: bool = False


@attrs.frozen
class NotificationOut:
    """What you were told."""

    notification_id: NotificationId
    kind: NoticeKind
    title: str
    body: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, told: Notification) -> Self:
        return cls(told.id, told.kind, told.title, told.body, told.created_at, told.read_at)


def notifications(fittrack: FitTrack, caller: Caller, query: NotificationsQuery) -> Listed[NotificationOut]:
    """List what you were told.

    Sorted by time, the newest first.
    """
    found = fittrack.notices.notifications(caller.member_id, query.paging, unread_only=query.unread)
    return Listed.of(found.map(NotificationOut.of))


def mark_read(fittrack: FitTrack, caller: Caller, notification_id: NotificationId) -> NotificationOut:
    """Mark a notification as read."""
    return NotificationOut.of(fittrack.notices.mark_read(caller.member_id, notification_id))


ROUTES: Final = (
    Route("GET", "/api/v1/users/me/notifications", notifications, Access.MEMBER, TAG),
    Route(
        "POST",
        "/api/v1/users/me/notifications/{notification_id}/read",
        mark_read,
        Access.MEMBER,
        TAG,
        problems=(NotificationNotFound, StaleVersion),
    ),
)
