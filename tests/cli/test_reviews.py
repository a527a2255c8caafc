"""`fittrack reviews`, and `fittrack members erase-due`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

import pytest

from fittrack_adapters.testing.builders import an_installation
from fittrack_adapters.testing.doubles import StoppedClock
from fittrack_adapters.wiring import Installation
from fittrack_cli.reviews import KindName, OutcomeName, StateName
from fittrack_domain.integrity.model import Outcome, Review, ReviewKind, ReviewState
from fittrack_domain.shared.ids import MemberId, ReviewId
from fittrack_domain.shared.paging import Paging
from fittrack_domain.tracking.intake import Delivery
from fittrack_domain.tracking.model import ActivityReport, Provider

UNKNOWN = "01890000-0000-7000-8000-000000000000"
SPRING = datetime(2024, 5, 4, 12, tzinfo=UTC)


@contextmanager
def in_spring(cli: Any) -> Iterator[Installation]:
    """The same database, some while ago."""
    with an_installation(StoppedClock(SPRING), cli.env["FITTRACK_DATABASE_URL"], seed=7) as installation:
        yield installation


@pytest.fixture
def flagged(cli: Any) -> str:
    """The id of bob's review: his tracker reported nonsense."""
    with in_spring(cli) as installation:
        fittrack = installation.fittrack
        bob = fittrack.identity.member_by_email("bob@example.com").id
        tracker = fittrack.tracking.connect(bob, Provider.FITBIT, "1002", SPRING.date())
        fittrack.tracking.receive([Delivery(tracker.id, (ActivityReport.of_steps(SPRING.date(), -1),))])
        fittrack.relay.drain()
        (flagged,) = fittrack.reviews.page(Paging()).items
        return str(flagged.id)


@pytest.fixture
def appeal(cli: Any, town: Any) -> str:
    """The id of ann's appeal."""
    ann = MemberId(UUID(town.ann))
    filed = Review.opened(ReviewId(UUID(int=7)), ann, ReviewKind.APPEAL, SPRING, note="It was\nmy sister")
    with in_spring(cli) as installation, installation.store.transaction() as tx:
        tx.reviews.add(filed)
    return str(filed.id)


def test_reviews_are_listed_and_filtered(cli: Any, flagged: str, appeal: str) -> None:
    assert {flagged, appeal} == {item["reviewId"] for item in cli.json("reviews", "list")["items"]}
    assert [appeal] == [item["reviewId"] for item in cli.json("reviews", "list", "--kind", "appeal")["items"]]
    assert [flagged] == [item["reviewId"] for item in cli.json("reviews", "list", "--member", "1002")["items"]]
    assert [] == cli.json("reviews", "list", "--state", "confirmed")["items"]
    assert "implausible_activity" in cli.text("reviews", "list", "--state", "open")


def test_a_review_is_shown_with_what_was_found_or_written(cli: Any, flagged: str, appeal: str) -> None:
    found = cli.json("reviews", "show", flagged)
    assert ("open", "a negative value") == (found["state"], found["evidence"][0]["facts"]["reason"])
    assert "reason a negative value" in cli.text("reviews", "show", flagged)
    assert cli.text("reviews", "show", appeal).endswith("\n\nIt was\nmy sister\n")
    assert UNKNOWN in cli.refusal("reviews", "show", UNKNOWN)


def test_members_are_listed_whose_prizes_wait_for_a_review(cli: Any, flagged: str, appeal: str) -> None:
    assert cli.json("reviews", "show", flagged)["userId"] != cli.json("reviews", "show", appeal)["userId"]
    assert ["bob@example.com"] == [item["email"] for item in cli.json("members", "list", "--flagged")["items"]]
    assert [] == cli.json("members", "list", "--flagged", "--search", "ann")["items"]


def test_a_review_is_decided_once(cli: Any, flagged: str) -> None:
    decide = ("reviews", "resolve", flagged, "--outcome", "cleared", "--note", "A broken tracker")
    resolved = cli.json(*decide, "--as", "ida@example.com")
    assert ("cleared", "A broken tracker") == (resolved["state"], resolved["resolution"])
    assert "Because:  A broken tracker" in cli.text("reviews", "show", flagged)
    assert "is cleared already" in cli.refusal(*decide)


def test_a_digital_prize_waits_for_the_decision(cli: Any, town: Any) -> None:
    cli.text("drawings", "execute", town.due)
    won = cli.json("fulfillment", "list", "--status", "winner_notified")["items"]
    prize = next(item for item in won if item["fulfillmentType"] == "digital")
    opened = Review.opened(ReviewId(UUID(int=9)), MemberId(UUID(prize["userId"])), ReviewKind.SHARED_DEVICE, SPRING)
    with in_spring(cli) as installation, installation.store.transaction() as tx:
        tx.reviews.add(opened)
    send = ("fulfillment", "send", prize["fulfillmentId"], "--reference", "GIFT-7")
    assert "is under review. Resolve their open reviews first" in cli.refusal(*send)
    cli.text("reviews", "resolve", opened.id, "--outcome", "cleared", "--note", "A couple")
    assert "shipped" == cli.json(*send)["status"]


def test_input_that_cannot_be_right(cli: Any, flagged: str) -> None:
    assert "--outcome" in cli.misuse("reviews", "resolve", flagged, "--note", "x")
    assert "/note" in cli.misuse("reviews", "resolve", flagged, "--outcome", "cleared", "--note", " ")
    cli.misuse("reviews", "resolve", flagged, "--outcome", "open", "--note", "x")
    cli.misuse("reviews", "list", "--kind", "hunch")


def test_days_are_looked_at(cli: Any) -> None:
    assert {"looks": [{"activityDay": "2024-03-03", "members": 0, "unusual": 0}]} == cli.json(
        "reviews", "look", "--day", "2024-03-03"
    )
    assert 30 == len(cli.json("reviews", "look")["looks"])
    assert "Every day is looked at." in cli.text("reviews", "look")
    assert "/day" in cli.misuse("reviews", "look", "--day", "2999-01-01")


def test_who_left_is_forgotten(cli: Any) -> None:
    with in_spring(cli) as installation:
        identity = installation.fittrack.identity
        identity.delete(None, identity.member_by_email("carl@example.com").id, "Asked to be")
    [erased] = cli.json("members", "erase-due")["erased"]
    assert f"erased-{erased}@fittrack.invalid" == cli.json("members", "show", erased)["email"]
    assert "Erased: 0" in cli.text("members", "erase-due")


def test_the_choices_are_the_domains() -> None:
    assert [state.value for state in ReviewState] == list(get_args(StateName))
    assert [kind.value for kind in ReviewKind] == list(get_args(KindName))
    assert [outcome.value for outcome in Outcome] == list(get_args(OutcomeName))
