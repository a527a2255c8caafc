"""The books prove themselves, and tell what was tampered with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fittrack_domain.points import books, ledger
from fittrack_domain.points.books import LedgerReport, proved
from fittrack_domain.points.errors import NotEnoughPoints
from fittrack_domain.points.model import Hold, Transfer, Wallet
from fittrack_domain.shared.ids import ConnectionId, MemberId
from tests.domain.points.world import PURPOSE, PointsWorld, a_points_world, active

Books = tuple[list[Wallet], list[Transfer], list[Hold]]


def some_books() -> Books:
    """Two members: one with an award, a purchase and a hold, one with a bonus."""
    world = a_points_world()
    one, tracker = world.a_member()
    world.deliver(tracker, active(1, 100))
    two, _ = world.a_member()
    now, ids = world.tracked.clock.now(), world.tracked.ids
    with world.tracked.store.transaction() as tx:
        ledger.spend(tx, ids, now, one, 50, PURPOSE)
        ledger.bonus(tx, ids, now, two, 30, PURPOSE)
    world.points.hold(one, 70, PURPOSE, now + timedelta(hours=1))
    with world.tracked.store.reading() as tx:
        return list(tx.wallets.each()), list(tx.transfers.each()), list(tx.holds.pending())


def report(of: Books) -> LedgerReport:
    wallets, transfers, holds = of
    return proved(iter(wallets), iter(transfers), iter(holds))


def test_untouched_books_are_clean() -> None:
    found = report(some_books())
    assert (True, 2, 3, 180) == (found.clean, found.wallets, found.transfers, found.points)
    assert {"issuance": -200, "sweepstakes": 50, "bonus": -30} == found.house_accounts
    assert report(([], [], [])).clean


def _wallet(**change: Any) -> Callable[[Books], Books]:
    return lambda of: ([attrs.evolve(of[0][0], **change), of[0][1]], of[1], of[2])


def _transfer(**change: Any) -> Callable[[Books], Books]:
    return lambda of: (of[0], [of[1][0], attrs.evolve(of[1][1], **change), of[1][2]], of[2])


@pytest.mark.parametrize(
    ("tampered", "found"),
    [
        (_wallet(credits=201), ["credits is 201, its rows make 200", "the wallets hold 181 points"]),
        (_wallet(debits=49), ["debits is 49, its rows make 50", "the wallets hold 181 points"]),
        (_wallet(debits=201), ["debits is 201", "the balance is -71", "not zero together"]),
        (_wallet(held=0), ["held is 0, its rows make 70"]),
        (_wallet(points_earned=150), ["points_earned is 150, its rows make 200"]),
        (_wallet(transfers=3), ["transfers is 3, its rows make 2"]),
        (_transfer(amount=-40), ["transfer 2 moves -40 from 200 to 150", "debits is 50, its rows make 40", "not zero"]),
        (_transfer(balance_before=190, balance_after=140), ["transfer 2 starts from 190, the one before ends at 200"]),
        (_transfer(wallet_seq=3), ["transfer 3 stands where transfer 2 should be", "transfers is 2, its rows make 3"]),
        (_transfer(debit_account="bonus"), ["transfer 2 names bonus as the wallet's account"]),
        (lambda of: (of[0][1:], of[1], of[2]), ["has transfers or holds but no row of its own", "not zero"]),
        (
            lambda of: (of[0], of[1][1:], of[2]),
            ["transfer 2 stands where", "starts from 200", "credits is", "points_earned is", "not zero"],
        ),
        (lambda of: (of[0], of[1], []), ["held is 70, its rows make 0"]),
    ],
)
def test_what_was_tampered_with_is_named(tampered: Callable[[Books], Books], found: list[str]) -> None:
    problems = [str(problem) for problem in report(tampered(some_books())).problems]
    assert len(found) == len(problems)
    assert all(part in problem for part, problem in zip(found, problems, strict=True))


def test_reading_stops_when_enough_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "PROBLEMS_SHOWN_MAX", 1)
    found = report(_wallet(held=0)(some_books()))
    assert (1, 1) == (found.wallets, len(found.problems))


class Histories(RuleBasedStateMachine):
    """Anything that can happen to the wallets of three members, in any order."""

    members = st.integers(0, 2)
    amounts = st.integers(1, 400)

    @initialize()
    def open(self) -> None:
        self.world: PointsWorld = a_points_world()
        self.trackers: list[tuple[MemberId, ConnectionId]] = [self.world.a_member() for _ in range(3)]
        self.expected = [0, 0, 0]
        self.holds: list[tuple[int, int, Any]] = []
        self.order = 0

    def _move(self, which: int, change: int, move: Callable[[Any, MemberId], Any]) -> bool:
        member, _ = self.trackers[which]
        try:
            with self.world.tracked.store.transaction() as tx:
                move(tx, member)
        except NotEnoughPoints:
            assert self._free(which) < -change
            return False
        assert self._free(which) + min(change, 0) >= 0
        self.expected[which] += change
        return True

    def _free(self, which: int) -> int:
        return self.expected[which] - sum(amount for owner, amount, _ in self.holds if owner == which)

    @property
    def _how(self) -> tuple[Any, Any]:
        return self.world.tracked.ids, self.world.tracked.clock.now()

    @rule(which=members, amount=amounts)
    def spend(self, which: int, amount: int) -> None:
        self._move(which, -amount, lambda tx, member: ledger.spend(tx, *self._how, member, amount, PURPOSE))

    @rule(which=members, amount=amounts)
    def refund(self, which: int, amount: int) -> None:
        self._move(which, amount, lambda tx, member: ledger.refund(tx, *self._how, member, amount, PURPOSE))

    @rule(which=members, amount=amounts)
    def bonus(self, which: int, amount: int) -> None:
        self._move(which, amount, lambda tx, member: ledger.bonus(tx, *self._how, member, amount, PURPOSE))

    @rule(which=members, amount=amounts, sign=st.sampled_from([1, -1]))
    def adjust(self, which: int, amount: int, sign: int) -> None:
        self._move(
            which, sign * amount, lambda tx, member: ledger.adjust(tx, *self._how, member, sign * amount, PURPOSE)
        )

    @rule(which=members, number=st.integers(1, 9), minutes=st.integers(0, 200))
    def earn(self, which: int, number: int, minutes: int) -> None:
        member, tracker = self.trackers[which]
        before = self._awarded(member)
        self.order += 1
        self.world.deliver(tracker, active(number, minutes, self.order))
        gained = self._awarded(member) - before
        assert gained >= 0
        self.expected[which] += gained

    def _awarded(self, member: MemberId) -> int:
        return sum(scored.awarded for scored in self.world.points.days(member))

    @rule(which=members, amount=amounts)
    def hold(self, which: int, amount: int) -> None:
        member, _ = self.trackers[which]
        until = self.world.tracked.clock.now() + timedelta(hours=2)
        if amount <= self._free(which):
            self.holds.append((which, amount, self.world.points.hold(member, amount, PURPOSE, until)))
        else:
            with pytest.raises(NotEnoughPoints):
                self.world.points.hold(member, amount, PURPOSE, until)

    @precondition(lambda self: self.holds)
    @rule(posted=st.booleans())
    def answer(self, posted: bool) -> None:
        which, amount, hold = self.holds.pop(0)
        if posted:
            self.world.points.post_hold(hold.id)
            self.expected[which] -= amount
        else:
            self.world.points.void_hold(hold.id)

    @rule()
    def expire(self) -> None:
        self.world.tracked.clock.advance(timedelta(hours=1))
        now = self.world.tracked.clock.now()
        gone = [hold for hold in self.holds if hold[2].expires_at <= now]
        assert len(gone) == self.world.points.expire_holds()
        self.holds = [hold for hold in self.holds if hold not in gone]

    @invariant()
    def no_point_is_made_or_lost(self) -> None:
        wallets = [self.world.points.balance(member) for member, _ in self.trackers]
        assert self.expected == [wallet.total for wallet in wallets]
        assert [self._free(which) for which in range(3)] == [wallet.balance for wallet in wallets]
        assert all(wallet.balance >= 0 for wallet in wallets)
        assert [self._awarded(member) for member, _ in self.trackers] == [wallet.points_earned for wallet in wallets]
        assert () == self.world.points.verify().problems


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
