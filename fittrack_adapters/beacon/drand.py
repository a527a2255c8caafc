"""drand's quicknet through its public relays, none of which is trusted (protocol, section 11)."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import attrs
import httpx
import stamina
import structlog

from fittrack_adapters.beacon.bls import signature_is_valid
from fittrack_adapters.beacon.errors import BeaconUnreachable
from fittrack_domain.sweepstakes.draw import shapes
from fittrack_domain.sweepstakes.draw.encoding import loads
from fittrack_domain.sweepstakes.draw.errors import Malformed
from fittrack_domain.sweepstakes.draw.terms import QUICKNET, Beacon, quicknet_beacon

ANSWER_SECONDS: Final = 5.0
ANSWER_BYTES_MAX: Final = 4_096  # a genuine one has about 220
PASSES: Final = 3

_ANSWER: Final = shapes.members(round=shapes.positive, randomness=shapes.HEX32, signature=shapes.HEX48)
log = structlog.get_logger("fittrack.beacon")


def _addresses(relays: Sequence[str]) -> tuple[str, ...]:
    if not relays:
        raise ValueError("The beacon needs the address of at least one relay.")
    for relay in relays:
        try:
            url = httpx.URL(relay)
        except httpx.InvalidURL as error:
            raise ValueError(f"{relay!r} is no address of a relay: {error}") from error
        if url.scheme not in {"https", "http"} or not url.host or url.query or url.fragment:
            raise ValueError(f"{relay!r} is no address of a relay: write it like https://relay.example")
    return tuple(relay.rstrip("/") for relay in relays)


@attrs.frozen
class DrandBeacon:
    """`Beacon` over relays that are asked in order, until one gives the signature.

    A relay can lie, drip or be silent, and cost at most `answer_seconds`: a signature counts only when it is valid, and
    there is one valid signature a round. Plain http is therefore as good as https.

    Attributes:
        relays: Their addresses, without the path. Raises `ValueError` for none, and for what is not an address.
        answer_seconds: How long one relay may take from the connection to the last byte.
    """

    relays: Sequence[str] = attrs.field(converter=_addresses)
    answer_seconds: float = ANSWER_SECONDS

    def terms(self, draw_at: int) -> Beacon:
        """The first round at or after `draw_at`, in Unix seconds."""
        return quicknet_beacon(draw_at)

    @stamina.retry(on=BeaconUnreachable, attempts=PASSES, timeout=None, wait_initial=0.5, wait_max=2.0, wait_jitter=0.5)
    def signature(self, round_no: int) -> str | None:
        """The verified signature of a round, in hex; None when it is not out yet, as far as relays answer.

        To be called where no event loop runs, as all of the domain.

        Raises:
            BeaconUnreachable: when after three passes no relay gave a usable answer.
        """
        return asyncio.run(self._first_valid(round_no))

    async def _first_valid(self, round_no: int) -> str | None:
        not_out_yet = False
        reasons: list[str] = []
        # Bodies are taken as sent: a small compressed one could be huge inside.
        async with httpx.AsyncClient(timeout=self.answer_seconds, headers={"Accept-Encoding": "identity"}) as client:
            for relay in self.relays:
                try:
                    body = await self._body(client, relay, round_no)
                    if body is not None:
                        return _verified_signature(body, round_no)
                    not_out_yet = True
                except (httpx.HTTPError, TimeoutError, Malformed) as error:
                    reasons.append(f"{httpx.URL(relay).host}: {error!r}")
                    log.warning("relay is of no use", round_no=round_no, reason=reasons[-1])
        if not_out_yet:
            return None
        raise BeaconUnreachable(round_no, tuple(reasons))

    async def _body(self, client: httpx.AsyncClient, relay: str, round_no: int) -> bytes | None:
        """What the relay answers; None for any status but 200, which means that the round is not out yet.

        One deadline spans it all. httpx's own timeouts span single reads, and a relay that drips outlasts them.
        """
        url = f"{relay}/{QUICKNET['chain_hash']}/public/{round_no}"
        body = b""
        async with asyncio.timeout(self.answer_seconds), client.stream("GET", url, follow_redirects=False) as response:
            if response.status_code != HTTPStatus.OK:
                return None
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > ANSWER_BYTES_MAX:
                    raise Malformed("", f"longer than {ANSWER_BYTES_MAX} bytes")
        return body


def _verified_signature(body: bytes, round_no: int) -> str:
    """The signature in a relay's answer.

    Raises:
        Malformed: when it is not the answer of quicknet for this round.
    """
    answer = loads(body)
    _ANSWER(answer, "")
    signature: str = answer["signature"]
    if answer["round"] != round_no:
        raise Malformed("/round", "another round than the one asked for")
    if answer["randomness"] != sha256(bytes.fromhex(signature)).hexdigest():
        raise Malformed("/randomness", "not the hash of the signature")
    if not signature_is_valid(QUICKNET["public_key"], round_no, signature):
        raise Malformed("/signature", "not that of quicknet for this round")
    return signature
