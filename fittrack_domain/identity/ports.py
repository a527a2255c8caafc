"""What identity needs of a transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fittrack_domain.audit.ports import AuditTx
from fittrack_domain.identity.model import Account, Preferences, Profile, Role, Status
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Outbox
from fittrack_domain.shared.requests import AnswersTx


class Accounts(Protocol):
    """All accounts. No two have the same `email_key`."""

    def get(self, member_id: MemberId) -> Account:
        """Raises `MemberNotFound`."""
        ...

    def locked(self, member_id: MemberId) -> Account:
        """As `get`. Whoever changes a member's points, trackers or standings locks their account before they look.

        So what concerns one member happens one after the other, whatever else happens at the same time: this waits
        for whoever holds the account, and holds it until the transaction is over. Raises `MemberNotFound`.
        """
        ...

    def lock(self, member_ids: Collection[MemberId]) -> None:
        """As `locked`, for several members."""
        ...

    def of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Account]:
        """The accounts of these members; unknown ones are left out."""
        ...

    def by_email_key(self, key: str) -> Account | None: ...

    def to_erase(self, deleted_before: datetime, limit: int) -> Sequence[MemberId]:
        """Deleted until then and not erased yet, the earliest first."""
        ...

    def add(self, account: Account) -> None:
        """Raises `EmailTaken` when it was taken at the same moment."""
        ...

    def save(self, account: Account) -> Account:
        """Raises `StaleVersion`."""
        ...


class Profiles(Protocol):
    """One profile for each account. No two have the same `display_name_key`."""

    def get(self, member_id: MemberId) -> Profile:
        """Raises `MemberNotFound`."""
        ...

    def of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Profile]:
        """The profiles of these members; unknown ones are left out."""
        ...

    def display_names(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, str]:
        """The names of those members who have one."""
        ...

    def by_display_name_key(self, key: str) -> Profile | None: ...

    def add(self, profile: Profile) -> None:
        """Raises `AlreadyExists` when the display name was taken at the same moment."""
        ...

    def save(self, profile: Profile) -> Profile:
        """Raises `StaleVersion`, or `AlreadyExists` as in `add`."""
        ...


class MemberSearch(Protocol):
    """Finds members by what people know of them."""

    def page(
        self,
        paging: Paging,
        sought: str | None = None,
        *,
        status: Status | None = None,
        role: Role | None = None,
        flagged: bool = False,
    ) -> Page[MemberId]:
        """Those with `sought` somewhere in their `email_key` or `display_name_key`, or for their id; the newest first.

        `sought` is in the form of a key, and means itself throughout: there are no wildcards. With `flagged`, only
        those who have an open review that holds up their prizes.
        """
        ...


class StoredPreferences(Protocol):
    """What members prefer; the defaults for who never said."""

    def of(self, member_id: MemberId) -> Preferences: ...

    def save(self, preferences: Preferences) -> Preferences:
        """Raises `StaleVersion`."""
        ...

    def remove(self, member_id: MemberId) -> None: ...


class IdentityTx(AuditTx, AnswersTx, Outbox, Protocol):
    """A transaction over members."""

    @property
    def accounts(self) -> Accounts: ...

    @property
    def profiles(self) -> Profiles: ...

    @property
    def member_search(self) -> MemberSearch: ...

    @property
    def preferences(self) -> StoredPreferences: ...
