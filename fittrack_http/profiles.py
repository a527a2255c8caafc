"""Profiles over HTTP, in the hands of administrators."""

from datetime import date
from typing import Final

import attrs

from fittrack_domain.app import FitTrack
from fittrack_domain.identity.errors import AccountDeleted, DisplayNameTaken, MemberNotFound, ProfileStated
from fittrack_domain.identity.model import Profile
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.requests import Request
from fittrack_http.accounts import TAG, UsersQuery
from fittrack_http.admin import route
from fittrack_http.auth import Caller
from fittrack_http.listing import Listed
from fittrack_http.members import ProfileIn, ProfileOut
from fittrack_http.routes import Given, Reply


@attrs.frozen(kw_only=True)
class NewProfile(ProfileIn):
    """What is stated of a member who has no profile, or one that lacks something."""

    user_id: MemberId


@attrs.frozen(kw_only=True)
class ProfileCorrection(ProfileIn):
    """A whole profile as it is to be. The birth date stays as it is unless it is given."""

    date_of_birth: date | None = None


def _today(fittrack: FitTrack) -> date:
    return platform_day(fittrack.identity.clock.now())


def _shown(fittrack: FitTrack, found: Profile) -> Reply[ProfileOut]:
    return Reply(ProfileOut.of(found, _today(fittrack)), version=found.version)


def profiles(fittrack: FitTrack, query: UsersQuery) -> Listed[ProfileOut]:
    """List the members' profiles.

    Filtered as the members are. Sorted by when they joined, the latest first.
    """
    today = _today(fittrack)
    found = query.found(fittrack)
    return Listed.of(found.map(lambda member: ProfileOut.of(member.profile, today)))


def state_profile(fittrack: FitTrack, caller: Caller, body: NewProfile, request: Request | None) -> Reply[ProfileOut]:
    """State the profile of a member who has none."""
    stated = fittrack.corrections.first_profile(caller.member_id, body.user_id, body.edit, request)
    return _shown(fittrack, stated)


def profile(fittrack: FitTrack, user_id: MemberId) -> Reply[ProfileOut]:
    """Show a member's profile."""
    return _shown(fittrack, fittrack.identity.member(user_id).profile)


def correct_profile(
    fittrack: FitTrack, caller: Caller, user_id: MemberId, body: ProfileCorrection, version: int | None
) -> Reply[ProfileOut]:
    """Correct a member's profile, the birth date too.

    The tier follows from it, for points earned from now on.
    """
    corrected = fittrack.corrections.profile(caller.member_id, user_id, body.edit, body.date_of_birth, version)
    return _shown(fittrack, corrected)


STATED: Final = (MemberNotFound, AccountDeleted, DisplayNameTaken, StaleVersion)

ROUTES: Final = (
    route("GET", "profiles", profiles, TAG),
    route("POST", "profiles", state_profile, TAG, status=201, key=Given.OPTIONAL, problems=(*STATED, ProfileStated)),
    route("GET", "profiles/{user_id}", profile, TAG, problems=(MemberNotFound,)),
    route("PUT", "profiles/{user_id}", correct_profile, TAG, if_match=Given.OPTIONAL, problems=STATED),
)
