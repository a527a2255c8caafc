"""Whether a signature is the beacon's: BLS on BLS12-381 with signatures in G1 and the key in G2 (protocol, section 11).

py_ecc does the arithmetic. It is not constant-time, which is harmless: keys, rounds and signatures are public.
"""

import sys
from hashlib import sha256
from typing import Final

from py_ecc.bls.g2_primitives import subgroup_check
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.bls.typing import G1Compressed, G1Uncompressed, G2Compressed, G2Uncompressed
from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
from py_ecc.optimized_bls12_381.optimized_curve import G2, is_inf, neg
from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing

from fittrack_domain.sweepstakes.draw.encoding import is_hex, u64
from fittrack_domain.sweepstakes.draw.terms import Beacon

HASH_TAG: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
_COORDINATE_BYTES: Final = 48
_ROUND_MAX: Final = 2**64 - 1
_RECURSION_LIMIT: Final = 1_000

# Importing py_ecc sets 100,000, with which a deeply nested JSON text from anyone overruns the stack of the process.
sys.setrecursionlimit(_RECURSION_LIMIT)


def check_signature(beacon: Beacon, round_no: int, signature_hex: str) -> bool:
    """`signature_is_valid` under the key that the terms name; `verify` takes it and has checked the terms by then."""
    return signature_is_valid(beacon["public_key"], round_no, signature_hex)


def signature_is_valid(public_key_hex: str, round_no: int, signature_hex: str) -> bool:
    """Whether the owner of the key signed the round; takes about 0.17 s.

    Key and signature must be lower-case hex of points in their canonical compressed encoding, in the right subgroup,
    and not infinity: one signature a round, one spelling a signature. Whatever is not that is answered with False.
    """
    if not (is_hex(public_key_hex, 2 * _COORDINATE_BYTES) and is_hex(signature_hex, _COORDINATE_BYTES)):
        return False
    if not 1 <= round_no <= _ROUND_MAX:
        return False
    try:
        signature = _signature_point(bytes.fromhex(signature_hex))
        key = _key_point(bytes.fromhex(public_key_hex))
    except ValueError:
        return False
    message = sha256(u64(round_no)).digest()
    hashed = hash_to_G1(message, HASH_TAG, sha256)  # type: ignore[arg-type]  # py_ecc means a constructor of hashes
    # e(signature, g2) = e(hash, key), as a quotient that is 1: one final exponentiation instead of two
    quotient = pairing(G2, signature, final_exponentiate=False) * pairing(key, neg(hashed), final_exponentiate=False)
    return bool(final_exponentiate(quotient) == FQ12.one())


def _signature_point(encoded: bytes) -> G1Uncompressed:
    """Raises `ValueError`."""
    point = decompress_G1(G1Compressed(int.from_bytes(encoded, "big")))
    if is_inf(point) or not subgroup_check(point):
        raise ValueError("infinity, or not in G1")
    return point


def _key_point(encoded: bytes) -> G2Uncompressed:
    """Raises `ValueError`."""
    high, low = encoded[:_COORDINATE_BYTES], encoded[_COORDINATE_BYTES:]
    point = decompress_G2(G2Compressed((int.from_bytes(high, "big"), int.from_bytes(low, "big"))))
    if is_inf(point) or not subgroup_check(point):
        raise ValueError("infinity, or not in G2")
    return point
