"""Terra's signature: `terra-signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, t + "." + raw body)>`."""

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from fittrack_domain.tracking.errors import NotFromGateway
from fittrack_domain.tracking.gateway import SIGNATURE_TOLERANCE

HEADER: Final = "terra-signature"
PARTS_MAX: Final = 5
TIME_FORM: Final = re.compile(r"[0-9]{1,11}", re.ASCII)


def signature(secret: str, at: str, body: bytes) -> str:
    """The `v1` part, for the time in the `t` part."""
    return hmac.digest(secret.encode(), f"{at}.".encode() + body, "sha256").hex()


def signed(secret: str, at: datetime, body: bytes) -> str:
    """The header for a body sent at `at`: for doubles and tests."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={signature(secret, seconds, body)}"


def verified(secrets: Sequence[str], header: str | None, body: bytes, now: datetime) -> tuple[str, datetime]:
    """The `v1` part that is right under one of the secrets, and its time.

    Takes as long whichever secret and whichever part is right, or none. Raises `NotFromGateway`.
    """
    parts = [part.strip().partition("=") for part in (header or "").split(",", PARTS_MAX)]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not TIME_FORM.fullmatch(times[0]) or not given:
        raise NotFromGateway("there is no signature of the form t=…,v1=…")
    right = [
        expected
        for expected in (signature(secret, times[0], body) for secret in secrets)
        for value in given
        if hmac.compare_digest(expected.encode(), value.encode(errors="replace"))
    ]
    if not right:
        raise NotFromGateway("the signature is not that of the body")
    at = datetime.fromtimestamp(int(times[0]), UTC)
    if abs(now - at) > SIGNATURE_TOLERANCE:
        raise NotFromGateway("the signature is of another time")
    return right[0], at
