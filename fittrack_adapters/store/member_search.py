"""Members found by what is known of them: over three tables, and with an OR, beyond what rows do.

What stands in the middle of a text is found by reading all of them, a tenth of a second for 100,000 members on SQLite:
fair for an administrator's search. An index on the keys would serve beginnings only; should it become too slow,
PostgreSQL has trigram indexes and Oracle has Oracle Text for both `_key` columns.
"""

from typing import Any
from uuid import UUID

import attrs

from fittrack_adapters.store.integrity import FLAGS
from fittrack_adapters.store.rows import Condition, OneOf, Rows, in_order
from fittrack_adapters.store.sql import SqlSession
from fittrack_domain.identity.model import Account, Profile, Role, Status
from fittrack_domain.identity.ports import MemberSearch
from fittrack_domain.integrity.model import Review, ReviewState
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging

SOUGHT = (
    "(email_key like :part escape '!' or id = :known"
    " or id in (select user_id from profiles where display_name_key like :part escape '!'))"
)
FLAGGED = (
    "id in (select user_id from reviews where state = :state and kind in "
    f"({', '.join(f':kind_{n}' for n in range(len(FLAGS)))}))"
)


@attrs.frozen
class SqlMemberSearch(MemberSearch):
    """`MemberSearch` on a database."""

    session: SqlSession

    def page(
        self,
        paging: Paging,
        sought: str | None = None,
        *,
        status: Status | None = None,
        role: Role | None = None,
        flagged: bool = False,
    ) -> Page[MemberId]:
        conditions, binds = [], dict[str, Any]()
        if sought is not None:
            conditions.append(SOUGHT)
            binds |= {"part": _part(sought), "known": self.session.encoded("uuid", _uuid(sought))}
        for name, value in (("status", status), ("role", role)):
            if value is not None:
                conditions.append(f"{name} = :{name}")
                binds[name] = value.value
        if flagged:
            conditions.append(FLAGGED)
            binds |= {"state": ReviewState.OPEN.value, **{f"kind_{n}": kind.value for n, kind in enumerate(FLAGS)}}
        where = f" from users where {' and '.join(conditions)}" if conditions else " from users"
        query = f"select id{where} order by created_at desc, id desc"
        database = self.session.database
        found = database.fetch(self.session.dialect.limited(query, paging.limit, paging.offset), binds)
        [(total,)] = database.fetch(f"select count(*){where}", binds)
        return Page([MemberId(self.session.decoded("uuid", member_id)) for (member_id,) in found], paging, int(total))


@attrs.frozen
class MemoryMemberSearch(MemberSearch):
    """Its twin in memory."""

    accounts: Rows[Account]
    profiles: Rows[Profile]
    reviews: Rows[Review]

    def page(
        self,
        paging: Paging,
        sought: str | None = None,
        *,
        status: Status | None = None,
        role: Role | None = None,
        flagged: bool = False,
    ) -> Page[MemberId]:
        asked = (("status", status), ("role", role))
        wanted: dict[str, Condition] = {name: value for name, value in asked if value is not None}
        if flagged:
            reviews = self.reviews.where(state=ReviewState.OPEN, kind=OneOf(FLAGS))
            wanted["id"] = OneOf({review.user_id for review in reviews})
        accounts = self.accounts.where(**wanted)
        found = accounts if sought is None else [account for account in accounts if self._holds(account, sought)]
        shown = in_order(found, ("-created_at", "-id"))[paging.offset : paging.offset + paging.limit]
        return Page([account.id for account in shown], paging, len(found))

    def _holds(self, account: Account, sought: str) -> bool:
        profile = self.profiles.get(account.id)
        name = None if profile is None else profile.display_name_key
        return sought in account.email_key or sought in (name or "") or account.id == _uuid(sought)


def _part(sought: str) -> str:
    """The pattern for texts with this somewhere in them; `!` takes the wildcards' meaning from them."""
    return "%" + sought.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


def _uuid(sought: str) -> UUID | None:
    try:
        return UUID(sought)
    except ValueError:
        return None
