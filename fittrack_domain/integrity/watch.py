"""Noticing what looks wrong: reactions to what trackers and devices do, and a look at each day when it is complete."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import attrs

from fittrack_domain.access.events import SessionOpened
from fittrack_domain.access.model import REFRESH_TOKEN_LIFE
from fittrack_domain.audit.service import record as audit
from fittrack_domain.competition.model import GRACE
from fittrack_domain.identity.model import Status
from fittrack_domain.integrity.anomalies import Unusual, members_compared, spreads, unusual
from fittrack_domain.integrity.model import Finding, Look, Review, ReviewKind
from fittrack_domain.integrity.ports import IntegrityTx
from fittrack_domain.shared.calendar import platform_day
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.ports import Clock, Ids, Store
from fittrack_domain.tracking.events import ReportsRejected

SHOWN_OF_HASH: Final = 16
ACCOUNTS_COMPARED_MAX: Final = 20
"""Of the accounts on one device, those that used it last."""

DAYS_CAUGHT_UP_MAX: Final = 30
"""How far back the job goes after an outage. Earlier days can be looked at by hand."""

DAY: Final = timedelta(days=1)


@attrs.frozen
class Watch:
    """Opens reviews. Whatever is found again, by whomever and however often, is in no review twice."""

    store: Store[IntegrityTx]
    clock: Clock
    ids: Ids

    def see_rejected(self, tx: IntegrityTx, now: datetime, event: ReportsRejected) -> None:
        """Reaction: a tracker reported what nobody can have done."""
        tx.accounts.locked(event.member_id)
        findings = [
            Finding(
                str(report.activity_id),
                now,
                {
                    "activityId": str(report.activity_id),
                    "activityDay": report.activity_day.isoformat(),
                    "reason": report.reason.value,
                },
            )
            for report in event.reports
        ]
        self._flag(tx, now, event.member_id, ReviewKind.IMPLAUSIBLE_ACTIVITY, findings)

    def see_device(self, tx: IntegrityTx, now: datetime, event: SessionOpened) -> None:
        """Reaction: somebody logged in on a device on which others did, too, within the life of a session."""
        session = tx.sessions.find(event.session_id)
        if session is None:
            return
        members = tx.sessions.members_on(session.device_id, now - REFRESH_TOKEN_LIFE, ACCOUNTS_COMPARED_MAX)
        tx.accounts.lock(members)
        present = [account.id for account in tx.accounts.of(members).values() if account.status is not Status.DELETED]
        device = hashlib.sha256(session.device_id.encode()).hexdigest()[:SHOWN_OF_HASH]
        for member_id in sorted(present):
            findings = [
                Finding(f"{device} {other}", now, {"deviceHash": device, "otherUserId": str(other)})
                for other in present
                if other != member_id
            ]
            self._flag(tx, now, member_id, ReviewKind.SHARED_DEVICE, findings)

    def look_due(self) -> Sequence[Look]:
        """Job: looks at every complete day since the last one that was looked at; at first at the latest alone.

        May run twice, and twice at once; interrupted, it begins the same day again.
        """
        latest = _latest_complete(self.clock.now())
        with self.store.reading() as tx:
            last = tx.looks.last()
        days = 1 if last is None else min((latest - last.activity_day).days, DAYS_CAUGHT_UP_MAX)
        return [self.look(latest - ago * DAY) for ago in reversed(range(days))]

    def look(self, day: date) -> Look:
        """Compares all members' activity of a day within their tiers, and flags who stands out.

        Raises: `InvalidInput` for a day that is not complete: late data comes for 12 hours.
        """
        now = self.clock.now()
        if day > _latest_complete(now):
            raise InvalidInput((Fault("/day", "must be a day that ended 12 hours ago or earlier"),))
        found: defaultdict[MemberId, list[Unusual]] = defaultdict(list)
        with self.store.reading() as tx:  # twice over the same moment, so that nobody has to be remembered
            usual = spreads(day, tx.measured_days.on(day))
            for each in unusual(day, tx.measured_days.on(day), usual):
                found[each.member_id].append(each)
        for member_id, of_one in found.items():
            with self.store.transaction() as tx:
                tx.accounts.locked(member_id)
                findings = [each.finding(now) for each in of_one]
                self._flag(tx, now, member_id, ReviewKind.UNUSUAL_ACTIVITY, findings)
        look = Look(day, members_compared(usual), len(found))
        with self.store.transaction() as tx:
            tx.looks.note(look)
        return look

    def _flag(
        self, tx: IntegrityTx, now: datetime, member_id: MemberId, kind: ReviewKind, findings: Sequence[Finding]
    ) -> None:
        """Puts what is new into the open review of this kind, or opens one. The member's account is locked."""
        reviews = tx.reviews.of(member_id, kind)
        known = {finding.key for review in reviews for finding in review.evidence}
        new = [finding for finding in findings if finding.key not in known]
        if not new:
            return
        for review in reviews:
            if review.is_open:
                tx.reviews.save(review.with_more(new))
                return
        opened = Review.opened(ReviewId(self.ids.new()), member_id, kind, now, new)
        tx.reviews.add(opened)
        audit(tx, now, None, "review.opened", "review", opened.id, {"member": str(member_id), "kind": kind.value})


def _latest_complete(now: datetime) -> date:
    """The last activity day for which nothing is waited for any more, as with standings."""
    return platform_day(now - GRACE) - DAY
