"""Who plays in the demo: administrators, and members in all 30 tiers. Names are fixed, the rest follows the seed."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

import attrs

from fittrack_adapters.demo.habits import HABITS_OF, Habit
from fittrack_domain.competition.tiers import BRACKETS, TIERS, Tier
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.model import Goal, Level, Role, Sex
from fittrack_domain.tracking.model import Provider

ADMIN_EMAIL: Final = "admin@demo.example"
PREMIUM_EMAIL: Final = "premium@demo.example"
MEMBER_EMAIL: Final = "member@demo.example"
NEWCOMER_EMAIL: Final = "newcomer@demo.example"
"""Of the member who joins at the very end: where there is one, the demo is complete."""

PASSWORD: Final = "Demo-password-1"  # noqa: S105  # printed where the demo is served
WITH_PASSWORD: Final = frozenset({ADMIN_EMAIL, PREMIUM_EMAIL, MEMBER_EMAIL, NEWCOMER_EMAIL})

PLAYERS: Final = 70
PREMIUM_EVERY: Final = 4
PREMIUM_PLAYERS: Final = 16
OPEN_EVERY: Final = 3
SECOND_TRACKER_EVERY: Final = 7
JOINING_DAYS: Final = 6
YOUNGEST_AGES: Final = {code: youngest for youngest, code in BRACKETS}
YEARS_INTO_BRACKET: Final = range(2, 9)
"""So that no birthday crosses a bracket while the demo is told."""

WOMEN: Final = (  # noqa: SIM905  # here and below: a hundred quoted strings read worse
    "Amelia Beatriz Carmen Dana Elena Fiona Grace Hannah Ingrid Jade Keiko Leila Maya Nadia Olivia Paula Quinn Rosa "
    "Sofia Talia Uma Vera Wendy Ximena Yara Zoe Alice Bella Clara Daphne Edith Flora Gina Helen Irene"
).split()
MEN: Final = (  # noqa: SIM905
    "Aaron Bruno Caleb Diego Ethan Felix Gabriel Hugo Isaac Jonas Kofi Liam Marco Noah Omar Pavel Rafael Samir Theo "
    "Umberto Victor Wesley Xavier Yusuf Zane Arthur Boris Cyrus Damian Emil Finn Gideon Henry Ivan Jerome"
).split()
SURNAMES: Final = (  # noqa: SIM905
    "Abbott Brooks Chavez Dalton Eriksen Fischer Garza Hughes Ishikawa Jensen Keller Lindgren Morales Novak Okafor "
    "Petrov Quigley Ramirez Schultz Tanaka Underwood Vasquez Whitaker Xiong Yamada Zimmer Archer Bennett Coleman"
).split()
HOMES: Final = (
    ("Austin", "TX", "78701"),
    ("Boise", "ID", "83702"),
    ("Boulder", "CO", "80302"),
    ("Charlotte", "NC", "28202"),
    ("Columbus", "OH", "43215"),
    ("Denver", "CO", "80205"),
    ("Madison", "WI", "53703"),
    ("Nashville", "TN", "37203"),
    ("Oakland", "CA", "94607"),
    ("Omaha", "NE", "68102"),
    ("Portland", "OR", "97205"),
    ("San Diego", "CA", "92101"),
    ("Seattle", "WA", "98109"),
    ("Tucson", "AZ", "85701"),
)
STREETS: Final = ("Alder Street", "Cedar Avenue", "Harbor Road", "Juniper Lane", "Maple Drive", "Orchard Way")


@attrs.frozen(kw_only=True)
class Person:
    """Somebody of the demo.

    Attributes:
        new: As they join.
        role: Given at once.
        address: Where prizes are sent.
        joins_on: Day of the story.
        on_open: Whether they are on the board of all tiers too.
        habit: How they move; None for who has no tracker.
        trackers: The first is the primary one.
    """

    new: NewMember
    role: Role
    address: Address
    joins_on: int
    on_open: bool = False
    habit: Habit | None = None
    trackers: Sequence[Provider] = ()

    @property
    def email(self) -> str:
        return self.new.email

    @property
    def is_premium(self) -> bool:
        return self.role is Role.PREMIUM


def admins(first_day: int) -> Sequence[Person]:
    """The office: three administrators, there from the first day."""
    office = (
        (ADMIN_EMAIL, "Morgan Reyes", Sex.FEMALE, date(1984, 3, 9)),
        ("fulfillment@demo.example", "Jordan Blake", Sex.MALE, date(1990, 11, 23)),
        ("support@demo.example", "Casey Nguyen", Sex.FEMALE, date(1995, 7, 2)),
    )
    return [
        Person(
            new=NewMember(email, birth, "CO", name, sex, Level.INTERMEDIATE),
            role=Role.ADMIN,
            address=Address(name, "1 Demo Plaza", None, "Denver", "CO", "80205"),
            joins_on=first_day,
        )
        for email, name, sex, birth in office
    ]


def players(chance: Random, today: date, first_day: int) -> Sequence[Person]:
    """Everyone with a tracker. They join in the first days."""
    return [_player(chance, number, today, first_day + number % JOINING_DAYS) for number in range(PLAYERS)]


def newcomer() -> Person:
    """Joins today: no tracker, an unfinished profile, an account too new for most drawings."""
    return Person(
        new=NewMember(NEWCOMER_EMAIL, date(1999, 5, 17), "OR"),
        role=Role.USER,
        address=Address("Robin Vale", "7 Orchard Way", None, "Portland", "OR", "97205"),
        joins_on=0,
    )


def _player(chance: Random, number: int, today: date, joins_on: int) -> Person:
    tier = TIERS[number % len(TIERS)]
    name = _name(number, tier.sex)
    premium = number % PREMIUM_EVERY == 0 and number // PREMIUM_EVERY < PREMIUM_PLAYERS
    city, state, postal_code = chance.choice(HOMES)
    providers = list(Provider)[number % 3 :] + list(Provider)[: number % 3]
    return Person(
        new=NewMember(
            email={0: PREMIUM_EMAIL, 1: MEMBER_EMAIL}.get(number, f"{name.lower().replace(' ', '.')}@demo.example"),
            date_of_birth=_birth(chance, tier, today),
            state_of_residence=state,
            display_name=name,
            biological_sex=tier.sex,
            fitness_level=tier.level,
            height_inches=chance.randint(59, 69) + 4 * (tier.sex is Sex.MALE),
            weight_pounds=chance.randint(110, 190) + 30 * (tier.sex is Sex.MALE),
            goals=tuple(chance.sample(list(Goal), k=2)),
        ),
        role=Role.PREMIUM if premium else Role.USER,
        address=Address(name, f"{chance.randint(1, 999)} {chance.choice(STREETS)}", None, city, state, postal_code),
        joins_on=joins_on,
        on_open=number % OPEN_EVERY == 0,
        habit=chance.choice(HABITS_OF[tier.level]),
        trackers=providers[: 2 if number % SECOND_TRACKER_EVERY == 0 else 1],
    )


def _name(number: int, sex: Sex) -> str:
    first_names = MEN if sex is Sex.MALE else WOMEN
    among_their_sex = number // len(TIERS) * (len(TIERS) // 2) + number % (len(TIERS) // 2)
    return f"{first_names[among_their_sex % len(first_names)]} {SURNAMES[number * 5 % len(SURNAMES)]}"


def _birth(chance: Random, tier: Tier, today: date) -> date:
    age = YOUNGEST_AGES[tier.bracket] + chance.choice(YEARS_INTO_BRACKET)
    return date(today.year - age, 1, 1) + timedelta(days=chance.randrange(365))
