"""What the audit needs of a transaction."""

from collections.abc import Iterator
from typing import Protocol

from fittrack_domain.audit.model import AuditEntry, Wanted
from fittrack_domain.shared.paging import Page, Paging


class AuditLog(Protocol):
    """The log. Its records are only ever added."""

    def head(self) -> AuditEntry | None:
        """The last record."""
        ...

    def locked_head(self) -> AuditEntry | None:
        """As `head`, and nobody else appends until the transaction is over. Only to append to it."""
        ...

    def add(self, entry: AuditEntry) -> None:
        """Appends. Raises `AlreadyExists` when another record took this place at the same moment."""
        ...

    def each(self) -> Iterator[AuditEntry]:
        """All records in order, streamed."""
        ...

    def page(self, paging: Paging, wanted: Wanted) -> Page[AuditEntry]:
        """The newest first."""
        ...


class AuditTx(Protocol):
    """A transaction that can be audited."""

    @property
    def audit(self) -> AuditLog: ...
