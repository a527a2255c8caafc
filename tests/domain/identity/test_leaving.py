"""Becoming nobody again, by oneself or by an administrator, and what remains."""

import pytest

from fittrack_domain.identity.errors import IllegalStatusChange, OwnAccount
from fittrack_domain.identity.model import Account, Status
from fittrack_domain.identity.service import Identity
from fittrack_domain.shared.errors import InvalidInput


def test_who_leaves_is_deleted_for_good(everywhere: Identity, pat: Account) -> None:
    everywhere.leave(pat.id)
    account = everywhere.member(pat.id).account
    assert (Status.DELETED, everywhere.clock.now(), True) == (account.status, account.deleted_at, account.is_deleted)
    for change in (everywhere.suspend, everywhere.ban, everywhere.reinstate, everywhere.delete):
        with pytest.raises(IllegalStatusChange):
            change(None, pat.id, "Once more")
    with pytest.raises(IllegalStatusChange):
        everywhere.leave(pat.id)


def test_an_administrator_deletes_others_with_a_reason(everywhere: Identity, pat: Account) -> None:
    with pytest.raises(OwnAccount):
        everywhere.delete(pat.id, pat.id, "Testing")
    with pytest.raises(InvalidInput):
        everywhere.delete(None, pat.id, " ")
    assert Status.DELETED is everywhere.delete(None, pat.id, "Asked for by mail").status


def test_of_an_erased_account_only_the_id_remains(everywhere: Identity, pat: Account) -> None:
    now = everywhere.clock.now()
    found = everywhere.member(pat.id)
    account, profile = found.account.erased(now), found.profile.erased()
    assert f"erased-{pat.id}@fittrack.invalid" == account.email == account.email_key
    assert now == account.erased_at
    assert (pat.id, "--", None, None) == (
        profile.user_id,
        profile.state_of_residence,
        profile.display_name,
        profile.biological_sex,
    )
    assert "Pat" not in repr((account, profile))
