"""A member's data leave whole, however many there are, and nobody else's with them."""

from datetime import UTC, datetime

from fittrack_adapters.testing.builders import a_member, an_installation
from fittrack_adapters.testing.doubles import StoppedClock
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
