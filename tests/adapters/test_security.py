"""Sealed values open under the right key and purpose only."""

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittrack_adapters.security.sealing import AesSealer, kept_key
from fittrack_domain.shared.errors import SealBroken

SEALER = AesSealer(bytes(range(32)))


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_was_sealed_opens_again(plain: bytes, purpose: str) -> None:
    sealed = SEALER.seal(plain, purpose)
    assert plain == SEALER.unseal(sealed, purpose)
    assert sealed != SEALER.seal(plain, purpose)


def test_another_purpose_key_or_byte_does_not_open_it() -> None:
    sealed = SEALER.seal(b"a secret seed", "drawing 1")
    with pytest.raises(SealBroken):
        SEALER.unseal(sealed, "drawing 2")
    with pytest.raises(SealBroken):
        AesSealer(bytes(32)).unseal(sealed, "drawing 1")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            SEALER.unseal(bytes(changed), "drawing 1")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            SEALER.unseal(sealed[:length], "drawing 1")


def test_a_fingerprint_is_found_again_under_the_same_key_and_purpose_only() -> None:
    found = SEALER.fingerprint(b"a name", "tracker user")
    assert found == SEALER.fingerprint(b"a name", "tracker user")
    assert 64 == len(bytes.fromhex(found)) * 2
    others = {
        SEALER.fingerprint(b"a name", "another purpose"),
        SEALER.fingerprint(b"another name", "tracker user"),
        AesSealer(bytes(32)).fingerprint(b"a name", "tracker user"),
    }
    assert 4 == len({found, *others})


def test_the_key_is_not_shown() -> None:
    assert bytes(range(32)).hex() not in repr(SEALER)
    assert "0102" not in repr(SEALER)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AesSealer(b"short")


def test_the_kept_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "master.key"
    made: set[bytes] = set()
    threads = [threading.Thread(target=lambda: made.add(kept_key(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {kept_key(path)} == made
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(path.parent.iterdir())
