"""Accounts and profiles: what they are and what they may become (rules, chapters 2 and 4)."""

import unicodedata
from datetime import date, datetime
from enum import Enum

import attrs

from fittrack_domain.identity import errors
from fittrack_domain.shared.calendar import age_on
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import MemberId


class Status(Enum):
    """Where an account stands."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    BANNED = "banned"
    DELETED = "deleted"


class Role(Enum):
    """What an account may do. A guest is nobody logged in, and has none."""

    USER = "user"
    PREMIUM = "premium"
    ADMIN = "admin"


class Sex(Enum):
    """Biological sex: one of the three parts of a tier."""

    MALE = "male"
    FEMALE = "female"


class Level(Enum):
    """Fitness level as the member states it: one of the three parts of a tier."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Goal(Enum):
    """What a member trains for."""

    WEIGHT_LOSS = "weight_loss"
    MUSCLE_BUILDING = "muscle_building"
    ENDURANCE = "endurance"
    GENERAL_HEALTH = "general_health"
    STRESS_RELIEF = "stress_relief"


def normal_name(display_name: str) -> str:
    """A display name as it is kept: accents in their short encoding, so that equal looks are equal text."""
    return unicodedata.normalize("NFC", display_name)


def display_name_key(display_name: str) -> str:
    """What makes a display name unique: case does not."""
    return normal_name(display_name.casefold())


@attrs.frozen
class Account:
    """A member as FitTrack deals with them. `email_key` is the case-folded email, unique.

    Acceptances are None for members that an admin or an import made: nobody has accepted anything then.
    """

    id: MemberId
    email: str
    email_key: str
    created_at: datetime
    status: Status = Status.PENDING
    role: Role = Role.USER
    email_verified_at: datetime | None = None
    premium_expires_at: datetime | None = None
    terms_accepted_at: datetime | None = None
    terms_version: str | None = None
    rules_accepted_at: datetime | None = None
    rules_version: str | None = None
    deleted_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        return self.status is Status.ACTIVE

    @property
    def is_hidden(self) -> bool:
        """Whether others do not see this member: suspended, banned and deleted ones stand on no leaderboard."""
        return self.status in (Status.SUSPENDED, Status.BANNED, Status.DELETED)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    def is_premium(self, now: datetime) -> bool:
        """Whether the premium role holds at `now`."""
        return self.role is Role.PREMIUM and self.premium_expires_at is not None and now < self.premium_expires_at

    def suspended(self) -> "Account":
        """Raises `IllegalStatusChange` unless active."""
        return self._moved(Status.SUSPENDED, Status.ACTIVE)

    def reinstated(self) -> "Account":
        """Raises `IllegalStatusChange` unless suspended: a ban is final."""
        return self._moved(Status.ACTIVE, Status.SUSPENDED)

    def banned(self) -> "Account":
        """Raises `IllegalStatusChange` unless active or suspended."""
        return self._moved(Status.BANNED, Status.ACTIVE, Status.SUSPENDED)

    def _moved(self, to: Status, *starts: Status) -> "Account":
        if self.status not in starts:
            raise errors.IllegalStatusChange(self.status.value, to.value)
        return attrs.evolve(self, status=to)

    def given_role(self, role: Role, premium_expires_at: datetime | None, now: datetime) -> "Account":
        """Raises `InvalidInput` unless premium has an expiry to come, and another role none."""
        if role is Role.PREMIUM and (premium_expires_at is None or premium_expires_at <= now):
            raise InvalidInput((Fault("/premiumExpiresAt", "must be an instant to come"),))
        if role is not Role.PREMIUM and premium_expires_at is not None:
            raise InvalidInput((Fault("/premiumExpiresAt", "goes with the premium role only"),))
        return attrs.evolve(self, role=role, premium_expires_at=premium_expires_at)


@attrs.frozen
class Profile:
    """What a member states about themselves. It exists from registration on and is complete later.

    Tier and age bracket follow from it and are never stored.
    """

    user_id: MemberId
    date_of_birth: date
    state_of_residence: str
    display_name: str | None = None
    display_name_key: str | None = None
    biological_sex: Sex | None = None
    fitness_level: Level | None = None
    open_tier: bool = False
    height_inches: int | None = None
    weight_pounds: int | None = None
    goals: tuple[Goal, ...] = ()
    version: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still to be stated before the profile is complete, in words."""
        needed = {
            "display name": self.display_name,
            "biological sex": self.biological_sex,
            "fitness level": self.fitness_level,
        }
        return tuple(name for name, value in needed.items() if value is None)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def age_on(self, day: date) -> int:
        """Full years on `day`."""
        return age_on(self.date_of_birth, day)

    def named(self, display_name: str) -> "Profile":
        return attrs.evolve(
            self, display_name=normal_name(display_name), display_name_key=display_name_key(display_name)
        )

    def opted_in(self) -> "Profile":
        """On the OPEN board too. Raises `ProfileIncomplete`."""
        if self.missing:
            raise errors.ProfileIncomplete(self.missing)
        return attrs.evolve(self, open_tier=True)

    def opted_out(self) -> "Profile":
        return attrs.evolve(self, open_tier=False)


@attrs.frozen
class Member:
    """An account with its profile."""

    account: Account
    profile: Profile

    @property
    def id(self) -> MemberId:
        return self.account.id
