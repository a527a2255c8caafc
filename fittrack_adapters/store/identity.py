"""Members in the store."""

from collections.abc import Collection, Mapping

import attrs

from fittrack_adapters.store.rows import OneOf, Rows
from fittrack_adapters.store.tables import Table
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.model import Account, Profile, Role, Status
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging

USERS = Table("users", Account, what="account", unique=(("email_key",),))
PROFILES = Table("profiles", Profile, what="profile", key=("user_id",), unique=(("display_name_key",),))


@attrs.frozen
class AccountRows:
    """`Accounts` over rows."""

    rows: Rows[Account]

    def get(self, member_id: MemberId) -> Account:
        account = self.rows.get(member_id)
        if account is None:
            raise MemberNotFound(member_id)
        return account

    def locked(self, member_id: MemberId) -> Account:
        for account in self.rows.locked(id=member_id):
            return account
        raise MemberNotFound(member_id)

    def lock(self, member_ids: Collection[MemberId]) -> None:
        self.rows.locked(id=OneOf(member_ids))

    def of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Account]:
        return {account.id: account for account in self.rows.where(id=OneOf(member_ids))}

    def by_email_key(self, key: str) -> Account | None:
        return self.rows.first(email_key=key)

    def page(self, paging: Paging, *, status: Status | None = None, role: Role | None = None) -> Page[Account]:
        wanted = {name: value for name, value in (("status", status), ("role", role)) if value is not None}
        items = self.rows.where(order=("-created_at", "-id"), limit=paging.limit, offset=paging.offset, **wanted)
        return Page(items, paging, self.rows.total(**wanted))

    def add(self, account: Account) -> None:
        self.rows.add(account)

    def save(self, account: Account) -> Account:
        return self.rows.save(account)


@attrs.frozen
class ProfileRows:
    """`Profiles` over rows."""

    rows: Rows[Profile]

    def get(self, member_id: MemberId) -> Profile:
        profile = self.rows.get(member_id)
        if profile is None:
            raise MemberNotFound(member_id)
        return profile

    def of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Profile]:
        return {profile.user_id: profile for profile in self.rows.where(user_id=OneOf(member_ids))}

    def display_names(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, str]:
        profiles = self.of(member_ids).values()
        return {profile.user_id: profile.display_name for profile in profiles if profile.display_name is not None}

    def by_display_name_key(self, key: str) -> Profile | None:
        return self.rows.first(display_name_key=key)

    def add(self, profile: Profile) -> None:
        self.rows.add(profile)

    def save(self, profile: Profile) -> Profile:
        return self.rows.save(profile)
