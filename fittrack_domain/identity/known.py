"""What is known of accounts without asking the store: status and role, for a few seconds."""

from typing import Final

import attrs

from fittrack_domain.identity.model import Account, Role, Status
from fittrack_domain.shared.beside import Cache
from fittrack_domain.shared.ids import MemberId

KNOWN_SECONDS: Final = 5.0
"""How long a look into the store holds: "a cache of at most a few seconds" (rules, chapter 3)."""


@attrs.frozen
class Known:
    """Where an account stands, and what it may do."""

    status: Status
    role: Role


@attrs.frozen
class KnownAccounts:
    """Accounts as they were seen last. Whoever changes one tells, after the commit: then the change counts at once."""

    cache: Cache

    def tell(self, account: Account) -> None:
        """The account was just changed to this."""
        self.cache.put(_key(account.id), _written(account), KNOWN_SECONDS)

    def vouch(self, account: Account) -> Known:
        """The store just showed this; what was told meanwhile is newer and stays."""
        self.cache.put_new(_key(account.id), _written(account), KNOWN_SECONDS)
        return Known(account.status, account.role)

    def of(self, member_id: MemberId) -> Known | None:
        """None when nothing is known: ask the store, then `vouch`."""
        found = self.cache.get(_key(member_id))
        if found is None:
            return None
        status, role = found.decode().split()
        return Known(Status(status), Role(role))


def _key(member_id: MemberId) -> str:
    return f"account:{member_id}"


def _written(account: Account) -> bytes:
    return f"{account.status.value} {account.role.value}".encode()
