"""Postal addresses: what is accepted, and every fault at once."""

import pytest

from fittrack_domain.fulfillment.address import Address
from fittrack_domain.shared.errors import InvalidInput


@pytest.mark.parametrize("postal_code", ["94103", "94103-1234"])
@pytest.mark.parametrize("line2", [None, "Flat 3"])
def test_an_address_survives_being_sealed(postal_code: str, line2: str | None) -> None:
    address = Address("Ann Müller", "1 Main St", line2, "San José", "CA", postal_code)
    assert address == Address.of_bytes(address.to_bytes())


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        Address("", "x" * 101, "two\nlines", " ", "ZZ", "9410")
    assert ["/recipient", "/line1", "/line2", "/city", "/state", "/postalCode"] == [
        fault.pointer for fault in refused.value.faults
    ]


@pytest.mark.parametrize("postal_code", ["941030", "94103-", "94103 1234", "٩٤١٠٣", "94103\n"])
def test_what_is_no_zip_code_is_refused(postal_code: str) -> None:
    with pytest.raises(InvalidInput, match="ZIP"):
        Address("Ann", "1 Main St", None, "Reno", "NV", postal_code)
