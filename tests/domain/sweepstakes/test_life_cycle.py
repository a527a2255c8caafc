"""A drawing is planned, published, shown and called off; the clock opens and closes it."""

from datetime import timedelta
from uuid import UUID

import attrs
import pytest

from fittrack_domain.shared.errors import InvalidInput, StaleVersion
from fittrack_domain.shared.ids import DrawingId, MemberId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes import drawings as drawings_module
from fittrack_domain.sweepstakes.drafts import SponsorDraft
from fittrack_domain.sweepstakes.draw.records import record_hash
from fittrack_domain.sweepstakes.draw.terms import checked_terms, first_round_at_or_after
from fittrack_domain.sweepstakes.errors import (
    DrawingFrozen,
    DrawingIsCancelled,
    DrawingNotFound,
    NoPrizes,
    NotCancellable,
    NotPublished,
    PublishedTooLate,
    RecordNotFound,
    TooEarly,
)
from fittrack_domain.sweepstakes.events import DrawingCancelled, RefundsDue
from fittrack_domain.sweepstakes.model import DrawingStatus, DrawingType, Eligibility, UserType
from tests.domain.sweepstakes.world import NOON, World, a_drawing_draft, a_prize

ADMIN = MemberId(UUID(int=1))


def test_a_drawing_is_a_draft_until_it_is_published(world: World) -> None:
    drawing = world.a_draft()
    assert DrawingStatus.DRAFT is drawing.status_at(NOON)
    published = world.drawings.publish(ADMIN, drawing.id, version=1)
    assert DrawingStatus.OPEN is published.status_at(NOON)
    assert world.audited(drawing.id) == ["drawing.created", "drawing.published"]


def test_a_draft_and_its_prizes_can_be_replaced(world: World) -> None:
    drawing = world.a_draft(prizes=(a_prize(1), a_prize(2)))
    world.clock.advance(timedelta(hours=1))
    edited = world.drawings.edit(ADMIN, drawing.id, a_drawing_draft(name="New", prizes=(a_prize(1, name="One"),)))
    assert ("New", drawing.created_at) == (edited.name, edited.created_at)
    view = world.drawings.get(None, drawing.id, drafts=True)
    assert edited == view.drawing
    assert [offered.prize.name for offered in view.prizes] == ["One"]


def test_an_edit_of_an_old_version_is_refused(world: World) -> None:
    drawing = world.a_draft()
    with pytest.raises(StaleVersion):
        world.drawings.edit(ADMIN, drawing.id, a_drawing_draft(name="New"), version=2)
    assert world.drawings.get(None, drawing.id, drafts=True).drawing == drawing


def test_nothing_changes_once_it_is_published(world: World) -> None:
    drawing = world.an_open_drawing()
    with pytest.raises(DrawingFrozen, match="only a draft"):
        world.drawings.edit(ADMIN, drawing.id, a_drawing_draft(name="New"))
    with pytest.raises(DrawingFrozen):
        world.drawings.publish(ADMIN, drawing.id)
    assert drawing == world.drawings.get(None, drawing.id).drawing


def test_the_terms_say_everything_that_is_fixed(world: World) -> None:
    drawing = world.an_open_drawing(
        prizes=(a_prize(1, quantity=2), a_prize(5)),
        max_tickets_per_member=9,
        eligibility=Eligibility(UserType.PREMIUM, 0),
    )
    terms = world.proofs.records(drawing.id)["terms"]
    checked_terms(terms)
    assert terms["prizes"] == [
        {"rank": 1, "quantity": 2, "prize_id": terms["prizes"][0]["prize_id"], "title": "Prize 1"},
        {"rank": 5, "quantity": 1, "prize_id": terms["prizes"][1]["prize_id"], "title": "Prize 5"},
    ]
    assert {
        "title": "Daily drawing",
        "alternates": 10,
        "max_wins_per_holder": 1,
        "ticket_cost_points": 100,
        "max_tickets_per_member": 9,
        "eligibility": {"user_type": "premium", "min_account_age_days": 0},
        "draw_at": int(drawing.drawing_time.timestamp()),
        "sales_close_at": int(drawing.drawing_time.timestamp()) - 300,
    }.items() <= terms.items()
    assert terms["beacon"]["round"] == first_round_at_or_after(terms["draw_at"])
    view = world.drawings.get(None, drawing.id)
    assert (record_hash("terms", terms), terms["seed_commitment"]) == (view.terms_hash, view.seed_commitment)


def test_every_drawing_has_a_seed_of_its_own(world: World) -> None:
    commitments = {world.drawings.get(None, world.an_open_drawing().id).seed_commitment for _ in range(3)}
    assert len(commitments) == 3


def test_sales_never_open_before_the_terms_are_out(world: World) -> None:
    drawing = world.a_draft(drawing_time=NOON + timedelta(days=3))
    world.clock.advance(timedelta(hours=5, microseconds=7))
    published = world.drawings.publish(ADMIN, drawing.id)
    assert NOON + timedelta(hours=5) == published.sales_open_at
    later = world.a_draft(drawing_time=NOON + timedelta(days=3), sales_open_at=NOON + timedelta(days=1))
    assert NOON + timedelta(days=1) == world.drawings.publish(ADMIN, later.id).sales_open_at


def test_a_drawing_without_prizes_is_not_published(world: World) -> None:
    drawing = world.a_draft(prizes=())
    with pytest.raises(NoPrizes, match="no prize"):
        world.drawings.publish(ADMIN, drawing.id)
    with pytest.raises(RecordNotFound, match="no terms"):
        world.proofs.records(drawing.id)


def test_a_drawing_is_not_published_after_the_close_of_its_sales(world: World) -> None:
    drawing = world.a_draft()
    world.clock.set(drawing.ticket_sales_close)
    with pytest.raises(PublishedTooLate, match="later time"):
        world.drawings.publish(ADMIN, drawing.id)


def test_the_clock_opens_and_closes_sales(world: World) -> None:
    opens = NOON + timedelta(hours=1)
    drawing = world.an_open_drawing(sales_open_at=opens)
    second = timedelta(seconds=1)
    assert DrawingStatus.SCHEDULED is drawing.status_at(opens - second)
    assert DrawingStatus.OPEN is drawing.status_at(opens)
    assert DrawingStatus.OPEN is drawing.status_at(drawing.ticket_sales_close - second)
    assert DrawingStatus.CLOSED is drawing.status_at(drawing.ticket_sales_close)
    assert DrawingStatus.CLOSED is drawing.closing(drawing.ticket_sales_close).status_at(drawing.drawing_time)


def test_a_draft_can_be_neither_closed_nor_drawn(world: World) -> None:
    drawing = world.a_draft()
    world.clock.set(drawing.drawing_time)
    with pytest.raises(NotPublished, match="draft"):
        world.draws.close(drawing.id)


def test_closing_and_drawing_wait_for_their_times(world: World) -> None:
    drawing = world.an_open_drawing()
    with pytest.raises(TooEarly, match="close"):
        world.draws.close(drawing.id)
    world.clock.set(drawing.ticket_sales_close)
    with pytest.raises(TooEarly, match="draw"):
        world.draws.execute(drawing.id)


def test_a_cancelled_drawing_refunds_what_was_paid(world: World) -> None:
    ann, bob = world.member("ann", 1_000), world.member("bob", 1_000)
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(ann, drawing.id, 3)
    world.sweepstakes.buy_tickets(ann, drawing.id, 2)
    world.sweepstakes.buy_tickets(bob, drawing.id, 10)
    world.sweepstakes.free_entry(bob, drawing.id)
    cancelled = world.drawings.cancel(ADMIN, drawing.id, "No sponsor", version=2)
    assert (DrawingStatus.CANCELLED, "No sponsor") == (cancelled.status, cancelled.cancelled_reason)
    assert (1_000, 1_000) == (world.balance(ann), world.balance(bob))
    assert world.relay() == [DrawingCancelled(drawing.id, drawing.name, "No sponsor")]
    assert world.proofs.records(drawing.id)["void"]["reason"] == "No sponsor"
    assert world.proofs.verify_log().whole


def test_many_refunds_come_by_and_by(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings_module, "REFUNDS_AT_ONCE", 3)
    drawing = world.an_open_drawing()
    members = [world.member(f"member{n}", 100) for n in range(7)]
    for member in members:
        world.sweepstakes.buy_tickets(member, drawing.id, 1)
    world.drawings.cancel(ADMIN, drawing.id, "Storm")
    assert [100, 100, 100, 0, 0, 0, 0] == [world.balance(member) for member in members]
    delivered = world.relay()
    assert 2 == sum(isinstance(event, RefundsDue) for event in delivered)
    assert [100] * 7 == [world.balance(member) for member in members]
    with world.store.transaction() as tx:
        world.drawings.refund(tx, world.clock.at, RefundsDue(drawing.id, None))
    assert [100] * 7 == [world.balance(member) for member in members], "a refund happens once"


def test_a_cancelled_draft_leaves_no_record(world: World) -> None:
    drawing = world.a_draft()
    world.drawings.cancel(ADMIN, drawing.id, "Mistake")
    assert world.relay() == []
    assert world.proofs.whole_log() == []
    with pytest.raises(DrawingFrozen):
        world.drawings.publish(ADMIN, drawing.id)


def test_a_cancelled_drawing_is_neither_sold_nor_closed_nor_cancelled_again(world: World) -> None:
    ann = world.member("ann")
    drawing = world.an_open_drawing()
    world.drawings.cancel(ADMIN, drawing.id, "Storm")
    with pytest.raises(DrawingIsCancelled, match="Storm"):
        world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    world.clock.set(drawing.drawing_time)
    with pytest.raises(DrawingIsCancelled):
        world.draws.execute(drawing.id)
    with pytest.raises(NotCancellable):
        world.drawings.cancel(ADMIN, drawing.id, "Again")


def test_from_the_closing_on_nothing_is_cancelled(world: World) -> None:
    ann = world.member("ann", 100)
    drawing = world.an_open_drawing()
    world.sweepstakes.buy_tickets(ann, drawing.id, 1)
    world.clock.set(drawing.ticket_sales_close)
    world.draws.close(drawing.id)
    with pytest.raises(NotCancellable, match="is closed"):
        world.drawings.cancel(ADMIN, drawing.id, "Regret")
    assert world.balance(ann) == 0


def test_a_cancellation_needs_a_reason(world: World) -> None:
    drawing = world.an_open_drawing()
    with pytest.raises(InvalidInput):
        world.drawings.cancel(ADMIN, drawing.id, " ")
    with pytest.raises(StaleVersion):
        world.drawings.cancel(ADMIN, drawing.id, "Storm", version=1)
    assert drawing == world.drawings.get(None, drawing.id).drawing


def test_members_see_no_drafts(world: World) -> None:
    ann = world.member("ann")
    draft = world.a_draft()
    with pytest.raises(DrawingNotFound):
        world.drawings.get(ann, draft.id)
    assert world.drawings.page(ann, Paging()).total == 0
    assert world.drawings.page(ann, Paging(), status=DrawingStatus.DRAFT).total == 0
    assert world.drawings.page(None, Paging(), drafts=True).total == 1
    assert world.drawings.page(None, Paging(), status=DrawingStatus.DRAFT, drafts=True).total == 1
    with pytest.raises(DrawingNotFound):
        world.drawings.get(ann, DrawingId(UUID(int=9)))


def test_drawings_are_found_by_the_status_that_holds_and_by_type(world: World) -> None:
    scheduled = world.an_open_drawing(sales_open_at=NOON + timedelta(hours=2))
    weekly = world.an_open_drawing(drawing_type=DrawingType.WEEKLY)
    over = world.an_open_drawing(drawing_time=NOON + timedelta(minutes=6))
    closed = world.an_open_drawing(drawing_time=NOON + timedelta(minutes=6, seconds=1))
    cancelled = world.an_open_drawing()
    world.drawings.cancel(ADMIN, cancelled.id, "Storm")
    world.clock.advance(timedelta(minutes=5))
    world.draws.close(closed.id)

    def found(status: DrawingStatus) -> list[DrawingId]:
        page = world.drawings.page(None, Paging(), status=status)
        assert all(view.status is status for view in page.items)
        return [view.drawing.id for view in page.items]

    assert [scheduled.id] == found(DrawingStatus.SCHEDULED)
    assert [weekly.id] == found(DrawingStatus.OPEN)
    assert [closed.id, over.id] == found(DrawingStatus.CLOSED)
    assert [cancelled.id] == found(DrawingStatus.CANCELLED)
    assert [] == found(DrawingStatus.COMPLETED)
    of_type = world.drawings.page(None, Paging(), drawing_type=DrawingType.WEEKLY)
    assert [weekly.id] == [view.drawing.id for view in of_type.items]


def test_a_member_sees_prizes_tickets_odds_and_what_stands_in_the_way(world: World) -> None:
    ann, new = world.member("ann"), world.member("new", display_name=None)
    acme = world.catalogue.add_sponsor(ADMIN, SponsorDraft("Acme"))
    drawing = world.an_open_drawing(prizes=(a_prize(1, sponsor_id=acme.id), a_prize(2)))
    world.sweepstakes.buy_tickets(ann, drawing.id, 3)
    view = world.drawings.get(ann, drawing.id)
    assert [(1, "Acme"), (2, None)] == [
        (offered.prize.prize_rank, offered.sponsor and offered.sponsor.name) for offered in view.prizes
    ]
    assert (3, 3) == (view.odds.member_tickets, view.odds.all_tickets)
    assert () == view.obstacles
    hindered = world.drawings.get(new, drawing.id)
    assert ["profile_incomplete"] == [obstacle.rule for obstacle in hindered.obstacles or ()]
    assert (0, 3) == (hindered.odds.member_tickets, hindered.odds.all_tickets)
    assert world.drawings.get(None, drawing.id).obstacles is None


def test_the_model_has_no_way_back(world: World) -> None:
    drawing = attrs.evolve(world.an_open_drawing(), status=DrawingStatus.COMPLETED)
    with pytest.raises(NotCancellable):
        drawing.cancelled("Too late")
    with pytest.raises(DrawingFrozen):
        drawing.published(NOON)
