"""Who is calling, told by the access token; and what callers may do."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import Admitted
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.errors import Refused
from fittrack_domain.shared.ids import MemberId, SessionId


@attrs.frozen
class Caller:
    """A member whose session and account are good, as of this request."""

    member_id: MemberId
    session_id: SessionId
    role: Role

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


Authenticate: TypeAlias = Callable[[str | None], Caller]
"""From the `Authorization` header to the caller. Raises `NotLoggedIn`."""


@attrs.frozen
class AdminsOnly(Refused):
    """Only administrators may do this."""

    code = "admins_only"

    def __str__(self) -> str:
        return "Only administrators may do this."


def bearer(admit: Callable[[str], Admitted]) -> Authenticate:
    """Lets callers in by `Authorization: Bearer <access token>`."""

    def authenticate(authorization: str | None) -> Caller:
        scheme, _, token = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise NotLoggedIn("Send an access token: Authorization: Bearer <token>.")
        admitted = admit(token.strip())
        return Caller(admitted.member_id, admitted.session_id, admitted.role)

    return authenticate


def admins_only(caller: Caller) -> Caller:
    """The caller, if an administrator. Raises `AdminsOnly`."""
    if not caller.is_admin:
        raise AdminsOnly
    return caller


def own_or_as_admin(caller: Caller, owner: MemberId | None) -> MemberId:
    """Whose things are meant: the caller's own, or, for administrators, any member's. Raises `AdminsOnly`."""
    if owner is None or owner == caller.member_id:
        return caller.member_id
    admins_only(caller)
    return owner
