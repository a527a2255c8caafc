"""What an account may become, and who may bring it there."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.store.shared import OUTBOX
from fittrack_adapters.store.tables import json_converter
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.identity.admission import NewMember
from fittrack_domain.identity.errors import IllegalStatusChange, MemberNotFound, OwnAccount
from fittrack_domain.identity.events import MemberCreated, MemberStatusChanged
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Account, Role, Status
from fittrack_domain.identity.service import Identity
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.events import Event
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging

E = TypeVar("E", bound=Event)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def store(clock: StoppedClock) -> MemoryStore:
    return MemoryStore(clock, CountingIds(clock))


@pytest.fixture
def identity(store: MemoryStore, clock: StoppedClock) -> Identity:
    return Identity(store, clock, CountingIds(clock, seed=1), KnownAccounts(ProcessCache()))


@pytest.fixture
def member(identity: Identity) -> Account:
    return identity.create_member(None, a_new_member())


@pytest.fixture
def admin(identity: Identity) -> Account:
    made = identity.create_member(None, a_new_member("admin@example.com"))
    return identity.set_role(None, made.id, Role.ADMIN)


def a_new_member(email: str = "Pat.Doe@Example.com") -> NewMember:
    return NewMember(email, NOON.date().replace(year=1990), "CA")


def recorded(store: MemoryStore, kind: type[E]) -> list[E]:
    with store.reading() as tx:
        return [json_converter.structure(row.body, kind) for row in tx.rows(OUTBOX).where(kind=kind.__name__)]


def an_account(status: Status, **changes: object) -> Account:
    return Account(MemberId(CountingIds(StoppedClock()).new()), "a@b.co", "a@b.co", NOON, status=status, **changes)  # type: ignore[arg-type]


def test_a_member_made_by_an_admin_is_active_and_verified_and_has_accepted_nothing(
    identity: Identity, store: MemoryStore, member: Account
) -> None:
    assert Status.ACTIVE is member.status
    assert member.is_active
    assert NOON == member.email_verified_at == member.created_at
    assert member.terms_accepted_at is None
    assert member == identity.member(member.id).account
    assert [MemberCreated(member.id)] == recorded(store, MemberCreated)


@pytest.mark.parametrize(
    ("change", "starts", "end"),
    [
        (Account.suspended, {Status.ACTIVE}, Status.SUSPENDED),
        (Account.reinstated, {Status.SUSPENDED}, Status.ACTIVE),
        (Account.banned, {Status.ACTIVE, Status.SUSPENDED}, Status.BANNED),
    ],
)
@pytest.mark.parametrize("status", Status)
def test_an_account_moves_only_along_the_allowed_ways(
    change: object, starts: set[Status], end: Status, status: Status
) -> None:
    account = an_account(status)
    if status in starts:
        assert end is change(account).status  # type: ignore[operator]
    else:
        with pytest.raises(IllegalStatusChange) as refused:
            change(account)  # type: ignore[operator]
        assert (status.value, end.value) == (refused.value.status, refused.value.wanted)
        assert f"The account is {status.value} and cannot become {end.value}." == str(refused.value)


@pytest.mark.parametrize(
    ("status", "hidden"),
    [
        (Status.PENDING, False),
        (Status.ACTIVE, False),
        (Status.SUSPENDED, True),
        (Status.BANNED, True),
        (Status.DELETED, True),
    ],
)
def test_suspended_banned_and_deleted_members_are_hidden(status: Status, hidden: bool) -> None:
    assert hidden == an_account(status).is_hidden


def test_a_suspension_is_told_to_the_audit_log_and_to_others(
    identity: Identity, store: MemoryStore, member: Account, admin: Account
) -> None:
    suspended = identity.suspend(admin.id, member.id, "Two accounts, one person")
    assert Status.SUSPENDED is suspended.status
    with store.reading() as tx:
        entry = tx.audit.head()
    assert entry is not None
    assert (admin.id, "member.suspended", str(member.id)) == (entry.actor, entry.action, entry.subject_id)
    assert {"from": "active", "to": "suspended", "reason": "Two accounts, one person"} == entry.facts
    assert [MemberStatusChanged(member.id, Status.ACTIVE, Status.SUSPENDED, "Two accounts, one person")] == recorded(
        store, MemberStatusChanged
    )


def test_a_suspended_member_can_be_reinstated_and_a_banned_one_cannot(
    identity: Identity, member: Account, admin: Account
) -> None:
    identity.suspend(admin.id, member.id, "Why")
    assert identity.reinstate(admin.id, member.id, "Sorry").is_active
    identity.ban(admin.id, member.id, "Enough")
    with pytest.raises(IllegalStatusChange):
        identity.reinstate(admin.id, member.id, "Once more")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
def test_a_status_change_needs_a_reason(identity: Identity, member: Account, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        identity.suspend(None, member.id, reason)
    assert ["/reason"] == [fault.pointer for fault in refused.value.faults]
    assert identity.member(member.id).account.is_active


def test_admins_moderate_others_but_not_themselves(identity: Identity, admin: Account) -> None:
    for moderate in (identity.suspend, identity.ban, identity.reinstate):
        with pytest.raises(OwnAccount, match="Ask another admin"):
            moderate(admin.id, admin.id, "Testing")
    with pytest.raises(OwnAccount):
        identity.set_role(admin.id, admin.id, Role.USER)
    assert identity.member(admin.id).account.is_admin


def test_an_admin_deletes_others_for_a_reason_but_not_themselves(
    identity: Identity, store: MemoryStore, member: Account, admin: Account
) -> None:
    deleted = identity.delete(admin.id, member.id, "Asked for it by post")
    assert (Status.DELETED, NOON) == (deleted.status, deleted.deleted_at)
    [told] = recorded(store, MemberStatusChanged)
    assert (Status.DELETED, "Asked for it by post") == (told.new, told.reason)
    with pytest.raises(IllegalStatusChange):
        identity.delete(admin.id, member.id, "Again")
    with pytest.raises(OwnAccount):
        identity.delete(admin.id, admin.id, "Myself")
    with pytest.raises(InvalidInput):
        identity.delete(admin.id, member.id, " ")


def test_premium_holds_until_it_expires(identity: Identity, member: Account, admin: Account) -> None:
    expiry = NOON + timedelta(days=30)
    premium = identity.set_role(admin.id, member.id, Role.PREMIUM, expiry)
    assert premium.is_premium(expiry - timedelta(microseconds=1))
    assert not premium.is_premium(expiry)
    assert not identity.set_role(admin.id, member.id, Role.USER).is_premium(NOON)


@pytest.mark.parametrize(
    ("role", "expiry", "fault"),
    [
        (Role.PREMIUM, None, "must be an instant to come"),
        (Role.PREMIUM, NOON, "must be an instant to come"),
        (Role.ADMIN, NOON + timedelta(days=1), "goes with the premium role only"),
    ],
)
def test_premium_and_only_premium_comes_with_an_expiry(
    identity: Identity, member: Account, role: Role, expiry: datetime | None, fault: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        identity.set_role(None, member.id, role, expiry)
    assert (Fault("/premiumExpiresAt", fault),) == refused.value.faults


def test_a_change_of_role_is_audited(identity: Identity, store: MemoryStore, member: Account, admin: Account) -> None:
    identity.set_role(admin.id, member.id, Role.PREMIUM, NOON + timedelta(days=1))
    with store.reading() as tx:
        entry = tx.audit.head()
    assert entry is not None
    assert "member.role_changed" == entry.action
    assert {"from": "user", "to": "premium", "premiumExpiresAt": "2026-03-03T12:00:00+00:00"} == entry.facts


def test_unknown_members_are_not_found(identity: Identity) -> None:
    nobody = MemberId(CountingIds(StoppedClock()).new())
    for ask in (
        lambda: identity.member(nobody),
        lambda: identity.member_by_email("nobody@example.com"),
        lambda: identity.suspend(None, nobody, "Why"),
        lambda: identity.opt_out_of_open(nobody),
    ):
        with pytest.raises(MemberNotFound, match="There is no member"):
            ask()


def test_members_are_found_by_email_in_any_case(identity: Identity, member: Account) -> None:
    assert member == identity.member_by_email("pat.doe@EXAMPLE.com").account


def test_members_are_listed_newest_first_and_can_be_filtered(
    identity: Identity, clock: StoppedClock, member: Account, admin: Account
) -> None:
    clock.advance(timedelta(seconds=1))
    newest = identity.create_member(None, a_new_member("new@example.com"))
    identity.suspend(None, member.id, "Why")
    everyone = identity.members(Paging())
    assert 3 == everyone.total
    assert newest.id == everyone.items[0].id
    assert [member.id] == [found.id for found in identity.members(Paging(), status=Status.SUSPENDED).items]
    assert [admin.id] == [found.id for found in identity.members(Paging(), role=Role.ADMIN).items]
    assert [] == identity.members(Paging(page=2)).items


def test_who_was_verified_stays_so_since_then() -> None:
    pending = an_account(Status.PENDING)
    verified = pending.verified(NOON)
    assert (Status.ACTIVE, NOON) == (verified.status, verified.email_verified_at)
    assert verified == verified.verified(NOON + timedelta(days=1))
    assert Status.BANNED is an_account(Status.BANNED).verified(NOON).status
