"""Members over HTTP, as they see themselves and each other."""

from datetime import date, datetime
from typing import Annotated, Final, Self

import attrs
from annotated_types import Ge, Le, Len

from fittrack_domain.access.errors import HashingBusy, Locked, WrongPassword
from fittrack_domain.app import FitTrack
from fittrack_domain.competition.tiers import tier_of
from fittrack_domain.identity.admission import (
    DISPLAY_NAME_LENGTH_MAX,
    DISPLAY_NAME_LENGTH_MIN,
    HEIGHT_INCHES,
    WEIGHT_POUNDS,
    ProfileEdit,
)
from fittrack_domain.identity.errors import (
    AccountDeleted,
    DisplayNameTaken,
    IllegalStatusChange,
    ProfileIncomplete,
)
from fittrack_domain.identity.model import (
    LANGUAGE_FORM,
    TIME_ZONE_FORM,
    Goal,
    Level,
    Member,
    Preferences,
    Profile,
    Role,
    Sex,
    Status,
)
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId
from fittrack_http import wire
from fittrack_http.auth import Caller
from fittrack_http.authentication import NewPassword, Password, State
from fittrack_http.connections import ConnectionOut
from fittrack_http.routes import JSON, Access, Content, Given, Reply, Route
from fittrack_http.structuring import Pattern, Told

TAG: Final = "Members"

DisplayName = Annotated[str, Told(Len(DISPLAY_NAME_LENGTH_MIN, DISPLAY_NAME_LENGTH_MAX))]
Height = Annotated[int, Told(Ge(HEIGHT_INCHES[0])), Told(Le(HEIGHT_INCHES[-1]))]
Weight = Annotated[int, Told(Ge(WEIGHT_POUNDS[0])), Told(Le(WEIGHT_POUNDS[-1]))]


@attrs.frozen(kw_only=True)
class PreferencesIn:
    """How you like to be addressed. Mail about your account and about prizes to claim is sent in any case."""

    email_notifications: bool = True
    language: Annotated[str, Pattern(LANGUAGE_FORM.pattern, "a language tag such as en or en-US")] = "en"
    time_zone: Annotated[str, Pattern(TIME_ZONE_FORM.pattern, "a time zone such as America/New_York")] = (
        "America/New_York"
    )

    def preferences(self, member_id: MemberId, version: int) -> Preferences:
        return Preferences(member_id, self.email_notifications, self.language, self.time_zone, version)


@attrs.frozen
class PreferencesOut:
    """How a member likes to be addressed."""

    email_notifications: bool
    language: str
    time_zone: str

    @classmethod
    def of(cls, preferences: Preferences) -> Self:
        return cls(preferences.email_notices, preferences.language, preferences.time_zone)


@attrs.frozen(kw_only=True)
class ProfileIn:
    """What you state about yourself. Your birth date stays as it was at the registration."""

    display_name: DisplayName
    state_of_residence: State
    biological_sex: Sex
    fitness_level: Level
    height_inches: Height | None = None
    weight_pounds: Weight | None = None
    goals: tuple[Goal, ...] = ()

    @property
    def edit(self) -> ProfileEdit:
        return ProfileEdit(**{field.name: getattr(self, field.name) for field in attrs.fields(ProfileEdit)})


@attrs.frozen
class ProfileOut:
    """What a member states about themselves, and the tier that follows today; null while something is missing."""

    user_id: MemberId
    display_name: str | None
    date_of_birth: date
    state_of_residence: str
    biological_sex: Sex | None
    fitness_level: Level | None
    tier_code: str | None
    open_tier: bool
    height_inches: int | None
    weight_pounds: int | None
    goals: tuple[Goal, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, profile: Profile, today: date) -> Self:
        tier = tier_of(profile, today)
        return cls(
            user_id=profile.user_id,
            display_name=profile.display_name,
            date_of_birth=profile.date_of_birth,
            state_of_residence=profile.state_of_residence,
            biological_sex=profile.biological_sex,
            fitness_level=profile.fitness_level,
            tier_code=None if tier is None else tier.code,
            open_tier=profile.open_tier,
            height_inches=profile.height_inches,
            weight_pounds=profile.weight_pounds,
            goals=profile.goals,
            missing=profile.missing,
        )


@attrs.frozen
class Stats:
    """What came of it so far."""

    total_points_earned: int
    drawings_entered: int
    prizes_won: int


@attrs.frozen(kw_only=True)
class AccountOut:
    """An account with all that is shown of it to its member and to administrators."""

    user_id: MemberId
    email: str
    email_verified: bool
    status: Status
    role: Role
    premium_expires_at: datetime | None
    created_at: datetime
    preferences: PreferencesOut
    profile: ProfileOut
    connections: tuple[ConnectionOut, ...]
    stats: Stats

    @classmethod
    def of(cls, fittrack: FitTrack, member: Member, preferences: Preferences) -> Self:
        account, member_id = member.account, member.id
        return cls(
            user_id=member_id,
            email=account.email,
            email_verified=account.email_verified_at is not None,
            status=account.status,
            role=account.role,
            premium_expires_at=account.premium_expires_at,
            created_at=account.created_at,
            preferences=PreferencesOut.of(preferences),
            profile=ProfileOut.of(member.profile, platform_day(fittrack.identity.clock.now())),
            connections=tuple(map(ConnectionOut.of, fittrack.tracking.connections(member_id))),
            stats=Stats(
                fittrack.points.balance(member_id).points_earned,
                fittrack.results.drawings_entered(member_id),
                fittrack.fulfillments.prizes_won(member_id),
            ),
        )


@attrs.frozen(kw_only=True)
class PasswordsIn:
    """The password as it is, and as it is to be."""

    current_password: Password = attrs.field(repr=False)
    new_password: NewPassword = attrs.field(repr=False)


@attrs.frozen
class OpenTier:
    """Whether you stand on the OPEN board, beside your tier's."""

    opted_in: bool


def _shown(fittrack: FitTrack, member_id: MemberId) -> Reply[AccountOut]:
    preferences = fittrack.identity.preferences(member_id)
    shown = AccountOut.of(fittrack, fittrack.identity.member(member_id), preferences)
    return Reply(shown, version=preferences.version)


def me(fittrack: FitTrack, caller: Caller) -> Reply[AccountOut]:
    """Show your account."""
    return _shown(fittrack, caller.member_id)


def edit_me(fittrack: FitTrack, caller: Caller, body: PreferencesIn, version: int | None) -> Reply[AccountOut]:
    """Say how you like to be addressed."""
    present = fittrack.identity.preferences(caller.member_id).version if version is None else version
    fittrack.identity.prefer(body.preferences(caller.member_id, present))
    return _shown(fittrack, caller.member_id)


def leave(fittrack: FitTrack, caller: Caller) -> None:
    """Delete your account.

    You are logged out everywhere at once, and your personal data is erased within 30 days. Tickets stay in their
    drawings, without your name.
    """
    fittrack.identity.leave(caller.member_id)


def edit_profile(fittrack: FitTrack, caller: Caller, body: ProfileIn) -> ProfileOut:
    """Create or edit your profile.

    The tier follows from it, for points earned from now on.
    """
    edited = fittrack.identity.edit_profile(caller.member_id, body.edit)
    return ProfileOut.of(edited, platform_day(fittrack.identity.clock.now()))


def change_password(fittrack: FitTrack, caller: Caller, body: PasswordsIn) -> None:
    """Change your password.

    You stay logged in here, and are logged out everywhere else.
    """
    fittrack.passwords.change(caller.member_id, body.current_password, body.new_password, caller.session_id)


def export_me(fittrack: FitTrack, caller: Caller) -> Content:
    """Download all your data, as JSON."""
    found = fittrack.exports.of_member(caller.member_id)
    return Content(wire.write_json(found), JSON, {"content-disposition": 'attachment; filename="fittrack.json"'})


def set_open_tier(fittrack: FitTrack, caller: Caller, body: OpenTier) -> ProfileOut:
    """Join or leave the OPEN board."""
    identity = fittrack.identity
    change = identity.opt_in_to_open if body.opted_in else identity.opt_out_of_open
    return ProfileOut.of(change(caller.member_id), platform_day(identity.clock.now()))


def _route(method: str, path: str, handler: object, **more: object) -> Route:
    return Route(method, f"/api/v1/users/me{path}", handler, Access.MEMBER, TAG, **more)  # type: ignore[arg-type]


ROUTES: Final = (
    _route("GET", "", me),
    _route("PUT", "", edit_me, if_match=Given.REQUIRED, problems=(AccountDeleted, StaleVersion)),
    _route("DELETE", "", leave, status=204, problems=(IllegalStatusChange,)),
    _route("PUT", "/profile", edit_profile, problems=(AccountDeleted, DisplayNameTaken, StaleVersion)),
    _route("PUT", "/password", change_password, status=204, problems=(WrongPassword, Locked, HashingBusy)),
    _route("GET", "/export", export_me),
    _route("PUT", "/open-tier", set_open_tier, problems=(AccountDeleted, ProfileIncomplete, StaleVersion)),
)
