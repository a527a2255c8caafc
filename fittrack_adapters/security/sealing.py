"""Sealing with AES-256-GCM under keys derived from one master key.

A sealed value is `version || nonce || ciphertext`; the purpose both derives the key and is authenticated, so a value
copied to another row does not open there. Fingerprints are HMAC-SHA256 under keys of their own.
"""

import contextlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fittrack_domain.shared.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


@attrs.frozen
class AesSealer:
    """`Sealer` with the master key that the settings give."""

    master_key: bytes = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        if len(self.master_key) != KEY_BYTES:
            raise ValueError(f"The master key must have {KEY_BYTES} bytes")

    def seal(self, plain: bytes, purpose: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher(purpose).encrypt(nonce, plain, purpose.encode())

    def unseal(self, sealed: bytes, purpose: str) -> bytes:
        version, nonce, ciphertext = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if version != VERSION:
            raise SealBroken(purpose)
        try:
            return self._cipher(purpose).decrypt(nonce, ciphertext, purpose.encode())
        except (InvalidTag, ValueError):
            raise SealBroken(purpose) from None

    def fingerprint(self, plain: bytes, purpose: str) -> str:
        return hmac.digest(self._derived(b"fittrack fingerprint/", purpose), plain, "sha256").hex()

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(self._derived(b"fittrack/", purpose))

    def _derived(self, use: bytes, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=use + purpose.encode()).derive(self.master_key)


def kept_key(path: Path) -> bytes:
    """The embedded mode's master key: read from `path`, made there at the first call, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex())
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            path.hardlink_to(fresh)
        Path(fresh).unlink()
    return bytes.fromhex(path.read_text(encoding="ascii"))
