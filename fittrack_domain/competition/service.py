"""What one can do with standings: credit awards, look at leaderboards, make them final."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import attrs

from fittrack_domain.competition import errors
from fittrack_domain.competition.model import (
    AROUND,
    GRACE,
    TOP,
    Gain,
    Leaderboard,
    Place,
    PublicProfile,
    Ranking,
    Standing,
    TierSize,
    View,
)
from fittrack_domain.competition.ports import Boards, CompetitionTx, Places
from fittrack_domain.competition.tiers import BOARDS, OPEN, boards_of, require_board, tier_of
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.identity.events import MemberStatusChanged, OpenTierChanged
from fittrack_domain.identity.model import Profile
from fittrack_domain.points.events import DayAward, PointsAwarded
from fittrack_domain.shared.calendar import Period, platform_day
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.ports import Clock, Store


def credit(tx: CompetitionTx, now: datetime, event: PointsAwarded) -> None:
    """Reaction: adds awards to the member's tier board and, if opted in, to OPEN, in all four periods.

    The tier is that of each activity day by birthday, with the level as it is now; an incomplete profile has none.
    """
    shown = not tx.accounts.locked(event.member_id).is_hidden
    gains = gains_of(event.days, tx.profiles.get(event.member_id))
    known = tx.standings.of(event.member_id, gains.keys())
    tx.rankings.note(gains.keys() - known.keys())
    changes = []
    for ranking, gain in gains.items():
        before = known.get(ranking)
        start = before or Standing.at_start(ranking, event.member_id, now, shown=shown)
        changes.append((before, start.credited(gain, now)))
    tx.standings.change(changes)


def gains_of(days: Sequence[DayAward], profile: Profile) -> Mapping[Ranking, Gain]:
    """What awards add to each ranking, folded: a month of days is one gain for the month's ranking."""
    gains: dict[Ranking, Gain] = {}
    for award in days:
        for board in boards_of(profile, award.day):
            for period in Period:
                ranking = Ranking.holding(board, period, award.day)
                gain = gains.get(ranking, Gain())
                gains[ranking] = gain.plus(award.points, became_active=award.became_active)
    return gains


def show_or_hide(tx: CompetitionTx, _now: datetime, event: MemberStatusChanged | OpenTierChanged) -> None:
    """Reaction: suspended, banned and deleted members are not shown, nor on OPEN those who left it.

    Looks at the account as it is now, so that events may arrive late or in another order.
    """
    visible = not tx.accounts.locked(event.member_id).is_hidden
    on_open = visible and tx.profiles.get(event.member_id).open_tier
    tx.standings.change(
        [
            (standing, standing.with_shown(shown=wanted))
            for standing in tx.standings.of_member(event.member_id)
            for wanted in [on_open if standing.board == OPEN else visible]
            if standing.shown != wanted
        ]
    )


@attrs.frozen
class Competition:
    """Leaderboards, tiers, archives. With `boards`, leaderboards are read from there as long as those are current."""

    store: Store[CompetitionTx]
    clock: Clock
    boards: Boards | None = None

    def leaderboard(
        self,
        period: Period,
        board: str | None = None,
        viewer: MemberId | None = None,
        day: date | None = None,
        paging: Paging = TOP,
    ) -> Leaderboard:
        """The ranking that `day` (by default today) counts in: a page, and the viewer's own place with those around.

        Without a `board` it is the viewer's own tier; for nobody in particular it is OPEN.
        Raises: `TierNotFound`, `NoTier`, `MemberNotFound`, `InvalidInput` (a day to come).
        """
        now = self.clock.now()
        today = platform_day(now)
        day = today if day is None else day
        _require_past("/day", day, today)
        with self.store.reading() as tx:
            ranking = Ranking.holding(_board(tx, board, viewer, day), period, day)
            final = _is_final(tx, ranking)
        ready = None if final or self.boards is None else self.boards.view(ranking, viewer, paging)
        with self.store.reading() as tx:
            seen = ready or _view(tx.archives if final else tx.standings, ranking, viewer, paging)
            return _leaderboard(tx, ranking, seen, paging, now, final=final)

    def archive(
        self,
        period: Period,
        board: str | None,
        ending: date,
        viewer: MemberId | None = None,
        paging: Paging = TOP,
    ) -> Leaderboard:
        """The final standings of the period whose last day is `ending`, or that holds it; else as `leaderboard`.

        Raises: `TierNotFound`, `NoTier`, `MemberNotFound`, `InvalidInput` (a day to come), `NotArchived`.
        """
        _require_past("/ending", ending, platform_day(self.clock.now()))
        found = self.leaderboard(period, board, viewer, ending, paging)
        if not found.final:
            raise errors.NotArchived(found.ranking.board, period.value, found.ranking.period_start)
        return found

    def archive_due(self) -> Sequence[Ranking]:
        """Job: makes every ranking final whose period ended at least 12 hours ago, and answers those it archived.

        Written once; data that comes later reopens nothing. May run twice, and twice at once.
        """
        now = self.clock.now()
        current = platform_day(now - GRACE)
        with self.store.reading() as tx:
            due = [
                record.ranking
                for period in Period
                if period is not Period.ALLTIME
                for record in tx.rankings.open_before(period, period.first_day(current))
            ]
        return [ranking for ranking in due if self._archive(ranking, now)]

    def _archive(self, ranking: Ranking, now: datetime) -> bool:
        with self.store.reading() as tx:  # one moment, although points may still come in
            places = tx.standings.places(ranking, 1, tx.standings.size(ranking))
        with self.store.transaction() as tx:
            record = tx.rankings.locked(ranking)
            if record is None or record.archived_at is not None:
                return False
            tx.rankings.save(record.archived(now))
            tx.archives.add(ranking, places)
            return True

    def mend_boards(self) -> Sequence[Ranking]:
        """Job: brings back what the boards lost or missed, and answers which rankings. May run twice at once."""
        return () if self.boards is None else self.boards.mend()

    def tiers(self) -> Sequence[TierSize]:
        """All 31 boards with their sizes."""
        with self.store.reading() as tx:
            return [_tier_size(tx, code) for code in BOARDS]

    def tier(self, code: str) -> TierSize:
        """Raises `TierNotFound`."""
        require_board(code)
        with self.store.reading() as tx:
            return _tier_size(tx, code)

    def public_profile(self, member_id: MemberId) -> PublicProfile:
        """Raises `MemberNotFound`, also for members who are hidden."""
        today = platform_day(self.clock.now())
        with self.store.reading() as tx:
            if tx.accounts.get(member_id).is_hidden:
                raise MemberNotFound(member_id)
            profile = tx.profiles.get(member_id)
            tier = tier_of(profile, today)
            if tier is None:
                return PublicProfile(profile.display_name, None, None)
            ranking = Ranking.holding(tier.code, Period.ALLTIME, today)
            return PublicProfile(profile.display_name, tier.code, tx.standings.rank_of(ranking, member_id))


def _require_past(pointer: str, day: date, today: date) -> None:
    if day > today:
        raise InvalidInput((Fault(pointer, "must not be a day to come"),))


def _board(tx: CompetitionTx, board: str | None, viewer: MemberId | None, day: date) -> str:
    if board is not None:
        return require_board(board)
    if viewer is None:
        return OPEN
    tier = tier_of(tx.profiles.get(viewer), day)
    if tier is None:
        raise errors.NoTier
    return tier.code


def _is_final(tx: CompetitionTx, ranking: Ranking) -> bool:
    record = tx.rankings.get(ranking)
    return record is not None and record.archived_at is not None


def _view(listed: Places, ranking: Ranking, viewer: MemberId | None, paging: Paging) -> View:
    own = None if viewer is None else listed.rank_of(ranking, viewer)
    page = listed.places(ranking, paging.offset + 1, paging.limit)
    around = () if own is None else _around(listed, ranking, own, page)
    return View(listed.size(ranking), page, own, around)


def _around(listed: Places, ranking: Ranking, own: int, page: Sequence[Place]) -> Sequence[Place]:
    """The places around one's own; asked for only where the page does not show them all."""
    first, last = max(1, own - AROUND), own + AROUND
    if page and page[0].rank <= first and last <= page[-1].rank:
        skipped = first - page[0].rank
        return page[skipped : skipped + last - first + 1]
    return listed.places(ranking, first, last - first + 1)


def _leaderboard(
    tx: CompetitionTx, ranking: Ranking, seen: View, paging: Paging, now: datetime, *, final: bool
) -> Leaderboard:
    names = _names(tx, [*seen.page, *seen.around], final=final)
    around = _named(seen.around, names)
    return Leaderboard(
        ranking=ranking,
        page=Page(_named(seen.page, names), paging, seen.size),
        own=next((place for place in around if place.rank == seen.own), None),
        around=around,
        provisional=not final and ranking.ends_at is not None and now >= ranking.ends_at,
        final=final,
    )


def _names(tx: CompetitionTx, places: Sequence[Place], *, final: bool) -> Mapping[MemberId, str]:
    """The names that are not at hand."""
    members = {place.user_id for place in places if place.display_name is None}
    if final:  # who is hidden keeps an archived place; live places of theirs do not exist
        members = {account.id for account in tx.accounts.of(members).values() if not account.is_hidden}
    return tx.profiles.display_names(members) if members else {}


def _named(places: Sequence[Place], names: Mapping[MemberId, str]) -> Sequence[Place]:
    if not names:
        return places
    return [attrs.evolve(place, display_name=names.get(place.user_id, place.display_name)) for place in places]


def _tier_size(tx: CompetitionTx, code: str) -> TierSize:
    everyone = Ranking(code, Period.ALLTIME, date.min)
    return TierSize(code, BOARDS[code], tx.standings.size(everyone))
