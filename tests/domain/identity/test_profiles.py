"""Who may join, what one may state, and that every fault is told at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.store.tables import json_converter
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.identity.admission import EXCLUDED_STATES, STATES, NewMember, ProfileEdit, lives_where_offered
from fittrack_domain.identity.errors import AccountDeleted, DisplayNameTaken, EmailTaken, ProfileIncomplete
from fittrack_domain.identity.events import OpenTierChanged
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Goal, Level, Sex, display_name_key
from fittrack_domain.identity.service import Identity
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import MemberId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
NEW = NewMember("pat@example.com", date(1990, 5, 17), "CA", "Pat", Sex.FEMALE, Level.ADVANCED)
EDIT = ProfileEdit("Pat Doe", "TX", Sex.MALE, Level.BEGINNER, 70, 180, (Goal.ENDURANCE, Goal.STRESS_RELIEF))


@pytest.fixture
def store() -> MemoryStore:
    clock = StoppedClock(NOON)
    return MemoryStore(clock, CountingIds(clock))


@pytest.fixture
def identity(store: MemoryStore) -> Identity:
    clock = StoppedClock(NOON)
    return Identity(store, clock, CountingIds(clock, seed=1), KnownAccounts(ProcessCache()))


@pytest.fixture
def member(identity: Identity) -> MemberId:
    return identity.create_member(None, attrs.evolve(NEW, display_name=None)).id


def pointers(**changes: Any) -> list[str]:
    """Where the faults of a new member with these changes are."""
    try:
        attrs.evolve(NEW, **changes).check(TODAY)
    except InvalidInput as error:
        return [fault.pointer for fault in error.faults]
    return []


@pytest.mark.parametrize(
    "email",
    ["a@b.co", "first.last+tag@sub.example.com", "o'hara@example.org", "x@" + "a" * 63 + ".com", "A_B-c@EXAMPLE.COM"],
)
def test_ordinary_emails_are_accepted(email: str) -> None:
    assert [] == pointers(email=email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "plain",
        "@example.com",
        "a@",
        "a@b",
        "a@b@c.com",
        "a b@example.com",
        "a@example..com",
        ".a@example.com",
        "a.@example.com",
        "a@-example.com",
        "a@example.com\n",
        "a@exämple.com",
        "a\x00@example.com",
        "x" * 65 + "@example.com",
        "x@" + "a." * 130 + "com",
    ],
)
def test_what_is_no_email_is_refused(email: str) -> None:
    assert ["/email"] == pointers(email=email)


@pytest.mark.parametrize(
    ("birth", "faults"),
    [
        (date(2008, 3, 2), []),
        (date(2008, 3, 3), ["/dateOfBirth"]),
        (TODAY, ["/dateOfBirth"]),
        (TODAY + timedelta(days=1), ["/dateOfBirth"]),
        (date(1900, 1, 1), ["/dateOfBirth"]),
        (date(1906, 1, 1), []),
    ],
)
def test_members_are_adults_that_live(birth: date, faults: list[str]) -> None:
    assert faults == pointers(date_of_birth=birth)


def test_the_eighteenth_birthday_begins_at_midnight_in_new_york() -> None:
    clock = StoppedClock(datetime(2026, 3, 2, 4, 59, tzinfo=UTC))  # 23:59 on 1 March there
    identity = Identity(
        MemoryStore(clock, CountingIds(clock)), clock, CountingIds(clock, seed=1), KnownAccounts(ProcessCache())
    )
    new = attrs.evolve(NEW, date_of_birth=date(2008, 3, 2))
    with pytest.raises(InvalidInput, match="18 or older"):
        identity.create_member(None, new)
    clock.advance(timedelta(minutes=1))
    assert identity.create_member(None, new).is_active


def test_fifty_states_and_the_capital_less_three_are_welcome() -> None:
    assert 51 == len(STATES)
    assert {"NY", "FL", "RI"} == set(EXCLUDED_STATES) < STATES
    assert {state for state in STATES if not pointers(state_of_residence=state)} == STATES - set(EXCLUDED_STATES)


@pytest.mark.parametrize("state", ["", "ca", "XX", "California", "PR"])
def test_what_is_no_state_is_refused(state: str) -> None:
    assert ["/stateOfResidence"] == pointers(state_of_residence=state)


def test_the_error_tells_why_a_state_is_excluded() -> None:
    with pytest.raises(InvalidInput, match="Rhode Island asks for registration"):
        attrs.evolve(NEW, state_of_residence="RI").check(TODAY)


def test_a_member_who_lives_where_fittrack_left_is_known(identity: Identity, member: MemberId) -> None:
    profile = identity.member(member).profile
    assert lives_where_offered(profile)
    assert not lives_where_offered(attrs.evolve(profile, state_of_residence="NY"))


@pytest.mark.parametrize("name", ["Pat", "x" * 50, "José 漢字", "Zoë 🙂", "O'Neil-Smith 3rd"])
def test_readable_display_names_are_accepted(name: str) -> None:
    assert [] == pointers(display_name=name)


@pytest.mark.parametrize(
    "name",
    ["", "ab", "x" * 51, "tab\there", "null\x00byte", " lead", "trail ", "two  spaces", "bidi\u202eevil", "a\ud800b"],
)
def test_unreadable_display_names_are_refused(name: str) -> None:
    assert "/displayName" in pointers(display_name=name)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"height_inches": 24, "weight_pounds": 50}, []),
        ({"height_inches": 108, "weight_pounds": 1000}, []),
        ({"height_inches": 23}, ["/heightInches"]),
        ({"height_inches": 109}, ["/heightInches"]),
        ({"weight_pounds": 49}, ["/weightPounds"]),
        ({"weight_pounds": 1001}, ["/weightPounds"]),
        ({"goals": tuple(Goal)}, []),
        ({"goals": (Goal.ENDURANCE, Goal.ENDURANCE)}, ["/goals"]),
    ],
)
def test_bodies_and_goals_have_bounds(changes: dict[str, Any], faults: list[str]) -> None:
    assert faults == pointers(**changes)


def test_every_fault_is_reported_at_once(identity: Identity) -> None:
    new = NewMember("nobody", TODAY, "NY", "x", height_inches=1, weight_pounds=1, goals=(Goal.ENDURANCE,) * 2)
    with pytest.raises(InvalidInput) as refused:
        identity.create_member(None, new)
    assert [
        "/email",
        "/dateOfBirth",
        "/stateOfResidence",
        "/displayName",
        "/heightInches",
        "/weightPounds",
        "/goals",
    ] == [fault.pointer for fault in refused.value.faults]


def test_an_email_is_taken_in_any_case(identity: Identity, member: MemberId) -> None:
    with pytest.raises(EmailTaken, match="exists already"):
        identity.create_member(None, attrs.evolve(NEW, email="PAT@Example.com"))


def test_a_display_name_is_taken_in_any_case_and_encoding(identity: Identity, member: MemberId) -> None:
    identity.create_member(None, attrs.evolve(NEW, email="zoe@example.com", display_name="Zoe\u0308"))
    for name in ("ZOË", "zoë", "ZOE\u0308"):
        with pytest.raises(DisplayNameTaken, match="Choose another"):
            identity.edit_profile(member, attrs.evolve(EDIT, display_name=name))
        with pytest.raises(DisplayNameTaken):
            identity.create_member(None, attrs.evolve(NEW, email="other@example.com", display_name=name))


@given(st.text(min_size=3, max_size=50))
def test_the_key_of_a_name_does_not_depend_on_case_and_fits_its_column(name: str) -> None:
    assert display_name_key(name) == display_name_key(name.casefold())
    assert len(display_name_key(name)) <= 255


def test_a_profile_is_complete_once_name_sex_and_level_are_stated(identity: Identity, member: MemberId) -> None:
    assert ("display name",) == identity.member(member).profile.missing
    edited = identity.edit_profile(member, EDIT)
    assert edited.is_complete
    assert edited == identity.member(member).profile
    assert ("Pat Doe", "TX", 70, 180) == (
        edited.display_name,
        edited.state_of_residence,
        edited.height_inches,
        edited.weight_pounds,
    )
    assert date(1990, 5, 17) == edited.date_of_birth
    assert 35 == edited.age_on(TODAY)


def test_members_keep_their_own_name_when_they_edit(identity: Identity, member: MemberId) -> None:
    identity.edit_profile(member, EDIT)
    assert "PAT DOE" == identity.edit_profile(member, attrs.evolve(EDIT, display_name="PAT DOE")).display_name


def test_nothing_is_stated_of_who_has_left(identity: Identity, member: MemberId) -> None:
    before = identity.edit_profile(member, EDIT)
    preferences = identity.preferences(member)
    identity.leave(member)
    statements: tuple[Callable[[], object], ...] = (
        lambda: identity.edit_profile(member, attrs.evolve(EDIT, display_name="Somebody")),
        lambda: identity.opt_in_to_open(member),
        lambda: identity.opt_out_of_open(member),
        lambda: identity.prefer(preferences),
    )
    for state in statements:
        with pytest.raises(AccountDeleted):
            state()
    assert (before, preferences) == (identity.member(member).profile, identity.preferences(member))


def test_an_edit_reports_every_fault(identity: Identity, member: MemberId) -> None:
    with pytest.raises(InvalidInput) as refused:
        identity.edit_profile(member, ProfileEdit("", "FL", Sex.MALE, Level.BEGINNER, 0, 0))
    assert ["/displayName", "/stateOfResidence", "/heightInches", "/weightPounds"] == [
        fault.pointer for fault in refused.value.faults
    ]


def test_the_open_board_is_joined_and_left_once(identity: Identity, store: MemoryStore, member: MemberId) -> None:
    with pytest.raises(ProfileIncomplete, match="lacks display name"):
        identity.opt_in_to_open(member)
    identity.edit_profile(member, EDIT)
    assert identity.opt_in_to_open(member).open_tier
    assert identity.opt_in_to_open(member).open_tier
    assert not identity.opt_out_of_open(member).open_tier
    with store.reading() as tx:
        changes = tx.rows(OUTBOX).where(kind="OpenTierChanged", order=("id",))
    assert [OpenTierChanged(member, True), OpenTierChanged(member, False)] == [
        json_converter.structure(row.body, OpenTierChanged) for row in changes
    ]
