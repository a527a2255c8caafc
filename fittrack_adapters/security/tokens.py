"""Access tokens as JSON Web Tokens (RFC 9068), signed with RS256 and nothing else."""

import hashlib
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import jwt

from fittrack_adapters.security.keys import KeyRing
from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import Claims
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId, SessionId

ALGORITHM: Final = "RS256"
ISSUER: Final = "fittrack"
AUDIENCE: Final = "fittrack-api"
TYPE: Final = "at+jwt"
REQUIRED: Final = ["iss", "aud", "sub", "role", "sid", "jti", "iat", "nbf", "exp"]
KEPT_MAX: Final = 50_000
LENGTH_MAX: Final = 2_000
WHAT_TO_DO: Final = "Log in again, or use your refresh token."


class JwtTokens:
    """`AccessTokens` that remembers which tokens were verified: decoding one costs more than all else in a request."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._verified: OrderedDict[bytes, tuple[str, Claims]] = OrderedDict()
        self._guard = threading.Lock()
        # The clock is ours, and times are checked against it after decoding.
        self._decoder = jwt.PyJWT(
            {
                "require": REQUIRED,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "strict_aud": True,
                "enforce_minimum_key_length": True,
            }
        )

    def issue(self, claims: Claims) -> str:
        kid, key = self._keys.signer()
        content = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(claims.member_id),
            "role": claims.role.value,
            "sid": str(claims.session_id),
            "jti": claims.token_id,
            "iat": _seconds(claims.issued_at),
            "nbf": _seconds(claims.issued_at),
            "exp": _seconds(claims.expires_at),
        }
        return jwt.encode(content, key, ALGORITHM, headers={"kid": kid, "typ": TYPE})

    def read(self, token: str, now: datetime) -> Claims:
        kid, claims = self._known(token)
        if kid not in self._keys.verifiers():
            raise NotLoggedIn(f"The access token's key is not in use any more. {WHAT_TO_DO}")
        if now < claims.issued_at.replace(microsecond=0):
            raise NotLoggedIn("The access token is not valid yet: the clocks disagree.")
        if now >= claims.expires_at:
            raise NotLoggedIn(f"The access token has expired. {WHAT_TO_DO}")
        return claims

    def _known(self, token: str) -> tuple[str, Claims]:
        digest = hashlib.sha256(token.encode(errors="replace")).digest()  # headers may bring what is no text
        with self._guard:
            known = self._verified.get(digest)
            if known is not None:
                self._verified.move_to_end(digest)
                return known
        known = self._decoded(token)
        with self._guard:
            self._verified[digest] = known
            if len(self._verified) > KEPT_MAX:
                self._verified.popitem(last=False)
        return known

    def _decoded(self, token: str) -> tuple[str, Claims]:
        try:
            if len(token) > LENGTH_MAX:
                raise jwt.InvalidTokenError("too long")
            header: dict[str, Any] = jwt.get_unverified_header(token)
            kid = header.get("kid")
            key = self._keys.verifier(kid) if isinstance(kid, str) else None
            if key is None or header.get("typ") != TYPE:
                raise jwt.InvalidTokenError("not one of ours")
            found = self._decoder.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER)
            return str(kid), _claims(found)
        except (jwt.PyJWTError, ValueError, KeyError, TypeError, OverflowError):
            raise NotLoggedIn(f"The access token is not valid. {WHAT_TO_DO}") from None


def _claims(found: dict[str, Any]) -> Claims:
    return Claims(
        member_id=MemberId(UUID(found["sub"])),
        session_id=SessionId(UUID(found["sid"])),
        role=Role(found["role"]),
        token_id=found["jti"],
        issued_at=datetime.fromtimestamp(found["iat"], UTC),
        expires_at=datetime.fromtimestamp(found["exp"], UTC),
    )


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
