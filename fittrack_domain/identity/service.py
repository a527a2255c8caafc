"""What one can do with members: make, edit, suspend, ban, reinstate, give roles, look up."""

from collections.abc import Callable
from datetime import datetime

import attrs

from fittrack_domain.audit import service as audit
from fittrack_domain.identity import admission, errors
from fittrack_domain.identity.admission import NewMember, ProfileEdit
from fittrack_domain.identity.events import MemberCreated, MemberStatusChanged, OpenTierChanged
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import (
    Account,
    Member,
    Preferences,
    Profile,
    Role,
    Status,
    display_name_key,
    version_of,
)
from fittrack_domain.identity.ports import IdentityTx
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import StaleVersion
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.shared.requests import Request


@attrs.frozen
class Identity:
    """Members and their profiles. `actor` is the admin who acts, None for the system itself."""

    store: Store[IdentityTx]
    clock: Clock
    ids: Ids
    known: KnownAccounts

    def create_member(
        self,
        actor: MemberId | None,
        new: NewMember,
        role: Role = Role.USER,
        premium_expires_at: datetime | None = None,
        request: Request | None = None,
    ) -> Account:
        """Makes a member who needs no email verification: by an admin, an import, or as demo data.

        Premium comes with its expiry, other roles without. They have no password until they reset it.

        Raises: `InvalidInput` (every fault), `EmailTaken`, `DisplayNameTaken`, `KeyReused`.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            if request and (made := request.made_before(tx, now)):
                return tx.accounts.get(MemberId(made))
            new.check(platform_day(now))
            account = _new_account(MemberId(self.ids.new()), new.email, now).given_role(role, premium_expires_at, now)
            require_free_email(tx, account)
            if new.display_name is not None:
                require_free_name(tx, account.id, new.display_name)
            tx.accounts.add(account)
            tx.profiles.add(new.profile_of(account))
            audit.record(tx, now, actor, "member.created", "member", account.id, {"role": role.value})
            tx.record(MemberCreated(account.id))
            if request:
                request.made(tx, now, account.id)
        return account

    def edit_profile(self, member_id: MemberId, edit: ProfileEdit) -> Profile:
        """Replaces what a member states about themselves; the tier follows for points earned from then on.

        Raises: `InvalidInput` (every fault), `MemberNotFound`, `AccountDeleted`, `DisplayNameTaken`, `StaleVersion`.
        """
        edit.check()
        with self.store.transaction() as tx:
            edited = edit.applied_to(kept_profile(tx, member_id))
            require_free_name(tx, member_id, edit.display_name)
            return tx.profiles.save(edited)

    def opt_in_to_open(self, member_id: MemberId) -> Profile:
        """Puts a member on the OPEN board, beside their tier's.

        Raises: `MemberNotFound`, `AccountDeleted`, `ProfileIncomplete`.
        """
        return self._change_open_tier(member_id, Profile.opted_in)

    def opt_out_of_open(self, member_id: MemberId) -> Profile:
        """Takes a member off the OPEN board. Raises `MemberNotFound`, `AccountDeleted`."""
        return self._change_open_tier(member_id, Profile.opted_out)

    def _change_open_tier(self, member_id: MemberId, change: Callable[[Profile], Profile]) -> Profile:
        with self.store.transaction() as tx:
            profile = kept_profile(tx, member_id)
            changed = change(profile)
            if changed == profile:
                return profile
            tx.record(OpenTierChanged(member_id, changed.open_tier))
            return tx.profiles.save(changed)

    def suspend(self, actor: MemberId | None, member_id: MemberId, reason: str, version: int | None = None) -> Account:
        """Locks a member out until reinstated; tickets already bought remain valid.

        Raises: `InvalidInput` (reason), `OwnAccount`, `MemberNotFound`, `IllegalStatusChange`, `StaleVersion`.
        """
        return self._change_status(actor, member_id, reason, version, "member.suspended", Account.suspended)

    def ban(self, actor: MemberId | None, member_id: MemberId, reason: str, version: int | None = None) -> Account:
        """Locks a member out for good. Raises as `suspend`."""
        return self._change_status(actor, member_id, reason, version, "member.banned", Account.banned)

    def reinstate(
        self, actor: MemberId | None, member_id: MemberId, reason: str, version: int | None = None
    ) -> Account:
        """Lets a suspended member in again. Raises as `suspend`."""
        return self._change_status(actor, member_id, reason, version, "member.reinstated", Account.reinstated)

    def _change_status(
        self,
        actor: MemberId | None,
        member_id: MemberId,
        reason: str,
        version: int | None,
        action: str,
        change: Callable[[Account], Account],
    ) -> Account:
        now = self.clock.now()
        admission.check_reason(reason)
        _require_other(actor, member_id)
        with self.store.transaction() as tx:
            account = tx.accounts.get(member_id)
            require_present(tx, account, version)
            changed = tx.accounts.save(change(account))
            facts = {"from": account.status.value, "to": changed.status.value, "reason": reason}
            audit.record(tx, now, actor, action, "member", member_id, facts)
            tx.record(MemberStatusChanged(member_id, account.status, changed.status, reason))
        self.known.tell(changed)
        return changed

    def leave(self, member_id: MemberId) -> None:
        """Deletes one's own account: nobody logs in there any more, and personal data is erased by and by.

        Ledger, tickets and audit keep the id. Raises `MemberNotFound`, `IllegalStatusChange`.
        """
        self._delete(member_id, member_id, "left")

    def delete(self, actor: MemberId | None, member_id: MemberId, reason: str) -> Account:
        """Deletes a member's account as they could themselves. Raises as `suspend`."""
        admission.check_reason(reason)
        _require_other(actor, member_id)
        return self._delete(actor, member_id, reason)

    def _delete(self, actor: MemberId | None, member_id: MemberId, reason: str) -> Account:
        now = self.clock.now()
        with self.store.transaction() as tx:
            account = tx.accounts.locked(member_id)
            deleted = tx.accounts.save(account.deleted(now))
            audit.record(tx, now, actor, "member.deleted", "member", member_id, {"reason": reason})
            tx.record(MemberStatusChanged(member_id, account.status, deleted.status, reason))
        self.known.tell(deleted)
        return deleted

    def preferences(self, member_id: MemberId) -> Preferences:
        """How the member likes to be addressed."""
        with self.store.reading() as tx:
            return tx.preferences.of(member_id)

    def prefer(self, preferences: Preferences) -> Preferences:
        """Replaces a member's preferences.

        Raises: `InvalidInput`, `MemberNotFound`, `AccountDeleted`, and `StaleVersion` unless its version is current.
        """
        preferences.check()
        with self.store.transaction() as tx:
            tx.accounts.locked(preferences.user_id).require_kept()
            return tx.preferences.save(preferences)

    def set_role(
        self,
        actor: MemberId | None,
        member_id: MemberId,
        role: Role,
        premium_expires_at: datetime | None = None,
        version: int | None = None,
    ) -> Account:
        """Gives a role in place of the present one. Premium comes with its expiry, other roles without.

        Raises: `InvalidInput` (expiry), `OwnAccount`, `MemberNotFound`, `StaleVersion`.
        """
        now = self.clock.now()
        _require_other(actor, member_id)
        with self.store.transaction() as tx:
            account = tx.accounts.get(member_id)
            require_present(tx, account, version)
            changed = tx.accounts.save(account.given_role(role, premium_expires_at, now))
            facts = {
                "from": account.role.value,
                "to": role.value,
                "premiumExpiresAt": None if premium_expires_at is None else premium_expires_at.isoformat(),
            }
            audit.record(tx, now, actor, "member.role_changed", "member", member_id, facts)
        self.known.tell(changed)
        return changed

    def member(self, member_id: MemberId) -> Member:
        """Raises `MemberNotFound`."""
        with self.store.reading() as tx:
            return Member(tx.accounts.get(member_id), tx.profiles.get(member_id))

    def member_by_email(self, email: str) -> Member:
        """Case does not matter. Raises `MemberNotFound`."""
        with self.store.reading() as tx:
            account = tx.accounts.by_email_key(admission.email_key(email))
            if account is None:
                raise errors.MemberNotFound(email)
            return Member(account, tx.profiles.get(account.id))

    def members(
        self,
        paging: Paging,
        *,
        sought: str | None = None,
        status: Status | None = None,
        role: Role | None = None,
        flagged: bool = False,
    ) -> Page[Member]:
        """The newest first; with `sought`, those who have it in email or display name, or for their id.

        With `flagged`, only those whose prizes wait for a review. Raises: `InvalidInput` (what is sought).
        """
        key = None
        if sought is not None:
            admission.check_sought(sought)
            key = display_name_key(sought.strip())
        with self.store.reading() as tx:
            found = tx.member_search.page(paging, key, status=status, role=role, flagged=flagged)
            accounts, profiles = tx.accounts.of(found.items), tx.profiles.of(found.items)
            return found.map(lambda member_id: Member(accounts[member_id], profiles[member_id]))


def kept_profile(tx: IdentityTx, member_id: MemberId) -> Profile:
    """The profile of a member who has not left, with the account locked. Raises `MemberNotFound`, `AccountDeleted`."""
    tx.accounts.locked(member_id).require_kept()
    return tx.profiles.get(member_id)


def require_present(tx: IdentityTx, account: Account, version: int | None) -> None:
    """Raises `StaleVersion` when a version is given and is not that of the account with its preferences."""
    if version not in (None, version_of(account, tx.preferences.of(account.id))):
        raise StaleVersion("account")


def require_free_email(tx: IdentityTx, account: Account) -> None:
    """Raises `EmailTaken` when another account has the email of this one."""
    holder = tx.accounts.by_email_key(account.email_key)
    if holder is not None and holder.id != account.id:
        raise errors.EmailTaken


def _new_account(member_id: MemberId, email: str, now: datetime) -> Account:
    return Account(
        id=member_id,
        email=email,
        email_key=admission.email_key(email),
        created_at=now,
        status=Status.ACTIVE,
        email_verified_at=now,
    )


def _require_other(actor: MemberId | None, member_id: MemberId) -> None:
    if actor == member_id:
        raise errors.OwnAccount


def require_free_name(tx: IdentityTx, member_id: MemberId, display_name: str) -> None:
    """Raises `DisplayNameTaken` when another member has it."""
    holder = tx.profiles.by_display_name_key(display_name_key(display_name))
    if holder is not None and holder.user_id != member_id:
        raise errors.DisplayNameTaken(display_name)
