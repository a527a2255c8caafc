"""The keys that sign access tokens: kept in the store, private halves sealed, rotated without logging anyone out.

Every process sees the same keys. The newest signs; a retired one still verifies until its last token is over.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_public_key,
)

from fittrack_adapters.store.tables import Table
from fittrack_adapters.store.transaction import Transaction
from fittrack_domain.access.model import ACCESS_TOKEN_LIFE
from fittrack_domain.audit.service import record as audit
from fittrack_domain.shared.errors import NotFound, Unavailable
from fittrack_domain.shared.ids import MemberId
from fittrack_domain.shared.ports import Clock, Sealer, Store

RSA_BITS: Final = 2048
EXPONENT: Final = 65_537
KID_LENGTH: Final = 16
LOOKED_AT_EVERY: Final = timedelta(seconds=60)
VERIFIES_FOR: Final = ACCESS_TOKEN_LIFE + 2 * LOOKED_AT_EVERY
"""After a key is retired: other processes may sign with it until they look again."""


@attrs.frozen
class SigningKey:
    """A key pair. `private_key` is DER, sealed; `public_key` is PEM."""

    kid: str
    private_key: bytes = attrs.field(repr=False)
    public_key: str
    made_at: datetime
    retired_at: datetime | None = None
    version: int = 1

    def verifies(self, now: datetime) -> bool:
        return self.retired_at is None or now < self.retired_at + VERIFIES_FOR


SIGNING_KEYS = Table("signing_keys", SigningKey, what="signing key", key=("kid",))


@attrs.frozen
class NoSigningKey(Unavailable):
    """Nobody can log in before a key was made."""

    code = "no_signing_key"

    def __str__(self) -> str:
        return "There is no key to sign access tokens with. Run: fittrack keys generate"


@attrs.frozen
class SigningKeyNotFound(NotFound):
    """No key has this id."""

    kid: str
    code = "signing_key_not_found"

    def __str__(self) -> str:
        return f"There is no signing key {self.kid}. `fittrack keys list` shows what there is."


@attrs.frozen
class Keys:
    """What is known of the keys: the one that signs, and those that verify, by their ids."""

    signer: tuple[str, RSAPrivateKey] | None
    verifiers: Mapping[str, RSAPublicKey]
    seen_at: datetime


class KeyRing:
    """The installation's keys. With `generate`, the first one is made when it is needed."""

    def __init__(self, store: Store[Transaction], clock: Clock, sealer: Sealer, *, generate: bool) -> None:
        self._store = store
        self._clock = clock
        self._sealer = sealer
        self._generate = generate
        self._keys: Keys | None = None
        self._guard = threading.Lock()

    def signer(self) -> tuple[str, RSAPrivateKey]:
        """The key to sign with and its id. Raises `NoSigningKey`."""
        keys = self._current()
        if keys.signer is None and self._generate:
            self.generate(None)
            keys = self._look()
        if keys.signer is None:
            raise NoSigningKey
        return keys.signer

    def verifiers(self) -> Mapping[str, RSAPublicKey]:
        """The public keys whose signatures count, by their ids."""
        return self._current().verifiers

    def verifier(self, kid: str) -> RSAPublicKey | None:
        """One of them; for an unknown id the store is looked at once more, but not at every call."""
        keys = self._current()
        if kid not in keys.verifiers and self._clock.now() > keys.seen_at + timedelta(seconds=1):
            keys = self._look()
        return keys.verifiers.get(kid)

    def generate(self, actor: MemberId | None) -> SigningKey:
        """Makes the first key; where there is one already, answers it. Audited."""
        fresh = self._made()
        with self._store.transaction() as tx:
            rows = tx.rows(SIGNING_KEYS)
            tx.audit.locked_head()  # one at a time
            for key in rows.where(order=("-made_at",), retired_at=None):
                return key
            rows.add(fresh)
            audit(tx, fresh.made_at, actor, "key.generated", "signing_key", fresh.kid)
        self._keys = None
        return fresh

    def rotate(self, actor: MemberId | None) -> SigningKey:
        """Makes a key that signs from now on; tokens signed before stay good until they expire. Audited."""
        fresh = self._made()
        with self._store.transaction() as tx:
            rows = tx.rows(SIGNING_KEYS)
            tx.audit.locked_head()
            for key in rows.where(retired_at=None):
                rows.save(attrs.evolve(key, retired_at=fresh.made_at))
            rows.add(fresh)
            audit(tx, fresh.made_at, actor, "key.rotated", "signing_key", fresh.kid)
        self._keys = None
        return fresh

    def revoke(self, actor: MemberId | None, kid: str) -> None:
        """Lets nothing be good that a key signed: for one that was stolen. Audited. Raises `SigningKeyNotFound`."""
        now = self._clock.now()
        with self._store.transaction() as tx:
            rows = tx.rows(SIGNING_KEYS)
            if not rows.remove(kid=kid):
                raise SigningKeyNotFound(kid)
            audit(tx, now, actor, "key.revoked", "signing_key", kid)
        self._keys = None

    def forget(self) -> None:
        """Looks into the store again at the next use: for whoever emptied it."""
        self._keys = None

    def all(self) -> Sequence[SigningKey]:
        """Every key that is kept, the newest first."""
        with self._store.reading() as tx:
            return tx.rows(SIGNING_KEYS).where(order=("-made_at", "kid"))

    def _made(self) -> SigningKey:
        private = generate_private_key(EXPONENT, RSA_BITS)
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        kid = hashlib.sha256(public).hexdigest()[:KID_LENGTH]
        plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return SigningKey(kid, self._sealer.seal(plain, _purpose(kid)), public.decode(), made_at=self._clock.now())

    def _current(self) -> Keys:
        keys = self._keys
        if keys is None or self._clock.now() > keys.seen_at + LOOKED_AT_EVERY:
            keys = self._look()
        return keys

    def _look(self) -> Keys:
        asked_at = self._clock.now()
        with self._guard:
            known = self._keys
            if known is not None and known.seen_at > asked_at:
                return known  # another thread has looked while we waited
            now = self._clock.now()
            kept = [key for key in self.all() if key.verifies(now)]
            signing = next((key for key in kept if key.retired_at is None), None)
            self._keys = keys = Keys(
                signer=None if signing is None else (signing.kid, self._private(signing)),
                verifiers={key.kid: _public(key) for key in kept},
                seen_at=now,
            )
            return keys

    def _private(self, key: SigningKey) -> RSAPrivateKey:
        loaded: Any = load_der_private_key(self._sealer.unseal(key.private_key, _purpose(key.kid)), password=None)
        return loaded  # type: ignore[no-any-return]  # we made it


def _public(key: SigningKey) -> RSAPublicKey:
    loaded: Any = load_pem_public_key(key.public_key.encode())
    return loaded  # type: ignore[no-any-return]


def _purpose(kid: str) -> str:
    return f"signing key {kid}"
