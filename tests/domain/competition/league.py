"""A small league to test with: members, awards, and what follows from both."""

from datetime import UTC, date, datetime, timedelta

from fittrack_adapters.in_process import ProcessCache
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.competition.service import Competition, credit, show_or_hide
from fittrack_domain.identity.admission import NewMember, ProfileEdit
from fittrack_domain.identity.events import MemberStatusChanged, OpenTierChanged
from fittrack_domain.identity.known import KnownAccounts
from fittrack_domain.identity.model import Level, Sex, Status
from fittrack_domain.identity.service import Identity
from fittrack_domain.points.events import DayAward, PointsAwarded
from fittrack_domain.shared.ids import MemberId
from tests.stores import MakeStore

WEDNESDAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # in New York
BOARD = "M-30-39-INT"


class League:
    """Members with their awards, on any store; the clock stands at noon of a Wednesday until moved."""

    def __init__(self, make_store: MakeStore) -> None:
        self.clock = StoppedClock(NOON)
        self.store = make_store(self.clock)
        self.identity = Identity(self.store, self.clock, CountingIds(self.clock, seed=1), KnownAccounts(ProcessCache()))
        self.competition = Competition(self.store, self.clock)

    def member(
        self,
        name: str,
        born: date = date(1990, 6, 15),
        sex: Sex = Sex.MALE,
        level: Level = Level.INTERMEDIATE,
        *,
        on_open: bool = False,
    ) -> MemberId:
        new = NewMember(f"{name}@example.com", born, "CA", f"{name} {name}", sex, level)
        member_id = self.identity.create_member(None, new).id
        if on_open:
            self.identity.opt_in_to_open(member_id)
        return member_id

    def newcomer(self, name: str) -> MemberId:
        """A member who has not completed the profile."""
        return self.identity.create_member(None, NewMember(f"{name}@example.com", date(1990, 1, 1), "CA")).id

    def award(self, member_id: MemberId, points: int, day: date = WEDNESDAY, *, became_active: bool = False) -> None:
        self.award_days(member_id, DayAward(day, points, became_active))

    def award_days(self, member_id: MemberId, *days: DayAward) -> None:
        with self.store.transaction() as tx:
            credit(tx, self.clock.now(), PointsAwarded(member_id, days))

    def later(self, **by: int) -> None:
        self.clock.advance(timedelta(**by))

    def suspend(self, member_id: MemberId) -> None:
        self.identity.suspend(None, member_id, "Testing")
        self._show_or_hide(MemberStatusChanged(member_id, Status.ACTIVE, Status.SUSPENDED, "Testing"))

    def reinstate(self, member_id: MemberId) -> None:
        self.identity.reinstate(None, member_id, "Testing")
        self._show_or_hide(MemberStatusChanged(member_id, Status.SUSPENDED, Status.ACTIVE, "Testing"))

    def join_open(self, member_id: MemberId) -> None:
        self.identity.opt_in_to_open(member_id)
        self._show_or_hide(OpenTierChanged(member_id, opted_in=True))

    def leave_open(self, member_id: MemberId) -> None:
        self.identity.opt_out_of_open(member_id)
        self._show_or_hide(OpenTierChanged(member_id, opted_in=False))

    def level(self, member_id: MemberId, level: Level) -> None:
        profile = self.identity.member(member_id).profile
        assert profile.display_name is not None
        assert profile.biological_sex is not None
        self.identity.edit_profile(member_id, ProfileEdit(profile.display_name, "CA", profile.biological_sex, level))

    def _show_or_hide(self, event: MemberStatusChanged | OpenTierChanged) -> None:
        with self.store.transaction() as tx:
            show_or_hide(tx, self.clock.now(), event)
