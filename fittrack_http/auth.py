"""Who is calling: until log-in exists, development servers take a member's id as the bearer token."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import attrs

from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.model import Role
from fittrack_domain.identity.service import Identity
from fittrack_domain.shared.errors import Refused, Unauthenticated
from fittrack_domain.shared.ids import MemberId

DEVELOPMENT_PREFIX: Final = "dev:"


@attrs.frozen
class Caller:
    """A member whose account is active, as of this request."""

    member_id: MemberId
    is_admin: bool = False


Authenticate = Callable[[str | None], Caller]
"""From the `Authorization` header to the caller. Raises `NotLoggedIn`."""


@attrs.frozen
class NotLoggedIn(Unauthenticated):
    """The request has no usable access token, or its member's account is not active."""

    reason: str
    code = "not_logged_in"

    def __str__(self) -> str:
        return self.reason


@attrs.frozen
class AdminsOnly(Refused):
    """Only administrators may do this."""

    code = "admins_only"

    def __str__(self) -> str:
        return "Only administrators may do this."


@attrs.frozen
class DevelopmentTokens:
    """Lets a member in by `Bearer dev:<member id>`, on development servers only. The account is read each time."""

    identity: Identity
    development: bool

    def __call__(self, authorization: str | None) -> Caller:
        token = _bearer(authorization)
        if not self.development:
            raise NotLoggedIn("This server has no log-in yet, and development tokens are taken in development only.")
        try:
            account = self.identity.member(_named(token)).account
        except MemberNotFound:
            raise NotLoggedIn("The token's member does not exist.") from None
        if not account.is_active:
            raise NotLoggedIn(f"The account is {account.status.value}.")
        return Caller(account.id, account.role is Role.ADMIN)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotLoggedIn("Send an access token: Authorization: Bearer <token>.")
    return token.strip()


def _named(token: str) -> MemberId:
    try:
        if not token.startswith(DEVELOPMENT_PREFIX):
            raise ValueError
        return MemberId(UUID(token.removeprefix(DEVELOPMENT_PREFIX)))
    except ValueError:
        raise NotLoggedIn("A development token is dev: followed by a member's id.") from None


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
