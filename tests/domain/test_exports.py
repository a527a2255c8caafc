"""A member's data leave whole, however many there are, and nobody else's with them."""

from datetime import UTC, datetime

import attrs

from fittrack_adapters.testing.builders import PASSWORD, a_member, an_installation
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_domain.access.mailed import fresh_token
from fittrack_domain.access.model import Client, Purpose
from fittrack_domain.exports import ExportedReview, ExportedSession
from fittrack_domain.identity.model import Preferences
from fittrack_domain.integrity.model import Outcome, ReviewKind, ReviewState
from fittrack_domain.shared.paging import PAGE_LIMIT_MAX

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_everything_is_exported_page_after_page() -> None:
    with an_installation(StoppedClock(NOON)) as installation:
        fittrack = installation.fittrack
        ann, bob = a_member(fittrack, "ann"), a_member(fittrack, "bob", points=7)
        for number in range(PAGE_LIMIT_MAX + 3):
            fittrack.points.adjust(None, ann, 1, "one more", f"one-{number}")
        export = fittrack.exports.of_member(ann)
        assert list(range(PAGE_LIMIT_MAX + 3, 0, -1)) == [transfer.wallet_seq for transfer in export.transactions]
        assert {ann} == {transfer.user_id for transfer in export.transactions}
        assert (NOON, str(ann)) == (export.exported_at, export.profile["_id"])
        assert [7] == [transfer.amount for transfer in fittrack.exports.of_member(bob).transactions]


def test_preferences_sessions_and_reviews_go_with_it_but_no_evidence() -> None:
    with an_installation(StoppedClock(NOON)) as installation:
        fittrack = installation.fittrack
        ann, bob = a_member(fittrack, "ann"), a_member(fittrack, "bob")
        preferences = fittrack.identity.prefer(Preferences(ann, language="es", version=0))
        for member, name in ((ann, "ann"), (bob, "bob")):
            fittrack.passwords.give(None, member, PASSWORD)
            fittrack.sessions.log_in(f"{name}@example.com", PASSWORD, Client("192.0.2.1", "Phone"), "tablet")
        fittrack.relay.drain()
        fittrack.identity.suspend(None, ann, "a test")
        with installation.store.transaction() as tx:
            token = fresh_token(tx, fittrack.sessions.entropy, NOON, ann, Purpose.APPEAL)
        appeal = fittrack.reviews.appeal(token, "It was my sister")
        fittrack.reviews.resolve(None, appeal.id, Outcome.CONFIRMED, "We do not think so")
        export = fittrack.exports.of_member(ann)
        assert preferences == export.preferences
        [session] = export.sessions
        assert ("tablet", "Phone", "192.0.2.1", NOON) == (
            session.device_id,
            session.device_label,
            session.address,
            session.created_at,
        )
        assert [
            ExportedReview(ReviewKind.SHARED_DEVICE, ReviewState.OPEN, NOON, None, None),
            ExportedReview(ReviewKind.APPEAL, ReviewState.CONFIRMED, NOON, NOON, "It was my sister"),
        ] == export.reviews
        assert str(bob) not in str(attrs.asdict(export))
        assert {"refresh", "token", "id"}.isdisjoint(field.name for field in attrs.fields(ExportedSession))
