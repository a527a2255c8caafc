"""Administrators bring won prizes to their winners."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import httpx
import pytest

from fittrack_adapters.testing.builders import a_member, an_open_drawing
from fittrack_domain.fulfillment.address import Address
from fittrack_domain.fulfillment.model import Fulfillment
from fittrack_domain.integrity.model import Review, ReviewKind
from fittrack_domain.shared.ids import ReviewId
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Paging
from fittrack_domain.sweepstakes.drafts import PrizeDraft
from fittrack_domain.sweepstakes.model import FulfillmentType
from tests.http.asking import NO_ID, As, faults_of, if_match, problem_of
from tests.http.world import NOW, World

BOTH = ("/api/v1/fulfillments", "/api/v1/admin/fulfillments")
ADMIN = "/api/v1/admin/fulfillments"
ADDRESS = Address("Ann Example", "1 Main St", None, "Oakland", "CA", "94607")
PARCEL = {"carrier": "UPS", "trackingNumber": "1Z99"}
STEPS = {"ship": PARCEL, "deliver": None, "invalid-address": {"reason": "No"}, "forfeit": {"reason": "No"}}

Win = Callable[..., Fulfillment]


@pytest.fixture
def win(world: World) -> Win:
    """Lets somebody win a prize, who is told so; and confirms where to send it, if asked."""
    fittrack = world.fittrack

    def won(kind: FulfillmentType = FulfillmentType.PHYSICAL, *, confirmed: bool = False) -> Fulfillment:
        prize = PrizeDraft(rank=1, name="Prize", value_usd=Usd.of("25.00"), fulfillment_type=kind)
        drawing = an_open_drawing(fittrack, prizes=(prize,), drawing_time=NOW + timedelta(minutes=10))
        winner = a_member(fittrack, f"w{fittrack.identity.ids.new().int % 10**9}")
        fittrack.sweepstakes.free_entry(winner, drawing.id)
        world.clock.set(NOW + timedelta(minutes=11))
        fittrack.draws.execute(drawing.id)
        while fittrack.relay.waiting():  # the server delivers, too
            fittrack.relay.drain()
        world.clock.set(NOW)
        [found] = fittrack.fulfillments.page(Paging(), member_id=winner).items
        return fittrack.fulfillments.confirm_address(winner, found.id, ADDRESS) if confirmed else found

    return won


@pytest.mark.parametrize("path", BOTH)
def test_won_prizes_are_listed_filtered_and_shown(ada: httpx.Client, world: World, path: str) -> None:
    [won] = ada.get(f"{path}?userId={world.ann}&status=winner_notified").json()["items"]
    assert (str(world.won), "Drawn", str(world.ann), "physical") == tuple(
        won[name] for name in ("fulfillmentId", "drawingName", "userId", "fulfillmentType")
    )
    assert won == ada.get(f"{path}/{world.won}").json()
    assert [] == ada.get(f"{path}?overdue=true&userId={world.ann}").json()["items"]
    assert ["/status", "/overdue"] == faults_of(ada.get(f"{path}?status=lost&overdue=yes"))
    assert (404, "fulfillment_not_found") == problem_of(ada.get(f"{path}/{NO_ID}"))


@pytest.mark.parametrize("path", BOTH)
def test_notes_are_taken_from_what_was_last_seen(ada: httpx.Client, win: Win, path: str) -> None:
    which = f"{path}/{win().id}"
    shown = ada.get(which)
    noted = ada.put(which, json={"notes": "Call first.\nThen ship."}, headers=if_match(shown))
    assert "Call first.\nThen ship." == noted.json()["notes"]
    assert (412, "stale_if_match") == problem_of(ada.put(which, json={}, headers=if_match(shown)))
    assert ada.put(which, json={"notes": None}, headers=if_match(noted)).json()["notes"] is None
    assert ["/notes"] == faults_of(ada.put(which, json={"notes": " "}, headers=if_match(noted)))
    unknown = ada.put(f"{path}/{NO_ID}", json={}, headers={"if-match": "*"})
    assert (404, "fulfillment_not_found") == problem_of(unknown)


def test_a_prize_is_shipped_and_delivered(ada: httpx.Client, win: Win) -> None:
    which = f"{ADMIN}/{win(confirmed=True).id}"
    shipped = ada.post(f"{which}/ship", json=PARCEL).json()
    assert ("shipped", "UPS", "1Z99", None) == tuple(
        shipped[name] for name in ("status", "carrier", "trackingNumber", "reference")
    )
    assert "delivered" == ada.post(f"{which}/deliver").json()["status"]


def test_a_digital_prize_is_sent_under_a_reference(ada: httpx.Client, win: Win) -> None:
    which = f"{ADMIN}/{win(FulfillmentType.DIGITAL).id}"
    assert (409, "illegal_transition") == problem_of(ada.post(f"{which}/ship", json=PARCEL))
    sent = ada.post(f"{which}/ship", json={"reference": "GIFT-42"}).json()
    assert ("shipped", "GIFT-42", None) == (sent["status"], sent["reference"], sent["carrier"])


def test_a_prize_is_not_sent_another_way_than_its_own(ada: httpx.Client, win: Win) -> None:
    which = f"{ADMIN}/{win(confirmed=True).id}/ship"
    assert (409, "not_for_this_prize") == problem_of(ada.post(which, json={"reference": "GIFT-42"}))
    assert ["/carrier", "/trackingNumber"] == faults_of(ada.post(which, json={}))
    assert ["/trackingNumber"] == faults_of(ada.post(which, json={"carrier": "UPS"}))
    assert ["/reference"] == faults_of(ada.post(which, json={"reference": "GIFT-42", "carrier": "UPS"}))
    assert ["/carrier"] == faults_of(ada.post(which, json={**PARCEL, "carrier": "\n"}))


def test_nothing_is_sent_to_an_email_that_nobody_verified(ada: httpx.Client, world: World, win: Win) -> None:
    won = win(FulfillmentType.DIGITAL)
    with world.installation.store.transaction() as tx:
        tx.accounts.save(attrs.evolve(tx.accounts.get(won.user_id), email_verified_at=None))
    sent = ada.post(f"{ADMIN}/{won.id}/ship", json={"reference": "GIFT-42"})
    assert (409, "email_not_confirmed") == problem_of(sent)


@pytest.mark.parametrize("parcel", [PARCEL, {"reference": "GIFT-42"}])
def test_nothing_is_sent_to_a_winner_under_review(
    ada: httpx.Client, world: World, win: Win, parcel: dict[str, str]
) -> None:
    won = win(confirmed=True) if parcel is PARCEL else win(FulfillmentType.DIGITAL)
    review_id = ReviewId(world.fittrack.watch.ids.new())
    with world.installation.store.transaction() as tx:
        tx.reviews.add(Review.opened(review_id, won.user_id, ReviewKind.SHARED_DEVICE, NOW))
    assert (409, "winner_under_review") == problem_of(ada.post(f"{ADMIN}/{won.id}/ship", json=parcel))


def test_the_address_is_shown_to_whoever_ships_and_that_is_on_record(
    ada: httpx.Client, as_: As, world: World, win: Win
) -> None:
    won = win()
    path = f"{ADMIN}/{won.id}/address"
    assert (404, "no_address") == problem_of(ada.get(path))
    world.fittrack.fulfillments.confirm_address(won.user_id, won.id, ADDRESS)
    shown = ada.get(path).json()
    assert ("Ann Example", "1 Main St", None, "94607") == tuple(
        shown[name] for name in ("recipient", "line1", "line2", "postalCode")
    )
    records = ada.get(f"/api/v1/admin/audit?subjectId={won.id}&action=fulfillment.address_read").json()["items"]
    assert [str(world.ada)] == [record["actor"] for record in records]
    assert (404, "fulfillment_not_found") == problem_of(ada.get(f"{ADMIN}/{NO_ID}/address"))


def test_an_address_that_does_not_work_is_asked_for_again(ada: httpx.Client, win: Win) -> None:
    which = f"{ADMIN}/{win(confirmed=True).id}/invalid-address"
    rejected = ada.post(which, json={"reason": "Came back"}).json()
    assert ("address_invalid", True) == (rejected["status"], rejected["forfeitAt"] is not None)
    assert ["/reason"] == faults_of(ada.post(which, json={"reason": " "}))


def test_a_prize_is_declared_forfeited_for_a_reason(ada: httpx.Client, win: Win) -> None:
    won = win()
    assert ["/reason"] == faults_of(ada.post(f"{ADMIN}/{won.id}/forfeit", json={}))
    forfeited = ada.post(f"{ADMIN}/{won.id}/forfeit", json={"reason": "Not eligible"})
    assert "forfeited" == forfeited.json()["status"]
    [winner] = ada.get(f"/api/v1/drawings/{won.drawing_id}/results").json()["winners"]
    assert winner["forfeited"]


@pytest.mark.parametrize(("step", "body"), STEPS.items())
def test_a_step_that_is_not_due_changes_nothing(ada: httpx.Client, win: Win, step: str, body: Any) -> None:
    won = win(confirmed=step == "forfeit")
    before = ada.get(f"{ADMIN}/{won.id}").json()
    assert (409, "illegal_transition") == problem_of(ada.post(f"{ADMIN}/{won.id}/{step}", json=body))
    assert before == ada.get(f"{ADMIN}/{won.id}").json()
    assert (404, "fulfillment_not_found") == problem_of(ada.post(f"{ADMIN}/{NO_ID}/{step}", json=body))
