"""What happened to members that others act on."""

import attrs

from fittrack_domain.identity.model import Status
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId


@attrs.frozen
class MemberCreated(Event):
    """There is a new member."""

    member_id: MemberId


@attrs.frozen
class MemberStatusChanged(Event):
    """An account was suspended, banned, reinstated, or changed its status in another way."""

    member_id: MemberId
    old: Status
    new: Status
    reason: str


@attrs.frozen
class EmailCorrected(Event):
    """An account has another email than the one it was made with."""

    member_id: MemberId


@attrs.frozen
class OpenTierChanged(Event):
    """A member joined or left the OPEN board."""

    member_id: MemberId
    opted_in: bool
