"""Reviews and appeals over HTTP: each route once for success, and once for each kind of refusal."""

import time

import pytest

from fittrack_adapters.testing.builders import a_member
from fittrack_domain.access.mailed import fresh_token
from fittrack_domain.access.model import Purpose
from fittrack_domain.integrity.model import Review, ReviewKind
from fittrack_domain.integrity.service import NOTE_LENGTH_MAX
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.paging import Paging
from tests.http.asking import NO_ID, As, problem_of
from tests.http.world import World

REVIEWS = "/api/v1/admin/reviews"
APPEAL = "/api/v1/users/me/appeal"


@pytest.fixture
def flagged(as_: As, world: World) -> str:  # the fixtures of this module
    """The review that ann's tracker brought about, by its id."""
    (found,) = as_(world.ada).get(REVIEWS, params={"userId": str(world.ann)}).json()["items"]
    return str(found["reviewId"])


def mailed_token(world: World) -> str:
    """What the mail about eve's suspension brought."""
    box = world.installation.mail_box
    deadline = time.monotonic() + 10
    while not (mails := box.page(Paging(), "eve@example.com").items):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    [token] = [part for part in mails[0].body.split("\n\n") if " " not in part and len(part) == 43]
    return token


def opened(world: World, member: MemberId) -> ReviewId:
    """A review of a member, for the first time in this world."""
    review_id = ReviewId(world.fittrack.watch.ids.new())
    with world.installation.store.transaction() as tx:
        tx.reviews.add(Review.opened(review_id, member, ReviewKind.SHARED_DEVICE, world.clock.at))
    return review_id


def an_appeal(world: World, member: MemberId) -> dict[str, str]:
    """With a token as a mail would bring it."""
    with world.installation.store.transaction() as tx:
        token = fresh_token(tx, world.fittrack.sessions.entropy, world.clock.at, member, Purpose.APPEAL)
    return {"token": token, "note": "Please look again"}


def test_reviews_are_listed_filtered_and_shown(as_: As, world: World, flagged: str) -> None:
    found = as_(world.ada).get(f"{REVIEWS}/{flagged}").json()
    assert (str(world.ann), "implausible_activity", "open") == (found["userId"], found["kind"], found["state"])
    (finding,) = found["evidence"]
    assert ("2026-03-16", "a negative value") == (finding["facts"]["activityDay"], finding["facts"]["reason"])
    assert (
        found in as_(world.ada).get(REVIEWS, params={"state": "open", "kind": "implausible_activity"}).json()["items"]
    )
    assert [] == as_(world.ada).get(REVIEWS, params={"kind": "unusual_activity", "limit": 5}).json()["items"]


def test_reviews_that_cannot_be_shown(as_: As, world: World, flagged: str) -> None:
    assert (403, "admins_only") == problem_of(as_(world.ann).get(f"{REVIEWS}/{flagged}"))
    assert (403, "admins_only") == problem_of(as_(world.ann).get(REVIEWS))
    assert (404, "review_not_found") == problem_of(as_(world.ada).get(f"{REVIEWS}/{NO_ID}"))
    response = as_(world.ada).get(REVIEWS, params={"state": "closed", "userId": "ann", "page": 0, "of": "me"})
    assert (400, "invalid") == problem_of(response)
    assert {"/state", "/userId", "/page", "/of"} == {fault["pointer"] for fault in response.json()["errors"]}


def test_a_review_is_decided_once(as_: As, world: World) -> None:
    path = f"{REVIEWS}/{opened(world, world.cat)}/resolve"
    decision = {"outcome": "cleared", "note": "A broken tracker"}
    assert (403, "admins_only") == problem_of(as_(world.ann).post(path, json=decision))
    assert (404, "review_not_found") == problem_of(as_(world.ada).post(f"{REVIEWS}/{NO_ID}/resolve", json=decision))
    wrong = as_(world.ada).post(path, json={"outcome": "open", "note": ""})
    assert ["/outcome", "/note"] == [fault["pointer"] for fault in wrong.json()["errors"]]
    blank = as_(world.ada).post(path, json={**decision, "note": " "})
    assert ["/note"] == [fault["pointer"] for fault in blank.json()["errors"]]
    resolved = as_(world.ada).post(path, json=decision).json()
    assert ("cleared", str(world.ada), "A broken tracker") == (
        resolved["state"],
        resolved["resolvedBy"],
        resolved["resolution"],
    )
    assert (409, "review_resolved") == problem_of(as_(world.ada).post(path, json=decision))


def test_nobody_decides_about_themselves(as_: As, world: World) -> None:
    path = f"{REVIEWS}/{opened(world, world.ada)}/resolve"
    assert (403, "own_review") == problem_of(as_(world.ada).post(path, json={"outcome": "cleared", "note": "Me?"}))


def test_who_is_suspended_appeals_with_the_token_of_the_mail(as_: As, world: World) -> None:
    token = mailed_token(world)
    filed = as_(None).post(APPEAL, json={"token": token, "note": "It was my sister"})
    assert 201 == filed.status_code
    (appeal,) = as_(world.ada).get(REVIEWS, params={"kind": "appeal", "userId": str(world.eve)}).json()["items"]
    assert (filed.json()["appealId"], str(world.eve), "It was my sister") == (
        appeal["reviewId"],
        appeal["userId"],
        appeal["note"],
    )
    assert (404, "token_not_valid") == problem_of(as_(None).post(APPEAL, json={"token": token, "note": "Once more"}))


def test_appeals_that_cannot_be_filed(as_: As, world: World) -> None:
    assert (404, "token_not_valid") == problem_of(as_(None).post(APPEAL, json={"token": "x" * 43, "note": "Please"}))
    wrong = as_(None).post(APPEAL, json={"token": "", "note": "x" * (NOTE_LENGTH_MAX + 1), "email": "e@example.com"})
    assert {"/token", "/note", "/email"} == {fault["pointer"] for fault in wrong.json()["errors"]}
    assert (415, "not_json") == problem_of(as_(None).post(APPEAL, content=b"token"))


def test_an_appeal_has_its_time(as_: As, world: World) -> None:
    fay = a_member(world.fittrack, "fay")
    assert (409, "nothing_to_appeal") == problem_of(as_(None).post(APPEAL, json=an_appeal(world, fay)))
    world.fittrack.identity.suspend(world.ada, fay, "a test")
    assert 201 == as_(None).post(APPEAL, json=an_appeal(world, fay)).status_code
    assert (409, "appeal_pending") == problem_of(as_(None).post(APPEAL, json=an_appeal(world, fay)))
