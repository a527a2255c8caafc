"""Points are moved, never made or lost."""

from datetime import timedelta

import pytest

from fittrack_adapters.store.memory import MemoryStore
from fittrack_domain.identity.errors import MemberNotFound
from fittrack_domain.points import ledger
from fittrack_domain.points.errors import (
    AmountOutOfRange,
    HoldExpired,
    HoldNotFound,
    HoldNotPending,
    NotEnoughPoints,
    TransactionNotFound,
)
from fittrack_domain.points.ledger import Purpose
from fittrack_domain.points.model import AMOUNT_MAX, HoldState, Transfer, TransferType
from fittrack_domain.shared.errors import InvalidInput, KeyReused, StaleVersion
from fittrack_domain.shared.ids import HoldId, MemberId, TransferId
from fittrack_domain.shared.paging import Paging
from tests.domain.points.world import PURPOSE, PointsWorld

NOON_LATER = timedelta(hours=1)


def granted(world: PointsWorld, amount: int = 500) -> MemberId:
    member, _ = world.a_member()
    with world.tracked.store.transaction() as tx:
        ledger.bonus(tx, world.tracked.ids, world.tracked.clock.now(), member, amount, PURPOSE)
    return member


def spent(world: PointsWorld, member: MemberId, amount: int, purpose: Purpose = PURPOSE) -> Transfer:
    with world.tracked.store.transaction() as tx:
        return ledger.spend(tx, world.tracked.ids, world.tracked.clock.now(), member, amount, purpose)


def a_hold(world: PointsWorld, member: MemberId, amount: int = 200) -> HoldId:
    return world.points.hold(member, amount, PURPOSE, world.tracked.clock.now() + NOON_LATER).id


def test_a_wallet_nobody_used_is_empty(world: PointsWorld) -> None:
    member, _ = world.a_member()
    wallet = world.points.balance(member)
    assert (0, 0, 0) == (wallet.balance, wallet.held, wallet.points_earned)
    with pytest.raises(MemberNotFound):
        world.points.balance(MemberId(world.tracked.ids.new()))


def test_points_are_spent_and_given_back(world: PointsWorld) -> None:
    member = granted(world)
    spending = spent(world, member, 120)
    assert (-120, 500, 380) == (spending.amount, spending.balance_before, spending.balance_after)
    assert (f"member:{member}", "sweepstakes") == (spending.debit_account, spending.credit_account)
    with world.tracked.store.transaction() as tx:
        refund = ledger.refund(tx, world.tracked.ids, world.tracked.clock.now(), member, 120, PURPOSE)
    assert ("sweepstakes", f"member:{member}") == (refund.debit_account, refund.credit_account)
    wallet = world.points.balance(member)
    assert (500, 620, 120, 0, 3) == (
        wallet.balance,
        wallet.credits,
        wallet.debits,
        wallet.points_earned,
        wallet.transfers,
    )


def test_nobody_spends_more_than_they_have(world: PointsWorld) -> None:
    member = granted(world)
    with pytest.raises(NotEnoughPoints, match="This takes 501 points and you have 500") as refusal:
        spent(world, member, 501)
    assert (500, 501, "insufficient_points") == (refusal.value.balance, refusal.value.needed, refusal.value.code)
    assert 1 == len(world.transfers(member))


@pytest.mark.parametrize("amount", [0, -5, AMOUNT_MAX + 1])
def test_amounts_have_bounds(world: PointsWorld, amount: int) -> None:
    member = granted(world)
    with pytest.raises(AmountOutOfRange, match=f"{amount} points cannot be moved"):
        spent(world, member, amount)
    with pytest.raises(AmountOutOfRange):
        a_hold(world, member, amount)
    if amount >= 0:
        with pytest.raises(AmountOutOfRange):
            world.points.adjust(member, member, amount, "reason", "key")


def test_the_same_key_answers_the_first_transfer_and_moves_nothing(world: PointsWorld) -> None:
    member = granted(world)
    purpose = Purpose("entry", "7", "Tickets", "key-1")
    assert spent(world, member, 100, purpose) == spent(world, member, 100, purpose)
    assert 400 == world.points.balance(member).balance


@pytest.mark.parametrize(
    ("amount", "purpose"),
    [
        (101, Purpose("entry", "7", "Tickets", "key-1")),
        (100, Purpose("entry", "8", "Tickets", "key-1")),
        (100, Purpose("prize", "7", "Tickets", "key-1")),
        (100, Purpose("entry", "7", "Coffee", "key-1")),
    ],
)
def test_the_same_key_for_another_movement_is_refused(world: PointsWorld, amount: int, purpose: Purpose) -> None:
    member = granted(world)
    spent(world, member, 100, Purpose("entry", "7", "Tickets", "key-1"))
    with pytest.raises(KeyReused):
        spent(world, member, amount, purpose)
    assert 400 == world.points.balance(member).balance


def test_keys_of_two_members_do_not_meet(world: PointsWorld) -> None:
    one, two = granted(world), granted(world)
    for member in (one, two):
        assert 400 == spent(world, member, 100, Purpose("entry", "7", "Tickets", "key-1")).balance_after


def test_of_two_movements_from_one_reading_the_second_fails(world: PointsWorld) -> None:
    member = granted(world)
    with world.tracked.store.reading() as tx:
        read = tx.wallets.of(member)
    spent(world, member, 100)
    with pytest.raises(StaleVersion), world.tracked.store.transaction() as tx:
        tx.wallets.save(read.moved(-100, TransferType.SPEND))
    assert 400 == world.points.balance(member).balance


def test_an_adjustment_needs_a_reason_and_is_audited_once(world: PointsWorld) -> None:
    admin, _ = world.a_member()
    member = granted(world)
    first = world.points.adjust(admin, member, -200, "Counted twice", "k")
    assert first == world.points.adjust(admin, member, -200, "Counted twice", "k")
    assert (300, "adjustment", TransferType.ADJUST) == (
        world.points.balance(member).balance,
        first.credit_account,
        first.transaction_type,
    )
    with world.tracked.store.reading() as tx:
        [entry] = tx.audit.each()
    assert (admin, "points.adjust", str(member)) == (entry.actor, entry.action, entry.subject_id)
    assert {"amount": -200, "reason": "Counted twice", "transfer": str(first.id)} == entry.facts


def test_an_adjustment_cannot_take_a_balance_below_zero(world: PointsWorld) -> None:
    member = granted(world)
    with pytest.raises(NotEnoughPoints):
        world.points.adjust(member, member, -501, "Too much", "k")


def test_an_adjustment_without_reason_or_key_is_refused_with_both_faults(world: PointsWorld) -> None:
    member = granted(world)
    with pytest.raises(InvalidInput) as refusal:
        world.points.adjust(member, member, 5, " ", "")
    assert ["/reason", "/idempotencyKey"] == [fault.pointer for fault in refusal.value.faults]
    with pytest.raises(MemberNotFound):
        world.points.adjust(member, MemberId(world.tracked.ids.new()), 5, "Why", "k")


def test_points_on_hold_cannot_be_spent_and_come_back_when_voided(world: PointsWorld) -> None:
    member = granted(world)
    hold = a_hold(world, member)
    wallet = world.points.balance(member)
    assert (300, 200, 500) == (wallet.balance, wallet.held, wallet.total)
    with pytest.raises(NotEnoughPoints):
        spent(world, member, 301)
    with pytest.raises(NotEnoughPoints):
        a_hold(world, member, 301)
    assert HoldState.VOIDED is world.points.void_hold(hold).state
    assert 500 == world.points.balance(member).balance
    with pytest.raises(HoldNotPending, match="is voided already"):
        world.points.void_hold(hold)
    with pytest.raises(HoldNotPending):
        world.points.post_hold(hold)


def test_a_posted_hold_is_spent_once(world: PointsWorld) -> None:
    member = granted(world)
    hold = a_hold(world, member)
    spent(world, member, 300)
    transfer = world.points.post_hold(hold)
    assert transfer == world.points.post_hold(hold)
    wallet = world.points.balance(member)
    assert (0, 0, -200) == (wallet.balance, wallet.held, transfer.amount)
    with pytest.raises(HoldNotPending):
        world.points.void_hold(hold)
    assert world.points.verify().clean


def test_a_hold_cannot_be_posted_after_its_time_even_before_the_job_ran(world: PointsWorld) -> None:
    member = granted(world)
    hold = a_hold(world, member)
    world.tracked.clock.advance(NOON_LATER)
    with pytest.raises(HoldExpired, match="expired at 2026-03-02T13:00"):
        world.points.post_hold(hold)
    assert 1 == world.points.expire_holds()
    assert 0 == world.points.expire_holds()
    assert 500 == world.points.balance(member).balance
    with pytest.raises(HoldNotPending):
        world.points.post_hold(hold)


def test_unknown_holds_and_members_are_not_found(world: PointsWorld) -> None:
    unknown = HoldId(world.tracked.ids.new())
    with pytest.raises(HoldNotFound, match=f"There is no hold {unknown}"):
        world.points.post_hold(unknown)
    with pytest.raises(HoldNotFound):
        world.points.void_hold(unknown)
    with pytest.raises(MemberNotFound):
        a_hold(world, MemberId(world.tracked.ids.new()))


def test_transactions_are_listed_by_type_and_day_the_newest_first(world: PointsWorld) -> None:
    member = granted(world)
    today = world.tracked.clock.now().date()
    world.tracked.clock.advance(timedelta(days=1))
    spent(world, member, 5)
    world.tracked.clock.advance(timedelta(days=1))
    spent(world, member, 6)

    def amounts(**wanted: object) -> list[int]:
        page = world.points.transactions(member, Paging(), **wanted)  # type: ignore[arg-type]
        assert len(page.items) == page.total
        return [transfer.amount for transfer in page.items]

    assert [-6, -5, 500] == amounts()
    assert [-6, -5] == amounts(transaction_type=TransferType.SPEND)
    assert [-6, -5] == amounts(first=today + timedelta(days=1))
    assert [-5, 500] == amounts(last=today + timedelta(days=1))
    assert [-5] == amounts(first=today + timedelta(days=1), last=today + timedelta(days=1))


def test_everybodys_transactions_are_listed_together_and_each_is_found(world: PointsWorld) -> None:
    ann, ben = granted(world, 500), granted(world, 70)
    spending = spent(world, ann, 5)
    everybodys = world.points.transactions(None, Paging())
    assert ([(ann, -5), (ben, 70), (ann, 500)], 3) == (
        [(transfer.user_id, transfer.amount) for transfer in everybodys.items],
        everybodys.total,
    )
    today = world.tracked.clock.now().date()
    bonuses = world.points.transactions(None, Paging(), transaction_type=TransferType.BONUS, first=today, last=today)
    assert [70, 500] == [transfer.amount for transfer in bonuses.items]
    assert spending == world.points.transaction(spending.id)
    with pytest.raises(TransactionNotFound, match="no transaction"):
        world.points.transaction(TransferId(world.tracked.ids.new()))


@pytest.mark.parametrize("change", ["update {} set amount = 1", "delete from {}"])
def test_the_rows_of_the_ledger_cannot_be_changed_by_anyone(world: PointsWorld, change: str) -> None:
    granted(world)
    if isinstance(world.tracked.store, MemoryStore):
        return  # nobody else has hands on it
    with (
        pytest.raises(Exception, match="rows of point_transactions are immutable"),
        world.tracked.store.connected() as database,
    ):
        database.run(change.format("point_transactions"), {})
