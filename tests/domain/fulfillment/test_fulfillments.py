"""Prizes on their way: each step, each deadline, each refusal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from fittrack_adapters.store.sqlite import SqliteStore
from fittrack_domain.fulfillment import service, steps
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.errors import (
    ClaimExpired,
    EmailNotConfirmed,
    FulfillmentNotFound,
    IllegalTransition,
    NoAddress,
    NotForThisPrize,
)
from fittrack_domain.fulfillment.events import (
    AddressConfirmed,
    AddressFoundInvalid,
    ClaimWarned,
    PrizeDelivered,
    PrizeForfeited,
    PrizeReturned,
    PrizeShipped,
    PrizeWon,
)
from fittrack_domain.fulfillment.model import Fulfillment, FulfillmentStatus
from fittrack_domain.fulfillment.ports import FulfillmentTx
from fittrack_domain.shared.errors import AlreadyExists, InvalidInput, StaleVersion
from fittrack_domain.shared.ids import FulfillmentId, MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import SponsorDraft
from fittrack_domain.sweepstakes.events import WinnerDrawn
from fittrack_domain.sweepstakes.model import FulfillmentType
from tests.domain.sweepstakes.world import World, a_prize

ADMIN = MemberId(UUID(int=1))
HOME = Address("Ann", "1 Main St", None, "Reno", "NV", "89501")


def won(world: World, members: int = 4, **prize: Any) -> Fulfillment:
    """The delivery of the one prize of a drawing, its winner notified; the others are alternates."""
    tickets = {world.member(f"member{n}"): 1 for n in range(members)}
    world.a_drawn_drawing(tickets, prizes=(a_prize(**prize),))
    world.relay()
    [fulfillment] = world.fulfillments.page(Paging()).items
    return fulfillment


def digital(world: World) -> Fulfillment:
    return won(world, fulfillment_type=FulfillmentType.DIGITAL)


def confirmed(world: World, fulfillment: Fulfillment) -> Fulfillment:
    return world.fulfillments.confirm_address(fulfillment.user_id, fulfillment.id, HOME)


def everything(world: World) -> Sequence[Fulfillment]:
    return world.fulfillments.page(Paging()).items


def told(world: World, fulfillment: Fulfillment) -> dict[str, Any]:
    with world.store.reading() as tx:
        prize = tx.prizes.get(fulfillment.prize_id).name
    return {
        "fulfillment_id": fulfillment.id,
        "member_id": fulfillment.user_id,
        "drawing_name": "Daily drawing",
        "prize_name": prize,
    }


def test_a_win_opens_a_delivery_and_the_winner_is_notified_with_it(world: World) -> None:
    world.a_drawn_drawing({world.member("ann"): 1})
    events = world.relay()
    [fulfillment] = everything(world)
    assert PrizeWon(**told(world, fulfillment), needs_address=True) in events
    now = world.clock.at
    assert (FulfillmentStatus.WINNER_NOTIFIED, now, now + timedelta(days=14)) == (
        fulfillment.status,
        fulfillment.notified_at,
        fulfillment.forfeit_at,
    )
    [drawn] = [event for event in events if isinstance(event, WinnerDrawn)]
    assert (drawn.draw_no, drawn.ticket_number, drawn.prize_id, drawn.member_id) == (
        fulfillment.draw_no,
        fulfillment.ticket_number,
        fulfillment.prize_id,
        fulfillment.user_id,
    )


def test_the_way_of_a_prize_to_its_winner(world: World) -> None:
    fulfillment = won(world)
    member = fulfillment.user_id
    day = timedelta(days=1)
    start = world.clock.at
    world.clock.advance(day)
    confirmed(world, fulfillment)
    world.clock.advance(day)
    world.fulfillments.ship(ADMIN, fulfillment.id, "UPS", "1Z999")
    world.clock.advance(day)
    delivered = world.fulfillments.deliver(ADMIN, fulfillment.id)
    assert delivered == world.fulfillments.get(fulfillment.id, member)
    assert (FulfillmentStatus.DELIVERED, start + day, start + 2 * day, start + 3 * day, None) == (
        delivered.status,
        delivered.address_confirmed_at,
        delivered.shipped_at,
        delivered.delivered_at,
        delivered.forfeit_at,
    )
    names = told(world, fulfillment)
    assert [
        AddressConfirmed(**names),
        PrizeShipped(**names, carrier="UPS", tracking_number="1Z999", reference=None),
        PrizeDelivered(**names),
    ] == world.relay()
    assert [
        "fulfillment.winner_notified",
        "fulfillment.address_confirmed",
        "fulfillment.shipped",
        "fulfillment.delivered",
    ] == world.audited(fulfillment.id)
    assert 1 == world.fulfillments.prizes_won(member)


def test_an_address_that_does_not_work_is_asked_for_again_with_the_whole_time(world: World) -> None:
    fulfillment = confirmed(world, won(world))
    world.clock.advance(timedelta(days=20))
    rejected = world.fulfillments.reject_address(ADMIN, fulfillment.id, "Returned by the post")
    deadline = world.clock.at + timedelta(days=14)
    assert (FulfillmentStatus.ADDRESS_INVALID, deadline) == (rejected.status, rejected.forfeit_at)
    assert world.relay()[-1] == AddressFoundInvalid(
        **told(world, fulfillment),
        reason="Returned by the post",
        forfeit_at=deadline,
    )
    world.clock.advance(timedelta(days=13))
    assert FulfillmentStatus.ADDRESS_CONFIRMED is confirmed(world, fulfillment).status


def test_a_digital_prize_needs_no_address_and_has_no_deadline(world: World) -> None:
    fulfillment = digital(world)
    assert fulfillment.forfeit_at is None
    with pytest.raises(NotForThisPrize, match="digital"):
        confirmed(world, fulfillment)
    with pytest.raises(IllegalTransition, match="that is winner_notified cannot be shipped"):
        world.fulfillments.ship(ADMIN, fulfillment.id, "UPS", "1")
    world.clock.advance(timedelta(days=90))
    assert ([], []) == attrs.astuple(world.fulfillments.sweep())
    sent = world.fulfillments.send(ADMIN, fulfillment.id, "CODE-7")
    assert (FulfillmentStatus.SHIPPED, "CODE-7") == (sent.status, sent.reference)
    assert FulfillmentStatus.DELIVERED is world.fulfillments.deliver(ADMIN, fulfillment.id).status


def test_a_parcel_is_not_sent_like_a_digital_prize(world: World) -> None:
    with pytest.raises(NotForThisPrize, match="without an address"):
        world.fulfillments.send(ADMIN, won(world).id, "CODE-7")


def test_a_digital_prize_waits_for_a_confirmed_email(world: World) -> None:
    fulfillment = digital(world)
    with world.store.transaction() as tx:
        tx.accounts.save(attrs.evolve(tx.accounts.get(fulfillment.user_id), email_verified_at=None))
    with pytest.raises(EmailNotConfirmed, match="not verified"):
        world.fulfillments.send(ADMIN, fulfillment.id, "CODE-7")
    assert everything(world) == [fulfillment]


def test_the_address_is_sealed_and_reading_it_is_audited(world: World) -> None:
    fulfillment = won(world)
    with pytest.raises(NoAddress, match="not given"):
        world.fulfillments.address(ADMIN, fulfillment.id)
    stored = confirmed(world, fulfillment).shipping_address
    assert stored is not None
    assert b"Main St" not in stored
    if isinstance(world.store, SqliteStore):
        world.store.close()
        assert all(b"Main St" not in path.read_bytes() for path in world.store.path.parent.iterdir())
    assert HOME == world.fulfillments.address(ADMIN, fulfillment.id)
    assert "fulfillment.address_read" == world.audited(fulfillment.id)[-1]


def test_after_seven_days_the_winner_is_warned_once(world: World) -> None:
    fulfillment = won(world)
    world.clock.advance(timedelta(days=7) - timedelta(microseconds=1))
    assert ([], []) == attrs.astuple(world.fulfillments.sweep())
    world.clock.advance(timedelta(microseconds=1))
    assert ([fulfillment.id], []) == attrs.astuple(world.fulfillments.sweep())
    assert ([], []) == attrs.astuple(world.fulfillments.sweep())
    assert fulfillment.forfeit_at is not None
    assert [ClaimWarned(**told(world, fulfillment), forfeit_at=fulfillment.forfeit_at)] == world.relay()
    assert FulfillmentStatus.ADDRESS_CONFIRMED is confirmed(world, fulfillment).status


def test_after_fourteen_days_the_next_alternate_gets_the_prize(world: World) -> None:
    fulfillment = won(world)
    world.clock.advance(timedelta(days=14))
    with pytest.raises(ClaimExpired, match="passes on"):
        confirmed(world, fulfillment)
    assert ([], [fulfillment.id]) == attrs.astuple(world.fulfillments.sweep())
    assert PrizeForfeited(**told(world, fulfillment), reason="not claimed in time") in world.relay()
    new, old = everything(world)
    assert (FulfillmentStatus.FORFEITED, world.clock.at, None) == (old.status, old.forfeited_at, old.forfeit_at)
    assert (FulfillmentStatus.WINNER_NOTIFIED, 2, old.prize_id, world.clock.at + timedelta(days=14)) == (
        new.status,
        new.draw_no,
        new.prize_id,
        new.forfeit_at,
    )
    assert (0, 1) == (world.fulfillments.prizes_won(old.user_id), world.fulfillments.prizes_won(new.user_id))


def test_when_no_alternate_is_left_the_prize_goes_back_to_its_sponsor(world: World) -> None:
    sponsor = world.catalogue.add_sponsor(ADMIN, SponsorDraft("Acme"))
    first = won(world, members=2, sponsor_id=sponsor.id)
    for _ in range(2):
        world.clock.advance(timedelta(days=14))
        world.fulfillments.sweep()
        events = world.relay()
    assert PrizeReturned(first.prize_id, "Prize 1", "Daily drawing", sponsor.id) in events
    assert [FulfillmentStatus.FORFEITED] * 2 == [each.status for each in everything(world)]
    assert 1 == world.results.of(None, first.drawing_id).unawarded
    world.clock.advance(timedelta(days=365))
    assert ([], []) == attrs.astuple(world.fulfillments.sweep())


def test_prizes_forfeited_at_one_moment_pass_on_in_the_order_of_their_draws(world: World) -> None:
    tickets = {world.member(f"member{n}"): 1 for n in range(6)}
    drawing = world.a_drawn_drawing(tickets, prizes=(a_prize(1), a_prize(2), a_prize(3)))
    world.relay()
    world.clock.advance(timedelta(days=14))
    assert 3 == len(world.fulfillments.sweep().forfeited)
    assert [(1, 4), (2, 5), (3, 6)] == [
        (award["forfeited"], award["replacement"]) for award in world.proofs.records(drawing.id)["awards"]
    ]


def test_an_administrator_forfeits_for_a_reason_that_becomes_public(world: World) -> None:
    fulfillment = won(world)
    world.fulfillments.forfeit(ADMIN, fulfillment.id, "proved ineligible")
    [award] = world.proofs.records(fulfillment.drawing_id)["awards"]
    assert "proved ineligible" == award["reason"]
    assert "fulfillment.forfeited" == world.audited(fulfillment.id)[-1]


def test_a_sweep_that_meets_another_leaves_it_the_rest(world: World) -> None:
    fulfillment = won(world)
    world.clock.advance(timedelta(days=14))
    world.fulfillments.forfeit(ADMIN, fulfillment.id, "by hand")

    def act_on_what_was_read_before(tx: FulfillmentTx, now: datetime, _: Fulfillment) -> None:
        tx.fulfillments.save(fulfillment.warned(now))

    assert not world.fulfillments._tried(fulfillment.id, world.clock.at, act_on_what_was_read_before)
    assert ([], []) == attrs.astuple(world.fulfillments.sweep())


def test_what_was_settled_since_it_was_listed_is_left_alone(world: World) -> None:
    """Between listing what is due and doing it, the winner may have answered."""
    fulfillment = confirmed(world, won(world))
    later = world.clock.at + timedelta(days=14)
    assert world.fulfillments._tried(fulfillment.id, later, service._forfeit_expired)
    assert world.fulfillments._tried(fulfillment.id, later, steps.warn)
    assert everything(world) == [fulfillment]


@pytest.mark.parametrize("name", ["reject_address", "ship", "send", "deliver", "forfeit", "annotate"])
def test_unknown_deliveries_are_not_found(world: World, name: str) -> None:
    arguments = {"ship": ("UPS", "1"), "deliver": ()}.get(name, ("text",))
    with pytest.raises(FulfillmentNotFound, match="no fulfillment"):
        getattr(world.fulfillments, name)(ADMIN, FulfillmentId(UUID(int=9)), *arguments)


def test_a_delivery_is_its_winners_own(world: World) -> None:
    fulfillment = won(world)
    other = world.member("other")
    with pytest.raises(FulfillmentNotFound):
        world.fulfillments.confirm_address(other, fulfillment.id, HOME)
    with pytest.raises(FulfillmentNotFound):
        world.fulfillments.get(fulfillment.id, other)
    assert fulfillment == world.fulfillments.get(fulfillment.id)


def test_bad_words_are_refused(world: World) -> None:
    fulfillment = confirmed(world, won(world))
    with pytest.raises(InvalidInput) as refused:
        world.fulfillments.ship(ADMIN, fulfillment.id, "", "\n")
    assert ["/carrier", "/trackingNumber"] == [fault.pointer for fault in refused.value.faults]
    for name in ("reject_address", "send", "forfeit", "annotate"):
        with pytest.raises(InvalidInput):
            getattr(world.fulfillments, name)(ADMIN, fulfillment.id, "")
    assert everything(world) == [fulfillment]


def test_notes_are_for_administrators_and_checked_against_the_version(world: World) -> None:
    fulfillment = won(world)
    noted = world.fulfillments.annotate(ADMIN, fulfillment.id, "Called\ntwice", version=fulfillment.version)
    assert "Called\ntwice" == noted.notes
    with pytest.raises(StaleVersion):
        world.fulfillments.annotate(ADMIN, fulfillment.id, "Again", version=fulfillment.version)
    assert world.fulfillments.annotate(ADMIN, fulfillment.id, None).notes is None


def test_deliveries_are_listed_by_status_member_and_overdue(world: World) -> None:
    first = won(world)
    assert 1 == world.fulfillments.page(Paging(), status=FulfillmentStatus.WINNER_NOTIFIED).total
    assert 0 == world.fulfillments.page(Paging(), status=FulfillmentStatus.SHIPPED).total
    assert 1 == world.fulfillments.page(Paging(), member_id=first.user_id).total
    assert 0 == world.fulfillments.page(Paging(), member_id=ADMIN).total
    assert 0 == world.fulfillments.page(Paging(), overdue=True).total
    world.clock.advance(timedelta(days=7))
    assert [first] == world.fulfillments.page(Paging(), overdue=True).items
    confirmed(world, first)
    assert 0 == world.fulfillments.page(Paging(), overdue=True).total


def test_a_draw_opens_one_delivery_however_often_it_is_told(world: World) -> None:
    fulfillment = won(world)
    told_again = WinnerDrawn(
        fulfillment.drawing_id,
        fulfillment.draw_no,
        fulfillment.user_id,
        fulfillment.ticket_number,
        fulfillment.prize_id,
    )
    with pytest.raises(AlreadyExists), world.store.transaction() as tx:
        world.fulfillments.open(tx, world.clock.at, told_again)
    assert [fulfillment] == everything(world)
