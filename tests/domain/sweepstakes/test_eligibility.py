"""Who may take part, by example; every obstacle is named at once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import attrs
import pytest

from fittrack_domain.identity.model import Account, Level, Profile, Role, Sex, Status
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.sweepstakes.eligibility import obstacles, require_eligible
from fittrack_domain.sweepstakes.errors import NotEligible
from fittrack_domain.sweepstakes.model import Eligibility, UserType
from tests.domain.sweepstakes.world import NOON

MEMBER = MemberId(UUID(int=1))
ACCOUNT = Account(
    MEMBER,
    "ann@example.com",
    "ann@example.com",
    created_at=NOON - timedelta(days=7),
    status=Status.ACTIVE,
    email_verified_at=NOON - timedelta(days=7),
)
PROFILE = Profile(
    MEMBER,
    date(1990, 6, 15),
    "CA",
    display_name="Ann",
    display_name_key="ann",
    biological_sex=Sex.FEMALE,
    fitness_level=Level.ADVANCED,
)
PREMIUM = Eligibility(UserType.PREMIUM)


def rules(account: Account = ACCOUNT, profile: Profile = PROFILE, asked: Eligibility | None = None) -> list[str]:
    return [obstacle.rule for obstacle in obstacles(asked or Eligibility(), account, profile, NOON)]


def test_an_ordinary_member_may_take_part() -> None:
    assert rules() == []
    require_eligible(Eligibility(), ACCOUNT, PROFILE, NOON)


@pytest.mark.parametrize("status", [Status.PENDING, Status.SUSPENDED, Status.BANNED, Status.DELETED])
def test_the_account_must_be_active(status: Status) -> None:
    assert rules(attrs.evolve(ACCOUNT, status=status)) == ["account_not_active"]


def test_the_email_must_be_verified() -> None:
    assert rules(attrs.evolve(ACCOUNT, email_verified_at=None)) == ["email_not_verified"]


def test_the_account_must_have_its_age() -> None:
    younger = attrs.evolve(ACCOUNT, created_at=ACCOUNT.created_at + timedelta(microseconds=1))
    assert rules(younger) == ["account_too_new"]
    assert rules(younger, asked=Eligibility(min_account_age_days=0)) == []


def test_premium_drawings_are_for_premium_members_while_it_lasts() -> None:
    lasting = attrs.evolve(ACCOUNT, role=Role.PREMIUM, premium_expires_at=NOON + timedelta(seconds=1))
    over = attrs.evolve(lasting, premium_expires_at=NOON)
    assert rules(asked=PREMIUM) == ["not_premium"]
    assert rules(lasting, asked=PREMIUM) == []
    assert rules(over, asked=PREMIUM) == ["not_premium"]


@pytest.mark.parametrize("state", ["NY", "FL", "RI", "PR", "??"])
def test_the_state_must_be_one_where_sweepstakes_are_offered(state: str) -> None:
    assert rules(profile=attrs.evolve(PROFILE, state_of_residence=state)) == ["state_not_eligible"]


def test_a_member_is_18_from_the_birthday_in_platform_time() -> None:
    born = attrs.evolve(PROFILE, date_of_birth=date(2008, 3, 5))
    evening_before = datetime(2026, 3, 5, 4, 59, tzinfo=UTC)
    account = attrs.evolve(ACCOUNT, created_at=NOON - timedelta(days=30))
    assert [each.rule for each in obstacles(Eligibility(), account, born, evening_before)] == ["under_age"]
    assert obstacles(Eligibility(), account, born, evening_before + timedelta(minutes=1)) == ()


def test_every_obstacle_is_named_at_once() -> None:
    account = attrs.evolve(ACCOUNT, status=Status.SUSPENDED, email_verified_at=None, created_at=NOON)
    profile = attrs.evolve(PROFILE, fitness_level=None, state_of_residence="NY", date_of_birth=date(2020, 1, 1))
    with pytest.raises(NotEligible) as refused:
        require_eligible(PREMIUM, account, profile, NOON)
    assert [obstacle.rule for obstacle in refused.value.obstacles] == [
        "account_not_active",
        "email_not_verified",
        "not_premium",
        "account_too_new",
        "profile_incomplete",
        "state_not_eligible",
        "under_age",
    ]
    for detail in ("suspended", "7 days", "fitness level", "NY", "18"):
        assert detail in str(refused.value)
