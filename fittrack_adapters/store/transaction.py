"""One transaction, with every repository of every context. Contexts see the part that their Protocol names."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol, TypeVar

from fittrack_adapters.store import (
    access,
    analytics,
    audit,
    box_office,
    competition,
    documents_found,
    fulfillment,
    gateway,
    identity,
    integrity,
    member_search,
    notices,
    points,
    shared,
    sweepstakes,
    tickets,
    tracking,
)
from fittrack_adapters.store.rows import Rows
from fittrack_adapters.store.tables import Table
from fittrack_domain.analytics.ports import Figures
from fittrack_domain.identity.ports import MemberSearch
from fittrack_domain.integrity.ports import MeasuredDays
from fittrack_domain.shared.events import Envelope, Event
from fittrack_domain.shared.ids import EventId
from fittrack_domain.shared.ports import Clock, Ids
from fittrack_domain.sweepstakes.box_office import BoxOffice
from fittrack_domain.sweepstakes.ports import Blocks, Gates

T = TypeVar("T")
P = TypeVar("P")


class Session(Protocol):
    """A store's side of a transaction."""

    def rows(self, table: Table[T]) -> Rows[T]:
        """The rows of a table."""
        ...

    def either(self, memory: Callable[[Any], P], sql: Callable[[Any], P], /) -> P:
        """Of a port with two implementations, the one for this store, over this session."""
        ...


class Transaction:
    """Repositories are made when first asked for: a purchase touches five of some thirty."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def rows(self, table: Table[T]) -> Rows[T]:
        """The rows of a table."""
        return self._session.rows(table)

    def record(self, event: Event) -> None:
        """Puts an event into the outbox, in this transaction."""
        now = self._clock.now()
        self.envelopes.add(Envelope(EventId(self._ids.new()), event, occurred_at=now, due_at=now))

    @cached_property
    def envelopes(self) -> shared.EnvelopeRows:
        return shared.EnvelopeRows(self.rows(shared.OUTBOX))

    @cached_property
    def answers(self) -> shared.AnswerRows:
        return shared.AnswerRows(self.rows(shared.IDEMPOTENCY_KEYS))

    @cached_property
    def audit(self) -> audit.AuditLogRows:
        return audit.AuditLogRows(self.rows(audit.AUDIT_LOG))

    @cached_property
    def accounts(self) -> identity.AccountRows:
        return identity.AccountRows(self._session.rows(identity.USERS))

    @cached_property
    def profiles(self) -> identity.ProfileRows:
        return identity.ProfileRows(self._session.rows(identity.PROFILES))

    @cached_property
    def member_search(self) -> MemberSearch:
        in_memory = member_search.MemoryMemberSearch(
            self.rows(identity.USERS), self.rows(identity.PROFILES), self.rows(integrity.REVIEWS)
        )
        return self._session.either(lambda _: in_memory, member_search.SqlMemberSearch)

    @cached_property
    def preferences(self) -> identity.PreferenceRows:
        return identity.PreferenceRows(self.rows(identity.PREFERENCES))

    @cached_property
    def credentials(self) -> access.CredentialRows:
        return access.CredentialRows(self.rows(access.CREDENTIALS))

    @cached_property
    def sessions(self) -> access.SessionRows:
        return access.SessionRows(self.rows(access.SESSIONS), self.rows(access.REFRESH_TOKENS))

    @cached_property
    def refresh_tokens(self) -> access.RefreshTokenRows:
        return access.RefreshTokenRows(self.rows(access.REFRESH_TOKENS))

    @cached_property
    def one_time_tokens(self) -> access.OneTimeTokenRows:
        return access.OneTimeTokenRows(self.rows(access.ONE_TIME_TOKENS))

    @cached_property
    def attempts(self) -> access.AttemptRows:
        return access.AttemptRows(self.rows(access.ATTEMPTS))

    @cached_property
    def connections(self) -> tracking.ConnectionRows:
        return tracking.ConnectionRows(self.rows(tracking.CONNECTIONS))

    @cached_property
    def activities(self) -> tracking.ActivityRows:
        rows = self.rows(tracking.ACTIVITIES)
        efforts = self._session.either(lambda _: tracking.row_efforts(rows), tracking.sql_efforts)
        return tracking.ActivityRows(rows, efforts)

    @cached_property
    def sign_ins(self) -> gateway.SignInRows:
        return gateway.SignInRows(self.rows(gateway.SIGN_INS))

    @cached_property
    def links(self) -> gateway.LinkRows:
        return gateway.LinkRows(self.rows(gateway.LINKS))

    @cached_property
    def tracker_events(self) -> gateway.TrackerEventRows:
        return gateway.TrackerEventRows(self.rows(gateway.TRACKER_EVENTS))

    @cached_property
    def wallets(self) -> points.WalletRows:
        return points.WalletRows(self.rows(points.WALLETS))

    @cached_property
    def transfers(self) -> points.TransferRows:
        return points.TransferRows(self.rows(points.TRANSFERS))

    @cached_property
    def holds(self) -> points.HoldRows:
        return points.HoldRows(self.rows(points.HOLDS))

    @cached_property
    def day_scores(self) -> points.DayScoreRows:
        return points.DayScoreRows(self.rows(points.DAY_SCORES))

    @cached_property
    def standings(self) -> competition.StandingRows:
        rows = self._session.rows(competition.STANDINGS)
        ladder = self._session.either(lambda _: competition.RowLadder(rows), competition.SqlLadder)
        return competition.StandingRows(rows, ladder)

    @cached_property
    def archives(self) -> competition.ArchiveRows:
        return competition.ArchiveRows(self._session.rows(competition.STANDING_ARCHIVES))

    @cached_property
    def rankings(self) -> competition.RankingRows:
        return competition.RankingRows(self._session.rows(competition.RANKINGS))

    @cached_property
    def reviews(self) -> integrity.ReviewRows:
        return integrity.ReviewRows(self.rows(integrity.REVIEWS))

    @cached_property
    def looks(self) -> integrity.LookRows:
        return integrity.LookRows(self.rows(integrity.LOOKS))

    @cached_property
    def measured_days(self) -> MeasuredDays:
        return self._session.either(lambda _: integrity.RowMeasuredDays(self.rows), integrity.SqlMeasuredDays)

    @cached_property
    def figures(self) -> Figures:
        return self._session.either(lambda _: analytics.RowFigures(self.rows), analytics.SqlFigures)

    @cached_property
    def sponsors(self) -> sweepstakes.SponsorRows:
        return sweepstakes.SponsorRows(self.rows(sweepstakes.SPONSORS))

    @cached_property
    def drawings(self) -> sweepstakes.DrawingRows:
        return sweepstakes.DrawingRows(self.rows(sweepstakes.DRAWINGS))

    @cached_property
    def prizes(self) -> sweepstakes.PrizeRows:
        return sweepstakes.PrizeRows(self.rows(sweepstakes.PRIZES))

    @cached_property
    def entries(self) -> sweepstakes.EntryRows:
        return sweepstakes.EntryRows(self.rows(sweepstakes.ENTRIES))

    @cached_property
    def gates(self) -> Gates:
        rows = self.rows(tickets.DRAWING_GATES)
        return self._session.either(lambda _: tickets.MemoryGates(rows), tickets.SqlGates)

    @cached_property
    def box_office(self) -> BoxOffice:
        drawings, gates = self.rows(sweepstakes.DRAWINGS), self.rows(tickets.DRAWING_GATES)
        return self._session.either(
            lambda _: box_office.MemoryBoxOffice(self, drawings, gates), box_office.SqlBoxOffice
        )

    @cached_property
    def blocks(self) -> Blocks:
        rows, entries = self.rows(tickets.DRAWING_BLOCKS), self.rows(sweepstakes.ENTRIES)
        return self._session.either(lambda _: tickets.MemoryBlocks(rows, entries), tickets.SqlBlocks)

    @cached_property
    def winners(self) -> sweepstakes.WinnerRows:
        return sweepstakes.WinnerRows(self.rows(sweepstakes.WINNERS))

    @cached_property
    def draw_secrets(self) -> sweepstakes.SecretRows:
        return sweepstakes.SecretRows(self.rows(sweepstakes.DRAW_SECRETS))

    @cached_property
    def draw_records(self) -> sweepstakes.RecordRows:
        return sweepstakes.RecordRows(self.rows(sweepstakes.DRAW_RECORDS))

    @cached_property
    def draw_trees(self) -> sweepstakes.TreeRows:
        return sweepstakes.TreeRows(self.rows(sweepstakes.DRAW_TREES))

    @cached_property
    def draw_log(self) -> sweepstakes.DrawLogRows:
        return sweepstakes.DrawLogRows(self.rows(sweepstakes.DRAW_LOG))

    @cached_property
    def fulfillments(self) -> fulfillment.FulfillmentRows:
        return fulfillment.FulfillmentRows(self.rows(fulfillment.PRIZE_FULFILLMENTS))

    @cached_property
    def documents(self) -> documents_found.MemberDocumentRows:
        found = self._session.either(lambda _: documents_found.row_documents(self.rows), documents_found.sql_documents)
        return documents_found.MemberDocumentRows(found)

    @cached_property
    def notifications(self) -> notices.NotificationRows:
        return notices.NotificationRows(self.rows(notices.NOTIFICATIONS))

    @cached_property
    def kept_mail(self) -> notices.MailBoxRows:
        return notices.MailBoxRows(self.rows(notices.MAIL_BOX))
