"""Access tokens: only ours, only of this kind, only now."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fittrack_adapters.security.keys import KeyRing
from fittrack_adapters.security.tokens import KEPT_MAX, LENGTH_MAX, JwtTokens
from fittrack_adapters.store.memory import MemoryStore
from fittrack_adapters.testing import CountingIds, StoppedClock
from fittrack_domain.access.errors import NotLoggedIn
from fittrack_domain.access.model import ACCESS_TOKEN_LIFE, Claims
from fittrack_domain.identity.model import Role
from fittrack_domain.shared.ids import MemberId, SessionId
from fittrack_http.jwks import jwks_routes
from tests.adapters.security.conftest import a_ring

FOREIGN = rsa.generate_private_key(65_537, 2_048)
ANN, SESSION = MemberId(UUID(int=1)), SessionId(UUID(int=2))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def ring(clock: StoppedClock) -> KeyRing:
    return a_ring(MemoryStore(clock, CountingIds(clock)), clock)


@pytest.fixture
def tokens(ring: KeyRing) -> JwtTokens:
    return JwtTokens(ring)


def claims(now: datetime) -> Claims:
    return Claims(ANN, SESSION, Role.USER, "t-1", issued_at=now, expires_at=now + ACCESS_TOKEN_LIFE)


def content(now: datetime, **other: Any) -> dict[str, Any]:
    """What a good token says, with some of it in another way; None leaves a claim out."""
    seconds = int(now.timestamp())
    said = {
        "iss": "fittrack",
        "aud": "fittrack-api",
        "sub": str(ANN),
        "role": "user",
        "sid": str(SESSION),
        "jti": "t-1",
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + 3_600,
    }
    return {name: value for name, value in (said | other).items() if value is not None}


def signed(ring: KeyRing, said: dict[str, Any], **header: Any) -> str:
    """A token with our own signature, whatever it says."""
    kid, key = ring.signer()
    headers = {"kid": kid, "typ": "at+jwt"} | header
    return jwt.PyJWS().encode(json.dumps(said).encode(), key, "RS256", headers)  # checks nothing of what it says


def by_hand(header: dict[str, Any], said: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(said).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def assert_refused(tokens: JwtTokens, token: str, now: datetime) -> None:
    with pytest.raises(NotLoggedIn) as refused:
        tokens.read(token, now)
    assert "valid" in str(refused.value)


def test_what_was_issued_is_read_back(tokens: JwtTokens, clock: StoppedClock) -> None:
    said = claims(clock.now())
    token = tokens.issue(said)
    for _ in range(2):  # verified, then remembered
        assert said == tokens.read(token, clock.now())
    header = jwt.get_unverified_header(token)
    assert ("RS256", "at+jwt") == (header["alg"], header["typ"])
    assert content(clock.now()) == jwt.decode(token, options={"verify_signature": False})


def test_a_token_made_by_hand_as_ours_are_is_good(tokens: JwtTokens, ring: KeyRing, clock: StoppedClock) -> None:
    assert claims(clock.now()) == tokens.read(signed(ring, content(clock.now())), clock.now())


def test_a_token_says_its_time_to_the_second_and_is_good_from_the_start(tokens: JwtTokens, clock: StoppedClock) -> None:
    now = clock.now() + timedelta(milliseconds=700)
    token = tokens.issue(claims(now))
    assert now.replace(microsecond=0) == tokens.read(token, now).issued_at


@pytest.mark.parametrize(
    "other",
    [
        *({name: None} for name in ("iss", "aud", "sub", "role", "sid", "jti", "iat", "nbf", "exp")),
        {"iss": "another"},
        {"iss": ["fittrack"]},
        {"aud": "another"},
        {"aud": ["fittrack-api"]},
        {"aud": ["fittrack-api", "another"]},
        {"sub": "ann"},
        {"sub": 1},
        {"sid": "none"},
        {"role": "root"},
        {"role": ["admin"]},
        {"exp": "tomorrow"},
        {"exp": 10**30},
        {"iat": -(10**30)},
    ],
    ids=str,
)
def test_a_token_that_says_anything_else_is_refused_though_we_signed_it(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock, other: dict[str, Any]
) -> None:
    assert_refused(tokens, signed(ring, content(clock.now(), **other)), clock.now())


@pytest.mark.parametrize("kind", ["JWT", "jwt", "AT+JWT", "at+jwt ", None, ""])
def test_a_token_of_another_type_is_refused(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock, kind: str | None
) -> None:
    assert_refused(tokens, signed(ring, content(clock.now()), typ=kind), clock.now())


def unsigned(kid: str, said: dict[str, Any], _public: bytes) -> str:
    return by_hand({"alg": "none", "typ": "at+jwt", "kid": kid}, said)


def unsigned_in_disguise(kid: str, said: dict[str, Any], _public: bytes) -> str:
    return by_hand({"alg": "nOnE", "typ": "at+jwt", "kid": kid}, said)


def by_the_public_key_as_secret(kid: str, said: dict[str, Any], public: bytes) -> str:
    head = by_hand({"alg": "HS256", "typ": "at+jwt", "kid": kid}, said).rpartition(".")[0]
    mac = hmac.new(public, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_a_foreign_key(kid: str, said: dict[str, Any], _public: bytes) -> str:
    return jwt.encode(said, FOREIGN, "RS256", headers={"kid": kid, "typ": "at+jwt"})


def with_another_algorithm(kid: str, said: dict[str, Any], _public: bytes) -> str:
    return jwt.encode(said, FOREIGN, "PS256", headers={"kid": kid, "typ": "at+jwt"})


def with_its_own_key_along(kid: str, said: dict[str, Any], _public: bytes) -> str:
    key = jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN.public_key(), as_dict=True)
    headers = {"kid": kid, "typ": "at+jwt", "jwk": key, "jku": "http://127.0.0.1/keys.json", "x5u": "file:///etc"}
    return jwt.encode(said, FOREIGN, "RS256", headers=headers)


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        unsigned_in_disguise,
        by_the_public_key_as_secret,
        by_a_foreign_key,
        with_another_algorithm,
        with_its_own_key_along,
    ],
)
def test_a_forged_token_is_refused(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock, forge: Callable[[str, dict[str, Any], bytes], str]
) -> None:
    kid, key = ring.signer()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert_refused(tokens, forge(kid, content(clock.now(), role="admin"), public), clock.now())


@pytest.mark.parametrize(
    "kid", ["", "0" * 16, "../../etc/passwd", "' or '1'='1", "%", "\x00", "\u00e9", "x" * 1_000, None, 7, ["a"], {}]
)
def test_an_id_of_a_key_is_looked_up_and_nothing_else(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock, kid: Any
) -> None:
    _, key = ring.signer()
    clock.advance(timedelta(seconds=2))
    good = jwt.encode(content(clock.now()), key, "RS256", headers={"kid": "x", "typ": "at+jwt"})
    header = {"alg": "RS256", "typ": "at+jwt", "kid": kid}
    forged = f"{by_hand(header, {}).partition('.')[0]}.{good.partition('.')[2]}"
    assert_refused(tokens, forged, clock.now())


def test_every_changed_byte_is_noticed(tokens: JwtTokens, clock: StoppedClock) -> None:
    token = tokens.issue(claims(clock.now()))
    for at in range(0, len(token) - 1, 7):  # the last character has bits that mean nothing
        other = "A" if token[at] != "A" else "B"
        assert_refused(tokens, token[:at] + other + token[at + 1 :], clock.now())


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "\u00e9.\u00e9.\u00e9", "\udcff", "x" * (LENGTH_MAX + 1)])
def test_what_is_no_token_is_refused(tokens: JwtTokens, clock: StoppedClock, token: str) -> None:
    assert_refused(tokens, token, clock.now())


def test_an_oversized_token_is_refused_though_we_signed_it(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock
) -> None:
    assert_refused(tokens, signed(ring, content(clock.now(), jti="x" * LENGTH_MAX)), clock.now())


def test_a_token_is_good_from_its_issue_until_it_expires(tokens: JwtTokens, clock: StoppedClock) -> None:
    now = clock.now()
    token = tokens.issue(claims(now))
    tokens.read(token, now + ACCESS_TOKEN_LIFE - timedelta(microseconds=1))
    with pytest.raises(NotLoggedIn, match="has expired"):
        tokens.read(token, now + ACCESS_TOKEN_LIFE)
    with pytest.raises(NotLoggedIn, match="not valid yet"):
        tokens.read(token, now - timedelta(seconds=1))


def test_tokens_of_a_retired_key_are_good_and_of_a_revoked_one_are_not(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock
) -> None:
    old = tokens.issue(claims(clock.now()))
    clock.advance(timedelta(seconds=2))
    ring.rotate(None)
    fresh = tokens.issue(claims(clock.now()))
    assert [ANN, ANN] == [tokens.read(token, clock.now()).member_id for token in (old, fresh)]
    retired = ring.all()[-1].kid
    ring.revoke(None, retired)
    with pytest.raises(NotLoggedIn, match="key is not in use any more"):
        tokens.read(old, clock.now())
    assert ANN == tokens.read(fresh, clock.now()).member_id


def test_refused_tokens_are_not_remembered_and_good_ones_not_without_end(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock
) -> None:
    assert_refused(tokens, "a.b.c", clock.now())
    assert 0 == len(tokens._verified)
    first = tokens.issue(claims(clock.now()))
    found = tokens.read(first, clock.now())
    kid, _ = ring.signer()
    tokens._verified.update((number.to_bytes(32), (kid, found)) for number in range(KEPT_MAX - 1))
    second = tokens.issue(attrs.evolve(claims(clock.now()), token_id="t-2"))
    tokens.read(second, clock.now())
    assert KEPT_MAX == len(tokens._verified)
    assert found == tokens.read(first, clock.now())  # read anew


# As others see them


def test_a_token_is_verified_by_whoever_reads_the_published_keys(
    tokens: JwtTokens, ring: KeyRing, clock: StoppedClock
) -> None:
    token = tokens.issue(claims(clock.now()))
    clock.advance(timedelta(seconds=2))
    ring.rotate(None)
    (route,) = jwks_routes(ring)
    published = json.loads(json.dumps({"keys": [dict(key) for key in route.handler().keys]}))
    assert 2 == len(published["keys"])
    assert all({"kty", "kid", "alg", "use", "n", "e"} == key.keys() for key in published["keys"])
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(published).keys}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    said = jwt.decode(
        token, key, algorithms=["RS256"], audience="fittrack-api", issuer="fittrack", options={"verify_exp": False}
    )
    assert str(ANN) == said["sub"]
