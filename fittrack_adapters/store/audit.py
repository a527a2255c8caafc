"""The audit log in the store."""

from collections.abc import Iterator

import attrs

from fittrack_adapters.store.rows import Before, Rows, Since
from fittrack_adapters.store.tables import Table
from fittrack_domain.audit.model import AuditEntry, Wanted
from fittrack_domain.shared.paging import Page, Paging

AUDIT_LOG = Table(
    "audit_log",
    AuditEntry,
    what="audit log",
    key=("seq",),
    unique=(("prev_hash",), ("entry_hash",)),
    columns_named={"at": "at_instant"},
)


@attrs.frozen
class AuditLogRows:
    """`AuditLog` over rows."""

    rows: Rows[AuditEntry]

    def head(self) -> AuditEntry | None:
        return self.rows.first(order=("-seq",))

    def locked_head(self) -> AuditEntry | None:
        self.rows.alone()
        return self.head()

    def add(self, entry: AuditEntry) -> None:
        self.rows.add(entry)

    def each(self) -> Iterator[AuditEntry]:
        return self.rows.each(order=("seq",))

    def page(self, paging: Paging, wanted: Wanted) -> Page[AuditEntry]:
        since, before = wanted.since, wanted.before
        named = attrs.asdict(wanted, filter=lambda field, _: field.name not in ("since", "before"))
        named["at"] = tuple(end for end in (since and Since(since), before and Before(before)) if end)
        asked = {name: value for name, value in named.items() if value}
        items = self.rows.where(order=("-seq",), limit=paging.limit, offset=paging.offset, **asked)
        return Page(items, paging, self.rows.total(**asked))
