"""How identity says no."""

import attrs

from fittrack_domain.shared.errors import Conflict, NotFound, Refused
from fittrack_domain.shared.ids import MemberId


@attrs.frozen
class MemberNotFound(NotFound):
    """No member has this id or email."""

    who: MemberId | str
    code = "member_not_found"

    def __str__(self) -> str:
        return f"There is no member {self.who}."


@attrs.frozen
class EmailTaken(Conflict):
    """Another account has this email, in whatever case."""

    code = "email_taken"

    def __str__(self) -> str:
        return "An account with this email exists already. Use another email, or that account."


@attrs.frozen
class DisplayNameTaken(Conflict):
    """Another member has this display name, in whatever case."""

    display_name: str
    code = "display_name_taken"

    def __str__(self) -> str:
        return f"The display name {self.display_name!r} is taken. Choose another one."


@attrs.frozen
class IllegalStatusChange(Conflict):
    """An account in this status cannot be brought into the other one."""

    status: str
    wanted: str
    code = "illegal_status_change"

    def __str__(self) -> str:
        return f"The account is {self.status} and cannot become {self.wanted}."


@attrs.frozen
class AccountDeleted(Conflict):
    """The member has left: nothing is stated about them any more."""

    member_id: MemberId
    code = "account_deleted"

    def __str__(self) -> str:
        return f"The account {self.member_id} is deleted. Nothing of it can be changed."


@attrs.frozen
class ProfileStated(Conflict):
    """The member's profile is complete already."""

    member_id: MemberId
    code = "profile_stated"

    def __str__(self) -> str:
        return f"The profile of {self.member_id} is complete already. Edit it instead."


@attrs.frozen
class OwnAccount(Refused):
    """Nobody moderates their own account: an admin could lock everyone out."""

    code = "own_account"

    def __str__(self) -> str:
        return "You cannot change the status or role of your own account. Ask another admin."


@attrs.frozen
class ProfileIncomplete(Refused):
    """The member has not stated yet what this needs."""

    missing: tuple[str, ...]
    code = "profile_incomplete"

    def __str__(self) -> str:
        return f"The profile lacks {', '.join(self.missing)}. Complete it first."
