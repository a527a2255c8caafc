"""What remains to be told, after the commit or in further transactions."""

import attrs

from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import DrawingId, EntryId, MemberId, NotificationId


@attrs.frozen
class MailDue(Event):
    """A notification is to be mailed. Address and text are read when it is sent, so the event holds neither."""

    member_id: MemberId
    notification_id: NotificationId


@attrs.frozen
class EntrantsToTell(Event):
    """Whoever paid for an entry with an id after this one is still to be told that the drawing is cancelled."""

    drawing_id: DrawingId
    name: str
    reason: str
    after: EntryId
