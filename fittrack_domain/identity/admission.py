"""Who may join and what one may state: ages, states, forms and bounds. An input reports every fault at once."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

from fittrack_domain.identity.model import Account, Goal, Level, Preferences, Profile, Sex, normal_name
from fittrack_domain.shared.calendar import age_on
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.text import line_faults, note_faults

AGE_MIN: Final = 18
AGE_MAX: Final = 120
EMAIL_LENGTH_MAX: Final = 254
DISPLAY_NAME_LENGTH_MIN: Final = 3
DISPLAY_NAME_LENGTH_MAX: Final = 50
HEIGHT_INCHES: Final = range(24, 109)
WEIGHT_POUNDS: Final = range(50, 1_001)
REASON_LENGTH_MAX: Final = 500
SOUGHT_LENGTH_MAX: Final = 100

STATES: Final = frozenset(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY "  # noqa: SIM905  # 51 quoted strings read worse
    "LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH "
    "OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split()
)
"""The 50 states and the District of Columbia."""

EXCLUDED_STATES: Final = {
    "FL": "Florida asks for registration and a bond before a sweepstakes with larger prizes may be offered",
    "NY": "New York asks for registration and a bond before a sweepstakes with larger prizes may be offered",
    "RI": "Rhode Island asks for registration before a sweepstakes may be offered",
}
"""Where FitTrack is not offered, and why."""

# Dot-separated ASCII atoms before the @, host labels with at least one dot after it: what every mail server accepts.
# Quoted local parts and bare hosts are legal too, but in practice they are typing errors.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL_FORM: Final = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def email_key(email: str) -> str:
    """What makes an email unique: case does not."""
    return email.casefold()


def lives_where_offered(profile: Profile) -> bool:
    """Whether FitTrack is offered in the member's state of residence."""
    return profile.state_of_residence in STATES - EXCLUDED_STATES.keys()


@attrs.frozen
class NewMember:
    """What is stated when a member is made. A complete profile may come with it, or follow later."""

    email: str
    date_of_birth: date
    state_of_residence: str
    display_name: str | None = None
    biological_sex: Sex | None = None
    fitness_level: Level | None = None
    height_inches: int | None = None
    weight_pounds: int | None = None
    goals: tuple[Goal, ...] = ()

    def check(self, today: date) -> None:
        """Raises `InvalidInput` with every fault. `today` is a day in platform time."""
        _raise_all(*self.faults(today))

    def faults(self, today: date) -> Iterator[Fault]:
        """Everything that is wrong with it. `today` is a day in platform time."""
        yield from _email_faults(self.email)
        yield from _age_faults(self.date_of_birth, today)
        yield from _state_faults(self.state_of_residence)
        if self.display_name is not None:
            yield from _display_name_faults(self.display_name)
        yield from _body_faults(self.height_inches, self.weight_pounds, self.goals)

    def profile_of(self, account: Account) -> Profile:
        profile = Profile(
            user_id=account.id,
            date_of_birth=self.date_of_birth,
            state_of_residence=self.state_of_residence,
            biological_sex=self.biological_sex,
            fitness_level=self.fitness_level,
            height_inches=self.height_inches,
            weight_pounds=self.weight_pounds,
            goals=self.goals,
        )
        return profile if self.display_name is None else profile.named(self.display_name)


@attrs.frozen
class ProfileEdit:
    """A whole profile as its member states it. The birth date is not in it: members never change that."""

    display_name: str
    state_of_residence: str
    biological_sex: Sex
    fitness_level: Level
    height_inches: int | None = None
    weight_pounds: int | None = None
    goals: tuple[Goal, ...] = ()

    def check(self) -> None:
        """Raises `InvalidInput` with every fault."""
        _raise_all(*self.faults())

    def check_with_birth(self, date_of_birth: date | None, today: date) -> None:
        """As `check`, with a birth date as an administrator corrects it; None where it stays as it is."""
        _raise_all(*self.faults(), *(() if date_of_birth is None else _age_faults(date_of_birth, today)))

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it."""
        yield from _display_name_faults(self.display_name)
        yield from _state_faults(self.state_of_residence)
        yield from _body_faults(self.height_inches, self.weight_pounds, self.goals)

    def applied_to(self, profile: Profile) -> Profile:
        return attrs.evolve(
            profile,
            state_of_residence=self.state_of_residence,
            biological_sex=self.biological_sex,
            fitness_level=self.fitness_level,
            height_inches=self.height_inches,
            weight_pounds=self.weight_pounds,
            goals=self.goals,
        ).named(self.display_name)


@attrs.frozen
class AccountCorrection:
    """What an administrator corrects of an account. None leaves a thing as it is."""

    email: str | None = None
    email_notices: bool | None = None
    language: str | None = None
    time_zone: str | None = None

    def applied_to(self, account: Account, preferences: Preferences) -> tuple[Account, Preferences]:
        """Both with the corrections. Raises `InvalidInput` with every fault."""
        stated = attrs.asdict(self, filter=lambda field, value: field.name != "email" and value is not None)
        preferred = attrs.evolve(preferences, **stated)
        email = account.email if self.email is None else self.email
        _raise_all(*_email_faults(email), *preferred.faults())
        return attrs.evolve(account, email=email, email_key=email_key(email)), preferred


def check_sought(text: str) -> None:
    """What one looks for members with: some of an email or a display name, or an id. Raises `InvalidInput`."""
    _raise_all(*line_faults("/q", text, SOUGHT_LENGTH_MAX))


def check_reason(reason: str) -> None:
    """A reason goes to the audit log and to the member: it is needed, and short. Raises `InvalidInput`."""
    _raise_all(*note_faults("/reason", reason, REASON_LENGTH_MAX))


def _raise_all(*faults: Fault) -> None:
    if faults:
        raise InvalidInput(faults)


def _email_faults(email: str) -> Iterator[Fault]:
    if len(email) > EMAIL_LENGTH_MAX:
        yield Fault("/email", f"must have at most {EMAIL_LENGTH_MAX} characters")
    elif not EMAIL_FORM.fullmatch(email):
        yield Fault("/email", "must be an email address such as name@example.com")


def _age_faults(birth: date, today: date) -> Iterator[Fault]:
    age = age_on(birth, today)
    if not 0 <= age <= AGE_MAX:
        yield Fault("/dateOfBirth", "is not the birth date of a living person")
    elif age < AGE_MIN:
        yield Fault("/dateOfBirth", f"members must be {AGE_MIN} or older")


def _state_faults(state: str) -> Iterator[Fault]:
    if state not in STATES:
        yield Fault("/stateOfResidence", "must be the two-letter code of a US state or DC, such as CA")
    elif state in EXCLUDED_STATES:
        yield Fault("/stateOfResidence", f"FitTrack is not offered there: {EXCLUDED_STATES[state]}")


def _display_name_faults(display_name: str) -> Iterator[Fault]:
    name = normal_name(display_name)
    if not DISPLAY_NAME_LENGTH_MIN <= len(name) <= DISPLAY_NAME_LENGTH_MAX:
        yield Fault("/displayName", f"must have {DISPLAY_NAME_LENGTH_MIN} to {DISPLAY_NAME_LENGTH_MAX} characters")
    if not name.isprintable():
        yield Fault("/displayName", "must have no control characters and no invisible ones")
    elif name != " ".join(name.split()):
        yield Fault("/displayName", "must have no spaces at its ends and no two in a row")


def _body_faults(height_inches: int | None, weight_pounds: int | None, goals: tuple[Goal, ...]) -> Iterator[Fault]:
    if height_inches is not None and height_inches not in HEIGHT_INCHES:
        yield Fault("/heightInches", f"must be from {HEIGHT_INCHES[0]} to {HEIGHT_INCHES[-1]}")
    if weight_pounds is not None and weight_pounds not in WEIGHT_POUNDS:
        yield Fault("/weightPounds", f"must be from {WEIGHT_POUNDS[0]} to {WEIGHT_POUNDS[-1]}")
    if len(set(goals)) < len(goals):
        yield Fault("/goals", "must name each goal once")
