"""Proving the ledger: every point has come from somewhere and is somewhere (rules.md, chapter 7).

Reads wallets, transfers and holds side by side in order of members, so that any number of rows fits.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter

import attrs

from fittrack_domain.points.model import Hold, Transfer, TransferType, Wallet, wallet_account
from fittrack_domain.shared.ids import MemberId

PROBLEMS_SHOWN_MAX = 100


@attrs.frozen
class Problem:
    """Something that does not add up: whose, and what."""

    member_id: MemberId | None
    detail: str

    def __str__(self) -> str:
        return self.detail if self.member_id is None else f"wallet {self.member_id}: {self.detail}"


@attrs.frozen
class LedgerReport:
    """What was read, the balance of each house account and of all wallets together, and what is wrong."""

    wallets: int
    transfers: int
    points: int
    house_accounts: Mapping[str, int]
    problems: tuple[Problem, ...]

    @property
    def clean(self) -> bool:
        return not self.problems


def proved(wallets: Iterator[Wallet], transfers: Iterator[Transfer], holds: Iterator[Hold]) -> LedgerReport:
    """Proves the books: each of the three in order of member ids, transfers also in order of their numbers.

    `holds` are the pending ones. Reading stops at `PROBLEMS_SHOWN_MAX` problems.
    """
    books = _Books()
    by_member = attrgetter("user_id")
    in_step: Iterator[Wallet | Transfer | Hold] = heapq.merge(wallets, transfers, holds, key=by_member)
    for member_id, of_member in groupby(in_step, by_member):
        books.check_member(member_id, of_member)
        if len(books.problems) >= PROBLEMS_SHOWN_MAX:
            return books.report()
    books.check_sum()
    return books.report()


@attrs.define
class _Books:
    """Running totals over all members."""

    wallets: int = 0
    transfers: int = 0
    points: int = 0
    house_accounts: Counter[str] = attrs.field(factory=Counter)
    problems: list[Problem] = attrs.field(factory=list)

    def check_member(self, member_id: MemberId, of_member: Iterable[Wallet | Transfer | Hold]) -> None:
        """The wallet must be what its rows and holds make it."""
        stored: Wallet | None = None
        made = Wallet(member_id)
        for thing in of_member:
            if isinstance(thing, Wallet):
                stored = thing
            elif isinstance(thing, Transfer):
                made = self._followed(made, thing)
            else:
                made = attrs.evolve(made, held=made.held + thing.amount)
        if stored is None:
            self._report(member_id, "has transfers or holds but no row of its own")
            return
        self.wallets += 1
        self.points += stored.total
        for name in ("credits", "debits", "held", "points_earned", "transfers"):
            there, expected = getattr(stored, name), getattr(made, name)
            if there != expected:
                self._report(member_id, f"{name} is {there}, its rows make {expected}")
        if stored.balance < 0:
            self._report(member_id, f"the balance is {stored.balance}")

    def _followed(self, wallet: Wallet, row: Transfer) -> Wallet:
        """The wallet after the row, which must continue where the one before ended."""
        self.transfers += 1
        which = f"transfer {row.wallet_seq}"
        if row.wallet_seq != wallet.transfers + 1:
            self._report(row.user_id, f"{which} stands where transfer {wallet.transfers + 1} should be")
        if row.balance_before != wallet.total:
            self._report(
                row.user_id, f"{which} starts from {row.balance_before}, the one before ends at {wallet.total}"
            )
        if row.balance_after != row.balance_before + row.amount:
            self._report(row.user_id, f"{which} moves {row.amount} from {row.balance_before} to {row.balance_after}")
        own_side = row.credit_account if row.amount > 0 else row.debit_account
        if own_side != wallet_account(row.user_id):
            self._report(row.user_id, f"{which} names {own_side} as the wallet's account")
        self.house_accounts[row.debit_account if row.amount > 0 else row.credit_account] -= row.amount
        earned = row.amount if row.transaction_type is TransferType.EARN else 0
        return attrs.evolve(
            wallet,
            credits=wallet.credits + max(row.amount, 0),
            debits=wallet.debits + max(-row.amount, 0),
            points_earned=wallet.points_earned + earned,
            transfers=row.wallet_seq,
        )

    def check_sum(self) -> None:
        """What the wallets hold, the house accounts owe."""
        owed = self.house_accounts.total()
        if self.points + owed != 0:
            self._report(None, f"the wallets hold {self.points} points, the house accounts {owed}: not zero together")

    def _report(self, member_id: MemberId | None, detail: str) -> None:
        self.problems.append(Problem(member_id, detail))

    def report(self) -> LedgerReport:
        return LedgerReport(self.wallets, self.transfers, self.points, dict(self.house_accounts), tuple(self.problems))
