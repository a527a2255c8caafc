"""Who may take part in a drawing. Every rule that stands in the way is named, not only the first (rules, chapter 9)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fittrack_domain.identity.admission import AGE_MIN, lives_where_offered
from fittrack_domain.identity.model import Account, Profile
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.sweepstakes.errors import NotEligible, Obstacle
from fittrack_domain.sweepstakes.model import Eligibility, UserType


def obstacles(asked: Eligibility, account: Account, profile: Profile, now: datetime) -> tuple[Obstacle, ...]:
    """Everything that keeps the member out at `now`; empty for who may take part."""
    return (*_account_obstacles(asked, account, now), *_profile_obstacles(profile, now))


def require_eligible(asked: Eligibility, account: Account, profile: Profile, now: datetime) -> None:
    """Raises `NotEligible` with everything that keeps the member out."""
    if found := obstacles(asked, account, profile, now):
        raise NotEligible(found)


def _account_obstacles(asked: Eligibility, account: Account, now: datetime) -> Iterator[Obstacle]:
    if not account.is_active:
        yield Obstacle("account_not_active", f"your account is {account.status.value}")
    if account.email_verified_at is None:
        yield Obstacle("email_not_verified", "your email is not verified")
    if asked.user_type is UserType.PREMIUM and not account.is_premium(now):
        yield Obstacle("not_premium", "it is for premium members")
    if now - account.created_at < timedelta(days=asked.min_account_age_days):
        yield Obstacle("account_too_new", f"your account must be {asked.min_account_age_days} days old")


def _profile_obstacles(profile: Profile, now: datetime) -> Iterator[Obstacle]:
    if profile.missing:
        yield Obstacle("profile_incomplete", f"your profile lacks {', '.join(profile.missing)}")
    if not lives_where_offered(profile):
        yield Obstacle("state_not_eligible", f"sweepstakes are not offered in {profile.state_of_residence}")
    if profile.age_on(platform_day(now)) < AGE_MIN:
        yield Obstacle("under_age", f"you must be {AGE_MIN} or older")
