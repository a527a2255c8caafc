"""Money, pages, errors."""

from decimal import Decimal
from uuid import UUID

import pytest

from fittrack_domain.shared.errors import (
    AlreadyExists,
    Fault,
    FitTrackError,
    InvalidInput,
    KeyReused,
    OutcomeUnknown,
    PoolExhausted,
    SealBroken,
    StaleVersion,
    StoreBusy,
    StoreUnreachable,
)
from fittrack_domain.shared.money import Usd
from fittrack_domain.shared.paging import Page, Paging
from fittrack_domain.shared.requests import Request


@pytest.mark.parametrize(("text", "shown"), [("50", "50.00"), ("0.10", "0.10"), ("99999999.99", "99999999.99")])
def test_dollars_have_two_places(text: str, shown: str) -> None:
    assert shown == str(Usd.of(text))


@pytest.mark.parametrize("text", ["-0.01", "1.001", "100000000", "NaN", "Infinity", "ten", ""])
def test_what_is_no_amount_of_dollars_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Usd.of(text)


def test_dollars_compare_by_amount() -> None:
    assert Usd.of("1.50") == Usd(Decimal("1.5"))
    assert Usd.of("2") > Usd.of("1.99")


def test_a_page_out_of_range_names_every_fault() -> None:
    with pytest.raises(InvalidInput) as refused:
        Paging(page=0, limit=101)
    assert ["/page", "/limit"] == [fault.pointer for fault in refused.value.faults]


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2)])
def test_pages_are_counted(total: int, pages: int) -> None:
    assert pages == Page([], Paging(), total).pages
    assert 40 == Paging(page=3).offset


def test_a_page_can_be_shown_in_another_shape() -> None:
    assert Page(["1", "2"], Paging(), 2) == Page([1, 2], Paging(), 2).map(str)


@pytest.mark.parametrize(
    "error",
    [
        InvalidInput((Fault("/a", "is wrong"), Fault("", "is odd"))),
        StaleVersion("wallet"),
        AlreadyExists("users"),
        StoreBusy(),
        StoreUnreachable("disk full"),
        PoolExhausted(16),
        OutcomeUnknown("server closed the connection"),
        KeyReused("k"),
        SealBroken("seed"),
    ],
)
def test_every_error_has_a_code_and_speaks_to_people(error: FitTrackError) -> None:
    assert error.code.isidentifier()
    assert str(error).strip()


def test_an_invalid_input_is_its_own_fault_unless_it_says_more() -> None:
    assert (Fault("", str(KeyReused("k"))),) == KeyReused("k").faults


@pytest.mark.parametrize("key", ["", "x" * 101, "two words", "naïve", "tab\t"])
def test_an_idempotency_key_is_visible_and_short(key: str) -> None:
    with pytest.raises(InvalidInput):
        Request(UUID(int=1), "buy", key, {})
