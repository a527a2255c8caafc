"""The public keys of access tokens, for whoever wants to verify one (RFC 7517)."""

from typing import Any, Final

import attrs
from jwt.algorithms import RSAAlgorithm

from fittrack_adapters.security.keys import KeyRing
from fittrack_adapters.security.tokens import ALGORITHM
from fittrack_http.routes import Access, Route

TAG: Final = "Authentication"


@attrs.frozen
class KeySet:
    """Public keys, each by its id `kid`, as RFC 7517 has them."""

    keys: tuple[dict[str, Any], ...]


def jwks_routes(ring: KeyRing) -> tuple[Route, ...]:
    """The route that shows the keys of this ring."""

    def json_web_key_set() -> KeySet:
        """Show the public keys of access tokens.

        Look again when a token names a `kid` that you do not know: keys are rotated.
        """
        return KeySet(
            tuple(
                {**RSAAlgorithm.to_jwk(key, as_dict=True), "kid": kid, "alg": ALGORITHM, "use": "sig"}
                for kid, key in sorted(ring.verifiers().items())
            )
        )

    return (Route("GET", "/.well-known/jwks.json", json_web_key_set, Access.ANYONE, TAG, limited=False),)
