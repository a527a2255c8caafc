"""Accounts over HTTP, in the hands of administrators."""

from collections.abc import Collection
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Final

import attrs
from annotated_types import Len

from fittrack_domain.app import FitTrack
from fittrack_domain.competition.tiers import tier_of
from fittrack_domain.identity.admission import SOUGHT_LENGTH_MAX, AccountCorrection, NewMember
from fittrack_domain.identity.errors import (
    AccountDeleted,
    DisplayNameTaken,
    EmailTaken,
    IllegalStatusChange,
    MemberNotFound,
    OwnAccount,
)
from fittrack_domain.identity.model import (
    LANGUAGE_FORM,
    TIME_ZONE_FORM,
    Goal,
    Level,
    Member,
    Role,
    Sex,
    Status,
    version_of,
)
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page
from fittrack_domain.shared.requests import Request
from fittrack_http.admin import Reason, route, twice
from fittrack_http.auth import Caller
from fittrack_http.authentication import NewEmail, State
from fittrack_http.listing import Listed, PageQuery
from fittrack_http.members import AccountOut, DisplayName, Height, Weight
from fittrack_http.routes import Given, Reply
from fittrack_http.structuring import Pattern, Told

TAG: Final = "Accounts"
A_LANGUAGE: Final = Pattern(LANGUAGE_FORM.pattern, "a language tag such as en or en-US")
A_TIME_ZONE: Final = Pattern(TIME_ZONE_FORM.pattern, "a time zone such as America/New_York")
DELETED_BY_ADMIN: Final = "Deleted by an administrator."


@attrs.frozen(kw_only=True)
class UsersQuery(PageQuery):
    """Which members; `q` stands somewhere in their email or display name, or is their id.

    Flagged are those whose prizes wait for a review.
    """

    q: Annotated[str, Told(Len(1, SOUGHT_LENGTH_MAX))] | None = None
    status: Status | None = None
    role: Role | None = None
    flagged: bool = False

    def found(self, fittrack: FitTrack) -> Page[Member]:
        """Those that are asked for."""
        return fittrack.identity.members(
            self.paging, sought=self.q, status=self.status, role=self.role, flagged=self.flagged
        )


@attrs.frozen
class UserSummary:
    """A member in a list."""

    user_id: MemberId
    email: str
    display_name: str | None
    tier_code: str | None
    status: Status
    role: Role
    flagged: bool
    premium_expires_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, member: Member, today: date, flagged: Collection[MemberId]) -> "UserSummary":
        account, tier = member.account, tier_of(member.profile, today)
        return cls(
            user_id=account.id,
            email=account.email,
            display_name=member.profile.display_name,
            tier_code=None if tier is None else tier.code,
            status=account.status,
            role=account.role,
            flagged=account.id in flagged,
            premium_expires_at=account.premium_expires_at,
            created_at=account.created_at,
        )


@attrs.frozen(kw_only=True)
class NewUser:
    """A member to be made: active at once, and with a password once they have reset it."""

    email: NewEmail
    date_of_birth: date
    state_of_residence: State
    role: Role = Role.USER
    premium_expires_at: datetime | None = None
    display_name: DisplayName | None = None
    biological_sex: Sex | None = None
    fitness_level: Level | None = None
    height_inches: Height | None = None
    weight_pounds: Weight | None = None
    goals: tuple[Goal, ...] = ()

    @property
    def member(self) -> NewMember:
        return NewMember(**{field.name: getattr(self, field.name) for field in attrs.fields(NewMember)})


@attrs.frozen(kw_only=True)
class AccountCorrectionIn:
    """What is to be corrected; what is left out stays as it is."""

    email: NewEmail | None = None
    email_notifications: bool | None = None
    language: Annotated[str, Told(A_LANGUAGE)] | None = None
    time_zone: Annotated[str, Told(A_TIME_ZONE)] | None = None

    @property
    def correction(self) -> AccountCorrection:
        return AccountCorrection(self.email, self.email_notifications, self.language, self.time_zone)


class Standing(Enum):
    """What may become of an account: who is suspended can be active again, a ban is final."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    BANNED = "banned"


@attrs.frozen(kw_only=True)
class NewStanding:
    """What is to become of an account, and why: the member is told."""

    status: Standing
    reason: Reason


@attrs.frozen(kw_only=True)
class NewRole:
    """What an account may do from now on. Premium comes with its expiry, the other roles without."""

    role: Role
    premium_expires_at: datetime | None = None


@attrs.frozen(kw_only=True)
class DeletionQuery:
    """Why."""

    reason: Reason = DELETED_BY_ADMIN


def _shown(fittrack: FitTrack, member_id: MemberId) -> Reply[AccountOut]:
    member, preferences = fittrack.identity.member(member_id), fittrack.identity.preferences(member_id)
    shown = AccountOut.of(fittrack, member, preferences)
    return Reply(shown, version=version_of(member.account, preferences))


def users(fittrack: FitTrack, query: UsersQuery) -> Listed[UserSummary]:
    """List the members.

    `q` is looked for in emails and display names, in whatever case, and is compared with ids. Sorted by when they
    joined, the latest first.
    """
    today = platform_day(fittrack.identity.clock.now())
    found = query.found(fittrack)
    flagged = fittrack.reviews.flagged([member.id for member in found.items])
    return Listed.of(found.map(lambda member: UserSummary.of(member, today, flagged)))


def create_user(fittrack: FitTrack, caller: Caller, body: NewUser, request: Request | None) -> Reply[AccountOut]:
    """Make a member.

    Their email counts as verified. They log in once they have set a password by way of forgot-password.
    """
    identity = fittrack.identity
    made = identity.create_member(caller.member_id, body.member, body.role, body.premium_expires_at, request)
    return _shown(fittrack, made.id)


def user(fittrack: FitTrack, user_id: MemberId) -> Reply[AccountOut]:
    """Show a member's account."""
    return _shown(fittrack, user_id)


def correct_user(
    fittrack: FitTrack, caller: Caller, user_id: MemberId, body: AccountCorrectionIn, version: int | None
) -> Reply[AccountOut]:
    """Correct a member's email and preferences.

    A corrected email is as verified as the one before was; what was mailed to that one is good for nothing any more.
    """
    fittrack.corrections.account(caller.member_id, user_id, body.correction, version)
    return _shown(fittrack, user_id)


def delete_user(fittrack: FitTrack, caller: Caller, user_id: MemberId, query: DeletionQuery) -> None:
    """Delete a member's account, as they could themselves.

    They are logged out everywhere, and their personal data is erased within 30 days. Tickets stay in their drawings.
    """
    fittrack.identity.delete(caller.member_id, user_id, query.reason)


def set_status(
    fittrack: FitTrack, caller: Caller, user_id: MemberId, body: NewStanding, version: int | None
) -> Reply[AccountOut]:
    """Suspend, ban or reinstate a member.

    Who is suspended or banned is logged out everywhere. Tickets already bought remain valid.
    """
    identity = fittrack.identity
    changes = {
        Standing.ACTIVE: identity.reinstate,
        Standing.SUSPENDED: identity.suspend,
        Standing.BANNED: identity.ban,
    }
    changes[body.status](caller.member_id, user_id, body.reason, version)
    return _shown(fittrack, user_id)


def set_role(
    fittrack: FitTrack, caller: Caller, user_id: MemberId, body: NewRole, version: int | None
) -> Reply[AccountOut]:
    """Give a member another role."""
    fittrack.identity.set_role(caller.member_id, user_id, body.role, body.premium_expires_at, version)
    return _shown(fittrack, user_id)


MODERATED: Final = (MemberNotFound, OwnAccount, StaleVersion)

ROUTES: Final = (
    *twice("GET", "users", users, TAG),
    route("POST", "users", create_user, TAG, status=201, key=Given.OPTIONAL, problems=(EmailTaken, DisplayNameTaken)),
    route("GET", "users/{user_id}", user, TAG, problems=(MemberNotFound,)),
    route(
        "PUT",
        "users/{user_id}",
        correct_user,
        TAG,
        if_match=Given.REQUIRED,
        problems=(MemberNotFound, AccountDeleted, EmailTaken, StaleVersion),
    ),
    route("DELETE", "users/{user_id}", delete_user, TAG, status=204, problems=(*MODERATED, IllegalStatusChange)),
    route(
        "PUT",
        "admin/users/{user_id}/status",
        set_status,
        TAG,
        if_match=Given.OPTIONAL,
        problems=(*MODERATED, IllegalStatusChange),
    ),
    route("PUT", "admin/users/{user_id}/role", set_role, TAG, if_match=Given.OPTIONAL, problems=MODERATED),
)
