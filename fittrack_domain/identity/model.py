"""Accounts and profiles: what they are and what they may become (rules, chapters 2 and 4)."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from fittrack_domain.identity import errors
from fittrack_domain.shared.calendar import PLATFORM_ZONE, age_on
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
    referral_code: str | None = None
    deleted_at: datetime | None = None
    erased_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        return self.status is Status.ACTIVE

    @property
    def is_deleted(self) -> bool:
        return self.status is Status.DELETED

    @property
    def is_hidden(self) -> bool:
        """Whether others do not see this member: suspended, banned and deleted ones stand on no leaderboard."""
        return self.status in (Status.SUSPENDED, Status.BANNED, Status.DELETED)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def can_be_mailed(self) -> bool:
        """Whether the email is known to be the member's, and still known at all."""
        return self.email_verified_at is not None and self.erased_at is None

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

    def verified(self, now: datetime) -> "Account":
        """The email is the member's, since `now` unless that was known before; who waited for it becomes active."""
        status = Status.ACTIVE if self.status is Status.PENDING else self.status
        return attrs.evolve(self, status=status, email_verified_at=self.email_verified_at or now)

    def deleted(self, now: datetime) -> "Account":
        """Raises `IllegalStatusChange` when it is deleted already."""
        everyone = (status for status in Status if status is not Status.DELETED)
        return attrs.evolve(self._moved(Status.DELETED, *everyone), deleted_at=now)

    def erased(self, now: datetime) -> "Account":
        """Without anything that tells whose it was; only the id remains, on which ledger and entries rest."""
        email = f"erased-{self.id}@fittrack.invalid"
        return attrs.evolve(self, email=email, email_key=email, referral_code=None, erased_at=now)

    def require_kept(self) -> None:
        """Raises `AccountDeleted`: of who has left nothing is stated any more."""
        if self.status is Status.DELETED:
            raise errors.AccountDeleted(self.id)

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


NO_STATE: Final = "--"
"""The state of residence of members whose data was erased."""


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

    def erased(self) -> "Profile":
        """Without anything that tells whose it was."""
        return Profile(self.user_id, date.min.replace(year=1900), NO_STATE, version=self.version)

    def opted_in(self) -> "Profile":
        """On the OPEN board too. Raises `ProfileIncomplete`."""
        if self.missing:
            raise errors.ProfileIncomplete(self.missing)
        return attrs.evolve(self, open_tier=True)

    def opted_out(self) -> "Profile":
        return attrs.evolve(self, open_tier=False)


TIME_ZONE_FORM: Final = re.compile(r"[A-Za-z][\w+-]{0,30}(/[\w+-]{1,30}){0,2}", re.ASCII)
LANGUAGE_FORM: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@attrs.frozen
class Preferences:
    """How a member likes to be addressed. Language and time zone are for showing; rules count in platform time.

    Mail about the account and about prizes to claim is sent whatever `email_notices` says.
    """

    user_id: MemberId
    email_notices: bool = True
    language: str = "en"
    time_zone: str = PLATFORM_ZONE.key
    version: int = 1

    def check(self) -> None:
        """Raises `InvalidInput` with every fault."""
        if faults := tuple(self.faults()):
            raise InvalidInput(faults)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with them."""
        if not LANGUAGE_FORM.fullmatch(self.language):
            yield Fault("/language", "must be a language tag such as en or en-US")
        if not _is_time_zone(self.time_zone):
            yield Fault("/timeZone", "must be a time zone such as America/New_York")


def _is_time_zone(name: str) -> bool:
    try:
        return bool(TIME_ZONE_FORM.fullmatch(name) and ZoneInfo(name))
    except (ZoneInfoNotFoundError, OSError):
        return False


def version_of(account: Account, preferences: Preferences) -> int:
    """The version of an account together with its preferences: every change of either makes it larger."""
    return account.version + preferences.version


@attrs.frozen
class Member:
    """An account with its profile."""

    account: Account
    profile: Profile

    @property
    def id(self) -> MemberId:
        return self.account.id
