"""Everything FitTrack keeps about a member, for them to take along (rules.md, chapter 2)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import attrs

from fittrack_domain.access.model import Session
from fittrack_domain.identity.model import Preferences
from fittrack_domain.integrity.model import Review, ReviewKind, ReviewState
from fittrack_domain.notices.model import Notification
from fittrack_domain.notices.ports import NoticesTx
from fittrack_domain.points.model import Transfer
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX, Page, Paging
from fittrack_domain.shared.ports import Clock, Store

T = TypeVar("T")
Document = Mapping[str, Any]
"""JSON as on the wire: ids, instants, days and money as text."""


class MemberDocuments(Protocol):
    """What is kept about a member, as JSON documents that are the same on every store. Lists are in order of ids."""

    def profile(self, member_id: MemberId) -> Document:
        """Account, profile and wallet. Raises `MemberNotFound`."""
        ...

    def connections(self, member_id: MemberId) -> Sequence[Document]:
        """The trackers of a member who exists."""
        ...

    def activities(self, member_id: MemberId) -> Sequence[Document]:
        """What the trackers brought, and what became of it."""
        ...

    def tickets(self, member_id: MemberId) -> Sequence[Document]:
        """Purchases and free entries, each with its drawing."""
        ...

    def fulfillments(self, member_id: MemberId) -> Sequence[Document]:
        """Prizes on their way, without the address."""
        ...


class ExportsTx(NoticesTx, Protocol):
    """A transaction that shows everything of a member."""

    @property
    def documents(self) -> MemberDocuments: ...


@attrs.frozen
class ExportedSession:
    """A device on which the member is or was logged in, and from where."""

    device_id: str
    device_label: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, session: Session) -> "ExportedSession":
        return cls(**{field.name: getattr(session, field.name) for field in attrs.fields(cls)})


@attrs.frozen
class ExportedReview:
    """That somebody looks, or looked, at the account, and of an appeal what the member wrote.

    No evidence: it would tell how to stay unseen, and that of a shared device names other members.
    """

    kind: ReviewKind
    state: ReviewState
    created_at: datetime
    resolved_at: datetime | None
    note: str | None

    @classmethod
    def of(cls, review: Review) -> "ExportedReview":
        return cls(**{field.name: getattr(review, field.name) for field in attrs.fields(cls)})


@attrs.frozen(kw_only=True)
class MemberExport:
    """All data of one member, at one moment. The newest transactions and notifications come first."""

    exported_at: datetime
    profile: Document
    connections: Sequence[Document]
    activities: Sequence[Document]
    tickets: Sequence[Document]
    fulfillments: Sequence[Document]
    transactions: Sequence[Transfer]
    notifications: Sequence[Notification]
    preferences: Preferences
    sessions: Sequence[ExportedSession]
    reviews: Sequence[ExportedReview]


@attrs.frozen
class Exports:
    """Takes a member's data out."""

    store: Store[ExportsTx]
    clock: Clock

    def of_member(self, member_id: MemberId) -> MemberExport:
        """All their data. Raises `MemberNotFound`."""
        now = self.clock.now()
        with self.store.reading() as tx:
            return MemberExport(
                exported_at=now,
                profile=tx.documents.profile(member_id),
                connections=tx.documents.connections(member_id),
                activities=tx.documents.activities(member_id),
                tickets=tx.documents.tickets(member_id),
                fulfillments=tx.documents.fulfillments(member_id),
                transactions=list(_all(lambda paging: tx.transfers.page(member_id, paging))),
                notifications=list(_all(lambda paging: tx.notifications.page(paging, member_id, unread_only=False))),
                preferences=tx.preferences.of(member_id),
                sessions=list(map(ExportedSession.of, tx.sessions.of(member_id))),
                reviews=list(map(ExportedReview.of, tx.reviews.of(member_id))),
            )


def _all(page_at: Callable[[Paging], Page[T]]) -> Iterator[T]:
    page = page_at(Paging(limit=PAGE_LIMIT_MAX))
    yield from page.items
    for number in range(2, page.pages + 1):
        yield from page_at(Paging(number, PAGE_LIMIT_MAX)).items
