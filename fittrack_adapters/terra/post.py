"""What of the gateway needs no network: telling what Terra has sent, and reading it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

import attrs

from fittrack_adapters.terra import events
from fittrack_adapters.terra.names import RESOURCES
from fittrack_adapters.terra.signature import HEADER, verified
from fittrack_domain.tracking.gateway import SIGNATURE_TOLERANCE, Opened, Told
from fittrack_domain.tracking.links import order_of
from fittrack_domain.tracking.model import Provider

TRACE: Final = "x-terra-trace-id"
ORDERING: Final = "x-terra-ordering-timestamp"
TRACE_FORM: Final = re.compile(r"[!-~]{1,200}")
ORDERING_FORM: Final = re.compile(r"[0-9]{1,15}", re.ASCII)


@attrs.frozen
class TerraPost:
    """Half of a `TrackerGateway`, for all that speak Terra's language.

    Attributes:
        signing_secrets: One; two while Terra changes from one to the other.
    """

    signing_secrets: Sequence[str] = attrs.field(repr=False)

    def is_on_phone(self, provider: Provider) -> bool:
        return provider not in RESOURCES

    def opened(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Opened:
        """As `TrackerGateway.opened`.

        Only body and time are signed. So a delivery without a name is called by its signature, and no ordering
        timestamp is believed that lies ahead of the signature's time.
        """
        v1, at = verified(self.signing_secrets, headers.get(HEADER), body, now)
        trace_id, ordering = headers.get(TRACE) or "", headers.get(ORDERING) or ""
        latest = order_of(at + SIGNATURE_TOLERANCE)
        return Opened(
            trace_id=trace_id if TRACE_FORM.fullmatch(trace_id) else v1,
            signature=v1,
            source_order=min(int(ordering), latest) if ORDERING_FORM.fullmatch(ordering) else order_of(at),
        )

    def read(self, body: bytes, source_order: int, local: tzinfo) -> Told:
        return events.read(body, source_order, local)
