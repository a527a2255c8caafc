"""Leaderboards read from boards beside the store, as long as those are certain."""

from collections.abc import Sequence
from datetime import timedelta

import attrs
import pytest

from fittrack_domain.competition.model import Place, Ranking, View
from fittrack_domain.competition.ports import Boards
from fittrack_domain.competition.service import Competition
from fittrack_domain.shared.calendar import Period
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.paging import Paging
from tests.domain.competition.league import BOARD, WEDNESDAY, League

DAILY = Ranking(BOARD, Period.DAILY, WEDNESDAY)


@attrs.define
class BoardsThatSay(Boards):
    """Answers what it was told to, and notes what it was asked."""

    answer: View | None
    asked: list[tuple[Ranking, MemberId | None, Paging]] = attrs.field(factory=list)

    def view(self, ranking: Ranking, viewer: MemberId | None, paging: Paging) -> View | None:
        self.asked.append((ranking, viewer, paging))
        return self.answer

    def mend(self) -> Sequence[Ranking]:
        return [DAILY]


@pytest.fixture
def ann(league: League) -> MemberId:
    ann = league.member("ann")
    league.award(ann, 100)
    return ann


def test_a_leaderboard_is_what_the_boards_say_with_names_from_the_store(league: League, ann: MemberId) -> None:
    said = View(7, [Place(1, ann, 99)], 1, [Place(1, ann, 99)])
    boards = BoardsThatSay(said)
    board = Competition(league.store, league.clock, boards).leaderboard(Period.DAILY, viewer=ann, paging=Paging(2, 5))
    assert [(DAILY, ann, Paging(2, 5))] == boards.asked
    assert (7, [(1, "ann ann", 99)]) == (board.size, [(r.rank, r.display_name, r.points) for r in board.page.items])
    assert board.own == board.around[0]


def test_boards_that_are_not_certain_leave_the_answer_to_the_store(league: League, ann: MemberId) -> None:
    with_boards = Competition(league.store, league.clock, BoardsThatSay(None))
    assert league.competition.leaderboard(Period.DAILY, viewer=ann) == with_boards.leaderboard(Period.DAILY, viewer=ann)


def test_final_standings_are_never_asked_of_the_boards(league: League, ann: MemberId) -> None:
    league.clock.advance(timedelta(days=3))
    league.competition.archive_due()
    boards = BoardsThatSay(None)
    board = Competition(league.store, league.clock, boards).leaderboard(Period.DAILY, viewer=ann, day=WEDNESDAY)
    assert board.final
    assert [] == boards.asked


def test_mending_is_for_boards_where_there_are_any(league: League) -> None:
    assert [] == list(league.competition.mend_boards())
    assert [DAILY] == Competition(league.store, league.clock, BoardsThatSay(None)).mend_boards()
