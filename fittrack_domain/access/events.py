"""What happened to accesses that others act on."""

import attrs

from fittrack_domain.access.model import Purpose
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId, SessionId


@attrs.frozen
class TokenDue(Event):
    """A single-use token is to be mailed. It is made when the mail is sent, so that nothing stored holds it."""

    member_id: MemberId
    purpose: Purpose


@attrs.frozen
class SessionOpened(Event):
    """A member logged in on a device that names itself. Its name is the session's to tell, as long as there is one."""

    member_id: MemberId
    session_id: SessionId


@attrs.frozen
class PasswordChanged(Event):
    """A member has another password, by their own change or a reset."""

    member_id: MemberId


@attrs.frozen
class TokenReused(Event):
    """A refresh token came a second time: whoever has it may have stolen it, and the session was ended."""

    member_id: MemberId
