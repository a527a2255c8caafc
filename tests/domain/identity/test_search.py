"""Members are found by some of their email or name, or by their id, the same on every store."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.identity.admission import SOUGHT_LENGTH_MAX, NewMember
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Role, Status
from fittrack_domain.identity.service import Identity
from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.paging import Paging
from tests.stores import MakeStore

PEOPLE = {
    "Jo.Rivera@Example.com": "Zoë Ünïcödé",
    "jo_1@example.com": "100% Fit",
    "jox1@example.org": None,
    "admin@fit.example": "Jo's Admin!",
}


@pytest.fixture
def identity(new_store: MakeStore) -> Identity:
    """With those people, the last of them made last."""
    clock = StoppedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
    identity = Identity(new_store(clock), clock, CountingIds(clock, seed=1), KnownAccounts(ProcessCache()))
    for email, name in PEOPLE.items():
        identity.create_member(None, NewMember(email, date(1990, 5, 17), "CA", name))
        clock.advance(timedelta(minutes=1))
    return identity


def found(identity: Identity, sought: str, **more: Status | Role) -> list[str]:
    page = identity.members(Paging(), sought=sought, **more)  # type: ignore[arg-type]
    assert len(page.items) == page.total
    return [member.account.email for member in page.items]


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        ("JO", ["admin@fit.example", "jox1@example.org", "jo_1@example.com", "Jo.Rivera@Example.com"]),
        ("rivera@EXAMPLE", ["Jo.Rivera@Example.com"]),
        ("zoë ünï", ["Jo.Rivera@Example.com"]),
        ("  ZOE\u0308 ", ["Jo.Rivera@Example.com"]),
        ("jo_1", ["jo_1@example.com"]),
        ("%", ["jo_1@example.com"]),
        ("0% f", ["jo_1@example.com"]),
        ("!", ["admin@fit.example"]),
        ("'", ["admin@fit.example"]),
        ("\\", []),
        ("nobody", []),
    ],
)
def test_what_stands_anywhere_in_email_or_name_is_found_as_it_is(
    identity: Identity, sought: str, expected: list[str]
) -> None:
    assert expected == found(identity, sought)


def test_a_member_is_found_by_their_whole_id(identity: Identity) -> None:
    known = identity.member_by_email("jo_1@example.com").id
    assert ["jo_1@example.com"] == found(identity, str(known)) == found(identity, str(known).upper())
    assert [] == found(identity, str(known)[:-1])


def test_status_role_and_page_narrow_what_is_found(identity: Identity) -> None:
    admin, first = (identity.member_by_email(email).id for email in ("admin@fit.example", "jox1@example.org"))
    identity.set_role(None, admin, Role.ADMIN)
    identity.suspend(None, first, "a test")
    assert ["admin@fit.example"] == found(identity, "jo", role=Role.ADMIN)
    assert ["jox1@example.org"] == found(identity, "jo", status=Status.SUSPENDED)
    assert [] == found(identity, "jo", status=Status.SUSPENDED, role=Role.ADMIN)
    second = identity.members(Paging(2, 3), sought="jo")
    assert (["Jo.Rivera@Example.com"], 4) == ([member.account.email for member in second.items], second.total)


@pytest.mark.parametrize("sought", ["", "  ", "a\nb", "x" * (SOUGHT_LENGTH_MAX + 1)])
def test_what_nobody_can_look_for_is_refused(identity: Identity, sought: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        identity.members(Paging(), sought=sought)
    assert ["/q"] == [fault.pointer for fault in refusal.value.faults]
