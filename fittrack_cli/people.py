"""Members as people name them on the command line: by id, email, or the key of a tracker."""

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

if TYPE_CHECKING:
    from fittrack_domain.app import FitTrack
    from fittrack_domain.shared.ids import MemberId

NAMED_BY: Final = "A member: id, email, or the key of their tracker."

MemberArgument = Annotated[str, typer.Argument(metavar="MEMBER", help=NAMED_BY, show_default=False)]
MemberOption = Annotated[str | None, typer.Option("--member", metavar="MEMBER", help=NAMED_BY)]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="MEMBER", help="The admin who acts, for the audit log. The system itself by default."),
]


def member_id(fittrack: "FitTrack", who: str) -> "MemberId":
    """The member's id. Raises `MemberNotFound`."""
    from fittrack_domain.identity.errors import MemberNotFound
    from fittrack_domain.shared.ids import MemberId

    if "@" in who:
        return fittrack.identity.member_by_email(who).id
    if (known := _uuid(who)) is not None:
        return fittrack.identity.member(MemberId(known)).id
    if (owner := _tracked(fittrack, who)) is not None:
        return owner
    raise MemberNotFound(who)


def _uuid(text: str) -> UUID | None:
    try:
        known = UUID(text)
    except ValueError:
        return None
    return known if str(known) == text.lower() else None  # UUID() also takes bare digits, which trackers use


def _tracked(fittrack: "FitTrack", key: str) -> "MemberId | None":
    from fittrack_domain.tracking.model import Provider

    found = (fittrack.tracking.connections_of(provider, [key]).get(key) for provider in Provider)
    return next((connection.user_id for connection in found if connection is not None), None)


def actor_id(fittrack: "FitTrack", who: str | None) -> "MemberId | None":
    """The id of the admin who acts; None for the system itself. Raises as `admin_id`."""
    return None if who is None else admin_id(fittrack, who)


def admin_id(fittrack: "FitTrack", who: str) -> "MemberId":
    """The id of an admin. Raises `MemberNotFound`, and `typer.BadParameter` for a member who is none."""
    actor = member_id(fittrack, who)
    if not fittrack.identity.member(actor).account.is_admin:
        raise typer.BadParameter(f"{who} is not an admin.", param_hint="--as")
    return actor


class SourceKeys:
    """The name under which each member came: the key of their tracker (the primary one's), else their id."""

    def __init__(self, fittrack: "FitTrack") -> None:
        self._fittrack = fittrack
        self._known: dict[MemberId, str] = {}

    def __getitem__(self, member: "MemberId") -> str:
        if member not in self._known:
            connections = [c for c in self._fittrack.tracking.connections(member) if c.tracker_user_key is not None]
            connections.sort(key=lambda connection: not connection.is_primary)
            self._known[member] = str(connections[0].tracker_user_key) if connections else str(member)
        return self._known[member]
