"""Writing to the audit log from within use cases, reading it, and proving that nothing in it was changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from fittrack_domain.audit.model import AuditEntry, ChainReport, Wanted, verify_chain
from fittrack_domain.audit.ports import AuditTx
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Store

EVERYTHING: Final = Wanted()


def record(  # who, what, on which, with what facts: a record has these parts
    tx: AuditTx,
    now: datetime,
    actor: MemberId | None,
    action: str,
    subject_type: str,
    subject_id: object,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Appends a record in the caller's transaction. `actor` None is the system; `facts` hold no personal data."""
    tx.audit.add(
        AuditEntry.after(
            tx.audit.locked_head(),
            actor=actor,
            action=action,
            subject_type=subject_type,
            subject_id=str(subject_id),
            facts=dict(facts or {}),
            at=now,
        )
    )


@attrs.frozen
class Audit:
    """The audit log for those who may read it."""

    store: Store[AuditTx]

    def page(self, paging: Paging, wanted: Wanted = EVERYTHING) -> Page[AuditEntry]:
        """The records that are wanted, the newest first."""
        with self.store.reading() as tx:
            return tx.audit.page(paging, wanted)

    def verify(self) -> ChainReport:
        """Proves the chain from the first record to the last."""
        with self.store.reading() as tx:
            return verify_chain(tx.audit.each())
