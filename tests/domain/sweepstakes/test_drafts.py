"""What administrators hand in: what is taken from the type, and every fault at once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fittrack_domain.shared.errors import InvalidInput
from fittrack_domain.shared.ids import DrawingId
from fittrack_domain.shared.money import Usd
from fittrack_domain.sweepstakes.drafts import DrawingDraft, PrizeDraft, SponsorDraft
from fittrack_domain.sweepstakes.model import Drawing, DrawingType, Eligibility
from tests.domain.sweepstakes.world import NOON, a_drawing_draft, a_prize

DRAWING = DrawingId(UUID(int=7))


def planned(**stated: Any) -> Drawing:
    return a_drawing_draft(**stated).drawing(DRAWING, None, NOON)


def faults(**stated: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        planned(**stated)
    return {fault.pointer for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("drawing_type", "cost"),
    [
        (DrawingType.DAILY, 100),
        (DrawingType.WEEKLY, 500),
        (DrawingType.MONTHLY, 2_000),
        (DrawingType.ANNUAL, 10_000),
    ],
)
def test_price_and_times_come_from_the_type(drawing_type: DrawingType, cost: int) -> None:
    drawing = DrawingDraft(drawing_type, "Usual").drawing(DRAWING, None, NOON)
    assert cost == drawing.ticket_cost_points
    assert drawing.sales_open_at == NOON
    assert drawing.ticket_sales_close == drawing.drawing_time - timedelta(minutes=5)
    assert drawing.eligibility.min_account_age_days == 7
    assert drawing.max_wins_per_holder == 1


def test_what_is_stated_stands() -> None:
    at = datetime(2026, 4, 1, tzinfo=UTC)
    drawing = planned(
        ticket_cost_points=1, drawing_time=at, sales_open_at=at - timedelta(days=2), ticket_sales_close=at
    )
    assert (1, at, at - timedelta(days=2), at) == (
        drawing.ticket_cost_points,
        drawing.drawing_time,
        drawing.sales_open_at,
        drawing.ticket_sales_close,
    )


@pytest.mark.parametrize(("units", "alternates", "expected"), [(1, None, 10), (11, None, 11), (11, 0, 0), (1, 3, 3)])
def test_the_reserve_list_is_as_long_as_there_are_units_and_at_least_ten(
    units: int, alternates: int | None, expected: int
) -> None:
    assert expected == planned(alternates=alternates).alternates_for(units)


def test_every_fault_of_a_drawing_is_told_at_once() -> None:
    assert faults(
        name="  ",
        description="\x00",
        ticket_cost_points=0,
        eligibility=Eligibility(min_account_age_days=-1),
        max_tickets_per_member=0,
        max_wins_per_holder=-1,
        alternates=-1,
        prizes=(a_prize(), a_prize()),
    ) == {
        "/name",
        "/description",
        "/ticketCostPoints",
        "/eligibility/minAccountAgeDays",
        "/maxTicketsPerMember",
        "/maxWinsPerHolder",
        "/alternates",
        "/prizes",
    }


@pytest.mark.parametrize(
    ("stated", "pointers"),
    [
        ({"drawing_time": NOON}, {"/ticketSalesClose", "/salesOpenAt"}),
        ({"drawing_time": NOON + timedelta(days=1, microseconds=1)}, {"/drawingTime", "/ticketSalesClose"}),
        ({"sales_open_at": NOON + timedelta(days=30)}, {"/salesOpenAt"}),
        (
            {"drawing_time": NOON + timedelta(days=1), "ticket_sales_close": NOON + timedelta(days=2)},
            {"/ticketSalesClose"},
        ),
        ({"prizes": tuple(a_prize(rank) for rank in range(1, 102))}, {"/prizes"}),
        ({"prizes": (a_prize(1, quantity=10_000), a_prize(2))}, {"/prizes"}),
        ({"name": "n" * 101}, {"/name"}),
        ({"name": "two\nlines"}, {"/name"}),
        ({"name": "\ud800"}, {"/name"}),
        ({"alternates": 10_001}, {"/alternates"}),
    ],
)
def test_a_drawing_that_cannot_be_is_refused(stated: dict[str, Any], pointers: set[str]) -> None:
    assert pointers == faults(**stated)


def test_a_description_may_have_several_lines() -> None:
    assert planned(description="First\nsecond").description == "First\nsecond"


def test_every_fault_of_a_prize_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        PrizeDraft(0, "", Usd.of("1.00"), quantity=0, description="", image_url="x" * 501)
    assert [fault.pointer for fault in refused.value.faults] == [
        "/rank",
        "/quantity",
        "/name",
        "/imageUrl",
        "/description",
    ]


def test_every_fault_of_a_sponsor_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        SponsorDraft("", contact_name="", contact_email="", contact_phone="", website_url="", logo_url="", notes="")
    assert {fault.pointer for fault in refused.value.faults} == {
        "/name",
        "/contactName",
        "/contactEmail",
        "/contactPhone",
        "/websiteUrl",
        "/logoUrl",
        "/notes",
    }
