import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc.bls.g2_primitives import G1_to_pubkey, G2_to_signature, subgroup_check
from py_ecc.bls.hash_to_curve import hash_to_field_FQ, hash_to_G1, map_to_curve_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.bls.typing import G1Compressed, G1Uncompressed, G2Compressed, G2Uncompressed
from py_ecc.fields import optimized_bls12_381_FQ as FQ
from py_ecc.optimized_bls12_381.optimized_curve import (
    G2,
    add,
    curve_order,
    field_modulus,
    is_inf,
    multiply,
    neg,
    normalize,
)

from fittrack_adapters.beacon.bls import HASH_TAG, _key_point, _signature_point, check_signature, signature_is_valid
from fittrack_domain.sweepstakes.draw.encoding import u64
from fittrack_domain.sweepstakes.draw.terms import QUICKNET, quicknet_beacon
from fittrack_domain.sweepstakes.draw.verify import verify

KEY = QUICKNET["public_key"]
GENUINE = {
    1: "b55e7cb2d5c613ee0b2e28d6750aabbb78c39dcc96bd9d38c2c2e12198df95571de8e8e402a0cc48871c7089a2b3af4b",
    123: "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
    1000: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
    657413: "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
}
INFINITE_SIGNATURE = "c0" + 47 * "00"
INFINITE_KEY = "c0" + 95 * "00"
OWN_SECRET = 0xF17


def flipped(text: str, bit: int) -> str:
    """The hex with one bit changed, counted from the first byte's highest."""
    length = 4 * len(text)
    return f"{int(text, 16) ^ 1 << (length - 1 - bit):0{length // 4}x}"


def hashed(round_no: int) -> G1Uncompressed:
    return hash_to_G1(sha256(u64(round_no)).digest(), HASH_TAG, sha256)  # type: ignore[arg-type]


def signature_hex(point: G1Uncompressed) -> str:
    return G1_to_pubkey(point).hex()


def key_hex(point: G2Uncompressed) -> str:
    return G2_to_signature(point).hex()


def own_signature(round_no: int) -> str:
    return signature_hex(multiply(hashed(round_no), OWN_SECRET))


def own_key() -> str:
    return key_hex(multiply(G2, OWN_SECRET))


def torsion_in_g1() -> G1Uncompressed:
    """The point (0, 2) of order 3: on the curve, not in the group."""
    return FQ(0), FQ(2), FQ(1)


def torsion_on_the_twist() -> G2Uncompressed:
    """A point on the curve of the keys without any part in their group."""
    for x in range(1, 20):
        try:
            return multiply(decompress_G2(G2Compressed((1 << 383, x))), curve_order)
        except ValueError:
            continue
    raise AssertionError


@pytest.mark.parametrize(("round_no", "signature"), GENUINE.items())
def test_genuine_beacons_are_valid(round_no: int, signature: str) -> None:
    assert signature_is_valid(KEY, round_no, signature)
    assert check_signature(quicknet_beacon(0), round_no, signature)


def test_a_whole_drawing_verifies_with_it_and_without_a_warning() -> None:
    vectors = Path(__file__).parents[2] / "domain" / "sweepstakes" / "draw" / "vectors"
    vector = json.loads((vectors / "ten-tickets-three-prizes.json").read_text(encoding="utf-8"))
    published = {name: vector["expected"][name] for name in ("closing", "result", "proofs")}
    bundle = {"terms": vector["input"]["terms"], **published}
    assert () == verify(bundle, check_signature=check_signature).warnings


@pytest.mark.parametrize("round_no", [0, 2, 122, 124, 1000, -123, 2**63, 2**64 - 1, 2**64, 123 + 2**64])
def test_a_signature_is_of_one_round_only(round_no: int) -> None:
    assert not signature_is_valid(KEY, round_no, GENUINE[123])


def test_there_is_no_round_zero() -> None:
    assert not signature_is_valid(own_key(), 0, own_signature(0))


def test_any_flipped_bit_makes_it_invalid() -> None:
    assert not any(signature_is_valid(KEY, 1000, flipped(GENUINE[1000], bit)) for bit in range(384))


@pytest.mark.parametrize("round_no", GENUINE)
@pytest.mark.parametrize("bit", [0, 1, 2, 3, 200, 383])
def test_the_flags_and_ends_of_every_genuine_beacon_matter(round_no: int, bit: int) -> None:
    assert not signature_is_valid(KEY, round_no, flipped(GENUINE[round_no], bit))


@pytest.mark.parametrize("bit", [0, 1, 2, 3, 383, 384, 385, 386, 387, 767])
def test_a_flipped_bit_of_the_key_makes_it_invalid(bit: int) -> None:
    assert not signature_is_valid(flipped(KEY, bit), 1000, GENUINE[1000])


def test_the_terms_name_the_key() -> None:
    assert not check_signature({**quicknet_beacon(0), "public_key": own_key()}, 1000, GENUINE[1000])
    assert check_signature({**quicknet_beacon(0), "public_key": own_key()}, 1000, own_signature(1000))


@given(round_no=st.integers(1, 2**64 - 1))
@settings(max_examples=5, deadline=None)
def test_who_has_a_key_can_sign_any_round(round_no: int) -> None:
    assert signature_is_valid(own_key(), round_no, own_signature(round_no))
    assert not signature_is_valid(own_key(), round_no, signature_hex(neg(multiply(hashed(round_no), OWN_SECRET))))


def test_a_coordinate_beyond_the_prime_is_a_second_spelling_and_refused() -> None:
    round_no = next(
        number for number in range(1, 100) if int(own_signature(number), 16) % 2**381 < 2**381 - field_modulus
    )
    signature = own_signature(round_no)
    assert signature_is_valid(own_key(), round_no, signature)
    assert not signature_is_valid(own_key(), round_no, f"{int(signature, 16) + field_modulus:096x}")


@pytest.mark.parametrize("beyond", [field_modulus, field_modulus << 384], ids=["real part", "imaginary part"])
def test_a_key_has_one_spelling(beyond: int) -> None:
    assert not signature_is_valid(f"{int(KEY, 16) + beyond:0192x}", 1000, GENUINE[1000])


def test_infinity_is_neither_key_nor_signature() -> None:
    assert not signature_is_valid(INFINITE_KEY, 1000, INFINITE_SIGNATURE)  # the pairings of both would agree
    assert not signature_is_valid(INFINITE_KEY, 1000, GENUINE[1000])
    assert not signature_is_valid(KEY, 1000, INFINITE_SIGNATURE)
    assert not signature_is_valid(KEY, 1000, "e0" + 47 * "00")
    assert not signature_is_valid(KEY, 1000, "c0" + 46 * "00" + "01")
    with pytest.raises(ValueError, match="infinity"):  # before any pairing
        _signature_point(bytes.fromhex(INFINITE_SIGNATURE))
    with pytest.raises(ValueError, match="infinity"):
        _key_point(bytes.fromhex(INFINITE_KEY))


def test_a_signature_moved_out_of_the_group_is_refused_though_its_pairing_is_the_same() -> None:
    genuine = decompress_G1(G1Compressed(int(GENUINE[1000], 16)))
    for moved in (add(genuine, torsion_in_g1()), add(genuine, neg(torsion_in_g1()))):
        assert not subgroup_check(moved)
        assert not signature_is_valid(KEY, 1000, signature_hex(moved))


def test_a_key_moved_out_of_the_group_is_refused() -> None:
    genuine = decompress_G2(G2Compressed((int(KEY[:96], 16), int(KEY[96:], 16))))
    assert KEY == key_hex(genuine)
    moved = add(genuine, torsion_on_the_twist())
    assert not is_inf(torsion_on_the_twist())
    assert not signature_is_valid(key_hex(moved), 1000, GENUINE[1000])
    with pytest.raises(ValueError, match="not in G2"):  # before any pairing
        _key_point(bytes.fromhex(key_hex(moved)))


def test_points_off_the_curve_are_refused() -> None:
    off = next(x for x in range(1, 100) if pow(x**3 + 4, (field_modulus - 1) // 2, field_modulus) != 1)
    assert not signature_is_valid(KEY, 1000, f"{(1 << 383) + off:096x}")


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        GENUINE[1000].upper(),
        GENUINE[1000][:-2],
        GENUINE[1000] + "00",
        " " + GENUINE[1000][:-1],
        GENUINE[1000][:-1] + "\n",
        GENUINE[1000][:-1] + "\N{ARABIC-INDIC DIGIT ONE}",
        "0x" + GENUINE[1000][:-2],
        "g" * 96,
        96 * "f",
        96 * "0",
        "8" + 95 * "0",
        None,
        7,
        GENUINE[1000].encode(),
    ],
)
def test_garbage_is_answered_not_raised(spelling: str) -> None:
    assert not signature_is_valid(KEY, 1000, spelling)
    assert not signature_is_valid(spelling, 1000, GENUINE[1000])


@given(signature=st.binary(min_size=48, max_size=48), key=st.binary(min_size=96, max_size=96))
@settings(max_examples=50, deadline=None)
def test_random_bytes_are_never_valid(signature: bytes, key: bytes) -> None:
    assert not signature_is_valid(KEY, 1000, signature.hex())
    assert not signature_is_valid(key.hex(), 1000, GENUINE[1000])


def test_the_hash_to_the_curve_goes_through_the_numbers_of_the_protocol() -> None:
    """Section 18."""
    message = sha256(u64(1000)).digest()
    assert "f652498d092acd949bad74e40683bf3824fb817980504a0c7e6722cfc5a9c0a3" == message.hex()
    u0, u1 = hash_to_field_FQ(message, 2, HASH_TAG, sha256)  # type: ignore[arg-type]
    assert 0x0C0C367164146D50CCB27F88E12FE07868C31989436DBEA75B01BF2816BBC15857ECE08EA75A98BA8B48DAD4E8950123 == u0.n
    assert 0x116AF37D76F9FFBDC11DE2BCFCB9D382EFAB5852A6050C21148B90A2C89898E0F9F335D6FAA0CFED48D07B8DD60EB461 == u1.n
    x, y = normalize(map_to_curve_G1(u0))
    assert 0x06BE981BFAC15CF6A31E256BB63BB41D8F00D8D0D90774A450C1C043968B7E9211DAC669CB861DE4C75B95EEDFBC747F == x.n
    assert 0x180347033B114AA28F0D2E33097EF5CD12D7C713B35C7DC360C2928DB086119AF0D10B8380285221752E697A6972A239 == y.n
    x, y = normalize(hashed(1000))
    assert 0x0F5A32D53837B00FBC0EE31CE9966435A41C5188A80CE9934D3C80588B6AD6F643EBDA1B83EF89E44DA9CED6205CDECF == x.n
    assert 0x04754D95146AF4BD20A900B0494BCD1FB6406778975B4A9E38E806651736FF051BA689CF130ADB29D362A1AB3214E6F7 == y.n


def test_the_generator_and_the_orders_are_those_of_the_protocol() -> None:
    """Section 18."""
    assert (
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    ) == key_hex(G2)
    assert 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001 == curve_order
    assert (
        0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
        == field_modulus
    )


def test_arithmetic_leaves_the_limit_on_recursion_as_python_sets_it() -> None:
    # py_ecc raises it on import, and then a deeply nested JSON text ends the process.
    script = "import sys; before = sys.getrecursionlimit(); import fittrack_adapters.beacon.bls"
    limits = subprocess.check_output([sys.executable, "-c", f"{script}; print(before, sys.getrecursionlimit())"])
    before, after = limits.split()
    assert before == after
