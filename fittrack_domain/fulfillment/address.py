"""Postal addresses in the United States."""

import json
import re
from typing import Final

import attrs

from fittrack_domain.identity.admission import STATES
from fittrack_domain.shared.errors import Fault, InvalidInput
from fittrack_domain.shared.text import line_faults

LINE_LENGTH_MAX: Final = 100
_POSTAL_CODE: Final = re.compile(r"[0-9]{5}(-[0-9]{4})?")


@attrs.frozen
class Address:
    """Where a prize is sent. Raises `InvalidInput` with every fault.

    Attributes:
        recipient: Name on the parcel.
        line1: Street and number, or post office box.
        line2: Flat, floor, company; None if there is none.
        city: Of the postal code.
        state: Two letters, of the 50 states or DC.
        postal_code: ZIP code, 12345 or 12345-6789.
    """

    recipient: str
    line1: str
    line2: str | None
    city: str
    state: str
    postal_code: str

    def __attrs_post_init__(self) -> None:
        faults = [
            *line_faults("/recipient", self.recipient, LINE_LENGTH_MAX),
            *line_faults("/line1", self.line1, LINE_LENGTH_MAX),
            *([] if self.line2 is None else line_faults("/line2", self.line2, LINE_LENGTH_MAX)),
            *line_faults("/city", self.city, LINE_LENGTH_MAX),
        ]
        if self.state not in STATES:
            faults.append(Fault("/state", "must be the two-letter code of a US state or DC, such as CA"))
        if not _POSTAL_CODE.fullmatch(self.postal_code):
            faults.append(Fault("/postalCode", "must be a ZIP code such as 94103 or 94103-1234"))
        if faults:
            raise InvalidInput(tuple(faults))

    def to_bytes(self) -> bytes:
        """As it is sealed."""
        return json.dumps(attrs.asdict(self), ensure_ascii=False).encode()

    @classmethod
    def of_bytes(cls, plain: bytes) -> "Address":
        """The address that was sealed."""
        return cls(**json.loads(plain))
