"""The public keys of access tokens, for whoever wants to verify one (RFC 7517)."""

from typing import Any, Final

import attrs
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
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
        return KeySet(tuple(_shown(kid, key) for kid, key in sorted(ring.verifiers().items())))

    return (Route("GET", "/.well-known/jwks.json", json_web_key_set, Access.ANYONE, TAG, limited=False),)


def _shown(kid: str, key: RSAPublicKey) -> dict[str, Any]:
    made = RSAAlgorithm.to_jwk(key, as_dict=True)
    # Not `key_ops`, which the library adds: beside `use` it should not stand (RFC 7517, 4.3).
    return {name: made[name] for name in ("kty", "n", "e")} | {"kid": kid, "alg": ALGORITHM, "use": "sig"}
