"""What administrators state of members: told in the audit log, refused when somebody else was faster."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.testing import StoppedClock
from fittrack_adapters.testing.builders import a_member, an_installation
from fittrack_domain.access.events import TokenDue
from fittrack_domain.access.model import OneTimeToken, Purpose
from fittrack_domain.access.registration import NewAccount
from fittrack_domain.app import FitTrack
from fittrack_domain.audit.model import Wanted
from fittrack_domain.identity.admission import AccountCorrection, ProfileEdit
from fittrack_domain.identity.errors import (
    AccountDeleted,
    DisplayNameTaken,
    EmailTaken,
    MemberNotFound,
    ProfileStated,
)
from fittrack_domain.identity.model import Level, Sex, Status, version_of
from fittrack_domain.shared.errors import InvalidInput, StaleVersion
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADMIN = MemberId(UUID(int=1))
EDIT = ProfileEdit("Pat Doe", "TX", Sex.MALE, Level.BEGINNER)


@pytest.fixture
def fittrack() -> FitTrack:
    return an_installation(StoppedClock(NOON)).fittrack


@pytest.fixture
def ann(fittrack: FitTrack) -> MemberId:
    return a_member(fittrack)


def version(fittrack: FitTrack, member_id: MemberId) -> int:
    return version_of(fittrack.identity.member(member_id).account, fittrack.identity.preferences(member_id))


def audited(fittrack: FitTrack, member_id: MemberId, action: str) -> list[Any]:
    wanted = Wanted(subject_type="member", subject_id=str(member_id), action=action)
    return [entry.facts for entry in fittrack.audit.page(Paging(), wanted).items]


def test_email_and_preferences_are_corrected_each_alone_or_together(fittrack: FitTrack, ann: MemberId) -> None:
    corrections = fittrack.corrections
    corrected = corrections.account(ADMIN, ann, AccountCorrection(email="Ann.B@example.com"))
    assert ("Ann.B@example.com", "ann.b@example.com", NOON) == (
        corrected.email,
        corrected.email_key,
        corrected.email_verified_at,
    )
    corrections.account(ADMIN, ann, AccountCorrection(time_zone="America/Chicago"))
    assert corrected == corrections.account(ADMIN, ann, AccountCorrection(email_notices=False))
    preferences = fittrack.identity.preferences(ann)
    assert (False, "en", "America/Chicago") == (
        preferences.email_notices,
        preferences.language,
        preferences.time_zone,
    )
    corrections.account(ADMIN, ann, AccountCorrection("ann@example.com", language="es"))
    assert [(True, True), (False, True), (False, True), (True, False)] == [
        (facts["email"], facts["preferences"]) for facts in audited(fittrack, ann, "member.corrected")
    ]


def test_every_change_of_account_or_preferences_is_a_new_version_of_both(fittrack: FitTrack, ann: MemberId) -> None:
    seen = version(fittrack, ann)
    fittrack.identity.prefer(attrs.evolve(fittrack.identity.preferences(ann), language="es"))
    with pytest.raises(StaleVersion):
        fittrack.corrections.account(ADMIN, ann, AccountCorrection(language="fr"), seen)
    with pytest.raises(StaleVersion):
        fittrack.identity.suspend(ADMIN, ann, "a test", seen)
    fittrack.corrections.account(ADMIN, ann, AccountCorrection(language="fr"), version(fittrack, ann))
    fittrack.identity.suspend(ADMIN, ann, "a test", version(fittrack, ann))
    fittrack.identity.reinstate(ADMIN, ann, "a test", version(fittrack, ann))
    assert seen + 4 == version(fittrack, ann)


def test_every_fault_of_a_correction_is_told_and_nothing_changes(fittrack: FitTrack, ann: MemberId) -> None:
    with pytest.raises(InvalidInput) as refusal:
        fittrack.corrections.account(ADMIN, ann, AccountCorrection("nonsense", language="English", time_zone="Mars"))
    assert ["/email", "/language", "/timeZone"] == [fault.pointer for fault in refusal.value.faults]
    with pytest.raises(InvalidInput):
        fittrack.corrections.account(ADMIN, ann, AccountCorrection(language="English"))
    with pytest.raises(InvalidInput):
        fittrack.identity.prefer(attrs.evolve(fittrack.identity.preferences(ann), language="English"))
    assert [] == audited(fittrack, ann, "member.corrected")


def test_an_email_that_is_taken_is_refused_and_ones_own_is_not(fittrack: FitTrack, ann: MemberId) -> None:
    a_member(fittrack, "ben")
    with pytest.raises(EmailTaken):
        fittrack.corrections.account(ADMIN, ann, AccountCorrection("BEN@example.com"))
    assert "ANN@example.com" == fittrack.corrections.account(ADMIN, ann, AccountCorrection("ANN@example.com")).email


def test_tokens_that_went_to_the_wrong_address_are_good_for_nothing() -> None:
    installation = an_installation(StoppedClock(NOON))
    fittrack, store = installation.fittrack, installation.store
    new = NewAccount(
        email="wrogn@example.com",
        password="Correct-horse-1",
        date_of_birth=date(1990, 5, 17),
        state_of_residence="CA",
        accepted_terms=True,
        accepted_sweepstakes_rules=True,
    )
    account = fittrack.registration.register(new)
    fittrack.relay.drain()
    with store.transaction() as tx:
        tx.one_time_tokens.add(OneTimeToken("0" * 64, account.id, Purpose.RESET_PASSWORD, expires_at=NOON))
    corrected = fittrack.corrections.account(ADMIN, account.id, AccountCorrection("wrong@example.com"))
    assert (Status.PENDING, None) == (corrected.status, corrected.email_verified_at)
    assert TokenDue(account.id, Purpose.VERIFY_EMAIL) in fittrack.relay.drain()
    with store.reading() as tx:
        assert tx.one_time_tokens.find("0" * 64) is None


def test_a_correction_of_a_verified_email_mails_nothing(fittrack: FitTrack, ann: MemberId) -> None:
    fittrack.relay.drain()
    fittrack.corrections.account(ADMIN, ann, AccountCorrection("ann.b@example.com"))
    assert not [event for event in fittrack.relay.drain() if isinstance(event, TokenDue)]


def test_a_profile_is_corrected_with_the_birth_date_or_without(fittrack: FitTrack, ann: MemberId) -> None:
    born = fittrack.identity.member(ann).profile.date_of_birth
    edited = fittrack.corrections.profile(ADMIN, ann, EDIT)
    assert ("Pat Doe", "TX", born) == (edited.display_name, edited.state_of_residence, edited.date_of_birth)
    younger = fittrack.corrections.profile(ADMIN, ann, EDIT, date(2001, 2, 3), edited.version)
    assert date(2001, 2, 3) == younger.date_of_birth
    with pytest.raises(StaleVersion):
        fittrack.corrections.profile(ADMIN, ann, EDIT, version=edited.version)
    assert 2 == len(audited(fittrack, ann, "profile.corrected"))


def test_a_profile_that_nobody_can_have_is_refused_with_every_fault(fittrack: FitTrack, ann: MemberId) -> None:
    with pytest.raises(InvalidInput) as refusal:
        fittrack.corrections.profile(ADMIN, ann, ProfileEdit("x", "NY", Sex.MALE, Level.BEGINNER), date(2020, 1, 1))
    assert ["/displayName", "/stateOfResidence", "/dateOfBirth"] == [fault.pointer for fault in refusal.value.faults]
    a_member(fittrack, "ben")
    with pytest.raises(DisplayNameTaken):
        fittrack.corrections.profile(ADMIN, ann, attrs.evolve(EDIT, display_name="BEN of Example"))


def test_a_first_profile_is_stated_where_something_is_missing(fittrack: FitTrack, ann: MemberId) -> None:
    bare = a_member(fittrack, "bare", display_name=None)
    assert fittrack.corrections.first_profile(ADMIN, bare, EDIT).is_complete
    for complete in (ann, bare):
        with pytest.raises(ProfileStated, match="Edit it instead"):
            fittrack.corrections.first_profile(ADMIN, complete, EDIT)


def test_of_who_has_left_nothing_is_stated(fittrack: FitTrack, ann: MemberId) -> None:
    fittrack.identity.leave(ann)
    for change in (
        lambda: fittrack.corrections.account(ADMIN, ann, AccountCorrection("x@example.com")),
        lambda: fittrack.corrections.profile(ADMIN, ann, EDIT),
        lambda: fittrack.corrections.first_profile(ADMIN, ann, EDIT),
    ):
        with pytest.raises(AccountDeleted, match="is deleted"):
            change()
    with pytest.raises(MemberNotFound):
        fittrack.corrections.profile(ADMIN, ADMIN, EDIT)
