"""Members in the store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import attrs

from fittrack_adapters.store.rows import OneOf, Rows, UpTo
from fittrack_adapters.store.tables import Table
from fittrack_domain.identity.errors import EmailTaken, MemberNotFound
from fittrack_domain.identity.model import Account, Preferences, Profile, Status
from fittrack_domain.shared.errors import AlreadyExists, StaleVersion
from fittrack_domain.shared.ids import MemberId

USERS = Table("users", Account, what="account", unique=(("email_key",),))
PROFILES = Table("profiles", Profile, what="profile", key=("user_id",), unique=(("display_name_key",),))
PREFERENCES = Table("preferences", Preferences, what="preferences", key=("user_id",))

NOT_STATED = 0
"""The version of preferences that have no row yet."""


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

    def to_erase(self, deleted_before: datetime, limit: int) -> Sequence[MemberId]:
        due = self.rows.where(
            order=("deleted_at", "id"),
            limit=limit,
            status=Status.DELETED,
            erased_at=None,
            deleted_at=UpTo(deleted_before),
        )
        return [account.id for account in due]

    def add(self, account: Account) -> None:
        try:
            self.rows.add(account)
        except AlreadyExists:
            raise EmailTaken from None

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


@attrs.frozen
class PreferenceRows:
    """`StoredPreferences` over rows."""

    rows: Rows[Preferences]

    def of(self, member_id: MemberId) -> Preferences:
        return self.rows.get(member_id) or Preferences(member_id, version=NOT_STATED)

    def save(self, preferences: Preferences) -> Preferences:
        if preferences.version != NOT_STATED:
            return self.rows.save(preferences)
        stated = attrs.evolve(preferences, version=1)
        try:
            self.rows.add(stated)
        except AlreadyExists:
            raise StaleVersion(PREFERENCES.what) from None
        return stated

    def remove(self, member_id: MemberId) -> None:
        self.rows.remove(user_id=member_id)
